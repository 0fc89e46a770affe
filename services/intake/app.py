"""The composition root: the only file that knows every other."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from contracts.catalogue import INTAKE as SAYS
from contracts.codes import COUNCIL_ROLES, Role
from contracts.envelope import Envelope
from services.chassis.decider import Decider
from services.chassis.hearing import Heard
from services.chassis.identity import Caller
from services.chassis.service import Definition
from services.intake.api import router
from services.intake.domain.case import Nothing, State, decide, evolve, permitted
from services.intake.drafts import drafts, submitting, sweeping
from services.intake.projections import informing, projecting
from services.intake.queries import is_known
from services.intake.saying import seen_by


class _Deaf:
    """Intake hears nothing yet: what others say of a case is read from them."""

    def names(self, _kind: str) -> bool:
        return False

    def read(self, _envelope: Envelope, _data: bytes) -> Any:
        raise NotImplementedError

    async def hear(self, _connection: asyncpg.Connection, _heard: Sequence[Heard]) -> None:
        """Nothing."""

    async def known(self, _connection: asyncpg.Connection, _envelope: Envelope) -> bytes | None:
        return None


async def _visible(connection: asyncpg.Connection, caller: Caller, subject: UUID) -> bool:
    return await is_known(connection, str(subject), seen_by(caller.council))


def definition(secret: bytes) -> Definition[State]:
    """The service, with the secret behind its marks."""
    return Definition[State](
        name="intake",
        summary="Councils' front door: notifications and all that follows them",
        decider=Decider[State](initial=Nothing(), evolve=evolve, decide=decide),
        says=SAYS,
        upcasters={},
        inform=informing(secret),
        project=projecting(secret),
        permitted=permitted,
        visible=_visible,
        listener=lambda _service: _Deaf(),
        routers=[router, drafts, submitting],
        roles=frozenset(Role),
        council_roles=frozenset(COUNCIL_ROLES),
        keys=True,
        makes_keys=True,
        background=lambda service: [sweeping(service)],
        projections=("notified",),
    )

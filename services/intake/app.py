"""The composition root: the only file that knows every other."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from contracts.catalogue import INTAKE as SAYS
from contracts.codes import COUNCIL_ROLES, Role
from contracts.councils import current_code
from contracts.envelope import Refused
from services.chassis.decider import Decider, Record
from services.chassis.hearing import Reactor
from services.chassis.identity import Caller
from services.chassis.service import Definition
from services.intake.api import on_case, router
from services.intake.asking import allows
from services.intake.domain.case import decide
from services.intake.domain.heard import HEARD
from services.intake.domain.state import Nothing, State, evolve
from services.intake.drafts import drafts, submitting, sweeping
from services.intake.forgetting import forgetting
from services.intake.queries import HEARD_UPCASTERS, is_known
from services.intake.settings import IntakeSettings
from services.intake.standings import informing, moved_by_others, moved_by_us


def _permitted(_state: State, _action: str) -> Refused | None:
    """The case alone cannot say: `allows` asks what was heard of it too."""
    return None


async def _visible(connection: asyncpg.Connection, caller: Caller, subject: UUID) -> bool:
    return await is_known(connection, str(subject), caller.council)


def definition(settings: IntakeSettings) -> Definition[State]:
    """The service, with the secret behind its marks."""
    secret = settings.secret()

    async def project(connection: asyncpg.Connection, records: Sequence[Record]) -> None:
        await moved_by_us(connection, records, secret=secret)

    return Definition[State](
        name="intake",
        summary="Councils' front door: notifications and all that follows them",
        decider=Decider[State](initial=Nothing(), evolve=evolve, decide=decide),
        says=SAYS,
        upcasters={},
        inform=informing(secret),
        project=project,
        permitted=_permitted,
        allows=allows,
        visible=_visible,
        project_heard=moved_by_others,
        # It learns from what it hears, and decides only what people ask of it.
        listener=lambda service: Reactor(
            store=service.store,
            catalogue=HEARD,
            upcasters=HEARD_UPCASTERS,
            react=lambda _envelope, _event: [],
            project=moved_by_others,
        ),
        routers=[router, on_case, drafts, submitting],
        roles=frozenset(Role),
        council_roles=frozenset(COUNCIL_ROLES),
        council_of=current_code,
        keys=True,
        makes_keys=True,
        background=lambda service: [sweeping(service), forgetting(service)],
        projections=("notified", "heard", "transfer"),
    )

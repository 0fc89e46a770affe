"""The composition root: the only file that knows every other."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from contracts.catalogue import FEEDBACK as SAYS
from contracts.codes import COUNCIL_ROLES, Role
from contracts.councils import current_code
from contracts.envelope import Refused
from services.chassis.decider import Decider, Record
from services.chassis.hearing import Heard, Reactor
from services.chassis.identity import Caller
from services.chassis.postgres import apply
from services.chassis.service import Definition
from services.feedback import queries, standings
from services.feedback.api import router
from services.feedback.asking import allows
from services.feedback.domain.case import UNTOUCHED
from services.feedback.domain.deciding import State, decide, evolve
from services.feedback.projections import HEARD, heard_changes, own_changes
from services.feedback.settings import FeedbackSettings


async def _project(connection: asyncpg.Connection, records: Sequence[Record]) -> None:
    await apply(connection, own_changes(records))
    await standings.moved_by_us(connection, records)


async def _project_heard(connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
    await apply(connection, heard_changes(heard))
    await standings.moved_by_others(connection, heard)


def _permitted(_state: State, _action: str) -> Refused | None:
    """The case alone cannot say: `allows` asks what was heard of it too."""
    return None


async def _visible(connection: asyncpg.Connection, caller: Caller, subject: UUID) -> bool:
    return await queries.is_known(connection, str(subject), caller.council)


def definition(_settings: FeedbackSettings) -> Definition[State]:
    """The service."""
    return Definition(
        name="feedback",
        summary="The inspectorate's own steps on a case, and what waits for them",
        decider=Decider[State](initial=UNTOUCHED, evolve=evolve, decide=decide),
        says=SAYS,
        upcasters={},
        project=_project,
        project_heard=_project_heard,
        permitted=_permitted,
        allows=allows,
        visible=_visible,
        # It learns from what it hears, and decides only what people ask of it.
        listener=lambda service: Reactor(
            store=service.store,
            catalogue=HEARD,
            upcasters={},
            react=lambda _envelope, _event: [],
            project=_project_heard,
        ),
        routers=[router],
        roles=frozenset(Role),
        council_roles=frozenset(COUNCIL_ROLES),
        council_of=current_code,
        keys=True,
        projections=("known_case", "triaged", "standing", "clock", "conflict", "telling"),
    )

"""The composition root: the only file that knows every other."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from contracts.catalogue import INTAKE as SAYS
from contracts.codes import COUNCIL_ROLES, Role
from contracts.envelope import Refused
from services.chassis.decider import Decider, Record
from services.chassis.hearing import Reactor
from services.chassis.identity import Caller
from services.chassis.postgres import apply
from services.chassis.service import Definition, Service
from services.intake.api import on_case, router
from services.intake.asking import around_of
from services.intake.domain.case import decide
from services.intake.domain.heard import HEARD
from services.intake.domain.path import permitted
from services.intake.domain.state import Nothing, State, evolve
from services.intake.drafts import drafts, submitting, sweeping
from services.intake.forgetting import forgetting
from services.intake.projections import new_cases, news_of, own_changes
from services.intake.queries import is_known
from services.intake.saying import seen_by
from services.intake.settings import IntakeSettings
from services.intake.standings import HEARD_UPCASTERS, add, settle, take_in


async def _allows(
    _desk: Service[State], connection: asyncpg.Connection, caller: Caller, subject: str, state: State, action: str
) -> Refused | None:
    return permitted(state, action, await around_of(connection, caller, subject))


async def _visible(connection: asyncpg.Connection, caller: Caller, subject: UUID) -> bool:
    return await is_known(connection, str(subject), seen_by(caller.council))


def definition(settings: IntakeSettings) -> Definition[State]:
    """The service, with the secret behind its marks."""
    secret = settings.secret()

    async def project(connection: asyncpg.Connection, records: Sequence[Record]) -> None:
        spoken_of = await add(connection, new_cases(records, secret=secret))
        await apply(connection, own_changes(records, secret=secret))
        news = news_of(records)
        await settle(connection, {**dict.fromkeys(spoken_of, ()), **news})

    return Definition[State](
        name="intake",
        summary="Councils' front door: notifications and all that follows them",
        decider=Decider[State](initial=Nothing(), evolve=evolve, decide=decide),
        says=SAYS,
        upcasters={},
        project=project,
        permitted=lambda _state, _action: None,
        allows=_allows,
        visible=_visible,
        project_heard=take_in,
        # It learns from what it hears, and decides only what people ask of it.
        listener=lambda service: Reactor(
            store=service.store, catalogue=HEARD, upcasters=HEARD_UPCASTERS, react=lambda _envelope, _event: [], project=take_in
        ),
        routers=[router, on_case, drafts, submitting],
        roles=frozenset(Role),
        council_roles=frozenset(COUNCIL_ROLES),
        keys=True,
        background=lambda service: [sweeping(service), forgetting(service)],
        projections=("notified", "heard", "transfer"),
    )

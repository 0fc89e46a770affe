"""The composition root: the only file that knows every other."""

from collections.abc import Coroutine, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from contracts.catalogue import DEADLINES as SAYS
from contracts.codes import COUNCIL_ROLES, Role
from contracts.envelope import Refused
from services.chassis.decider import Decider
from services.chassis.identity import Caller
from services.chassis.service import Definition, Service
from services.deadlines.api import cases, public
from services.deadlines.domain.case_clocks import NO_CLOCKS, Clocks, decide, evolved
from services.deadlines.listener import CaseListener
from services.deadlines.queries import is_known
from services.deadlines.readmodels import project, project_heard
from services.deadlines.settings import DeadlinesSettings
from services.deadlines.ticker import Ticker


def _permitted(_clocks: Clocks, _action: str) -> Refused | None:
    """No commands over HTTP, so nothing to refuse."""
    return None


async def _visible(connection: asyncpg.Connection, caller: Caller, subject: UUID) -> bool:
    return await is_known(connection, str(subject), caller.council)


def _background(service: Service[Clocks]) -> Sequence[Coroutine[Any, Any, None]]:
    ticker = Ticker(
        pool=service.pool,
        store=service.store,
        reading=service.consumer,
        committed=service.bell.ring,
        clock_shift=service.settings.clock_shift,
    )
    return [ticker.run()]


def definition(_settings: DeadlinesSettings) -> Definition[Clocks]:
    """The service."""
    return Definition(
        name="deadlines",
        summary="The clocks of every case, when they are due, and what became of them",
        decider=Decider(initial=NO_CLOCKS, evolve=evolved, decide=decide),
        says=SAYS,
        upcasters={},
        project=project,
        project_heard=project_heard,
        permitted=_permitted,
        visible=_visible,
        listener=lambda service: CaseListener(service.store),
        routers=[public, cases],
        roles=frozenset(Role),
        council_roles=frozenset(COUNCIL_ROLES),
        background=_background,
        projections=("case_facts", "known_case", "clock"),
    )

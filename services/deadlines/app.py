"""The composition root: the only file that knows every other."""

from collections.abc import Coroutine, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from contracts.catalogue import DEADLINES as SAYS
from contracts.codes import COUNCIL_ROLES, Role
from contracts.councils import current_code
from contracts.envelope import Refused
from services.chassis.decider import Decider
from services.chassis.identity import Caller
from services.chassis.service import Definition, Service
from services.deadlines import activating, subscribing
from services.deadlines.api import cases, public
from services.deadlines.domain.streams import NOTHING, Stream, decide, evolve
from services.deadlines.listener import CaseListener
from services.deadlines.post import Courier, channels
from services.deadlines.queries import is_known
from services.deadlines.readmodels import project, project_heard
from services.deadlines.settings import DeadlinesSettings
from services.deadlines.ticker import Ticker


def _permitted(_stream: Stream, _action: str) -> Refused | None:
    """No command on a case over HTTP, so nothing to refuse."""
    return None


def _settings(service: Service[Stream]) -> DeadlinesSettings:
    if not isinstance(service.settings, DeadlinesSettings):
        raise TypeError
    return service.settings


def _ways(service: Service[Stream]) -> Sequence[str]:
    return [channel.name for channel in channels(_settings(service))]


async def _visible(connection: asyncpg.Connection, caller: Caller, subject: UUID) -> bool:
    return await is_known(connection, str(subject), caller.council)


def _background(service: Service[Stream]) -> Sequence[Coroutine[Any, Any, None]]:
    ticker = Ticker(
        pool=service.pool,
        store=service.store,
        reading=service.consumer,
        committed=service.bell.ring,
        clock_shift=service.settings.clock_shift,
        ways=_ways(service),
    )
    courier = Courier(pool=service.pool, settings=_settings(service))
    return [ticker.run(), courier.run()] if _ways(service) else [ticker.run()]


def definition(_settings: DeadlinesSettings) -> Definition[Stream]:
    """The service."""
    return Definition(
        name="deadlines",
        summary="The clocks of every case, when they are due, and what became of them",
        decider=Decider(initial=NOTHING, evolve=evolve, decide=decide),
        says=SAYS,
        upcasters={},
        project=project,
        project_heard=project_heard,
        permitted=_permitted,
        visible=_visible,
        listener=lambda service: CaseListener(service.store, _ways(service)),
        routers=[public, activating.router, subscribing.router, cases],
        roles=frozenset(Role),
        council_roles=frozenset(COUNCIL_ROLES),
        council_of=current_code,
        background=_background,
        projections=("case_facts", "known_case", "clock", "reminder"),
    )

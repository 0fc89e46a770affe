"""The composition root: the only file that knows every other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts.codes import COUNCIL_ROLES, Role
from contracts.councils import current_code
from contracts.envelope import Event, Refused
from services.chassis.decider import Decider, Record
from services.chassis.identity import Caller
from services.chassis.rebuild import Folding, Position, Progress
from services.chassis.service import Definition, Service
from services.statistics import queries
from services.statistics.api import router
from services.statistics.facts import last_number, refold
from services.statistics.ledger import Ledger
from services.statistics.settings import StatisticsSettings


def _evolve(_state: None, event: Event) -> None:
    """No event of this service is about a case."""
    raise TypeError(event)


def _decide(_state: None, command: Any, _at: datetime) -> Sequence[Event]:
    """Nothing can be asked of it."""
    raise TypeError(command)


async def _project(_connection: asyncpg.Connection, _records: Sequence[Record]) -> None:
    """It says nothing."""


def _permitted(_state: None, _action: str) -> Refused | None:
    return None


async def _visible(connection: asyncpg.Connection, caller: Caller, subject: UUID) -> bool:
    return await queries.is_known(connection, subject, caller.council)


def _folding(service: Service[None]) -> Folding:
    """A rebuild's fold, from the ledger.

    The chassis counts in offsets. A record that was set aside enters the ledger after the bookmark has passed it, so that a
    fold up to an offset would miss it: this counts in the ledger's own numbers.
    """
    reached = 0

    async def fold(connection: asyncpg.Connection, _since: Position, _until: Position, progress: Progress) -> int:
        nonlocal reached
        async with service.pool.acquire() as reader:
            since, upto = reached, await last_number(reader)
            await refold(connection, reader=reader, after=since, upto=upto, progress=lambda number: progress(number, upto))
        reached = upto
        return upto - since

    return fold


def definition(_settings: StatisticsSettings) -> Definition[None]:
    """The service."""
    return Definition(
        name="statistics",
        summary="What was true at a date, as known at an instant, and every record behind it",
        decider=Decider(initial=None, evolve=_evolve, decide=_decide),
        says={},
        upcasters={},
        project=_project,
        permitted=_permitted,
        visible=_visible,
        listener=lambda _service: Ledger(),
        routers=[router],
        roles=frozenset(Role),
        council_roles=frozenset(COUNCIL_ROLES),
        council_of=current_code,
        projections=("received", "said", "review", "clock", "mark"),
        folding=_folding,
    )

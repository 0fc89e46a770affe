"""The service's side of the consumer: facts first, then a judgement of the case's clocks for each event that was heard."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import asyncpg

from contracts.catalogue import CATALOGUE
from contracts.envelope import Envelope, Event
from services.chassis import codec
from services.chassis.codec import Upcasters
from services.chassis.hearing import Heard, caused_by
from services.chassis.store import Ask, Done, Store
from services.deadlines import post
from services.deadlines.domain.facts import HEARD, Facts
from services.deadlines.domain.streams import Stream
from services.deadlines.queries import calendar_in_force
from services.deadlines.reactions import RULE, reaction
from services.deadlines.readmodels import learned

_NAMES: Final = frozenset(event.type for event in HEARD)
_HEARD: Final = {key: event for key, event in CATALOGUE.items() if event.type in _NAMES}
_UPCASTERS: Final[Upcasters] = {}


class CaseListener:
    """Hears what clocks follow from. The clocks are judged by all that is known, so streams may interleave in any way."""

    def __init__(self, store: Store[Stream], ways: Sequence[str] = ()) -> None:
        self._store = store
        self._ways = ways

    def names(self, kind: str) -> bool:
        """Types that facts are learnt from."""
        return kind in _NAMES

    def read(self, envelope: Envelope, data: bytes) -> Event:
        """The whole event; personal fields stay sealed."""
        return codec.decode(envelope.type, envelope.schemaversion, data, catalogue=_HEARD, upcasters=_UPCASTERS)

    async def hear(self, connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
        """Learn, then judge, all in the caller's transaction."""
        calendar = await calendar_in_force(connection)
        asks = list(self._asks(heard, await learned(connection, heard), calendar))
        if asks:
            outcomes = await self._store.append(connection, asks)
            records = [record for outcome in outcomes if isinstance(outcome, Done) for record in outcome.records]
            await post.queue(connection, records, self._ways)

    async def known(self, _connection: asyncpg.Connection, _envelope: Envelope) -> bytes | None:
        """Nothing kept."""
        return None

    def _asks(self, heard: Sequence[Heard], after: Sequence[Facts], calendar: str) -> Iterator[Ask]:
        for each, facts in zip(heard, after, strict=True):
            if (command := reaction(facts, calendar)) is not None:
                # The council whose case it is, not that of whoever spoke: an inspector has none.
                cause = replace(caused_by(each.envelope, actor=self._store.source), council=facts.council)
                occurred = each.envelope.time
                yield Ask(subject=each.envelope.subject, command=command, cause=cause, rule=RULE, occurred=occurred)

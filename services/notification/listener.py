"""The service's side of the consumer: the cases, then what Government is told of them, at places of the feed without holes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from contracts import intake
from contracts.envelope import Envelope, Event
from contracts.government import render
from services.chassis import codec
from services.chassis.clock import new_id
from services.chassis.hearing import Heard, Reaction, caused_by
from services.chassis.store import Ask, Done, Store
from services.notification import queries
from services.notification.domain.outward import Case, outward
from services.notification.domain.told import Place, Told
from services.notification.projections import handed_over, known_cases
from services.notification.queries import FeedRow
from services.notification.reactions import reactions

HEARD: Final = {
    (event.type, event.version): event
    for event in (
        intake.NotificationReceived,
        intake.NotificationAmended,
        intake.NotificationCorrected,
        intake.NotificationWithdrawn,
        intake.TransferAccepted,
    )
}
_NAMES: Final = frozenset(kind for kind, _ in HEARD)


@dataclass(frozen=True, slots=True)
class _News:
    """Something heard, and what follows from it."""

    heard: Heard
    reaction: Reaction


class GovernmentListener:
    """Hears intake and tells Government: event, number and feed row commit together, or not at all."""

    def __init__(self, *, store: Store[Told], address: str) -> None:
        self._store = store
        self._address = address

    def names(self, kind: str) -> bool:
        """Types that Government may be told of, and that say whose a case is."""
        return kind in _NAMES

    def read(self, envelope: Envelope, data: bytes) -> Event:
        """The whole event; personal fields stay sealed."""
        return codec.decode(envelope.type, envelope.schemaversion, data, catalogue=HEARD, upcasters={})

    async def hear(self, connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
        """Know the cases, then tell, all in the caller's transaction."""
        await project_heard(connection, heard)
        news = [_News(each, reaction) for each in heard for reaction in reactions(each.envelope, each.event)]
        if news:
            await self._tell(connection, news)

    async def known(self, _connection: asyncpg.Connection, _envelope: Envelope) -> bytes | None:
        """Nothing kept."""
        return None

    async def _tell(self, connection: asyncpg.Connection, news: Sequence[_News]) -> None:
        """Number the news and decide; if something turns out to be none, undo that and number the rest anew."""
        known = await queries.cases(connection, {each.heard.envelope.subject for each in news})
        last = await queries.last_place(connection)
        while news:
            attempt = connection.transaction()
            await attempt.start()
            rows = await self._decided(connection, known, news, last)
            if all(rows):
                await queries.add_to_feed(connection, [row for row in rows if row is not None])
                await attempt.commit()
                return
            await attempt.rollback()
            news = [each for each, row in zip(news, rows, strict=True) if row is not None]

    async def _decided(
        self, connection: asyncpg.Connection, known: dict[str, Case], news: Sequence[_News], last: int
    ) -> list[FeedRow | None]:
        places = [Place(sequence=last + n, outward_id=new_id()) for n in range(1, len(news) + 1)]
        outcomes = await self._store.append(
            connection, [self._ask(each, place) for each, place in zip(news, places, strict=True)]
        )
        return [
            self._row(known[each.reaction.subject], each, place, outcome.at)
            if isinstance(outcome, Done) and outcome.records
            else None
            for each, place, outcome in zip(news, places, outcomes, strict=True)
        ]

    def _ask(self, news: _News, place: Place) -> Ask:
        return Ask(
            subject=news.reaction.subject,
            command=news.reaction.command(place=place),
            cause=caused_by(news.heard.envelope, actor=self._store.source),
            rule=news.reaction.rule,
        )

    def _row(self, case: Case, news: _News, place: Place, recorded: datetime) -> FeedRow:
        heard, data = news.heard.envelope, outward(case, news.heard.event)
        return FeedRow(
            sequence=place.sequence,
            id=place.outward_id,
            subject=heard.subject,
            council=case.council,
            type=data.kind(),
            event=render(
                data,
                outward_id=place.outward_id,
                subject=UUID(heard.subject),
                sequence=place.sequence,
                time=heard.time,
                recordedtime=recorded,
                correlationid=heard.correlationid,
                causationid=heard.id,
                traceparent=heard.traceparent,
                address=self._address,
            ),
        )


async def project_heard(connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
    """The read models of what was heard."""
    await queries.add_cases(connection, known_cases(heard))
    await queries.hand_over(connection, handed_over(heard))

"""The event store: commands are judged under their stream's lock, and all that follows from them commits at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import asyncpg

from contracts.envelope import NO_HASH, Envelope, Event, Origin, Refused
from services.chassis import codec
from services.chassis.chain import link
from services.chassis.clock import new_id
from services.chassis.codec import Catalogue, Upcasters
from services.chassis.decider import Decider, Record
from services.chassis.failpoints import failpoint
from services.chassis.idempotency import Answer, Once, columns, recall, recalled
from services.chassis.keys import Keyring
from services.chassis.postgres import transposed
from services.chassis.statements import HISTORY, LOCK, NOW, REACT, WRITE

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Who asks and what made them: copied into the envelope of every event that follows."""

    role: str
    actor: str
    council: str | None
    origin: Origin
    correlation: UUID
    causation: UUID | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One command to one stream.

    `expected` is the version the asker saw (If-Match); `occurred` when it happened in the world, if that is not now;
    `rule` makes a reaction unique by (causation, rule); `once` and `answer` keep the HTTP answer for a retry.
    """

    subject: str
    command: Any
    cause: Cause
    expected: int | None = None
    occurred: datetime | None = None
    rule: str | None = None
    once: Once | None = None
    answer: "Callable[[Done], Answer] | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command carried out: its events (none when nothing changed), the stream's version and state after it."""

    subject: str
    records: tuple[Record, ...]
    version: int
    at: datetime
    state: Any
    answer: Answer | None = None


Outcome = Done | Answer | Refused
"""Done now; answered before (the kept answer of the same key); refused."""


@dataclass(slots=True)
class _Head(Generic[S]):
    version: int
    hash: bytes
    recorded: datetime
    state: S


class Inform(Protocol):
    """Tells commands what only the database knows (a number, another case that looks alike) before they are judged."""

    async def __call__(
        self, connection: asyncpg.Connection, commands: Sequence[Any], at: datetime, *, kept: bool
    ) -> Sequence[Any]:
        """The same commands, in the same order; nothing may be used up unless what follows is `kept`."""
        ...


async def as_asked(connection: asyncpg.Connection, commands: Sequence[Any], at: datetime, *, kept: bool) -> Sequence[Any]:  # noqa: ARG001 - an Inform
    """For services whose commands say all that they are judged by."""
    return commands


Project = Callable[[asyncpg.Connection, Sequence[Record]], Awaitable[None]]
"""Changes the service's own read models by its own new events, inside the append."""


async def _nothing(_connection: asyncpg.Connection, _records: Sequence[Record]) -> None:
    """No read models of its own."""


class Store(Generic[S]):
    """The streams of one service. Holds no connection: callers bring theirs, inside their transaction."""

    def __init__(
        self,
        *,
        source: str,
        decider: Decider[S],
        catalogue: Catalogue,
        upcasters: Upcasters,
        keyring: Keyring | None = None,
        inform: Inform = as_asked,
        project: Project = _nothing,
        clock_shift: float = 0.0,
    ) -> None:
        self.source = source
        self.decider = decider
        self.catalogue = catalogue
        self.upcasters = upcasters
        self.keyring = keyring
        self._inform = inform
        self._project = project
        self._shift = timedelta(seconds=clock_shift)

    async def append(self, connection: asyncpg.Connection, asks: Sequence[Ask]) -> list[Outcome]:
        """Judge the commands in order, each by the state after the one before, and write what follows from all of them.

        Call inside a transaction. One database instant dates them all, never before a stream's last event.
        """
        fresh = await self._fresh_reactions(connection, asks)
        heads, kept, instant = await self._lock(connection, asks)
        at = max([instant, *(head.recorded + timedelta(microseconds=1) for head in heads.values() if head.version)])
        judged = [ask for ask in asks if ask.once not in kept]
        commands = iter(await self._prepared(connection, judged, heads, at))
        await self._fold(connection, heads)
        outcomes: list[Outcome] = []
        records: list[tuple[Record, bytes]] = []
        for ask in asks:
            head = heads[ask.subject]
            if ask.once and (answer := kept.get(ask.once)) is not None:
                outcomes.append(answer)
                continue
            command = next(commands)
            if ask.rule is not None and (ask.cause.causation, ask.rule) not in fresh:
                outcomes.append(Done(subject=ask.subject, records=(), version=head.version, at=at, state=head.state))
            else:
                outcomes.append(self._judge(ask, command, head, at, records))
        failpoint("append.before_write")
        await self._write(connection, records, heads, [pair for pair in zip(asks, outcomes, strict=True) if pair[0].once])
        await self._project(connection, [record for record, _ in records])
        return outcomes

    def _judge(self, ask: Ask, command: Any, head: _Head[S], at: datetime, records: list[tuple[Record, bytes]]) -> Done | Refused:
        if ask.expected is not None and ask.expected != head.version:
            return Refused(status=412, code="stale_version", detail=f"The case is at version {head.version} here; read it again.")
        decision = self.decider.decide(head.state, command, at)
        if isinstance(decision, Refused):
            return decision
        mine = tuple(self._add(ask, head, at, event, records) for event in decision)
        done = Done(subject=ask.subject, records=mine, version=head.version, at=at, state=head.state)
        return replace(done, answer=ask.answer(done)) if ask.answer else done

    def _add(self, ask: Ask, head: _Head[S], at: datetime, event: Event, records: list[tuple[Record, bytes]]) -> Record:
        identity = new_id()
        data = codec.encode(event, self.keyring.box(ask.subject, identity.bytes) if self.keyring else None)
        policy, calendar = event.rules()
        envelope = Envelope(
            id=identity,
            source=self.source,
            type=event.type,
            schemaversion=event.version,
            subject=ask.subject,
            streamversion=head.version + 1,
            time=event.happened() or ask.occurred or at,
            recordedtime=at,
            role=ask.cause.role,
            actor=ask.cause.actor,
            council=ask.cause.council,
            origin=ask.cause.origin,
            policy=policy,
            calendar=calendar,
            correlationid=ask.cause.correlation,
            causationid=ask.cause.causation,
            traceparent=ask.cause.traceparent,
            prevhash=head.hash,
            hash=NO_HASH,
        )
        envelope = replace(envelope, hash=link(envelope, data))
        record = Record(envelope=envelope, event=event)
        records.append((record, data))
        head.version, head.hash, head.recorded = envelope.streamversion, envelope.hash, at
        head.state = self.decider.evolve(head.state, event)
        return record

    async def state(self, connection: asyncpg.Connection, subject: str) -> tuple[int, S]:
        """Version and state of one stream, without its lock; 0 and the initial state if it has no event."""
        history = await self.history(connection, subject)
        state = self.decider.initial
        for record in history:
            state = self.decider.evolve(state, record.event)
        return len(history), state

    async def tried(self, connection: asyncpg.Connection, ask: Ask) -> Done | Refused:
        """What a command would come to, by what is there now; nothing is locked and nothing kept."""
        version, state = await self.state(connection, ask.subject)
        at: datetime = await connection.fetchval(NOW, self._shift)
        [command] = await self._inform(connection, [ask.command], at, kept=False)
        decision = self.decider.decide(state, command, at)
        if isinstance(decision, Refused):
            return decision
        for event in decision:
            state = self.decider.evolve(state, event)
        done = Done(subject=ask.subject, records=(), version=version + len(decision), at=at, state=state)
        return replace(done, answer=ask.answer(done)) if ask.answer else done

    async def history(self, connection: asyncpg.Connection, subject: str) -> list[Record]:
        """The events of one stream in order, personal fields opened where this service holds keys."""
        query = f"select {codec.COLUMNS} from event where subject = $1 order by version"
        rows = await connection.fetch(query, subject)
        if self.keyring and rows:
            await self.keyring.fetch([subject])
        found = [codec.from_row(self.source, row) for row in rows]
        return [Record(envelope=e, event=self._decode(subject, e.id, e.type, e.schemaversion, data)) for e, data in found]

    async def read(self, envelope: Envelope, data: bytes) -> Event:
        """An own event from its stored bytes, wherever they were found."""
        if self.keyring:
            await self.keyring.fetch([envelope.subject])
        return self._decode(envelope.subject, envelope.id, envelope.type, envelope.schemaversion, data)

    def _decode(self, subject: str, identity: UUID, kind: str, version: int, data: bytes) -> Event:
        opener = self.keyring.box(subject, identity.bytes).open if self.keyring else None
        return codec.decode(kind, version, data, catalogue=self.catalogue, upcasters=self.upcasters, opener=opener)

    async def _lock(
        self, connection: asyncpg.Connection, asks: Sequence[Ask]
    ) -> tuple[dict[str, _Head[S]], dict[Once, Answer], datetime]:
        """The heads of the streams, locked; what the keys among the asks were answered before; the instant."""
        keys = [ask.once for ask in asks if ask.once]
        subjects = sorted({ask.subject for ask in asks})
        rows = await connection.fetch(LOCK, subjects, self._shift, [o.client for o in keys], [o.key for o in keys])
        locked = [row for row in rows if row["subject"] is not None]
        heads = {row["subject"]: _Head(row["version"], row["hash"], row["recorded"], self.decider.initial) for row in locked}
        kept = recalled([row for row in rows if row["subject"] is None], keys)
        # Asked again under the lock where a stream exists: whoever held it may have answered the same key.
        kept |= await recall(connection, [ask.once for ask in asks if ask.once and heads[ask.subject].version])
        return heads, kept, max(row["now"] for row in locked)

    async def _prepared(
        self, connection: asyncpg.Connection, asks: Sequence[Ask], heads: Mapping[str, _Head[S]], at: datetime
    ) -> Sequence[Any]:
        """The commands, told what they need to know; meanwhile the keys of all heads are brought to hand, or made."""
        judged = {ask.subject for ask in asks}
        known = [subject for subject, head in heads.items() if head.version]
        new = [subject for subject in judged if not heads[subject].version]
        keys = asyncio.create_task(self.keyring.ready(known=known, new=new)) if self.keyring else None
        try:
            told = await self._inform(connection, [ask.command for ask in asks], at, kept=True) if asks else ()
        finally:
            if keys is not None:  # it ends before this does; a fault of its own must not mask one of the informing
                await asyncio.gather(keys, return_exceptions=True)
        if keys is not None:
            await keys
        return told

    async def _fold(self, connection: asyncpg.Connection, heads: Mapping[str, _Head[S]]) -> None:
        """Fold the state of the streams that have a history; their keys are at hand."""
        known = [subject for subject, head in heads.items() if head.version]
        if not known:
            return
        for subject, identity, kind, version, data in await connection.fetch(HISTORY, known):
            head = heads[subject]
            head.state = self.decider.evolve(head.state, self._decode(subject, identity, kind, version, data))

    async def _fresh_reactions(self, connection: asyncpg.Connection, asks: Sequence[Ask]) -> set[tuple[UUID | None, str]]:
        reactions = [(ask.cause.causation, ask.rule) for ask in asks if ask.rule is not None]
        if not reactions:
            return set()
        rows = await connection.fetch(REACT, *map(list, zip(*reactions, strict=True)))
        return {(UUID(int=row["causation"].int), row["rule"]) for row in rows}

    async def _write(
        self,
        connection: asyncpg.Connection,
        records: list[tuple[Record, bytes]],
        heads: dict[str, _Head[S]],
        requests: Sequence[tuple[Ask, Outcome]],
    ) -> None:
        """All that follows in one statement: events, heads, outbox, and of requests the answer and who asked."""
        done = [(ask, outcome) for ask, outcome in requests if isinstance(outcome, Done)]
        if not records and not done:
            return
        after = [(subject, heads[subject]) for subject in {record.envelope.subject for record, _ in records}]
        await connection.execute(
            WRITE,
            *transposed([_row(record.envelope, data) for record, data in records], 19),
            *transposed([(subject, head.version, head.hash, head.recorded) for subject, head in after], 4),
            *columns([(ask.once, outcome.answer) for ask, outcome in done if ask.once and outcome.answer]),
            *transposed([_audited(ask) for ask, _ in done], 5),
        )


def _audited(ask: Ask) -> tuple[str | None, ...]:
    return ask.cause.role, ask.cause.actor, ask.cause.council, type(ask.command).__name__, ask.subject


def _row(e: Envelope, data: bytes) -> tuple[Any, ...]:
    return (
        e.subject, e.streamversion, e.id, e.type, e.schemaversion, e.time, e.recordedtime, e.role, e.actor, e.council, e.origin,
        e.policy, e.calendar, e.correlationid, e.causationid, e.traceparent, data, e.prevhash, e.hash,
    )  # fmt: skip

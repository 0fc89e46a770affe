"""A batch of records, one transaction: each a duplicate, the next of its stream, or set aside; all commits with the bookmarks."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from typing import Final

import asyncpg
import msgspec
import structlog
from aiokafka import ConsumerRecord

from contracts.envelope import NO_HASH, Envelope
from services.chassis import codec, parking, telemetry
from services.chassis.codec import UnknownEventError
from services.chassis.failpoints import failpoint
from services.chassis.hearing import Heard, Listener
from services.chassis.keys import KeysUnavailableError
from services.chassis.parking import Parked
from services.chassis.postgres import describe

UNREADABLE: Final = (UnknownEventError, KeyError, ValueError, TypeError, msgspec.MsgspecError)
SLICE_SECONDS: Final = 0.01
"""Decoding gives way to HTTP after this long."""

_BOOKMARKS: Final = (
    "select partition, next_offset from bookmark where topic = $1 and partition = any($2) order by partition for update"
)
_MOVE: Final = """
    update bookmark b set next_offset = u.next_offset, last_hash = u.last_hash
    from unnest($2::int[], $3::bigint[], $4::bytea[]) as u(partition, next_offset, last_hash)
    where b.topic = $1 and b.partition = u.partition
"""
_MARKS: Final = """
    select w.source, w.subject, w.version, w.hash from watermark w
    join unnest($1::text[], $2::text[]) as u(source, subject) using (source, subject)
"""
_KNOWN: Final = """
    select 'mark' as what, w.source, w.subject, w.version, w.hash
    from watermark w join unnest($1::text[], $2::text[]) as u(source, subject) using (source, subject)
    union all select distinct 'parked', '', subject, 0, ''::bytea from parked where subject = any($2)
    union all select 'halted', source, '', 0, '' from halted
"""
_MARK: Final = """
    insert into watermark as w (source, subject, version, hash, partition)
    select * from unnest($1::text[], $2::text[], $3::int[], $4::bytea[], $5::int[])
    on conflict (source, subject) do update set version = excluded.version, hash = excluded.hash, partition = excluded.partition
"""
_HALT: Final = "insert into halted (source, subject, version, reason) values ($1, $2, $3, $4) on conflict do nothing"

log = structlog.get_logger()


Stream = tuple[str, str]
"""Source and subject."""
Mark = tuple[int, bytes]
"""A version and its hash."""


@dataclass(frozen=True, slots=True)
class Fenced:
    """The bookmark stands elsewhere: another member, or an earlier life of this one, has been here."""

    bookmark: int


@dataclass(slots=True)
class _Work:
    """What one transaction knows and will write."""

    marks: dict[Stream, Mark]
    parked: set[str]
    halted: set[str]
    changed: dict[Stream, int] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    aside: list[Parked] = field(default_factory=list)
    drain: set[str] = field(default_factory=set)
    tally: dict[str, int] = field(default_factory=lambda: dict.fromkeys(telemetry.RECORD_RESULTS, 0))

    def mark(self, envelope: Envelope) -> Mark:
        """What was taken in of an event's stream: its last version and hash."""
        return self.marks.get((envelope.source, envelope.subject), (0, NO_HASH))


class Partition:
    """Takes in the records of one topic for one service, each partition from its bookmark on."""

    def __init__(self, *, topic: str, listener: Listener) -> None:
        self._topic = topic
        self._listener = listener

    async def take(
        self, connection: asyncpg.Connection, batches: Mapping[int, Sequence[ConsumerRecord]], *, careful: bool
    ) -> dict[int, Fenced]:
        """Take in the records of some partitions; which were refused whole, and why. Call inside a transaction.

        `careful` takes them one by one, each in a savepoint, and sets aside only the case that fails: the second try of a
        batch whose first try failed on data.
        """
        bookmarks = {row[0]: row[1] for row in await connection.fetch(_BOOKMARKS, self._topic, list(batches))}
        fenced = {n: Fenced(bookmarks.get(n, 0)) for n, records in batches.items() if bookmarks.get(n) != records[0].offset}
        for number in fenced:
            telemetry.consumed.labels(result="refused").inc(len(batches[number]))
        taken = [records for number, records in batches.items() if number not in fenced]
        if taken:
            await self._take(connection, taken, careful=careful)
        return fenced

    async def _take(self, connection: asyncpg.Connection, taken: Sequence[Sequence[ConsumerRecord]], *, careful: bool) -> None:
        records = list(chain.from_iterable(taken))
        read = await _envelopes(records)
        work = await self._work(connection, [envelope for envelope in read if envelope is not None])
        for record, envelope in zip(records, read, strict=True):
            await self._one(connection, work, record, envelope, careful=careful)
        if work.heard:
            await self._listener.hear(connection, work.heard)
            work.tally["applied"] += len(work.heard)
        await parking.park(connection, work.aside)
        for subject in sorted(work.drain):
            await self._drain(connection, work, subject)
        await self._write(connection, work)
        places = [(last.partition, last.offset + 1, hash_of(last)) for *_, last in taken]
        await connection.execute(_MOVE, self._topic, *map(list, zip(*places, strict=True)))
        failpoint("consumer.before_commit")
        for result, count in work.tally.items():
            if count:
                telemetry.consumed.labels(result=result).inc(count)

    async def _work(self, connection: asyncpg.Connection, envelopes: list[Envelope]) -> _Work:
        """One question for all of it: a batch of one record is mostly round trips."""
        streams = {(e.source, e.subject) for e in envelopes}
        rows = await connection.fetch(_KNOWN, [source for source, _ in streams], [subject for _, subject in streams])
        return _Work(
            marks={(source, subject): (version, last) for what, source, subject, version, last in rows if what == "mark"},
            parked={row["subject"] for row in rows if row["what"] == "parked"},
            halted={row["source"] for row in rows if row["what"] == "halted"},
        )

    async def _one(
        self, connection: asyncpg.Connection, work: _Work, record: ConsumerRecord, envelope: Envelope | None, *, careful: bool
    ) -> None:
        if envelope is None:
            self._set_aside(work, record, None, "unreadable", "no envelope")
            return
        version, _ = work.mark(envelope)
        if envelope.source in work.halted:
            work.tally["halted"] += 1
            self._set_aside(work, record, envelope, "halted", "the source's history has forked")
        elif envelope.streamversion > version and envelope.subject in work.parked:
            self._set_aside(work, record, envelope, "behind", "an earlier event of the case is set aside")
            work.drain.add(envelope.subject)
        elif envelope.streamversion > version + 1:
            self._set_aside(work, record, envelope, "gap", f"version {version + 1} is missing")
        elif (reason := await self._forked(connection, work, envelope)) is not None:
            await self._halt(connection, work, envelope, reason)
            self._set_aside(work, record, envelope, "halted", reason)
        elif envelope.streamversion <= version:
            work.tally["duplicate"] += 1
        else:
            await self._next(connection, work, record, envelope, careful=careful)

    async def _forked(self, connection: asyncpg.Connection, work: _Work, envelope: Envelope) -> str | None:
        """How a record that is seen, or next in its stream, belongs to another history than what was taken in; None if not."""
        version, last = work.mark(envelope)
        if envelope.streamversion == version + 1:
            return None if envelope.prevhash == last else "a link to another history"
        known = last if envelope.streamversion == version else await self._listener.known(connection, envelope)
        return None if known in {None, envelope.hash} else "another event under a version that was seen"

    async def _next(
        self, connection: asyncpg.Connection, work: _Work, record: ConsumerRecord, envelope: Envelope, *, careful: bool
    ) -> None:
        if self._listener.names(envelope.type):
            try:
                event = self._listener.read(envelope, record.value)
            except UNREADABLE as fault:
                self._set_aside(work, record, envelope, "unreadable", type(fault).__name__)
                return
            heard = Heard(envelope=envelope, data=record.value, event=event, partition=record.partition, offset=record.offset)
            if not careful:
                work.heard.append(heard)
            elif (fault_name := await self._tried(connection, heard)) is not None:
                self._set_aside(work, record, envelope, "failed", fault_name)
                return
            else:
                work.tally["applied"] += 1
        else:
            work.tally["ignored"] += 1
        self._advance(work, envelope, record.partition)

    async def _tried(self, connection: asyncpg.Connection, heard: Heard) -> str | None:
        """Hear one record in a savepoint; the fault's name if it fails on data."""
        try:
            async with connection.transaction():
                await self._listener.hear(connection, [heard])
        except TRANSIENT:
            raise
        except Exception as fault:  # noqa: BLE001 - a boundary: only this case is set aside, and the fault is recorded with it
            log.error("record.failed", stream=heard.envelope.stream, version=heard.envelope.streamversion, **describe(fault))
            return type(fault).__name__
        return None

    async def _drain(self, connection: asyncpg.Connection, work: _Work, subject: str) -> None:
        """Take what is set aside for a case as long as some record of it is the next of its stream, the earliest first."""
        aside = await parking.of(connection, subject)
        waiting = [(identity, record, record.envelope) for identity, record in aside if record.envelope is not None]
        # Streams of the case that this batch does not speak of wait here too.
        work.marks = await marks(connection, {(envelope.source, subject) for _, _, envelope in waiting}) | work.marks
        while (ready := next((row for row in waiting if self._is_ready(work, row[2])), None)) is not None:
            identity, record, envelope = ready
            if (reason := await self._forked(connection, work, envelope)) is not None:
                await self._halt(connection, work, envelope, reason)
                continue
            if envelope.streamversion > work.mark(envelope)[0]:
                if (fault := await self._drained(connection, record, envelope)) is not None:
                    await parking.annotate(connection, identity, fault)
                    return
                self._advance(work, envelope, record.partition)
                work.tally["drained"] += 1
            await parking.release(connection, identity)
            waiting.remove(ready)

    @staticmethod
    def _is_ready(work: _Work, envelope: Envelope) -> bool:
        return envelope.source not in work.halted and envelope.streamversion <= work.mark(envelope)[0] + 1

    async def _drained(self, connection: asyncpg.Connection, record: Parked, envelope: Envelope) -> str | None:
        if not self._listener.names(envelope.type):
            return None
        try:
            event = self._listener.read(envelope, record.data)
        except UNREADABLE as fault:
            return type(fault).__name__
        heard = Heard(envelope=envelope, data=record.data, event=event, partition=record.partition, offset=record.offset)
        return await self._tried(connection, heard)

    async def retry(self, connection: asyncpg.Connection, subject: str) -> None:
        """Try again what is set aside for a case (after a repair). Call inside a transaction."""
        rows = await parking.of(connection, subject)
        for partition in sorted({record.partition for _, record in rows}):
            # The consumer drains too: whoever comes second finds what the first has left.
            await connection.fetch(_BOOKMARKS, self._topic, [partition])
        work = await self._work(connection, [])
        await self._drain(connection, work, subject)
        await self._write(connection, work)

    def _advance(self, work: _Work, envelope: Envelope, partition: int) -> None:
        stream = (envelope.source, envelope.subject)
        work.marks[stream] = (envelope.streamversion, envelope.hash)
        work.changed[stream] = partition

    def _set_aside(self, work: _Work, record: ConsumerRecord, envelope: Envelope | None, reason: str, detail: str) -> None:
        work.tally["parked"] += 1
        subject = envelope.subject if envelope else f"?{record.partition}/{record.offset}"
        work.parked.add(subject)
        work.aside.append(
            Parked(
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                subject=subject,
                envelope=envelope,
                headers=tuple(record.headers),
                data=record.value or b"",
                reason=reason,
                detail=detail,
            )
        )

    async def _halt(self, connection: asyncpg.Connection, work: _Work, envelope: Envelope, reason: str) -> None:
        log.critical("source.forked", stream=envelope.stream, version=envelope.streamversion, reason=reason)
        work.halted.add(envelope.source)
        await connection.execute(_HALT, envelope.source, envelope.subject, envelope.streamversion, reason)

    async def _write(self, connection: asyncpg.Connection, work: _Work) -> None:
        if work.changed:
            rows = [(*stream, *work.marks[stream], partition) for stream, partition in sorted(work.changed.items())]
            await connection.execute(_MARK, *map(list, zip(*rows, strict=True)))


TRANSIENT: Final[tuple[type[Exception], ...]] = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    KeysUnavailableError,
    OSError,
    TimeoutError,
)
"""Not the data's fault: wait and try the same again, never set aside."""


async def _envelopes(records: Iterable[ConsumerRecord]) -> list[Envelope | None]:
    """The envelope of each record, None where it has none; gives way to other work now and then."""
    loop = asyncio.get_running_loop()
    since = loop.time()
    found: list[Envelope | None] = []
    for record in records:
        found.append(envelope_of(record))
        if loop.time() - since > SLICE_SECONDS:
            await asyncio.sleep(0)
            since = loop.time()
    return found


async def marks(connection: asyncpg.Connection, streams: Iterable[Stream]) -> dict[Stream, Mark]:
    """What has been taken in of these streams."""
    wanted = list(streams)
    rows = await connection.fetch(_MARKS, [source for source, _ in wanted], [subject for _, subject in wanted])
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def envelope_of(record: ConsumerRecord) -> Envelope | None:
    """A record's envelope; None if it has none that can be read."""
    try:
        envelope = codec.from_headers(record.headers)
    except (KeyError, ValueError, AttributeError, TypeError):
        return None
    return envelope if record.key == envelope.subject.encode() and record.value is not None else None


def hash_of(record: ConsumerRecord) -> bytes:
    """What tells a record from another at its offset: its own hash, or its bytes' where it has none."""
    for name, value in record.headers:
        if name == "ce_hash" and value is not None:
            return bytes(value)
    return sha256(record.value or b"").digest()

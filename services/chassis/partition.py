"""One partition's records, one transaction with the bookmark: each is a duplicate, the next of its stream, or set aside."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
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

_BOOKMARK: Final = "select next_offset, last_hash from bookmark where topic = $1 and partition = $2 for update"
_MOVE: Final = "update bookmark set next_offset = $3, last_hash = $4 where topic = $1 and partition = $2"
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


@dataclass(frozen=True, slots=True)
class Fenced:
    """The bookmark stands elsewhere: another member, or an earlier life of this one, has been here."""

    bookmark: int


@dataclass(slots=True)
class _Work:
    """What one transaction knows and will write."""

    marks: dict[tuple[str, str], tuple[int, bytes]]
    parked: set[str]
    halted: set[str]
    changed: set[tuple[str, str]] = field(default_factory=set)
    heard: list[Heard] = field(default_factory=list)
    aside: list[Parked] = field(default_factory=list)
    drain: set[str] = field(default_factory=set)
    tally: dict[str, int] = field(default_factory=lambda: dict.fromkeys(telemetry.RECORD_RESULTS, 0))


class Partition:
    """Takes in the records of one topic for one service, partition by partition."""

    def __init__(self, *, topic: str, listener: Listener) -> None:
        self._topic = topic
        self._listener = listener

    async def take(
        self, connection: asyncpg.Connection, partition: int, records: Sequence[ConsumerRecord], *, careful: bool
    ) -> Fenced | None:
        """Take the records in, or refuse them all. Call inside a transaction.

        `careful` takes them one by one, each in a savepoint, and sets aside only the case that fails: the second try of a
        batch whose first try failed on data.
        """
        bookmark = await connection.fetchrow(_BOOKMARK, self._topic, partition)
        if bookmark is None or bookmark["next_offset"] != records[0].offset:
            telemetry.consumed.labels(result="refused").inc(len(records))
            return Fenced(bookmark["next_offset"] if bookmark else 0)
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
        await self._write(connection, work, partition)
        await connection.execute(_MOVE, self._topic, partition, records[-1].offset + 1, hash_of(records[-1]))
        failpoint("consumer.before_commit")
        for result, count in work.tally.items():
            if count:
                telemetry.consumed.labels(result=result).inc(count)
        return None

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
        stream = (envelope.source, envelope.subject)
        version, last = work.marks.get(stream, (0, NO_HASH))
        if envelope.source in work.halted:
            work.tally["halted"] += 1
            self._set_aside(work, record, envelope, "halted", "the source's history has forked")
        elif envelope.streamversion <= version:
            await self._seen(connection, work, record, envelope, (version, last))
        elif envelope.subject in work.parked:
            self._set_aside(work, record, envelope, "behind", "an earlier event of the case is set aside")
            work.drain.add(envelope.subject)
        elif envelope.streamversion > version + 1:
            self._set_aside(work, record, envelope, "gap", f"version {version + 1} is missing")
        elif envelope.prevhash != last:
            await self._fork(connection, work, record, envelope, "a link to another history")
        else:
            await self._next(connection, work, record, envelope, careful=careful)

    async def _seen(
        self, connection: asyncpg.Connection, work: _Work, record: ConsumerRecord, envelope: Envelope, mark: tuple[int, bytes]
    ) -> None:
        known = mark[1] if envelope.streamversion == mark[0] else await self._listener.known(connection, envelope)
        if known is not None and known != envelope.hash:
            await self._fork(connection, work, record, envelope, "another event under a version that was seen")
        else:
            work.tally["duplicate"] += 1

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
        self._advance(work, envelope)

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
        while True:
            rows = await parking.of(connection, subject)
            ready = next((row for row in rows if self._is_ready(work, row)), None)
            if ready is None:
                return
            identity, record = ready
            envelope = record.envelope
            if envelope is None:
                return
            version, _ = work.marks.get((envelope.source, subject), (0, NO_HASH))
            if envelope.streamversion > version and (fault := await self._drained(connection, record, envelope)) is not None:
                await parking.annotate(connection, identity, fault)
                return
            await parking.release(connection, identity)
            if envelope.streamversion > version:
                self._advance(work, envelope)
                work.tally["drained"] += 1

    def _is_ready(self, work: _Work, row: tuple[int, Parked]) -> bool:
        envelope = row[1].envelope
        if envelope is None or envelope.source in work.halted:
            return False
        version, last = work.marks.get((envelope.source, envelope.subject), (0, NO_HASH))
        return envelope.streamversion <= version or (envelope.streamversion == version + 1 and envelope.prevhash == last)

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
        work = await self._work(connection, [record.envelope for _, record in rows if record.envelope is not None])
        await self._drain(connection, work, subject)
        await self._write(connection, work, rows[0][1].partition if rows else 0)

    def _advance(self, work: _Work, envelope: Envelope) -> None:
        stream = (envelope.source, envelope.subject)
        work.marks[stream] = (envelope.streamversion, envelope.hash)
        work.changed.add(stream)

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

    async def _fork(
        self, connection: asyncpg.Connection, work: _Work, record: ConsumerRecord, envelope: Envelope, reason: str
    ) -> None:
        log.critical("source.forked", stream=envelope.stream, version=envelope.streamversion, reason=reason)
        work.halted.add(envelope.source)
        await connection.execute(_HALT, envelope.source, envelope.subject, envelope.streamversion, reason)
        self._set_aside(work, record, envelope, "halted", reason)

    async def _write(self, connection: asyncpg.Connection, work: _Work, partition: int) -> None:
        if work.changed:
            rows = [(source, subject, *work.marks[source, subject], partition) for source, subject in sorted(work.changed)]
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
        found.append(_envelope(record))
        if loop.time() - since > SLICE_SECONDS:
            await asyncio.sleep(0)
            since = loop.time()
    return found


def _envelope(record: ConsumerRecord) -> Envelope | None:
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

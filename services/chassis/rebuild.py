"""Read models built anew beside the live ones, from history, and swapped in while reading and writing go on.

The tables of schema `read` are made again, empty, as `read_next`; history is folded into them up to a position; then the
bookmarks and the streams are held, the rest is folded, and the schemas change names, all in one transaction. A build that
fails leaves nothing.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from contracts.envelope import NO_HASH, Envelope
from services.chassis import codec
from services.chassis.clock import seconds
from services.chassis.decider import Record
from services.chassis.failpoints import failpoint
from services.chassis.hearing import Heard, Listener
from services.chassis.partition import Mark, Stream, envelope_of, marks
from services.chassis.store import Store

BATCH: Final = 5000

Position = Mapping[int, int]
Progress = Callable[[int, int], None]
"""(records folded, records in all)."""

Folding = Callable[[asyncpg.Connection, Position, Position, Progress], Awaitable[int]]
"""Folds history from one position to another into the tables on the connection's search path; how many records it was.

The last call comes in the transaction that holds the bookmarks: what is not folded then will never be.
"""

_TABLES: Final = "select c.relname from pg_class c where c.relnamespace = $1::regnamespace and c.relkind = 'r' order by 1"
_BOOKMARKS: Final = "select partition, next_offset from bookmark where topic = $1 order by partition"
# A plan made while the tables are empty would be kept when they are not; what is lost with the machine is thrown away anyway.
_BUILDING: Final = "set search_path = read_next, public; set plan_cache_mode = force_custom_plan; set synchronous_commit = off"
_SWAPPING: Final = "set local lock_timeout = '10s'; set local statement_timeout = '60s'; set local synchronous_commit = on"
_GRANTS: Final = """
    select format('grant %s on read_next.%I to %I', string_agg(privilege_type, ', '), table_name, grantee)
    from information_schema.role_table_grants where table_schema = 'read' and grantee <> grantor group by table_name, grantee
"""
_SECURITY: Final = """
    select format('alter table read_next.%I enable row level security', c.relname)
    from pg_class c where c.relnamespace = 'read'::regnamespace and c.relkind = 'r' and c.relrowsecurity
    union all
    select format('create policy %I on read_next.%I for %s to %s using (%s)%s', policyname, tablename, cmd,
                  array_to_string(roles, ', '), coalesce(qual, 'true'),
                  case when with_check is null then '' else ' with check (' || with_check || ')' end)
    from pg_policies where schemaname = 'read'
"""
_USAGE: Final = """
    select format('grant usage on schema read_next to %I', grantee::regrole::text)
    from (select (aclexplode(nspacl)).grantee from pg_namespace where nspname = 'read') g where grantee <> 0 group by grantee
"""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a rebuild did: records folded, seconds, and whether the new tables equal the ones that they replaced."""

    records: int
    seconds: float
    equal: bool
    digests: dict[str, tuple[str, str]]


async def rebuild(
    connection: asyncpg.Connection,
    *,
    topic: str,
    fold: Folding,
    own_tail: Callable[[asyncpg.Connection], Awaitable[int]],
    progress: Progress,
) -> Rebuilt:
    """Build beside, follow, swap. `connection` is the owner's; `own_tail` folds own events not yet back from the topic."""
    began = seconds()
    await connection.execute("drop schema if exists read_next cascade; create schema read_next")
    tables = [row["relname"] for row in await connection.fetch(_TABLES, "read")]
    for table in tables:
        await connection.execute(f'create table read_next."{table}" (like read."{table}" including all)')
    await connection.execute(_BUILDING)
    reached: Position = {}
    folded = 0
    while True:
        target = await _position(connection, topic)
        step = await fold(connection, reached, target, progress)
        folded, reached = folded + step, target
        failpoint("rebuild.half_way")
        if step < BATCH:
            break
    async with connection.transaction():
        await connection.execute(_SWAPPING)
        # The bookmarks first, as the consumer takes them; then every stream, so that no append is half way.
        await connection.execute("select from bookmark where topic = $1 order by partition for update", topic)
        await connection.execute("lock table stream in exclusive mode")
        folded += await fold(connection, reached, await _position(connection, topic), progress)
        await own_tail(connection)
        digests = {
            table: (await digest(connection, "read", table), await digest(connection, "read_next", table)) for table in tables
        }
        await _open_to_readers(connection)
        failpoint("rebuild.before_swap")
        await connection.execute("drop schema if exists read_before cascade; alter schema read rename to read_before")
        await connection.execute("alter schema read_next rename to read; drop schema read_before cascade")
    equal = all(before == after for before, after in digests.values())
    return Rebuilt(records=folded, seconds=seconds() - began, equal=equal, digests=digests)


async def digest(connection: asyncpg.Connection, schema: str, table: str) -> str:
    """A digest of a table's rows that does not depend on their order on disk."""
    query = f"""select coalesce(sum(hash_record_extended(t, 0)), 0) || '/' || count(*) from {schema}."{table}" t"""
    return str(await connection.fetchval(query))


async def _position(connection: asyncpg.Connection, topic: str) -> Position:
    return {row["partition"]: row["next_offset"] for row in await connection.fetch(_BOOKMARKS, topic)}


async def _open_to_readers(connection: asyncpg.Connection) -> None:
    for query in (_USAGE, _GRANTS, _SECURITY):
        for row in await connection.fetch(query):
            await connection.execute(row[0])


class IncompleteError(Exception):
    """The topic does not hold all that the live tables were made from: a build from it is thrown away."""


def from_topic(
    store: Store[Any],
    listener: Listener,
    *,
    kafka: str,
    topic: str,
    own: Callable[..., Awaitable[None]],
    heard: Callable[..., Awaitable[None]],
) -> Folding:
    """A fold over the topic's own records: own events through `own`, others' through `heard`, each stream in its order.

    Raises (the fold):
        IncompleteError: the live tables hold more than the topic does.
    """
    taking = _Taking()

    async def take(connection: asyncpg.Connection, ready: Sequence[tuple[Envelope, ConsumerRecord]]) -> None:
        mine = [(envelope, record) for envelope, record in ready if envelope.source == store.source]
        await own(connection, [Record(envelope=e, event=await store.read(e, record.value)) for e, record in mine])
        others = [(e, record) for e, record in ready if e.source != store.source and listener.names(e.type)]
        await heard(connection, [_heard(listener, envelope, record) for envelope, record in others])

    async def fold(connection: asyncpg.Connection, since: Position, until: Position, progress: Progress) -> int:
        total = sum(until.values()) - sum(since.values())
        done = 0
        async for records in _read(kafka, topic, since, until):
            await take(connection, await taking.ready(connection, records))
            done += len(records)
            progress(done, total)
        await take(connection, await taking.ready(connection, ()))
        if connection.is_in_transaction():
            await taking.complete(connection, but=store.source)
        return done

    return fold


class _Taking:
    """Each stream's versions once and in order, as far as the live consumer has come: what it has set aside waits here too."""

    def __init__(self) -> None:
        self._reached: dict[Stream, Mark] = {}
        self._waiting: dict[Stream, dict[Mark, tuple[Envelope, ConsumerRecord]]] = {}

    async def ready(
        self, connection: asyncpg.Connection, records: Iterable[ConsumerRecord]
    ) -> list[tuple[Envelope, ConsumerRecord]]:
        """What can be folded now of these records and of those that wait."""
        for record in records:
            envelope = envelope_of(record)
            if envelope is not None and envelope.streamversion > self._at((envelope.source, envelope.subject))[0]:
                waiting = self._waiting.setdefault((envelope.source, envelope.subject), {})
                waiting.setdefault((envelope.streamversion, envelope.prevhash), (envelope, record))
        live = await marks(connection, self._waiting)
        found = []
        for stream, waiting in list(self._waiting.items()):
            version, last = self._at(stream)
            while version < live.get(stream, (0, NO_HASH))[0] and (following := waiting.pop((version + 1, last), None)):
                found.append(following)
                version, last = version + 1, following[0].hash
            self._reached[stream] = version, last
            if not waiting:
                del self._waiting[stream]
        return found

    async def complete(self, connection: asyncpg.Connection, *, but: str) -> None:
        """Check that every stream has come as far as live; of the service's own (`but`) the rest is in its store."""
        async for row in connection.cursor("select source, subject, version, hash from watermark where source <> $1", but):
            if self._at((row["source"], row["subject"])) != (row["version"], row["hash"]):
                raise IncompleteError(f"{row['source']}/{row['subject']}")

    def _at(self, stream: Stream) -> Mark:
        return self._reached.get(stream, (0, NO_HASH))


def _heard(listener: Listener, envelope: Envelope, record: ConsumerRecord) -> Heard:
    event = listener.read(envelope, record.value)
    return Heard(envelope=envelope, data=record.value, event=event, partition=record.partition, offset=record.offset)


async def _read(kafka: str, topic: str, since: Position, until: Position) -> AsyncIterator[Sequence[ConsumerRecord]]:
    for partition, end in sorted(until.items()):
        start = since.get(partition, 0)
        if start >= end:
            continue
        place = TopicPartition(topic, partition)
        async with AIOKafkaConsumer(
            bootstrap_servers=kafka.split(","), enable_auto_commit=False, auto_offset_reset="earliest"
        ) as consumer:
            consumer.assign([place])
            if (await consumer.end_offsets([place]))[place] < end:
                raise IncompleteError(f"partition {partition}")
            consumer.seek(place, start)
            while start < end:
                records = (await consumer.getmany(place, timeout_ms=1000, max_records=BATCH)).get(place, [])
                records = [record for record in records if record.offset < end]
                if records:
                    start = records[-1].offset + 1
                    yield records


async def own_tail(connection: asyncpg.Connection, store: Store[Any], project: Callable[..., Awaitable[None]]) -> int:
    """Fold own events that the topic has not brought back yet. Call with the streams held."""
    rows = await connection.fetch(
        f"""
        select {codec.QUALIFIED}
        from stream s left join watermark w on w.source = $1 and w.subject = s.subject
        join event e on e.subject = s.subject and e.version > coalesce(w.version, 0)
        where s.version > coalesce(w.version, 0) order by e.subject, e.version
        """,
        store.source,
    )
    records = []
    for row in rows:
        envelope, data = codec.from_row(store.source, row)
        records.append(Record(envelope=envelope, event=await store.read(envelope, data)))
    await project(connection, records)
    return len(records)

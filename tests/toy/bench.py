"""pong's side of a partition, without Kafka: records made by a real store, offered in whatever order a test likes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import asyncpg

from contracts.envelope import NO_HASH, Envelope, Origin
from services.chassis import codec
from services.chassis.chain import link
from services.chassis.clock import new_id
from services.chassis.hearing import Heard, Reactor
from services.chassis.partition import Fenced, Partition
from services.chassis.store import Ask, Cause, Done, Store
from tests.toy.harness import Toy, record_of, toy
from tests.toy.language import PING, PONG
from tests.toy.services import DECIDER, Ping, project, project_heard, react, rows

CAUSE = Cause(role="council", actor="a", council="S12000033", origin=Origin.LIVE, correlation=new_id())
Made = tuple[Envelope, bytes]
TAKEN = "insert into taken (source, subject, number) values ($1, $2, $3)"


@dataclass
class Bench:
    """pong's consumer, and a ping store that makes records for it."""

    made: Toy
    ping: asyncpg.Connection
    pong: asyncpg.Connection
    topic: str
    repaired: bool = False
    partition: Partition = field(init=False)

    def __post_init__(self) -> None:
        store = Store(source="pong", decider=DECIDER, catalogue=PONG, upcasters={}, project=project)
        listener = Reactor(store=store, catalogue=PING, upcasters={}, react=react, project=self._project)
        self.partition = Partition(topic=self.topic, listener=listener)

    async def _project(self, connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
        """As pong does; once repaired, poison is a number like any other."""
        await (rows(connection, [(h.envelope, h.event) for h in heard]) if self.repaired else project_heard(connection, heard))
        await connection.executemany(TAKEN, [(h.envelope.source, h.envelope.subject, h.event.number) for h in heard])

    async def say(self, subject: str, *numbers: int) -> list[Made]:
        """Records of one ping stream."""
        store = Store(source="ping", decider=DECIDER, catalogue=PING, upcasters={}, project=project)
        async with self.ping.transaction():
            done = await store.append(
                self.ping, [Ask(subject=subject, command=Ping(number=number), cause=CAUSE) for number in numbers]
            )
        assert all(isinstance(each, Done) for each in done)
        return (await stored(self.ping, "ping", subject))[-len(numbers) :]

    async def take(
        self, records: Sequence[Made], *, at: int | None = None, careful: bool = False, through: asyncpg.Connection | None = None
    ) -> Fenced | None:
        """Offer records to the partition, from its bookmark or from another place."""
        connection = through or self.pong
        await connection.execute("insert into bookmark values ($1, 0, 0, '') on conflict do nothing", self.topic)
        start = at if at is not None else await self.bookmark()
        offered = [record_of(e, data, topic=self.topic, partition=0, offset=start + n) for n, (e, data) in enumerate(records)]
        async with connection.transaction():
            return (await self.partition.take(connection, {0: offered}, careful=careful)).get(0)

    async def retry(self, subject: str, *, through: asyncpg.Connection | None = None) -> None:
        """Try a case again, as the command line does."""
        connection = through or self.pong
        async with connection.transaction():
            await self.partition.retry(connection, subject)

    async def bookmark(self) -> int:
        """Where the partition goes on."""
        return int(await self.pong.fetchval("select next_offset from bookmark where topic = $1", self.topic))

    async def taken(self, subject: str, source: str = "ping") -> list[int]:
        """The numbers of one stream that this bench has taken in, in that order."""
        query = "select number from taken where subject = $1 and source = $2 order by n"
        return [row[0] for row in await self.pong.fetch(query, subject, source)]

    async def seen(self, subject: str, source: str = "ping") -> list[int]:
        """The numbers of one stream in pong's read model; it keeps no order."""
        query = "select number from seen where subject = $1 and source = $2 order by number"
        return [row[0] for row in await self.pong.fetch(query, subject, source)]

    async def echoes(self) -> int:
        """Events that pong said."""
        return int(await self.pong.fetchval("select count(*) from event"))

    async def parked(self) -> list[tuple[str, int, str]]:
        """What is set aside."""
        query = "select subject, version, reason from parked where topic = $1 order by id"
        return [(row[0], row[1], row[2]) for row in await self.pong.fetch(query, self.topic)]

    async def halted(self) -> list[str]:
        """Sources of which nothing more is taken in."""
        return [row["source"] for row in await self.pong.fetch("select source from halted order by source")]


@asynccontextmanager
async def bench_on(postgres: str, kafka: str, folder: Path) -> AsyncIterator[Bench]:
    """A bench on fresh databases."""
    async with toy(postgres, kafka, folder) as made, made.owner("ping") as ping, made.owner("pong") as pong:
        await pong.execute(
            "create table public.taken (n bigint generated always as identity, source text, subject text, number int)"
        )
        yield Bench(made, ping, pong, made.topic)


async def stored(connection: asyncpg.Connection, source: str, subject: str) -> list[Made]:
    """A stream as its store has it."""
    found = await connection.fetch(f"select {codec.COLUMNS} from event where subject = $1 order by version", subject)
    return [codec.from_row(source, row) for row in found]


def forged(made: Made, **changes: Any) -> Made:
    """Another event in a record's place, with a hash that fits it."""
    envelope, data = made
    envelope = replace(envelope, **({"id": new_id()} | changes))
    return replace(envelope, hash=link(envelope, data)), data


def relinked(stream: Sequence[Made], **changes: Any) -> list[Made]:
    """A whole stream with something changed in each of its events, linked anew."""
    last, found = NO_HASH, []
    for envelope, data in stream:
        found.append(forged((envelope, data), id=envelope.id, prevhash=last, **changes))
        last = found[-1][0].hash
    return found

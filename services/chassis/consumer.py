"""The consumer of a service: FastStream brings batches of raw records, PostgreSQL says where each partition goes on.

Offsets live in the bookmark, committed with their effect; Kafka's own are left alone. Whatever goes wrong, the next step is the
same: go back to the bookmark. On assignment it reads one record before the bookmark: if that is not the record that it took in
last, the topic is another one, and the partition starts again at 0 with the watermarks skipping what is known.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from services.chassis import telemetry
from services.chassis.clock import seconds
from services.chassis.failpoints import StagedFaultError, failpoint
from services.chassis.hearing import Listener
from services.chassis.ownership import Ownership
from services.chassis.partition import TRANSIENT, Fenced, Partition, hash_of
from services.chassis.postgres import UNAVAILABLE, Pool, describe
from services.chassis.settings import Settings

SUBSCRIPTION: Final[dict[str, Any]] = {
    "batch": True,
    "max_records": 2000,
    "batch_timeout_ms": 100,
    "ack_policy": AckPolicy.MANUAL,
    "auto_offset_reset": "earliest",
    "session_timeout_ms": 30_000,
    "heartbeat_interval_ms": 5_000,
    "rebalance_timeout_ms": 60_000,
    "max_poll_interval_ms": 300_000,
    "fetch_max_wait_ms": 100,
    "max_partition_fetch_bytes": 2 * 1024 * 1024,
}
WATCHDOG_SECONDS: Final = 60.0
CHECK_SECONDS: Final = 3600.0
LONGEST_WAIT: Final = 5.0
_AGAIN: Final[tuple[type[Exception], ...]] = (StagedFaultError, *TRANSIENT)
_NEVER_ACKNOWLEDGED: Any = None
_TRIES: Final = 12
_ANSWER_SECONDS: Final = 3.0

_PLACE: Final = "insert into bookmark (topic, partition, next_offset, last_hash) values ($1, $2, 0, '') on conflict do nothing"
_PLACES: Final = "select partition, next_offset, last_hash from bookmark where topic = $1"
_START_AGAIN: Final = (
    "update bookmark set next_offset = 0, last_hash = '' where topic = $1 and partition = $2 and next_offset = $3"
)

log = structlog.get_logger()


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]  # it has no types
    """Takes the topic in for one service, from as many processes as it has."""

    def __init__(self, *, settings: Settings, source: str, pool: Pool, listener: Listener, committed: Callable[[], None]) -> None:
        self._settings = settings
        self._topic = settings.topic
        self._pool = pool
        self._committed = committed
        self._partition = Partition(topic=settings.topic, listener=listener)
        self.ownership = Ownership(source=source)
        self._subscriber: Any = None
        self._broker: KafkaBroker | None = None
        self._unverified: dict[TopicPartition, tuple[int, bytes]] = {}
        self._turned = seconds()
        self._checked = asyncio.Event()
        self._recheck = asyncio.Event()

    # What others ask

    @property
    def alive(self) -> bool:
        """Whether it is joined to its group and turning."""
        consumer = self._kafka
        return consumer is not None and seconds() - self._turned < WATCHDOG_SECONDS

    async def checked(self) -> None:
        """Wait until the owner's own history on the topic has been compared with its store, and found no newer."""
        await self._checked.wait()

    async def ends(self) -> dict[int, int]:
        """The end offset of each partition now.

        Raises:
            KafkaError, TimeoutError: the broker does not answer, or has not been asked yet.
        """
        consumer = self._kafka
        if consumer is None or self._broker is None:
            raise TimeoutError
        async with asyncio.timeout(_ANSWER_SECONDS):
            numbers = consumer.partitions_for_topic(self._topic)
            if not numbers:  # no partitions known is not the same as nothing to read
                raise TimeoutError
            found = await consumer.end_offsets([TopicPartition(self._topic, number) for number in numbers])
        return {place.partition: end for place, end in found.items()}

    async def behind(self, reached: Mapping[str, int]) -> int | None:
        """Records on the topic beyond a position; None while the broker does not answer."""
        try:
            ends = await self.ends()
        except (KafkaError, TimeoutError):
            return None
        return sum(max(0, end - reached.get(str(partition), 0)) for partition, end in ends.items())

    async def caught_up(self) -> bool:
        """Whether everything that is on the topic at this moment has been taken in."""
        return (
            await self.behind({str(row["partition"]): row["next_offset"] for row in await self._pool.fetch(_PLACES, self._topic)})
            == 0
        )

    # Running

    async def run(self) -> None:
        """Consume until cancelled."""
        await self._start()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            group.create_task(self._check())

    async def stop(self) -> None:
        """Leave the group; a batch under way ends first."""
        if self._broker is not None:
            await self._broker.stop()

    async def _start(self) -> None:
        wait = 0.2
        while True:
            broker = KafkaBroker(
                self._settings.kafka.split(","),
                client_id=f"sir-{self.ownership.source}",
                logger=None,
                apply_types=False,
                allow_auto_create_topics=False,
                graceful_timeout=10,
            )
            self._subscriber = broker.subscriber(
                self._topic,
                group_id=f"{self._topic}.{self.ownership.source}",
                group_instance_id=self._settings.instance,
                listener=self,
                parser=_raw,
                decoder=_as_is,
                **SUBSCRIPTION,
            )
            self._subscriber(self._handle)
            try:
                await broker.start()
            except (KafkaError, OSError) as fault:
                log.warning("consumer.waits", wait=wait, **describe(fault))
                await broker.stop()
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            self._broker = broker
            return

    @property
    def _kafka(self) -> AIOKafkaConsumer | None:
        return self._subscriber.consumer if self._subscriber is not None else None

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Nothing to do: a late batch is refused by the bookmark."""

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Go to one record before each bookmark."""
        consumer = self._kafka
        places = list(assigned)
        log.info("consumer.assigned", partitions=sorted(place.partition for place in places))
        while True:
            try:
                async with self._pool.acquire() as connection:
                    await connection.executemany(_PLACE, [(self._topic, place.partition) for place in places])
                    rows = await connection.fetch(_PLACES, self._topic)
                break
            except UNAVAILABLE as fault:
                log.warning("consumer.waits", **describe(fault))
                await asyncio.sleep(1)
        bookmarks = {row["partition"]: (row["next_offset"], row["last_hash"]) for row in rows}
        ends = await self._ends_of(places)
        for place in places:
            following, _ = bookmarks[place.partition]
            if place in ends and ends[place] < following:
                log.critical("topic.recreated", partition=place.partition, bookmark=following, end=ends[place])
                await self._start_again(place, following)
                bookmarks[place.partition] = (0, b"")
        self._unverified = {place: bookmarks[place.partition] for place in places if bookmarks[place.partition][0]}
        for place in places:
            if consumer is not None:
                consumer.seek(place, max(0, bookmarks[place.partition][0] - 1))

    async def _ends_of(self, places: list[TopicPartition]) -> Mapping[TopicPartition, int]:
        """End offsets, or none while the broker does not say: the record before the bookmark will tell then."""
        if self._kafka is None:
            return {}
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                found: Mapping[TopicPartition, int] = await self._kafka.end_offsets(places)
        except (KafkaError, TimeoutError):
            return {}
        return found

    async def _start_again(self, place: TopicPartition, following: int) -> None:
        """The topic is another one: from its beginning, and what of ours it lacks is published again."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_START_AGAIN, self._topic, place.partition, following)
            await self.ownership.forget(connection, place.partition)
        self._recheck.set()

    async def _handle(self, message: KafkaMessage) -> None:
        """A batch of FastStream: records of several partitions, taken in together."""
        batches: dict[TopicPartition, list[ConsumerRecord]] = defaultdict(list)
        for record in message.raw_message:
            batches[TopicPartition(record.topic, record.partition)].append(record)
        wait, careful = 0.1, False
        for _ in range(_TRIES):
            self._turned = seconds()
            try:
                await self._take(batches, careful=careful)
            except _AGAIN as fault:
                log.warning("consumer.again", partitions=len(batches), wait=wait, **describe(fault))
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            except Exception as fault:  # noqa: BLE001 - a boundary: on data the batch is run again, record by record
                log.error("consumer.careful", partitions=len(batches), again=not careful, **describe(fault))
                if careful:
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, LONGEST_WAIT)
                careful = True
            else:
                return
        for place in batches:
            self._go_to(place, await self._bookmark(place))

    async def _take(self, batches: dict[TopicPartition, list[ConsumerRecord]], *, careful: bool) -> None:
        for place in self._unverified.keys() & batches.keys():
            batches[place] = await self._verified(place, batches[place])
        waiting = {place.partition: records for place, records in batches.items() if records}
        if not waiting:
            return
        failpoint("consumer.before_begin")
        async with self._pool.acquire() as connection, connection.transaction():
            fenced = await self._partition.take(connection, waiting, careful=careful)
        for number, place in fenced.items():
            self._go_to(TopicPartition(self._topic, number), place)
        taken = [records[-1].timestamp for number, records in waiting.items() if number not in fenced]
        if taken:
            failpoint("consumer.after_commit")
            telemetry.freshness.set(max(taken) / 1000)
            self._committed()

    async def _verified(self, place: TopicPartition, records: list[ConsumerRecord]) -> list[ConsumerRecord]:
        """Compare the first record after an assignment with the last one taken in before; what is left to take in."""
        following, last = self._unverified[place]
        first = records[0]
        if first.offset == following - 1 and hash_of(first) == last:
            del self._unverified[place]
            return records[1:]
        log.critical("topic.recreated", partition=place.partition, bookmark=following, found=first.offset)
        await self._start_again(place, following)
        del self._unverified[place]
        self._go_to(place, await self._bookmark(place))
        return []

    def _go_to(self, place: TopicPartition, fenced: Fenced) -> None:
        consumer = self._kafka
        if consumer is not None and place in consumer.assignment():
            consumer.seek(place, fenced.bookmark)
        log.info("consumer.went_to", partition=place.partition, offset=fenced.bookmark)

    async def _bookmark(self, place: TopicPartition) -> Fenced:
        (row,) = await self._pool.fetch(_PLACES + " and partition = $2", self._topic, place.partition)
        return Fenced(row["next_offset"])

    async def _watch(self) -> None:
        """Exit when records wait and none has been taken in for a minute: a client that stopped does not say so."""
        while True:
            await asyncio.sleep(5)
            consumer = self._kafka
            if consumer is None:
                continue
            waiting = 0
            for place in consumer.assignment():
                left = max(0, (consumer.highwater(place) or 0) - await self._position(consumer, place))
                telemetry.lag.labels(partition=str(place.partition)).set(left)
                waiting += left
            if waiting == 0:
                self._turned = seconds()
            elif seconds() - self._turned > WATCHDOG_SECONDS:
                log.critical("consumer.stalled", waiting=waiting)
                os._exit(70)

    @staticmethod
    async def _position(consumer: AIOKafkaConsumer, place: TopicPartition) -> int:
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return int(await consumer.position(place))
        except (KafkaError, TimeoutError):
            return 0

    async def _check(self) -> None:
        """At start and every hour: compare what the topic holds of ours with the store, both ways."""
        while True:
            self._recheck.clear()
            try:
                if not await self.caught_up():
                    await asyncio.sleep(0.05)
                    continue
                async with self._pool.acquire() as connection, connection.transaction():
                    sound = await self.ownership.check(connection)
            except (KafkaError, *TRANSIENT) as fault:
                log.warning("ownership.unchecked", **describe(fault))
                await asyncio.sleep(1)
                continue
            if sound:
                self._committed()
                self._checked.set()
            try:
                await asyncio.wait_for(self._recheck.wait(), CHECK_SECONDS if sound else 5)
            except TimeoutError:
                continue


async def _raw(message: tuple[ConsumerRecord, ...]) -> KafkaMessage:
    """No decoding: a header that cannot be read must not lose a record."""
    return KafkaMessage(raw_message=message, body=b"", headers={}, consumer=_NEVER_ACKNOWLEDGED)


async def _as_is(message: KafkaMessage) -> KafkaMessage:
    return message

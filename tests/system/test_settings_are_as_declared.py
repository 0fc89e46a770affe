"""The settings that the guarantees stand on, as they are: of topics, of every producer, subscriber and pool (architecture 4)."""

import ast
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from pydantic import SecretStr

from deploy.local.stack import on_database
from services.chassis import relay
from services.chassis.clock import new_id
from services.chassis.service import Service, opened
from tests.conftest import ROOT
from tests.contract.describe import DECLARED, SERVICES
from tests.system.conftest import STATE, Running

TOPICS = {  # partitions, then what keeps every event for ever; the instant of Government's topic is the broker's: it is evidence
    "sir.case-events.v1": (12, {"retention.ms": "-1", "cleanup.policy": "delete"}),
    "sir.government.v1": (
        1,
        {"retention.ms": "-1", "cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime"},
    ),
}
BROKER = {"auto.create.topics.enable": "false", "unclean.leader.election.enable": "false"}
SUBSCRIBER = {
    "enable_auto_commit": False,
    "auto_offset_reset": "earliest",
    "group_instance_id": "a-replica",
    "session_timeout_ms": 30_000,
    "heartbeat_interval_ms": 5_000,
    "max_poll_interval_ms": 300_000,
}
SESSION = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
    "TimeZone": "UTC",
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
}
MADE_IN = {  # a client that is made anywhere else is one that nobody looked at
    "AIOKafkaProducer": {"services/chassis/relay.py"},
    "KafkaBroker": {"services/chassis/consumer.py"},
    "AIOKafkaConsumer": {"services/chassis/rebuild.py", "services/notification/feed.py"},
    "Pool": {"services/chassis/postgres.py"},
    "create_pool": set[str](),
    "open_pool": {"services/chassis/service.py"},
}
each_service = pytest.mark.parametrize("name", SERVICES)


@asynccontextmanager
async def one(stack: Running, name: str) -> AsyncIterator[Service[Any]]:
    """The service with its own settings but of an empty topic of its own, so that the running one is left alone."""
    definition, settings = DECLARED[name]
    secret = STATE / "declared.secret"
    secret.write_text("c2VjcmV0")
    database = on_database(stack.addresses.postgres, f"sir_{name}")
    topic = f"nowhere.{new_id()}"
    await _made(stack, topic)
    given = {"kafka": stack.kafka, "topic": topic, "instance": "a-replica", "secret_file": secret}
    async with opened(definition, settings.model_copy(update=given | {"database_url": SecretStr(database)})) as service:
        yield service


async def test_every_topic_and_the_broker(stack: Running) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka)
    await admin.start()
    try:
        for topic, (partitions, wanted) in TOPICS.items():
            [told] = await admin.describe_topics([topic])
            found = await _configured(admin, ConfigResourceType.TOPIC, topic)
            assert len(told["partitions"]) == partitions, topic
            assert {key: found[key] for key in wanted} == wanted, topic
        found = await _configured(admin, ConfigResourceType.BROKER, "1")
        assert {key: found[key] for key in BROKER} == BROKER
    finally:
        await admin.close()


@each_service
async def test_every_producer(stack: Running, name: str) -> None:
    async with one(stack, name) as service:
        kafka = relay.producer(service.settings, client="settings")
        await kafka.stop()
    sender = kafka._sender
    assert (sender._acks, sender._txn_manager is not None) == (-1, True), "every replica acknowledges, and nothing stands twice"
    assert (kafka._request_timeout_ms, kafka._message_accumulator._linger_time) == (15_000, 0)


@each_service
async def test_every_subscriber(stack: Running, name: str) -> None:
    async with one(stack, name) as service:
        await service.consumer._start()
        try:
            kafka, broker = service.consumer._kafka, service.consumer._broker
            assert {key: getattr(kafka, f"_{key}") for key in SUBSCRIBER} == SUBSCRIBER
            assert kafka is not None
            assert kafka._group_id == f"{service.settings.topic}.{name}"
            assert broker is not None
            assert broker.config.broker_config.allow_auto_create_topics is False
        finally:
            await service.consumer.stop()


@each_service
async def test_every_pool(stack: Running, name: str) -> None:
    async with one(stack, name) as service:
        pool: Any = service.pool  # asyncpg's types leave out what it was made with
        assert pool._max_inactive_connection_lifetime == 60
        assert (pool._connect_kwargs["timeout"], pool._connect_kwargs["command_timeout"]) == (3, 5)
        async with pool.acquire() as connection:
            assert {key: await connection.fetchval(f"show {key}") for key in SESSION} == SESSION
        async with _all_taken(pool):
            with pytest.raises(TimeoutError):
                async with pool.acquire():
                    pytest.fail("there was none left")


def test_no_client_is_made_elsewhere() -> None:
    made: dict[str, set[str]] = {name: set() for name in MADE_IN}
    for path in sorted((ROOT / "services").rglob("*.py")):
        for call in _calls(path.read_text()):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in made:
                made[name].add(str(path.relative_to(ROOT)))
            if name == "AIOKafkaConsumer":
                said = {each.arg: getattr(each.value, "value", None) for each in call.keywords}
                assert (said["enable_auto_commit"], said["auto_offset_reset"]) == (False, "earliest"), path
    assert made == MADE_IN


def _calls(text: str) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))


@asynccontextmanager
async def _all_taken(pool: asyncpg.Pool) -> AsyncIterator[None]:
    held = [await pool.acquire() for _ in range(pool.get_max_size())]
    try:
        yield
    finally:
        for connection in held:
            await pool.release(connection)


async def _made(stack: Running, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
    finally:
        await admin.close()


async def _configured(admin: AIOKafkaAdminClient, kind: ConfigResourceType, name: str) -> dict[str, str]:
    [answer] = await admin.describe_configs([ConfigResource(kind, name)])
    return {entry[0]: entry[1] for entry in answer.resources[0][4]}

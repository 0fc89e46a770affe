"""The toy services on real parts: databases, a topic of their own, processes that can be killed, and the conservation check."""

import asyncio
import base64
import json
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx2
from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from contracts.envelope import Envelope
from deploy.local.environment import inherited
from services.chassis import codec
from services.chassis.clock import new_id, seconds
from services.chassis.keys import Keyring
from services.chassis.postgres import open_pool
from services.chassis.store import Store
from tests.conservation import Facts, everything, kept, same, told
from tests.toy.language import PING, Pinged
from tests.toy.services import DECIDER

ROOT = Path(__file__).parents[2]
SQL = ROOT / "services" / "chassis" / "sql"
PARTITIONS = 3
PASSWORD = "toy"


def on_database(url: str, name: str, *, user: str | None = None) -> str:
    """The same server, another database and user."""
    parts = urlsplit(url)
    host = f"{parts.hostname}:{parts.port}"
    login = f"{user}:{PASSWORD}" if user else f"{parts.username or ''}{':' + parts.password if parts.password else ''}"
    return urlunsplit(("postgresql", f"{login}@{host}", f"/{name}", parts.query, ""))


async def migrate(connection: asyncpg.Connection, *files: Path) -> None:
    """The up part of dbmate's files."""
    for file in files:
        await connection.execute(file.read_text().split("-- migrate:down")[0])


@dataclass(kw_only=True)
class Toy:
    """One pair of toy services with everything under them."""

    postgres: str
    kafka: str
    folder: Path
    suffix: str
    key: OKPKey
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    patience: float = 60.0

    @property
    def topic(self) -> str:
        """Its own topic."""
        return f"toy-{self.suffix}"

    def database(self, name: str) -> str:
        """The database of a toy service."""
        return f"sir_{name}__{self.suffix}"

    def url(self, name: str, *, owner: bool = False) -> str:
        """Its address, as the service's role or as the owner."""
        return on_database(self.postgres, self.database(name), user=None if owner else f"sir_{name}")

    @asynccontextmanager
    async def owner(self, name: str) -> AsyncIterator[asyncpg.Connection]:
        """A connection as the owner of the service's database."""
        connection = await asyncpg.connect(self.url(name, owner=True), server_settings={"search_path": "read, public"})
        try:
            yield connection
        finally:
            await connection.close()

    def environment(self, name: str, **more: str) -> dict[str, str]:
        """The environment of a toy process."""
        return {
            **inherited(),
            "PYTHONPATH": str(ROOT),
            "SIR_ENVIRONMENT": "development",
            "SIR_PORT": str(self.ports[name]),
            "SIR_DATABASE_URL": self.url(name),
            "SIR_OWNER_URL": self.url(name, owner=True),
            "SIR_KEYS_URL": on_database(self.postgres, f"sir_keys__{self.suffix}", user="sir_intake"),
            "SIR_KAFKA": self.kafka,
            "SIR_TOPIC": self.topic,
            "SIR_JWKS": str(self.folder / "jwks.json"),
            "SIR_ISSUER": "toy",
            "SIR_KEK_FILE": str(self.folder / "kek"),
            "SIR_SECRET_FILE": str(self.folder / "secret"),
            **more,
        }

    async def start(self, name: str, **more: str) -> None:
        """Start a service and wait until it is ready (or has died of its failpoint)."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.toy",
                name,
                "serve",
                env=self.environment(name, **more),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        self.processes[name] = process
        async with asyncio.timeout(self.patience), httpx2.AsyncClient() as client:
            while process.returncode is None:
                try:
                    if (await client.get(f"{self.base(name)}/health/ready")).status_code == httpx2.codes.OK:
                        return
                except httpx2.HTTPError:
                    pass
                await asyncio.sleep(0.05)

    async def running(self, name: str) -> None:
        """Start a service that has died, once however many ask."""
        async with self.starting:
            if name not in self.processes or self.processes[name].returncode is not None:
                await self.start(name)

    async def kill(self, name: str) -> None:
        """Kill -9."""
        process = self.processes.pop(name)
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()

    async def word(self, name: str, *words: str, **more: str) -> tuple[int, str]:
        """Run another word of the service's command line; exit code and output."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.toy", name, *words, env=self.environment(name, **more), cwd=ROOT,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await asyncio.wait_for(process.communicate(), 120)
        return process.returncode or 0, output.decode()

    def base(self, name: str) -> str:
        """The service's address."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def token(self, *, role: str = "council", council: str | None = "S12000033", sub: str = "someone") -> str:
        """A bearer token."""
        now = int(seconds())
        claims = {"sub": sub, "role": role, "council": council, "aud": "sir", "iss": "toy", "iat": now, "exp": now + 3600}
        return jwt.encode({"alg": "EdDSA", "kid": "toy", "typ": "JWT"}, claims, self.key, algorithms=["EdDSA"])

    def headers(self, key: str | None = None, **more: str) -> dict[str, str]:
        """Headers of a command."""
        return {"Authorization": f"Bearer {self.token()}", "Idempotency-Key": key or str(new_id()), **more}

    async def ping(
        self,
        client: httpx2.AsyncClient,
        number: int,
        *,
        key: str,
        secret: str | None = None,
        after: tuple[str, int] | None = None,
    ) -> httpx2.Response:
        """Say a first number, or one `after` a case's version, again and again until it is answered."""
        path = f"/v1/cases/{after[0]}/pings" if after else "/v1/pings"
        headers = self.headers(key) | ({"If-Match": f'"{after[1]}"'} if after else {})
        async with asyncio.timeout(self.patience):
            while True:
                try:
                    body = {"number": number, "secret": secret}
                    answer = await client.post(self.base("ping") + path, json=body, headers=headers)
                    if answer.status_code != httpx2.codes.SERVICE_UNAVAILABLE and "request_in_progress" not in answer.text:
                        return answer
                except httpx2.HTTPError:
                    pass
                await self.running("ping")
                await asyncio.sleep(0.05)

    async def taken_in(self, name: str) -> None:
        """Wait until one service has read the topic to its end."""
        async with asyncio.timeout(30), httpx2.AsyncClient(headers={"Authorization": f"Bearer {self.token()}"}) as client:
            while (await client.get(f"{self.base(name)}/v1/status")).json()["behind"] != 0:
                await asyncio.sleep(0.05)

    async def send(self, said: Sequence[tuple[Envelope, bytes]]) -> None:
        """Put records on the topic in this order, as a relay would."""
        async with AIOKafkaProducer(bootstrap_servers=self.kafka) as producer:
            for envelope, data in said:
                await producer.send_and_wait(self.topic, data, key=envelope.subject.encode(), headers=codec.headers(envelope))

    async def settled(self, *, seconds: float = 60) -> None:
        """Wait until both services have taken everything in."""
        async with asyncio.timeout(seconds), httpx2.AsyncClient(headers={"Authorization": f"Bearer {self.token()}"}) as client:
            before: list[int] = []
            while True:
                standing = []
                for name in ("ping", "pong"):
                    await self.running(name)
                    try:
                        standing.append((await client.get(f"{self.base(name)}/v1/status")).json())
                    except (httpx2.HTTPError, ValueError):
                        standing.append({"behind": None, "outbox": None, "events": None})
                events = [each.get("events") for each in standing]
                if all(each.get("behind") == 0 and each.get("outbox") == 0 for each in standing) and events == before:
                    return
                before = events
                await asyncio.sleep(0.1)

    async def secrets(self) -> Counter[str | None]:
        """The secret of each event of ping as whoever has the keys reads it; None where its key is destroyed."""
        keys = await open_pool(on_database(self.postgres, f"sir_keys__{self.suffix}"), name="test", size=1)
        keyring = Keyring.load(keys, self.folder / "kek")
        store = Store(source="ping", decider=DECIDER, catalogue=PING, upcasters={}, keyring=keyring)
        async with self.owner("ping") as connection:
            subjects = await connection.fetch("select subject from stream where version > 0")
            events = [record.event for row in subjects for record in await store.history(connection, row["subject"])]
        await keys.close()
        return Counter(event.secret.reveal() for event in events if isinstance(event, Pinged) and event.secret is not None)

    async def records(self) -> list[tuple[Envelope, ConsumerRecord]]:
        """Everything on the topic."""
        return [(codec.from_headers(record.headers), record) for record in await everything(self.kafka, self.topic)]

    async def conserved(self, *, in_order: bool = True) -> dict[str, int]:
        """Stores, topic and read models hold the same facts: nothing lost, doubled, invented or (unless something got lost) out of order.

        Raises:
            AssertionError: which of it does not hold.
        """
        stores: Facts = {}
        for name in ("ping", "pong"):
            async with self.owner(name) as connection:
                stores |= await kept(connection, name)
        records = await self.records()
        same("a store", stores, "the topic", told((envelope for envelope, _ in records), in_order=in_order))
        for name in ("ping", "pong"):
            async with self.owner(name) as connection:
                rows = await connection.fetch("select source, subject, count(*) from seen group by 1, 2")
            seen = Counter({(row[0], row[1]): row[2] for row in rows})
            said = Counter((source, subject) for source, subject, _ in stores)
            assert seen == said, f"{name}'s read model differs: {(seen - said) + (said - seen)}"
        echoes = Counter(subject for source, subject, _ in stores if source == "pong")
        assert echoes == Counter(subject for source, subject, _ in stores if source == "ping"), "an echo is missing or doubled"
        return {"events": len(stores), "records": len(records)}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def toy(postgres: str, kafka: str, folder: Path) -> AsyncIterator[Toy]:
    """A toy with fresh databases and a fresh topic; nothing started yet."""
    key = OKPKey.generate_key("Ed25519", {"kid": "toy"})
    (folder / "jwks.json").write_text(json.dumps(KeySet([key]).as_dict(private=False)))
    for name in ("kek", "secret"):
        (folder / name).write_text(base64.b64encode(os.urandom(32)).decode())
    suffix = new_id().hex[-12:]
    made = Toy(
        postgres=postgres,
        kafka=kafka,
        folder=folder,
        suffix=suffix,
        key=key,
        ports={name: free_port() for name in ("ping", "pong")},
    )
    await _databases(made)
    await make_topic(made)
    try:
        yield made
    finally:
        for name in list(made.processes):
            await made.kill(name)


async def make_topic(made: Toy) -> None:
    """The topic, with leaders."""
    admin = AIOKafkaAdminClient(bootstrap_servers=made.kafka)
    await admin.start()
    await admin.create_topics([NewTopic(made.topic, PARTITIONS, 1)])
    async with asyncio.timeout(10):
        while True:
            (told,) = await admin.describe_topics([made.topic])
            if len(told["partitions"]) == PARTITIONS and all(p["leader"] >= 0 for p in told["partitions"]):
                break
            await asyncio.sleep(0.05)
    await admin.close()


async def drop_topic(made: Toy) -> None:
    """Delete the topic, as an operator might by mistake."""
    admin = AIOKafkaAdminClient(bootstrap_servers=made.kafka)
    await admin.start()
    await admin.delete_topics([made.topic])
    async with asyncio.timeout(10):
        while made.topic in await admin.list_topics():
            await asyncio.sleep(0.05)
    await admin.close()


async def _databases(made: Toy) -> None:
    server = await asyncpg.connect(made.postgres)
    for role in ("sir_ping", "sir_pong", "sir_intake", "sir_feedback", "sir_notification"):
        await _role(server, role)
    for database in (*map(made.database, ("ping", "pong")), f"sir_keys__{made.suffix}"):
        await server.execute(f'create database "{database}"')
    await server.close()
    for name in ("ping", "pong"):
        connection = await asyncpg.connect(made.url(name, owner=True))
        await migrate(connection, *sorted(SQL.glob("*.sql")))
        await connection.execute((ROOT / "tests" / "toy" / "read_model.sql").read_text())
        await connection.execute(f"grant usage on schema read to sir_{name}; grant select, insert on read.seen to sir_{name}")
        await connection.close()
    connection = await asyncpg.connect(on_database(made.postgres, f"sir_keys__{made.suffix}"))
    await migrate(connection, *sorted((SQL / "keys").glob("*.sql")))
    await connection.close()


async def _role(server: asyncpg.Connection, role: str) -> None:
    if not await server.fetchval("select true from pg_roles where rolname = $1", role):
        await server.execute(
            f"create role {role} login password '{PASSWORD}'; create role {role}_query nologin; grant {role}_query to {role}"
        )


def record_of(envelope: Envelope, data: bytes, *, topic: str, partition: int, offset: int) -> ConsumerRecord[Any, Any]:
    """A record as the consumer would be given it."""
    return ConsumerRecord(
        topic=topic, partition=partition, offset=offset, timestamp=0, timestamp_type=0, key=envelope.subject.encode(), value=data,
        checksum=None, serialized_key_size=0, serialized_value_size=0, headers=tuple(codec.headers(envelope)),
    )  # fmt: skip

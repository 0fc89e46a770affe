"""One service on real parts, hearing intake: its databases, its topics, its process that can be killed, and what it answers."""

import asyncio
import base64
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from contracts.clocks import london_date
from contracts.envelope import NO_HASH, Envelope, Event, Origin
from contracts.intake import (
    Mappa,
    Notification,
    NotificationAmended,
    NotificationCorrected,
    NotificationReceived,
    NotificationWithdrawn,
    Order,
    Person,
)
from contracts.personal import Personal
from deploy.local.environment import inherited
from services.chassis import codec
from services.chassis.chain import link
from services.chassis.clock import new_id, now, seconds
from services.chassis.keys import Keyring
from services.chassis.postgres import open_pool
from tests.toy.harness import PASSWORD, ROOT, SQL, free_port, migrate, on_database

GLASGOW = "S12000049"
EDINBURGH = "S12000036"
PARTITIONS = 2
SECRET = "planted-narrative-7f3a"
INITIALS = "Z.Q"  # not of the letters of base64: sealed values are there, and would hold any three letters now and then


def notification(**more: Any) -> Notification:
    """What a council might say, with values planted where a person is."""
    today = london_date(now())
    said: dict[str, Any] = {
        "council_reference": "planted-reference-55",
        "occurred_on": today - timedelta(days=2),
        "criteria": ("C1",),
        "incident_type": "T02",
        "role_of_person": "perpetrator_suspected",
        "person": Person(
            council_person_id=Personal("planted-person-91"), initials=Personal(INITIALS), year_of_birth=Personal(1988)
        ),
        "orders": (Order(type="CPO", start_date=date(2026, 2, 2)),),
        "mappa": Mappa(category=1, level=1),
        "summary": Personal(SECRET),
    }
    return Notification(**said | more)


@dataclass(kw_only=True)
class Stage:
    """One service and what is around it."""

    service: str
    postgres: str
    kafka: str
    folder: Path
    suffix: str
    port: int
    key: OKPKey
    keyring: Keyring
    producer: AIOKafkaProducer
    process: asyncio.subprocess.Process | None = None
    heads: dict[str, Envelope] = field(default_factory=dict)
    count: int = 0

    # The service

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def topic(self) -> str:
        """Its own topic of case events."""
        return f"case-events-{self.suffix}"

    @property
    def government_topic(self) -> str:
        """Its own topic of outward events."""
        return f"government-{self.suffix}"

    @property
    def database(self) -> str:
        """Its database."""
        return f"sir_{self.service}__{self.suffix}"

    async def owner(self) -> asyncpg.Connection:
        """A connection as the owner of its database."""
        return await asyncpg.connect(on_database(self.postgres, self.database), server_settings={"search_path": "read, public"})

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of its process."""
        return {
            **inherited(),
            "PYTHONPATH": str(ROOT),
            "SIR_ENVIRONMENT": "development",
            "SIR_PORT": str(self.port),
            "SIR_DATABASE_URL": on_database(self.postgres, self.database, user=f"sir_{self.service}"),
            "SIR_OWNER_URL": on_database(self.postgres, self.database),
            "SIR_KEYS_URL": on_database(self.postgres, f"sir_keys__{self.suffix}", user=f"sir_{self.service}"),
            "SIR_KAFKA": self.kafka,
            "SIR_TOPIC": self.topic,
            "SIR_GOVERNMENT_TOPIC": self.government_topic,
            "SIR_JWKS": str(self.folder / "jwks.json"),
            "SIR_ISSUER": "stage",
            "SIR_KEK_FILE": str(self.folder / "kek"),
            "SIR_SECRET_FILE": str(self.folder / "secret"),
            **more,
        }

    async def start(self, **more: str) -> None:
        """Start it and wait until it is ready, or has died of its failpoint."""
        with (self.folder / "service.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                f"services.{self.service}",
                "serve",
                env=self.environment(**more),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(30), httpx2.AsyncClient() as client:
            while self.process.returncode is None:
                try:
                    if (await client.get(f"{self.base}/health/ready")).status_code == httpx2.codes.OK:
                        return
                except httpx2.HTTPError:
                    pass
                await asyncio.sleep(0.05)

    async def died(self) -> None:
        """Wait until its failpoint has killed it."""
        assert self.process is not None
        async with asyncio.timeout(30):
            assert await self.process.wait() == -signal.SIGKILL, self.log()

    async def kill(self) -> None:
        """Kill -9, if it lives."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            await self.process.wait()

    async def word(self, *words: str) -> str:
        """Another word of its command line; what it says."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"services.{self.service}", *words, env=self.environment(), cwd=ROOT,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, output.decode()
        return output.decode()

    def log(self) -> str:
        """All that it logged."""
        return (self.folder / "service.log").read_text()

    def client(self, role: str, *, council: str | None = None, sub: str = "someone") -> httpx2.AsyncClient:
        """A client with a token."""
        issued = int(seconds())
        claims = {"sub": sub, "role": role, "council": council, "aud": "sir", "iss": "stage", "iat": issued, "exp": issued + 3600}
        token = jwt.encode({"alg": "EdDSA", "kid": "stage", "typ": "JWT"}, claims, self.key, algorithms=["EdDSA"])
        return httpx2.AsyncClient(base_url=self.base, headers={"Authorization": f"Bearer {token}"}, timeout=40)

    async def caught_up(self) -> None:
        """Wait until it has taken in everything and sent what waited."""
        async with asyncio.timeout(30), self.client("operator") as client:
            while True:
                told = (await client.get("/v1/status")).json()
                if told["behind"] == 0 and told["outbox"] == 0:
                    return
                await asyncio.sleep(0.05)

    # Intake's voice, and others'

    async def say(self, event: Event, *, subject: str, council: str | None = GLASGOW, origin: Origin = Origin.LIVE) -> Envelope:
        """Put an event of another service on the topic, chained and sealed as that service would."""
        source = event.type.split(".")[1]
        stream = f"{source}/{subject}"
        await self.keyring.create([subject]) if stream not in self.heads else await self.keyring.fetch([subject])
        before, at, identity = self.heads.get(stream), now(), new_id()
        data = codec.encode(event, self.keyring.box(subject, identity.bytes))
        policy, calendar = event.rules()
        fields: dict[str, Any] = {
            "id": identity, "source": source, "type": event.type, "schemaversion": event.version, "subject": subject,
            "streamversion": before.streamversion + 1 if before else 1, "time": event.happened() or at, "recordedtime": at,
            "role": "council", "actor": "someone", "council": council, "origin": origin, "policy": policy, "calendar": calendar,
            "correlationid": identity, "causationid": None, "traceparent": None, "prevhash": before.hash if before else NO_HASH,
        }  # fmt: skip
        envelope = Envelope(**fields, hash=NO_HASH)
        envelope = Envelope(**fields, hash=link(envelope, data))
        self.heads[stream] = envelope
        await self.producer.send_and_wait(self.topic, data, key=subject.encode(), headers=codec.headers(envelope))
        return envelope

    async def notify(self, *, council: str = GLASGOW, origin: Origin = Origin.LIVE, **more: Any) -> str:
        """A council notifies; the case."""
        subject, received_at = str(new_id()), now()
        self.count += 1
        event = NotificationReceived(
            reference=f"SIR-2026-{self.count:04}",
            council=council,
            received_at=received_at,
            received_on=london_date(received_at),
            policy="2022",
            calendar="GB-SCT/2026.1",
            notification=notification(**more),
        )
        await self.say(event, subject=subject, council=council, origin=origin)
        return subject

    async def amend(self, subject: str, *, corrected: bool = False, origin: Origin = Origin.LIVE) -> None:
        """The council says more, or puts an error right."""
        kind = NotificationCorrected if corrected else NotificationAmended
        event = kind(
            changed=("incident_type",),
            before=notification(),
            after=notification(incident_type="T05"),
            reason=Personal(SECRET),
            policy="2022",
            calendar="GB-SCT/2026.1",
        )
        await self.say(event, subject=subject, origin=origin)

    async def withdraw(self, subject: str) -> None:
        """The council takes it back."""
        await self.say(NotificationWithdrawn(on=london_date(now()), reason=Personal(SECRET)), subject=subject)

    # What Government sees

    async def told(self) -> list[dict[str, Any]]:
        """The whole feed."""
        async with self.client("government") as client:
            answer = await client.get("/v1/events")
            assert answer.status_code == httpx2.codes.OK, answer.text
            found: list[dict[str, Any]] = answer.json()
            return found

    async def on_topic(self, *, least: int) -> list[ConsumerRecord[Any, Any]]:
        """Everything on Government's topic, once there is as much as that and nothing more has come for a moment."""
        place = TopicPartition(self.government_topic, 0)
        async with AIOKafkaConsumer(
            bootstrap_servers=self.kafka, enable_auto_commit=False, auto_offset_reset="earliest"
        ) as consumer:
            consumer.assign([place])
            found: list[ConsumerRecord[Any, Any]] = []
            async with asyncio.timeout(20):
                while len(found) < least:
                    found += (await consumer.getmany(place, timeout_ms=500)).get(place, [])
            found += (await consumer.getmany(place, timeout_ms=700)).get(place, [])
            return found


@asynccontextmanager
async def stage(service: str, postgres: str, kafka: str, folder: Path) -> AsyncIterator[Stage]:
    """Fresh databases and topics; the service is not started yet."""
    key = OKPKey.generate_key("Ed25519", {"kid": "stage"})
    (folder / "jwks.json").write_text(json.dumps(KeySet([key]).as_dict(private=False)))
    for name in ("kek", "secret"):
        (folder / name).write_text(base64.b64encode(os.urandom(32)).decode())
    suffix = new_id().hex[-12:]
    await _databases(service, postgres, suffix)
    pool = await open_pool(on_database(postgres, f"sir_keys__{suffix}", user="sir_intake"), name="voice", size=2)
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        made = Stage(
            service=service, postgres=postgres, kafka=kafka, folder=folder, suffix=suffix, port=free_port(), key=key,
            keyring=Keyring.load(pool, folder / "kek"), producer=producer,
        )  # fmt: skip
        await _topics(made)
        try:
            yield made
        finally:
            await made.kill()
            await pool.close()


async def _databases(service: str, postgres: str, suffix: str) -> None:
    server = await asyncpg.connect(postgres)
    for role in ("sir_intake", "sir_feedback", "sir_notification"):
        for name, kind in ((role, f"login password '{PASSWORD}'"), (f"{role}_query", "nologin")):
            if not await server.fetchval("select true from pg_roles where rolname = $1", name):
                await server.execute(f"create role {name} {kind}")
        await server.execute(f"grant {role}_query to {role}")
    folders = {
        f"sir_{service}__{suffix}": (SQL, ROOT / "services" / service / "migrations"),
        f"sir_keys__{suffix}": (SQL / "keys",),
    }
    for database, migrations in folders.items():
        await server.execute(f'create database "{database}"')
        connection = await asyncpg.connect(on_database(postgres, database))
        for each in migrations:
            await migrate(connection, *sorted(each.glob("*.sql")))
        await connection.close()
    await server.close()


async def _topics(made: Stage) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=made.kafka)
    await admin.start()
    wanted = {made.topic: PARTITIONS, made.government_topic: 1}
    by_broker = {"message.timestamp.type": "LogAppendTime"}
    await admin.create_topics(
        [NewTopic(made.topic, PARTITIONS, 1), NewTopic(made.government_topic, 1, 1, topic_configs=by_broker)]
    )
    async with asyncio.timeout(10):
        while True:
            told = {each["topic"]: each["partitions"] for each in await admin.describe_topics(list(wanted))}
            if all(len(told[name]) == count and all(p["leader"] >= 0 for p in told[name]) for name, count in wanted.items()):
                break
            await asyncio.sleep(0.05)
    await admin.close()

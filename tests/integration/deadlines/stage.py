"""The service's own parts on a database of its own: the others' voices through its consumer's partition, its ticker, its HTTP."""

import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey
from pydantic import SecretStr

from contracts.calendars import CURRENT_CALENDAR, calendar
from contracts.clocks import Clock, due_on, london_date, noon_london, policy_on
from contracts.envelope import NO_HASH, Envelope, Event, Origin
from contracts.intake import Mappa, Notification, NotificationReceived
from services.chassis import codec, http
from services.chassis.chain import link
from services.chassis.clock import new_id, now, seconds
from services.chassis.partition import Partition
from services.chassis.service import Service, opened
from services.deadlines.app import definition
from services.deadlines.domain.streams import Stream
from services.deadlines.post import Courier, channels
from services.deadlines.settings import DeadlinesSettings
from services.deadlines.ticker import Ticker
from tests.toy.harness import PASSWORD, ROOT, SQL, migrate, on_database, record_of

EDINBURGH, GLASGOW = "S12000036", "S12000049"
TOPIC = "case-events"
TODAY = london_date(now())


@dataclass
class Reader:
    """A consumer that has caught up, or has not."""

    there: bool = True

    async def caught_up(self) -> bool:
        return self.there


@dataclass(kw_only=True)
class Stage:
    """One service and who speaks to it."""

    service: Service[Stream]
    key: OKPKey
    app: FastAPI
    heads: dict[tuple[str, str], Envelope] = field(default_factory=dict)
    offset: int = 0

    async def say(self, subject: str, *events: Event, origin: Origin = Origin.LIVE) -> None:
        """Put events of other services on the topic and take them in, in one batch."""
        await self.take([self.record(subject, event, origin=origin) for event in events])

    def record(self, subject: str, event: Event, *, origin: Origin = Origin.LIVE) -> tuple[Envelope, bytes]:
        """An event of another service, linked to the one before."""
        source, at = event.type.split(".")[1], now()
        before = self.heads.get((source, subject))
        data = codec.encode(event, None)
        fields: dict[str, Any] = {
            "id": new_id(), "source": source, "type": event.type, "schemaversion": event.version, "subject": subject,
            "streamversion": before.streamversion + 1 if before else 1, "time": event.happened() or at, "recordedtime": at,
            "role": "inspector", "actor": "someone", "council": None, "origin": origin, "policy": None, "calendar": None,
            "correlationid": new_id(), "causationid": None, "traceparent": None, "prevhash": before.hash if before else NO_HASH,
        }  # fmt: skip
        envelope = Envelope(**fields, hash=link(Envelope(**fields, hash=NO_HASH), data))
        self.heads[source, subject] = envelope
        return envelope, data

    async def take(self, said: list[tuple[Envelope, bytes]]) -> None:
        """Take records in as the consumer does."""
        records = [
            record_of(envelope, data, topic=TOPIC, partition=0, offset=self.offset + n) for n, (envelope, data) in enumerate(said)
        ]
        async with self.service.pool.acquire() as connection, connection.transaction():
            await connection.execute("insert into bookmark values ($1, 0, 0, '') on conflict do nothing", TOPIC)
            partition = Partition(topic=TOPIC, listener=self.service.definition.listener(self.service))
            assert await partition.take(connection, {0: records}, careful=False) == {}
        self.offset += len(records)

    async def notify(
        self,
        *,
        on: date = TODAY,
        council: str = EDINBURGH,
        occurred_on: date | None = None,
        mappa: bool = False,
        origin: Origin = Origin.LIVE,
    ) -> str:
        """A council notifies; the case."""
        subject = str(new_id())
        managed = Mappa(category=1) if mappa else None
        about = Notification(occurred_on=occurred_on, criteria=("C1",), incident_type="T02", mappa=managed)
        event = NotificationReceived(
            reference=f"SIR-{on.year}-{len(self.heads) + 1:04}",
            council=council,
            received_at=noon_london(on),
            received_on=on,
            policy=policy_on(on).version,
            calendar=CURRENT_CALENDAR,
            notification=about,
        )
        await self.say(subject, event, origin=origin)
        return subject

    def ticker(self, *, days: float = 0, reader: Reader | None = None) -> Ticker:
        """A ticker whose clock has jumped ahead."""
        # The store dates events by the same clock.
        self.service.store._shift = timedelta(days=days)
        return Ticker(
            pool=self.service.pool,
            store=self.service.store,
            reading=reader or Reader(),
            committed=lambda: None,
            clock_shift=timedelta(days=days).total_seconds(),
            ways=[channel.name for channel in channels(self.settings)],
        )

    @property
    def settings(self) -> DeadlinesSettings:
        """What the deployment said."""
        assert isinstance(self.service.settings, DeadlinesSettings)
        return self.service.settings

    def courier(self) -> Courier:
        """Who carries messages."""
        return Courier(pool=self.service.pool, settings=self.settings)

    async def reminders(self, subject: str, clock: str) -> list[tuple[str, str]]:
        """The thresholds of a clock that somebody was told of, each with what was said, in order."""
        rows = await self.service.pool.fetch("select type, data from event where subject = $1 order by version", subject)
        said = [(row["type"].rpartition("-")[2], json.loads(row["data"])) for row in rows if ".reminder-" in row["type"]]
        return [(kind, event["threshold"]) for kind, event in said if event["clock"] == clock]

    async def recorded(self, subject: str, clock: str) -> list[str]:
        """The names of a clock's events in order."""
        rows = await self.service.pool.fetch("select type, data from event where subject = $1 order by version", subject)
        named = [(row["type"].removeprefix("sir.deadlines.clock-"), json.loads(row["data"])) for row in rows]
        return [name for name, event in named if event["clock"] == clock and not name.startswith("sir.")]

    def client(self, role: str | None, *, council: str | None = None) -> httpx2.AsyncClient:
        """A client with a token, or without."""
        issued = int(seconds())
        claims = {
            "sub": "someone",
            "role": role,
            "council": council,
            "aud": "sir",
            "iss": "stage",
            "iat": issued,
            "exp": issued + 3600,
        }
        token = jwt.encode({"alg": "EdDSA", "kid": "stage", "typ": "JWT"}, claims, self.key, algorithms=["EdDSA"])
        headers = {"Authorization": f"Bearer {token}"} if role else {}
        headers["Idempotency-Key"] = str(new_id())
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(self.app), base_url="http://deadlines", headers=headers)


def copy_due(on: date) -> date:
    """The last day to copy a notification received on a day to Government."""
    return due_on(Clock.GOVERNMENT_COPY, on, policy_on(on), calendar(CURRENT_CALENDAR))


def days_until(moment: datetime) -> float:
    """How far the clock must jump to be there."""
    return (moment - now()) / timedelta(days=1)


@asynccontextmanager
async def stage(postgres: str, folder: Path, **said: Any) -> AsyncIterator[Stage]:
    """A fresh database; nothing runs by itself. `said` are settings of the service."""
    key = OKPKey.generate_key("Ed25519", {"kid": "stage"})
    (folder / "jwks.json").write_text(json.dumps(KeySet([key]).as_dict(private=False)))
    (folder / "secret").write_text(base64.b64encode(os.urandom(32)).decode())
    database = f"sir_deadlines__{new_id().hex[-12:]}"
    await _database(postgres, database)
    settings = DeadlinesSettings(
        environment="development",
        database_url=SecretStr(on_database(postgres, database, user="sir_deadlines")),
        owner_url=SecretStr(on_database(postgres, database)),
        kafka="127.0.0.1:9",
        topic=TOPIC,
        jwks=str(folder / "jwks.json"),
        issuer="stage",
        secret_file=folder / "secret",
        **said,
    )
    async with opened(definition(settings), settings) as service:
        app = http.build(service="deadlines", summary="", lifespan=_none, routers=service.definition.routers)
        app.state.desk = app.state.standing = service
        yield Stage(service=service, key=key, app=app)


@asynccontextmanager
async def _none(_app: FastAPI) -> AsyncIterator[None]:
    yield


async def roles(postgres: str) -> None:
    """The roles of the service, if the server does not have them yet."""
    server = await asyncpg.connect(postgres)
    for name, kind in (("sir_deadlines", f"login password '{PASSWORD}'"), ("sir_deadlines_query", "nologin")):
        if not await server.fetchval("select true from pg_roles where rolname = $1", name):
            await server.execute(f"create role {name} {kind}")
    await server.execute("grant sir_deadlines_query to sir_deadlines")
    await server.close()


async def _database(postgres: str, database: str) -> None:
    await roles(postgres)
    server = await asyncpg.connect(postgres)
    await server.execute(f'create database "{database}"')
    await server.close()
    connection = await asyncpg.connect(on_database(postgres, database))
    for migrations in (SQL, ROOT / "services" / "deadlines" / "migrations"):
        await migrate(connection, *sorted(migrations.glob("*.sql")))
    await connection.close()

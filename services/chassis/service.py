"""A running service: what its composition root declares, and the parts that the chassis makes of it."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

import asyncpg
import structlog
from fastapi import APIRouter, FastAPI

from contracts.envelope import Refused
from services.chassis import http, telemetry
from services.chassis.appender import Appender
from services.chassis.clock import seconds
from services.chassis.codec import Catalogue, Upcasters
from services.chassis.consumer import Consumer
from services.chassis.decider import Decider
from services.chassis.edge import where
from services.chassis.hearing import Heard, Listener
from services.chassis.identity import Caller, Issuer
from services.chassis.keys import Keyring
from services.chassis.outbox import Bell, waiting
from services.chassis.postgres import Pool, open_pool
from services.chassis.reading import Cursors
from services.chassis.rebuild import Folding, from_topic
from services.chassis.relay import Relay
from services.chassis.settings import Settings
from services.chassis.store import Inform, Project, Store, as_asked

S = TypeVar("S")

_PROBE = "select 1 from stream limit 1"
_EVENTS = "select coalesce(sum(version), 0)::bigint from stream"

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Definition(Generic[S]):
    """All that makes one service another than the next; its `app.py` writes one."""

    name: str
    summary: str
    decider: Decider[S]
    says: Catalogue
    upcasters: Upcasters
    project: Project
    permitted: Callable[[S, str], Refused | None]
    visible: Callable[[asyncpg.Connection, Caller, UUID], Awaitable[bool]]
    listener: "Callable[[Service[S]], Listener]"
    routers: Iterable[APIRouter]
    roles: frozenset[str]
    council_roles: frozenset[str]
    council_of: Callable[[str], str] = str
    """The code that a council goes by here, from what a token says."""
    keys: bool = False
    makes_keys: bool = False
    """Whether it gives new subjects their keys; the others read them."""
    inform: Inform = as_asked
    background: "Callable[[Service[S]], Sequence[Coroutine[Any, Any, None]]]" = lambda _service: ()
    measure: Callable[[asyncpg.Connection], Awaitable[None]] | None = None
    """Brings the service's own gauges up to date, at each scrape."""
    projections: tuple[str, ...] = ()
    project_heard: Callable[[asyncpg.Connection, Sequence[Heard]], Awaitable[None]] | None = None
    """The read models of what was heard, without reactions: what a rebuild folds."""
    folding: "Callable[[Service[S]], Folding] | None" = None
    """How a rebuild folds history, where that is not the topic."""
    allows: "Callable[[Service[S], asyncpg.Connection, Caller, str, S, str], Awaitable[Refused | None]] | None" = None
    """As `permitted`, for a service that also asks who it is, and what others have said of the subject."""
    diagram: Callable[[], str] | None = None
    """Draws the states of its subjects (`diagram.py`)."""


@dataclass(kw_only=True, eq=False)
class Service(Generic[S]):
    """The parts of one process. Routes find it at `app.state.desk` (and `app.state.standing`)."""

    definition: Definition[S]
    settings: Settings
    pool: Pool
    keyring: Keyring | None
    issuer: Issuer
    store: Store[S]
    appender: Appender
    bell: Bell
    secret: bytes
    cursors: Cursors
    relay: Relay = field(init=False)
    consumer: Consumer = field(init=False)
    in_progress: set[tuple[str, str]] = field(default_factory=set)

    @property
    def query_role(self) -> str:
        """The role that reads are made as."""
        return f"sir_{self.definition.name}_query"

    async def visible(self, caller: Caller, subject: UUID) -> bool:
        """Whether the caller may know that the subject exists."""
        async with self.pool.acquire() as connection:
            return await self.definition.visible(connection, caller, subject)

    def folding(self) -> Folding:
        """How a rebuild folds this service's history."""
        if self.definition.folding is not None:
            return self.definition.folding(self)
        return from_topic(
            self.store,
            self.definition.listener(self),
            kafka=self.settings.kafka,
            topic=self.settings.topic,
            own=self.definition.project,
            heard=self.definition.project_heard or _nothing_heard,
        )

    async def permitted(
        self, connection: asyncpg.Connection, caller: Caller, subject: str, state: S, action: str
    ) -> Refused | None:
        """Whether the state allows the action at all."""
        if (refusal := self.definition.permitted(state, action)) is not None or self.definition.allows is None:
            return refusal
        return await self.definition.allows(self, connection, caller, subject, state, action)

    async def ready(self) -> list[str]:
        """What is not ready."""
        missing = [] if self.consumer.ownership.sound else ["the store is older than the topic"]
        try:
            await self.pool.fetchval(_PROBE)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            missing.append("database")
        return missing

    async def status(self) -> dict[str, Any]:
        """How far this service has come."""
        async with self.pool.acquire() as connection:
            events = await connection.fetchval(_EVENTS)
            outbox, parked, halted = await self._measured(connection)
            position = await connection.fetch(
                "select partition, next_offset from bookmark where topic = $1 order by partition", self.settings.topic
            )
        reached = {str(row["partition"]): row["next_offset"] for row in position}
        return {
            "service": self.definition.name,
            "events": events,
            "behind": await self.consumer.behind(reached),
            "parked": parked,
            "outbox": outbox,
            "position": reached,
            "halted": halted,
            "projections": [{"name": name} for name in self.definition.projections],
        }

    async def measure(self) -> None:
        """Bring the gauges of the store up to date."""
        async with self.pool.acquire() as connection:
            await self._measured(connection)
            if self.definition.measure is not None:
                await self.definition.measure(connection)

    async def _measured(self, connection: asyncpg.Connection) -> tuple[int, int, list[str]]:
        outbox, oldest = await waiting(connection)
        parked = await connection.fetchval("select count(*) from parked")
        halted = [row["source"] for row in await connection.fetch("select source from halted order by source")]
        telemetry.outbox_waiting.set(outbox)
        telemetry.outbox_oldest.set(oldest.timestamp() if oldest else 0)
        telemetry.parked.set(parked)
        telemetry.halted.set(len(halted))
        telemetry.measured.set(seconds())
        return outbox, parked, halted


@asynccontextmanager
async def opened(definition: Definition[S], settings: Settings) -> AsyncIterator[Service[S]]:
    """Pools, keys and store of a service, without its loops: what the command line's words need too."""
    async with AsyncExitStack() as stack:
        pool = await open_pool(settings.database_url.get_secret_value(), name=f"sir-{definition.name}", size=settings.pool_size)
        stack.push_async_callback(_close, pool)
        keyring = None
        if definition.keys and settings.keys_url and settings.kek_file:
            keys = await open_pool(settings.keys_url.get_secret_value(), name=f"sir-{definition.name}-keys", size=4)
            stack.push_async_callback(_close, keys)
            keyring = Keyring.load(keys, settings.kek_file, makes=definition.makes_keys)
        store = Store(
            source=definition.name,
            decider=definition.decider,
            catalogue=definition.says,
            upcasters=definition.upcasters,
            keyring=keyring,
            inform=definition.inform,
            project=definition.project,
            clock_shift=settings.clock_shift,
        )
        bell = Bell(settings.database_url.get_secret_value())
        secret = settings.secret()
        service = Service(
            definition=definition,
            settings=settings,
            pool=pool,
            keyring=keyring,
            issuer=Issuer(
                jwks=settings.jwks,
                issuer=settings.issuer,
                roles=definition.roles,
                council_roles=definition.council_roles,
                council_of=definition.council_of,
            ),
            store=store,
            appender=Appender(pool=pool, store=store, committed=bell.ring),
            bell=bell,
            secret=secret,
            cursors=Cursors(secret, definition.name),
        )
        service.relay = Relay(settings=settings, source=definition.name, pool=pool, bell=bell)
        service.consumer = Consumer(
            settings=settings, source=definition.name, pool=pool, listener=definition.listener(service), committed=bell.ring
        )
        service.appender.may_append = lambda: service.consumer.ownership.sound
        yield service


def application(definition: Definition[S], settings: Settings) -> FastAPI:
    """The process: HTTP, consumer, relay and what the service adds, started and stopped together."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(definition, settings) as service, asyncio.TaskGroup() as group:
            app.state.desk = service
            app.state.standing = service
            loops = [
                service.appender.run(),
                service.bell.run(),
                service.consumer.run(),
                service.relay.run(after=service.consumer.checked),
                *definition.background(service),
            ]
            tasks = [group.create_task(_crash_only(loop)) for loop in loops]
            _spare_the_collector()
            log.info("service.started", port=settings.port)
            yield
            await service.consumer.stop()
            for task in tasks:
                task.cancel()
            log.info("service.stopped")

    return http.build(service=definition.name, summary=definition.summary, lifespan=lifespan, routers=definition.routers)


def _spare_the_collector() -> None:
    """Collections stop everything, and took a quarter of a consumer's time.

    What the process is made of is no garbage: they need not look through it. A batch makes many objects and few cycles: they need
    not come every 700 objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


async def _crash_only(loop: Coroutine[Any, Any, None]) -> None:
    """A loop that fails takes the process with it: started again it goes on from what is committed."""
    try:
        await loop
    except Exception as fault:  # noqa: BLE001 - a boundary: said in the log, then out
        log.critical("loop.failed", loop=getattr(loop, "__qualname__", "loop"), fault=type(fault).__name__, where=where(fault))
        os._exit(70)


async def _nothing_heard(_connection: asyncpg.Connection, _heard: Sequence[Heard]) -> None:
    """No read models of what was heard."""


async def _close(pool: Pool) -> None:
    try:
        await asyncio.wait_for(pool.close(), 3)
    except TimeoutError:
        pool.terminate()

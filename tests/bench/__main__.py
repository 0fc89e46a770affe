"""`make bench`: each figure beside a named reference, measured in one run on the same broker and database; written to docs/benchmarks.md.

`python -m tests.bench NAME...` measures some rows and only prints them.
"""

import asyncio
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx2
import psutil
from aiokafka import AIOKafkaProducer

from contracts.envelope import Origin
from deploy.local.environment import inherited
from deploy.local.running import Stack, running
from deploy.local.stack import CHECKOUT, SERVICES, on_database
from deploy.local.supervisor import say
from services.chassis import codec
from services.chassis.appender import Appender
from services.chassis.clock import new_id
from services.chassis.idempotency import Once
from services.chassis.keys import Keyring
from services.chassis.postgres import open_pool
from services.chassis.relay import PRODUCER
from services.chassis.store import Ask, Cause, Store
from tests.bench.bare import INSERT
from tests.bench.consuming import consumer_figures
from tests.bench.figure import Figure
from tests.bench.rebuilding import rebuild_figures, replay_figures
from tests.bench.telling import government_figures
from tests.system.conftest import Running
from tests.toy.harness import SQL, migrate
from tests.toy.language import PING
from tests.toy.services import DECIDER, Ping

STATE = CHECKOUT / ".sir" / "bench"
SECONDS = 2.0
ROUNDS = 5
WRITERS = 16
IDLE_SECONDS = 3.0
REPORT = CHECKOUT / "docs" / "benchmarks.md"
BODY = {
    "council_reference": "x", "occurred_on": "2026-11-20", "became_aware_on": "2026-11-20", "awareness_source": "police", "criteria": ["C1"],
    "charged_on": "2026-11-20", "role_of_person": "perpetrator_suspected", "offence_codes": ["S4"], "incident_type": "T02", "outcome_of_harm": "serious",
    "person": {"council_person_id": "P-1", "initials": "QZ", "year_of_birth": 1988, "sex": "male"},
    "orders": [{"type": "CPO", "start_date": "2026-02-02", "end_date": None, "requirements": ["offender_supervision"]}], "late_reason": "not_aware",
    "signed_off_by": {"name": "C. Manager", "grade": "service_manager", "signed_on": "2026-11-20"}, "summary": "An invented incident. " * 10,
}  # fmt: skip


async def rate(work: Callable[[], Awaitable[Any]], writers: int) -> tuple[float, list[float]]:
    """Calls a second with so many writers, and each call's milliseconds."""
    until = time.perf_counter() + SECONDS
    took: list[float] = []

    async def one() -> None:
        while (began := time.perf_counter()) < until:
            await work()
            took.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*[one() for _ in range(writers)])
    return len(took) / (time.perf_counter() - began), took


async def beside(
    ours: Callable[[], Awaitable[Any]], bare: Callable[[], Awaitable[Any]]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ours and the reference in turn, so that both meet the same weather: each one's median rate and 99th percentile."""
    found: dict[Any, list[tuple[float, float]]] = {ours: [], bare: []}
    for turn in range(ROUNDS + 1):
        for work, rounds in found.items():
            a_second, took = await rate(work, WRITERS)
            if turn:  # the first warms up
                rounds.append((a_second, statistics.quantiles(took, n=100)[98]))
    mine, reference = (
        (statistics.median(r for r, _ in rounds), statistics.median(p for _, p in rounds)) for rounds in found.values()
    )
    return mine, reference


async def append_figure(stack: Stack) -> list[Figure]:
    """Event, outbox, idempotency, audit, encryption and chain, against the same event and outbox rows inserted bare."""
    owner = stack.addresses.postgres
    connection = await asyncpg.connect(owner)
    for name in ("sir_ping__bench", "sir_bare__bench"):
        await connection.execute(f"drop database if exists {name} with (force)")
        for role in (name.split("__", maxsplit=1)[0],):
            if not await connection.fetchval("select true from pg_roles where rolname = $1", role):
                await connection.execute(f"create role {role}; create role {role}_query")
        await connection.execute(f"create database {name}")
    await connection.close()
    for name in ("sir_ping__bench", "sir_bare__bench"):
        each = await asyncpg.connect(on_database(owner, name))
        await migrate(each, *sorted(SQL.glob("*.sql")))
        await each.close()
    pool = await open_pool(on_database(owner, "sir_ping__bench"), name="bench", size=8)
    keys = await open_pool(on_database(owner, "sir_keys"), name="bench-keys", size=4)
    keyring = Keyring(keys, b"k" * 32, makes=True)
    store = Store(source="ping", decider=DECIDER, catalogue=PING, upcasters={}, keyring=keyring)
    appender = Appender(pool=pool, store=store, committed=lambda: None)
    serving = asyncio.create_task(appender.run())
    secret = "s" * 200

    async def ours() -> None:
        subject = str(new_id())
        cause = Cause(role="council", actor="a", council="S12000049", origin=Origin.LIVE, correlation=new_id())
        once = Once(client="a", key=subject, fingerprint=b"f" * 32)
        await appender.execute(Ask(subject=subject, command=Ping(number=2, secret=secret), cause=cause, once=once))

    await ours()
    row = (await pool.fetch(f"select {codec.COLUMNS} from event limit 1"))[0]
    bare_pool = await asyncpg.create_pool(on_database(owner, "sir_bare__bench"), min_size=WRITERS, max_size=WRITERS)

    async def bare() -> None:
        await bare_pool.execute(INSERT, str(new_id()), 1, new_id(), *tuple(row)[3:])

    (mine, _), (reference, _) = await beside(ours, bare)
    serving.cancel()
    relayed = await relay_figure(stack, pool, row)
    for opened in (pool, keys, bare_pool):
        await opened.close()
    return [Figure("append, 16 writers, against the bare insert", mine, reference, "/s", "at least 0.5"), relayed]


async def relay_figure(stack: Stack, pool: Any, row: Any) -> Figure:
    """The relay's loop over a full outbox, against the bare idempotent producer with the same records."""
    from services.chassis.outbox import Bell
    from services.chassis.relay import Relay
    from services.chassis.settings import Settings

    url = on_database(stack.addresses.postgres, "sir_ping__bench")
    count = await pool.fetchval("select count(*) from outbox")
    envelope, data = codec.from_row("ping", row)
    headers = codec.headers(envelope)
    async with AIOKafkaProducer(bootstrap_servers=stack.addresses.kafka, **PRODUCER) as producer:
        began = time.perf_counter()
        for start in range(0, count, 500):
            many = range(start, min(start + 500, count))
            await asyncio.gather(
                *[await producer.send("sir.case-events.v1", data, key=str(n).encode(), headers=headers) for n in many]
            )
        reference = count / (time.perf_counter() - began)
    settings = Settings(
        database_url=url, kafka=stack.addresses.kafka, jwks="", issuer="", secret_file=STATE / "secret", topic="sir.case-events.v1"
    )  # fmt: skip
    relay = Relay(settings=settings, source="ping", pool=pool, bell=Bell(url))
    began = time.perf_counter()

    async def at_once() -> None:
        """The owner's check is not measured here."""

    carrying = asyncio.create_task(relay.run(after=at_once))
    while await pool.fetchval("select exists (select from outbox)"):
        await asyncio.sleep(0.02)
    mine = count / (time.perf_counter() - began)
    carrying.cancel()
    return Figure("relay, against the bare producer", mine, reference, "/s", "at least 0.4")


async def intake_figures(stack: Stack) -> list[Figure]:
    """Accepted notifications at 16 connections, against a bare application that inserts the same body."""
    addresses = stack.addresses
    running_stack = Running(addresses.state, addresses.services, addresses.kafka)
    port = urlsplit(addresses.services["intake"]).port or 0
    token = running_stack.token("council", "S12000049")
    environment = inherited() | {
        "BENCH_DATABASE_URL": addresses.postgres,
        "BENCH_PORT": str(port + 50),
        "PYTHONPATH": str(CHECKOUT),
    }
    process = await asyncio.to_thread(subprocess.Popen, [sys.executable, "-m", "tests.bench.bare"], cwd=CHECKOUT, env=environment)
    try:
        async with httpx2.AsyncClient(limits=httpx2.Limits(max_connections=WRITERS), timeout=30) as client:
            bare_url = f"http://127.0.0.1:{port + 50}/v1/notifications"
            while True:
                try:
                    await client.post(bare_url, json=BODY)
                    break
                except httpx2.HTTPError:
                    await asyncio.sleep(0.1)

            async def bare() -> None:
                assert (await client.post(bare_url, json=BODY)).status_code == 201

            async def ours() -> None:
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
                answer = await client.post(f"{addresses.services['intake']}/v1/notifications", json=BODY, headers=headers)
                assert answer.status_code == 201, answer.text

            (mine, mine_p99), (reference, p99) = await beside(ours, bare)
    finally:
        process.terminate()
        process.wait()
    return [
        Figure(
            "intake accepted, 16 connections, against a bare FastAPI insert",
            mine,
            reference,
            "/s",
            "at least 0.4",
            "the load comes from the same cores",
        ),
        Figure("the same, 99th percentile", mine_p99, p99, "ms", "at most 2"),
    ]


async def idle_figures(stack: Stack) -> list[Figure]:
    """Resident memory of each service."""
    await asyncio.sleep(IDLE_SECONDS)
    found = []
    for name, child in stack.children.items():
        if name in SERVICES and child.process is not None:
            held = psutil.Process(child.process.pid).memory_info().rss / 2**20
            found.append(Figure(f"{name} resident, idle", held, 150, "MB", "at most 1"))
    return found


Row = Callable[[Stack], Awaitable[list[Figure]]]
STACKS: tuple[tuple[tuple[str, ...], dict[str, Row]], ...] = (
    (("intake",), {"append": append_figure}),
    (SERVICES, {"idle": idle_figures, "government": lambda stack: government_figures(stack, BODY)}),
    (("intake",), {"intake": intake_figures}),
    (("statistics",), {"consumer": consumer_figures}),
    (("intake", "statistics"), {"rebuild": rebuild_figures, "replay": lambda stack: replay_figures(stack, BODY)}),
)
"""Rows that share a stack, which is a fresh one; by the names under which they can be asked for."""


async def main(asked: Sequence[str]) -> int:
    """The rows that are asked for, all without a name; only a run of all is written down."""
    names = [name for _, rows in STACKS for name in rows]
    if unknown := [name for name in asked if name not in names]:
        say(f"no such row: {', '.join(unknown)}; there are {', '.join(names)}")
        return 2
    busy = psutil.cpu_percent(interval=3)
    say(f"the machine is {busy:.0f} % busy with other things")
    figures: list[Figure] = []
    for services, rows in STACKS:
        chosen = {name: row for name, row in rows.items() if name in asked or not asked}
        if chosen:
            figures += await _measured(services, chosen)
    table = report(figures, busy)
    if not asked:
        REPORT.write_text(table)
    sys.stdout.write(table)
    return 0


async def _measured(services: Sequence[str], rows: Mapping[str, Row]) -> list[Figure]:
    shutil.rmtree(STATE, ignore_errors=True)
    found: list[Figure] = []
    try:
        async with running(STATE, services=services, quiet=True) as stack:
            for name, row in rows.items():
                say(f"{name} ...")
                began = time.perf_counter()
                found += await row(stack)
                say(f"{name}: {time.perf_counter() - began:.0f} s")
    finally:
        shutil.rmtree(STATE, ignore_errors=True)
    return found


def report(figures: Sequence[Figure], busy: float) -> str:
    """The table."""
    lines = [
        "# Benchmarks",
        "",
        "Made by `make bench`; ratios travel between machines, absolutes do not. Everything runs on the same two cores, the load too.",
        f"Before it began, the machine was {busy:.0f} % busy with other things.",
        "",
        "| what | ours | reference | ratio | aim |",
        "| --- | --- | --- | --- | --- |",
        *[
            f"| {f.name} | {f.ours:,.{f.digits}f} {f.unit} | {f.reference:,.{f.digits}f} {f.unit} | {f.ratio:.2f} | {f.wanted} |"
            for f in figures
        ],
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))

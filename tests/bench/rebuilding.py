"""How fast statistics folds a million events again, in how much memory, and what a council notices of it meanwhile."""

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx2

from deploy.local.environment import inherited
from deploy.local.running import Stack
from deploy.local.stack import CHECKOUT, on_database
from deploy.local.supervisor import say
from services.chassis.clock import new_id
from services.statistics.ledger import COLUMNS
from tests.bench import history
from tests.bench.figure import Figure
from tests.system.conftest import Running

EVENTS = 1_000_000
TIMES = 3
PAGE = 5000
NEEDED = "subject, version, recorded, origin, type, schema, data"
"""The columns that a fold cannot do without."""
WRITERS = 16
QUIET_SECONDS = 8.0
_FOLDED = re.compile(r"(\d+) records in ([\d.]+) s, (the same as|different from) before")


@dataclass(frozen=True)
class Rebuilt:
    """One run of `rebuild`: seconds from the first table to the swap, and the most memory that its process held."""

    seconds: float
    megabytes: float


async def rebuild_figures(stack: Stack) -> list[Figure]:
    """Each the best of three runs, taken in turn; the first rebuild, which finds the live tables empty, does not count."""
    await remembered(stack)
    url = on_database(stack.addresses.postgres, "sir_statistics")
    environment = stack.addresses.environment("statistics")
    await asyncio.to_thread(rebuild, environment, same=False)
    idle, runs = [], []
    for number in range(1, TIMES + 1):
        say(f"  reading the ledger and doing nothing, then a rebuild: {number} of {TIMES}")
        idle.append(await _cursor(url))
        runs.append(await asyncio.to_thread(rebuild, environment))
    reference, mine = EVENTS / min(idle), EVENTS / min(run.seconds for run in runs)
    say("  the eventsourcing package")
    peers = await asyncio.to_thread(_peers, stack.addresses.postgres)
    name = "rebuild of all statistics read models"
    return [
        Figure(f"{name}, against a cursor over {NEEDED}", mine, reference, "/s", "at least 100,000 /s and 0.35"),
        Figure(f"{name}, against `eventsourcing` as documented", mine, peers["documented"], "/s", "more than 1"),
        Figure(f"{name}, against `eventsourcing` in pages", mine, peers["pages"], "/s", "more than 1"),
        Figure(f"{name} of {EVENTS:,} events, peak resident", max(run.megabytes for run in runs), 400, "MB", "at most 1"),
    ]


async def replay_figures(stack: Stack, body: Mapping[str, Any]) -> list[Figure]:
    """Submitting at 16 connections: first with nothing else, then for as long as a rebuild runs in its process."""
    await remembered(stack)
    environment = stack.addresses.environment("statistics")
    say("  submitting, quietly")
    until = time.perf_counter() + QUIET_SECONDS / 2
    await _submitted(stack, body, lambda: time.perf_counter() > until)
    until += QUIET_SECONDS
    quiet = await _submitted(stack, body, lambda: time.perf_counter() > until)
    say("  submitting while statistics is rebuilt")
    rebuilding = asyncio.ensure_future(asyncio.to_thread(rebuild, environment, same=None))
    disturbed = await _submitted(stack, body, rebuilding.done)
    await rebuilding
    p99, quiet_p99 = (statistics.quantiles(took, n=100)[98] for took in (disturbed, quiet))
    return [
        Figure(f"submit while {EVENTS:,} events are replayed, 99th percentile, against quiet", p99, quiet_p99, "ms", "at most 3")
    ]


async def remembered(stack: Stack) -> None:
    """A million events in the ledger, where they are not there yet."""
    connection = await asyncpg.connect(on_database(stack.addresses.postgres, "sir_statistics"))
    try:
        if not await connection.fetchval("select exists (select from ledger)"):
            say(f"  making {EVENTS:,} events in the ledger")
            await connection.copy_records_to_table("ledger", records=history.rows(EVENTS), columns=COLUMNS)
            await connection.execute("vacuum analyze ledger")
    finally:
        await connection.close()


def rebuild(environment: dict[str, str], *, same: bool | None = True) -> Rebuilt:
    """`python -m services.statistics rebuild`, as an operator runs it; whether it must find the tables as they were."""
    words = [sys.executable, "-m", "services.statistics", "rebuild"]
    process = subprocess.Popen(words, cwd=CHECKOUT, env=inherited() | environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = " ".join(process.stderr.read().split())
    process.stderr.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    found = _FOLDED.search(said)
    assert found is not None, said[-2000:]
    assert process.returncode == 0, said
    assert int(found[1]) >= EVENTS, said
    assert same is None or (found[3] == "the same as") == same, said
    return Rebuilt(seconds=float(found[2]), megabytes=used.ru_maxrss / 1024)


async def _cursor(url: str) -> float:
    """Seconds that a server-side cursor takes over the ledger."""
    connection = await asyncpg.connect(url)
    try:
        began = time.perf_counter()
        async with connection.transaction():
            cursor = await connection.cursor(f"select {NEEDED} from ledger order by number")
            while await cursor.fetch(PAGE):
                pass
        return time.perf_counter() - began
    finally:
        await connection.close()


def _peers(postgres: str) -> dict[str, float]:
    """Events a second, from a process of its own."""
    words, environment = [sys.executable, "-m", "tests.bench.peers"], inherited() | {"BENCH_DATABASE_URL": postgres}
    done = subprocess.run(words, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    found: dict[str, float] = json.loads(done.stdout)
    return found


async def _submitted(stack: Stack, body: Mapping[str, Any], enough: Callable[[], bool]) -> list[float]:
    """Milliseconds of each accepted notification, from 16 connections, until it is enough."""
    addresses = stack.addresses
    token = Running(addresses.state, addresses.services, addresses.kafka).token("council", "S12000049")
    took: list[float] = []
    async with httpx2.AsyncClient(limits=httpx2.Limits(max_connections=WRITERS), timeout=30) as client:

        async def one() -> None:
            while not enough():
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
                began = time.perf_counter()
                answer = await client.post(f"{addresses.services['intake']}/v1/notifications", json=body, headers=headers)
                took.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == httpx2.codes.CREATED, answer.text

        await asyncio.gather(*[one() for _ in range(WRITERS)])
    return took

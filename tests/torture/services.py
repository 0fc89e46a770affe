"""The five services through a random life: notifications and a register come in, all is conserved, and the figures are what was accepted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contracts.topics import CASE_EVENTS
from deploy.console.client import Client, speaking
from deploy.console.demo_register import FILE
from deploy.console.following import GLASGOW, invented
from deploy.console.importing import bring_in
from deploy.console.register import Row, read
from deploy.local.running import Stack, running
from deploy.local.stack import SERVICES, StackError, on_database
from deploy.local.supervisor import say
from services.chassis.clock import new_id, now, seconds
from services.chassis.failpoints import NAMES
from tests.conservation import conserved, everything
from tests.torture.parts import Faults

ROUND_SECONDS: Final = 40.0
QUIET_SECONDS: Final = 240.0
COUNCILS: Final = 3
POINTS: Final = {
    "relay.": SERVICES, "consumer.": SERVICES, "append.": ("intake", "feedback", "notification"), "feed.": ("notification",),
}  # fmt: skip


@dataclass(kw_only=True)
class Life:
    """A stack that nobody supervises but this, and its users."""

    stack: Stack
    faults: Faults
    chance: Random
    council: Client
    registrar: Client
    rows: list[Row]
    accepted: list[str] = field(default_factory=list)
    imported: int = 0
    armed: dict[str, str] = field(default_factory=dict)

    async def round(self, length: float) -> None:
        """Faults while they work, then a quiet time, then the check."""
        stop, until = asyncio.Event(), seconds() + length
        of_processes = [*[self.one_is_killed] * 3, *[self.one_dies_somewhere] * 5, self.records_come_again]
        async with asyncio.TaskGroup() as group:
            for _ in range(COUNCILS):
                group.create_task(self._notify(stop))
            group.create_task(self._import(stop))
            strikes = [group.create_task(self.faults.strike(faults, until)) for faults in (self.faults.all(), of_processes)]
            await asyncio.gather(*strikes)
            stop.set()
        await self._quiet()

    async def keep(self) -> None:
        """Start again what has died; once with the fault that is waiting for it."""
        while True:
            for name in SERVICES:
                child = self.stack.children[name]
                if child.process is not None and child.process.returncode is not None:
                    point = self.armed.pop(name, None)
                    clean = child.environment
                    child.environment = {**clean, "SIR_FAILPOINT": point} if point else clean
                    with suppress(StackError):  # dead before it was ready: the next turn
                        await child.start()
                    child.environment = clean
            await asyncio.sleep(0.1)

    async def one_is_killed(self) -> None:
        """Kill -9."""
        await self.stack.kill(self.chance.choice(SERVICES))

    async def one_dies_somewhere(self) -> None:
        """Started again with a fault waiting at one of the steps of its work."""
        prefix = self.chance.choice(list(POINTS))
        name = self.chance.choice(POINTS[prefix])
        point = self.chance.choice(sorted(each for each in NAMES if each.startswith(prefix)))
        self.armed[name] = f"{point}:kill:{self.chance.randint(1, 5)}"
        await self.stack.kill(name)

    async def records_come_again(self) -> None:
        """Some records of the topic, once more, out of their order."""
        kafka = self.stack.addresses.kafka
        with suppress(KafkaError, TimeoutError):  # it may be away
            async with asyncio.timeout(5), AIOKafkaProducer(bootstrap_servers=kafka) as producer:
                records = await everything(kafka, CASE_EVENTS)
                for record in self.chance.sample(records, min(len(records), 20)):
                    await producer.send_and_wait(CASE_EVENTS, record.value, key=record.key, headers=list(record.headers))

    async def _notify(self, stop: asyncio.Event) -> None:
        """A council notifies, and sometimes corrects what it said."""
        while not stop.is_set():
            body = invented() | {"council_reference": str(new_id())}
            answer = await self.council.post("intake", "/v1/notifications", body, key=str(new_id()))
            self.accepted.append(answer["case_id"])
            if len(self.accepted) % 3 == 0:
                words: dict[str, Any] = {"changes": {"incident_type": "T05"}, "reason": "A slip of the pen."}
                await self.council.on_case("intake", answer["case_id"], "corrections", words, key=str(new_id()), version=1)
            await asyncio.sleep(0.05)

    async def _import(self, stop: asyncio.Event) -> None:
        """A registrar brings in a few rows at a time."""
        while self.rows and not stop.is_set():
            some, self.rows = self.rows[:4], self.rows[4:]
            assert await bring_in(self.registrar, some) == []
            self.imported += len(some)

    async def _quiet(self) -> None:
        """All are started anew, so that each checks its store against the topic; then everything must agree."""
        self.armed.clear()
        for name in SERVICES:
            await self.stack.kill(name)
        async with asyncio.timeout(QUIET_SECONDS):
            await self.registrar.settled()
        counts = await conserved(self.stack.addresses, afresh=True, in_order=not self.faults.robbed)
        figures = await self.registrar.get("statistics", f"/v1/figures?from=2012-01-01&to={now().date()}")
        assert figures.json()["figures"]["ST-01"]["value"] == len(self.accepted) + self.imported
        told = [event["subject"] async for event in self._feed() if "notification-copied" in event["type"]]
        assert sorted(told) == sorted(self.accepted), "Government was told of other cases than were accepted"
        say(
            f"  {len(self.accepted)} notified, {self.imported} imported, {counts['events']} events in {counts['records']} records: conserved"
        )

    async def _feed(self) -> AsyncIterator[dict[str, Any]]:
        after = 0
        async with speaking(self.stack.addresses, "government") as government:
            while page := (await government.get("notification", f"/v1/events?after={after}&limit=200")).json():
                for event in page:
                    yield event
                after = int(page[-1]["sequence"])


@asynccontextmanager
async def _users(stack: Stack) -> AsyncIterator[tuple[Client, Client]]:
    async with speaking(stack.addresses, "council", GLASGOW) as council, speaking(stack.addresses, "registrar") as registrar:
        yield council, registrar


async def live(state: Path, minutes: float, seed: int) -> None:
    """Rounds until the time is over."""
    chance, until = Random(seed), seconds() + 60 * minutes
    rows = [row for row in read(FILE.read_bytes(), now()).rows if not row.outcome]
    async with running(state, quiet=True) as stack, _users(stack) as (council, registrar):
        owners = [on_database(stack.addresses.postgres, f"sir_{service}") for service in SERVICES]
        faults = Faults(kafka=stack.children["kafka"], postgres=stack.children["postgres"], owners=owners, chance=chance)
        life = Life(stack=stack, faults=faults, chance=chance, council=council, registrar=registrar, rows=rows)
        keeper = asyncio.create_task(life.keep())
        try:
            while True:
                await life.round(min(ROUND_SECONDS, max(1.0, until - seconds())))
                if seconds() > until:
                    break
        finally:
            keeper.cancel()
            say(f"  {dict(faults.done)}")

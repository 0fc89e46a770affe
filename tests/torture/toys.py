"""The toy services through a random life: what was accepted is in history once, on the topic, and in every read model."""

import asyncio
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import httpx2
from aiokafka.errors import KafkaError

from deploy.local.running import Stack
from deploy.local.supervisor import say
from services.chassis.clock import new_id, seconds
from services.chassis.failpoints import NAMES
from tests.torture.parts import Faults
from tests.toy.harness import Toy, free_port, toy

ROUND_SECONDS: Final = 25.0
SPEAKERS: Final = 6
PATIENCE: Final = 240.0
POINTS: Final = sorted(name for name in NAMES if name.startswith(("append.", "relay.", "consumer.")))


@dataclass(kw_only=True)
class Life:
    """ping and pong, and those who speak to ping."""

    made: Toy
    faults: Faults
    chance: Random
    client: httpx2.AsyncClient
    accepted: Counter[tuple[str, int]] = field(default_factory=Counter)

    async def round(self, length: float) -> None:
        """Faults while they speak, then a quiet time, then the check."""
        stop, until = asyncio.Event(), seconds() + length
        of_processes = [
            self.one_is_killed,
            self.one_dies_somewhere,
            self.a_member_wakes_up,
            self.records_come_again,
            self.one_rebuilds,
        ]
        async with asyncio.TaskGroup() as group:
            for number in range(SPEAKERS):
                group.create_task(self._speak(Random(self.chance.random() + number), stop))
            group.create_task(self._keep(stop))
            strikes = [group.create_task(self.faults.strike(faults, until)) for faults in (self.faults.all(), of_processes)]
            await asyncio.gather(*strikes)
            stop.set()
        await self._quiet()

    async def _keep(self, stop: asyncio.Event) -> None:
        """Start pong again when it has died; those who speak do so for ping."""
        while not stop.is_set():
            await self.made.running("pong")
            await asyncio.sleep(0.2)

    async def _speak(self, chance: Random, stop: asyncio.Event) -> None:
        """New cases, and more numbers about own ones; each is asked again until it is answered."""
        mine: list[tuple[str, int]] = []
        while not stop.is_set():
            last = mine.pop(chance.randrange(len(mine))) if mine and chance.random() < 0.6 else None
            secret = "x" * chance.randrange(3000)
            answer = await self.made.ping(
                self.client, 2 * chance.randrange(300) + 2, key=str(new_id()), secret=secret, after=last
            )
            if answer.status_code == httpx2.codes.CONFLICT:
                continue  # full
            assert answer.status_code == httpx2.codes.CREATED, answer.text
            now = answer.json()["case_id"], answer.json()["version"]
            self.accepted[now] += 1
            mine.append(now)

    async def one_is_killed(self) -> None:
        """Kill -9."""
        name = self._one()
        async with self.made.starting:
            if name in self.made.processes:
                await self.made.kill(name)

    async def one_dies_somewhere(self) -> None:
        """Started again with a fault waiting at one of the steps of its work."""
        name, action = self._one(), self.chance.choice(["kill", "kill", "raise", "sleep=0.5"])
        async with self.made.starting:
            if name in self.made.processes:
                await self.made.kill(name)
            point = f"{self.chance.choice(POINTS)}:{action}:{self.chance.randint(1, 9)}"
            await self.made.start(name, SIR_FAILPOINT=point)

    async def a_member_wakes_up(self) -> None:
        """One is frozen, another takes its place, the first goes on as if nothing had been."""
        name = self._one()
        async with self.made.starting:
            frozen = self.made.processes.pop(name, None)
            if frozen is None or frozen.returncode is not None:
                return
            frozen.send_signal(signal.SIGSTOP)
            self.made.ports[name] = free_port()
            await self.made.start(name)
        await asyncio.sleep(self.chance.uniform(0, 2))
        frozen.send_signal(signal.SIGCONT)
        await asyncio.sleep(self.chance.uniform(0, 2))
        if frozen.returncode is None:
            frozen.kill()
        await frozen.wait()

    async def records_come_again(self) -> None:
        """Some records of the topic, once more, out of their order."""
        with suppress(KafkaError, TimeoutError):  # it may be away
            async with asyncio.timeout(5):
                records = await self.made.records()
                chosen = self.chance.sample(records, min(len(records), 20))
                await self.made.send([(envelope, record.value) for envelope, record in chosen])

    async def one_rebuilds(self) -> None:
        """Beside the live read models; one that fails changes nothing."""
        await self.made.word(self._one(), "rebuild")

    def _one(self) -> str:
        return self.chance.choice(["ping", "pong"])

    async def _quiet(self) -> None:
        """Both are started anew, so that each checks its store against the topic; then everything must agree."""
        for name in ("ping", "pong"):
            if name in self.made.processes:
                await self.made.kill(name)
            await self.made.start(name)
        await self.made.settled(seconds=PATIENCE)
        counts = await self.made.conserved(in_order=not self.faults.robbed)
        async with self.made.owner("ping") as owner:
            stored = {(row["subject"], row["version"]) for row in await owner.fetch("select subject, version from event")}
        assert self.accepted == Counter(stored), "what was accepted is not what is stored"
        for name in ("ping", "pong"):
            async with self.made.owner(name) as owner:
                for table in ("parked", "halted"):
                    assert not await owner.fetchval(f"select count(*) from {table}"), f"{name}: {table} is not empty"
            code, output = await self.made.word(name, "rebuild")
            assert (code, "the same as before" in output) == (0, True), output
        say(f"  {len(self.accepted)} accepted, {counts['events']} events in {counts['records']} records: conserved")


async def live(parts: Stack, folder: Path, minutes: float, seed: int) -> None:
    """Rounds until the time is over."""
    chance, until = Random(seed), seconds() + 60 * minutes
    async with toy(parts.addresses.postgres, parts.addresses.kafka, folder) as made, httpx2.AsyncClient(timeout=10) as client:
        made.patience = PATIENCE
        owners = [made.url(name, owner=True) for name in ("ping", "pong")]
        faults = Faults(kafka=parts.children["kafka"], postgres=parts.children["postgres"], owners=owners, chance=chance)
        life = Life(made=made, faults=faults, chance=chance, client=client)
        for name in ("ping", "pong"):
            await made.start(name)
        try:
            while seconds() < until:
                await life.round(min(ROUND_SECONDS, max(1.0, until - seconds())))
        finally:
            say(f"  {dict(faults.done)}")

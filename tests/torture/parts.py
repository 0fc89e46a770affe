"""What both lives do to the parts under them: Kafka and PostgreSQL stopped, killed, cut off; outboxes doubled and robbed."""

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

import asyncpg

from deploy.local.stack import StackError
from deploy.local.supervisor import Child, say
from services.chassis import outbox
from services.chassis.clock import seconds

TRIES: Final = 5
_CUT: Final = "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'sir-%' and random() < 0.5"
_ROB: Final = "delete from outbox where random() < 0.3"


@dataclass(kw_only=True)
class Faults:
    """Faults of the parts; `owners` are the addresses of the services' databases as their owner. Counts what it does."""

    kafka: Child
    postgres: Child
    owners: Sequence[str]
    chance: Random
    done: Counter[str] = field(default_factory=Counter)

    @property
    def robbed(self) -> bool:
        """Whether something was lost on the way, so that it comes late and out of order."""
        return self.done["kafka_starves_and_an_outbox_is_robbed"] > 0

    def all(self) -> list[Callable[[], Awaitable[None]]]:
        """Every fault of the parts."""
        return [
            self.kafka_stops,
            self.kafka_is_killed,
            self.kafka_starves_and_an_outbox_is_robbed,
            self.postgres_crashes,
            self.connections_are_cut,
            self.everything_is_published_again,
        ]

    async def strike(self, faults: Sequence[Callable[[], Awaitable[None]]], until: float) -> None:
        """One of these faults after the other."""
        while seconds() < until:
            await asyncio.sleep(self.chance.uniform(0, 1.5))
            fault = self.chance.choice(faults)
            self.done[fault.__name__] += 1
            await fault()

    async def kafka_stops(self) -> None:
        """In order, for some seconds."""
        await self.kafka.stop()
        await self._pause()
        await again(self.kafka)

    async def kafka_is_killed(self) -> None:
        """Kill -9."""
        await killed(self.kafka, signal.SIGKILL)
        await self._pause()
        await again(self.kafka)

    async def kafka_starves_and_an_outbox_is_robbed(self) -> None:
        """Pointers that wait are gone: what they point at is published again when the owner checks."""
        await self.kafka.stop()
        await self._pause()
        await self._owner(_ROB)
        await again(self.kafka)

    async def postgres_crashes(self) -> None:
        """As when the machine loses its power."""
        await killed(self.postgres, signal.SIGQUIT)
        await self._pause()
        await again(self.postgres)

    async def connections_are_cut(self) -> None:
        """Half of the services' connections, in whatever they are doing."""
        await self._owner(_CUT)

    async def everything_is_published_again(self) -> None:
        """One service's whole history."""
        connection = await asyncpg.connect(self.chance.choice(self.owners))
        await outbox.republish(connection)
        await connection.close()

    async def _owner(self, query: str) -> None:
        connection = await asyncpg.connect(self.chance.choice(self.owners))
        await connection.execute(query)
        await connection.close()

    async def _pause(self) -> None:
        await asyncio.sleep(self.chance.uniform(0.2, 4))


async def killed(child: Child, signum: signal.Signals) -> None:
    """End a part without asking it."""
    if child.process is not None and child.process.returncode is None:
        child.process.send_signal(signum)
        await child.process.wait()


async def again(child: Child) -> None:
    """Start a part; one that finds the traces of its last life still warm tries again."""
    for left in reversed(range(TRIES)):
        try:
            await child.start()
        except StackError as error:
            if not left:
                raise
            say(f"{child.name} tries again: {str(error).splitlines()[0]}")
            await asyncio.sleep(1)
        else:
            return

"""Commands judged together: what one of them meets is its own, what all would meet is met once, and a key has one answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from contracts.envelope import Origin
from services.chassis.appender import Appender
from services.chassis.clock import new_id
from services.chassis.commands import created
from services.chassis.idempotency import Answer, Once
from services.chassis.keys import Keyring, KeysUnavailableError, KeyUnusableError
from services.chassis.outbox import Bell
from services.chassis.postgres import Pool, open_pool
from services.chassis.store import Ask, Cause, Done, Outcome, Store
from tests.toy.harness import on_database, toy
from tests.toy.language import PING
from tests.toy.services import DECIDER, Ping, State, project

CAUSE = Cause(role="council", actor="a", council="S12000033", origin=Origin.LIVE, correlation=new_id())
WRAPPING = b"k" * 32


class Counted(Keyring):
    """A keyring that counts how often keys were wanted."""

    wanted = 0

    async def ready(self, **subjects: Any) -> None:
        self.wanted += 1
        await super().ready(**subjects)


@dataclass
class Desk:
    """A store with keys, and the database behind it."""

    url: str
    pool: Pool
    keyring: Counted
    store: Store[State]
    appender: Appender

    async def together(self, *asks: Ask) -> list[Outcome | BaseException]:
        """Everything waits before the appender begins, so that it is one batch."""
        waiting = [asyncio.ensure_future(self.appender.execute(ask)) for ask in asks]
        await asyncio.sleep(0)
        serving = asyncio.create_task(self.appender.run())
        try:
            return await asyncio.gather(*waiting, return_exceptions=True)
        finally:
            serving.cancel()


@pytest.fixture
async def desk(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made:
        url = made.url("ping", owner=True)
        pool = await open_pool(url, name="test", size=4)
        keys = await open_pool(on_database(postgres_url, f"sir_keys__{made.suffix}", user="sir_intake"), name="test", size=2)
        keyring = Counted(keys, WRAPPING, makes=True)
        store = Store(source="ping", decider=DECIDER, catalogue=PING, upcasters={}, keyring=keyring, project=project)
        yield Desk(url, pool, keyring, store, Appender(pool=pool, store=store, committed=lambda: None))
        await pool.close()
        await keys.close()


def ask(subject: str, *, key: str | None = None, expected: int | None = None) -> Ask:
    once = Once(client="a", key=key, fingerprint=b"f") if key else None
    command = Ping(number=2, secret="PLANTED")
    return Ask(
        subject=subject, command=command, cause=CAUSE, once=once, expected=expected, answer=lambda done: created({}, done.version)
    )


async def test_a_destroyed_key_is_met_by_its_own_case_only(desk: Desk) -> None:
    gone, other = str(new_id()), str(new_id())
    await desk.together(ask(gone))
    await desk.keyring.destroy(gone)
    outcomes = await desk.together(ask(gone), ask(other))
    assert isinstance(outcomes[0], KeyUnusableError)
    assert isinstance(outcomes[1], Done)


async def test_where_no_key_can_be_had_all_are_told_at_once(desk: Desk) -> None:
    desk.keyring._pool.terminate()
    outcomes = await desk.together(*(ask(str(new_id())) for _ in range(5)))
    assert [type(outcome) for outcome in outcomes] == [KeysUnavailableError] * 5
    assert desk.keyring.wanted == 1, "nobody waited for it a second time"
    assert await desk.pool.fetchval("select count(*) from event") == 0


async def test_the_first_fault_is_not_masked_by_the_keys(desk: Desk) -> None:
    async def informing(connection: asyncpg.Connection, commands: Any, at: Any, *, kept: bool) -> Any:
        raise LookupError(kept)

    desk.keyring._pool.terminate()
    desk.store._inform = informing
    async with desk.pool.acquire() as connection:
        with pytest.raises(LookupError):
            async with connection.transaction():
                await desk.store.append(connection, [ask(str(new_id()))])
    assert desk.keyring.wanted == 1


async def test_a_subject_that_has_a_key_keeps_it(desk: Desk) -> None:
    subject, elsewhere = str(new_id()), Keyring(desk.keyring._pool, WRAPPING, makes=True)
    await elsewhere.create([subject])
    await desk.together(ask(subject))
    reader = Store(source="ping", decider=DECIDER, catalogue=PING, upcasters={}, keyring=elsewhere)
    async with desk.pool.acquire() as connection:
        [record] = await reader.history(connection, subject)
    assert getattr(record.event, "secret").reveal() == "PLANTED"  # noqa: B009 - of the toy's language


async def test_who_waited_for_the_lock_is_given_the_answer_of_who_held_it(desk: Desk) -> None:
    """Not 412: what it saw is stale by then, yet by its own request."""
    subject = str(new_id())
    await desk.together(ask(subject))
    same = ask(subject, key="k", expected=1)
    async with desk.pool.acquire() as first, desk.pool.acquire() as second:
        holding = first.transaction()
        await holding.start()
        [done] = await desk.store.append(first, [same])

        async def wait() -> list[Outcome]:
            async with second.transaction():
                return await desk.store.append(second, [same])

        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await holding.commit()
        [again] = await waiting
    assert isinstance(done, Done)
    assert isinstance(again, Answer)
    assert (again.etag, again.reused) == ('"2"', False)


async def test_all_that_follows_is_written_with_the_event(desk: Desk) -> None:
    subjects = [str(new_id()) for _ in range(3)]
    await desk.together(*(ask(subject, key=subject) for subject in subjects))
    for table in ("event", "outbox", "idempotency", "audit", "read.seen"):
        assert await desk.pool.fetchval(f"select count(*) from {table}") == 3, table
    [none] = await desk.together(
        Ask(
            subject=subjects[0],
            command=Ping(number=0),
            cause=CAUSE,
            once=Once(client="a", key="0", fingerprint=b""),
            answer=lambda done: created({}, done.version),
        )
    )
    assert isinstance(none, Done)
    assert await desk.pool.fetchval("select count(*) from event") == 3, "nothing changed"
    assert await desk.pool.fetchval("select count(*) from audit") == 4, "and yet somebody asked"


async def test_a_ring_is_heard_here_at_once_and_elsewhere_soon(desk: Desk) -> None:
    here, elsewhere = Bell(desk.url), Bell(desk.url)
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(bell.run()) for bell in (here, elsewhere)]
        await _listening(desk.pool, 2)
        here.ring()
        assert here.heard.is_set()
        here.heard.clear()
        async with asyncio.timeout(5):
            await elsewhere.heard.wait()
        await asyncio.sleep(0.1)
        assert not here.heard.is_set(), "its own ring came back to it"
        for task in running:
            task.cancel()


async def _listening(pool: asyncpg.Pool, count: int) -> None:
    query = "select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%'"
    async with asyncio.timeout(10):
        while await pool.fetchval(query) < count:
            await asyncio.sleep(0.05)

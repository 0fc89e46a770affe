"""What the local stack promises of its children: named when they die, started again, given up after three deaths in a minute, never left."""

import asyncio
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from deploy.local import supervisor
from deploy.local.environment import given
from deploy.local.stack import StackError
from deploy.local.supervisor import Child

LIVES = "import pathlib, time; print('says something', flush=True); pathlib.Path('ready').touch(); time.sleep(600)"
HANGS = f"import signal; [signal.signal(each, signal.SIG_IGN) for each in (signal.SIGINT, signal.SIGTERM)]; {LIVES}"
DIES_ONCE = f"import os, pathlib, signal; there = pathlib.Path('died').exists(); pathlib.Path('died').touch(); there or os.kill(os.getpid(), signal.SIGKILL); {LIVES}"


def child(folder: Path, program: str, *, name: str = "child") -> Child:
    folder.mkdir(exist_ok=True)

    async def ready() -> bool:
        return (folder / "ready").exists()

    return Child(
        name=name,
        command=[sys.executable, "-c", program],
        environment={"PATH": given("PATH")},
        log=folder / "log",
        ready=ready,
        cwd=folder,
    )


async def kill(one: Child) -> None:
    """Kill -9, and wait until it runs again."""
    assert one.process is not None
    killed = one.process
    killed.send_signal(signal.SIGKILL)
    async with asyncio.timeout(20):
        while one.process is killed:
            await asyncio.sleep(0.02)


async def test_it_is_named_with_its_last_lines_and_runs_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    one, told = child(tmp_path, LIVES), list[str]()
    await one.start()
    keeping = asyncio.create_task(one.keep(lambda: told.append("restarted")))
    await kill(one)
    await asyncio.sleep(0.1)
    await one.stop()
    keeping.cancel()
    assert told == ["restarted"]
    said = capfd.readouterr().err
    assert "child ended with -9. Its last lines:\n  says something" in said
    assert "child runs again" in said


async def test_three_deaths_in_a_minute_end_it_and_say_whose(tmp_path: Path) -> None:
    one = child(tmp_path, LIVES, name="the third")
    await one.start()
    keeping = asyncio.create_task(one.keep(lambda: None))
    began = time.monotonic()
    await kill(one)
    await kill(one)
    assert time.monotonic() - began > 1.2, "0.4 s after the first, 0.8 s after the second"
    assert one.process is not None
    one.process.send_signal(signal.SIGKILL)
    with pytest.raises(StackError, match="the third died 3 times in a minute"):
        await asyncio.wait_for(keeping, 5)


async def test_a_death_of_each_of_five_ends_nothing(tmp_path: Path) -> None:
    five = [child(tmp_path / str(number), LIVES, name=str(number)) for number in range(5)]
    await asyncio.gather(*[one.start() for one in five])
    keeping = [asyncio.create_task(one.keep(lambda: None)) for one in five]
    for one in five:
        await kill(one)
    assert not any(task.done() for task in keeping)
    await asyncio.gather(*[one.stop() for one in five])
    for task in keeping:
        task.cancel()


async def test_deaths_far_apart_end_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "WITHIN_SECONDS", 0.3)
    one = child(tmp_path, LIVES)
    await one.start()
    keeping = asyncio.create_task(one.keep(lambda: None))
    for _ in range(4):
        await kill(one)
    assert not keeping.done()
    await one.stop()
    keeping.cancel()


async def test_to_die_while_starting_is_a_death_like_any_other(tmp_path: Path) -> None:
    one = child(tmp_path, DIES_ONCE)
    (tmp_path / "died").touch()
    await one.start()
    (tmp_path / "died").unlink()
    (tmp_path / "ready").unlink()
    restarted, running = asyncio.Event(), one.process
    keeping = asyncio.create_task(one.keep(restarted.set))
    assert running is not None
    running.send_signal(signal.SIGKILL)
    await asyncio.wait_for(restarted.wait(), 20)
    assert len(one.deaths) == 2
    await one.stop()
    keeping.cancel()


async def test_one_that_hangs_is_ended_all_the_same(tmp_path: Path) -> None:
    one = child(tmp_path, HANGS)
    await one.start()
    assert one.process is not None
    began = time.monotonic()
    await one.stop()
    assert time.monotonic() - began < 2.5
    assert not psutil.pid_exists(one.process.pid)

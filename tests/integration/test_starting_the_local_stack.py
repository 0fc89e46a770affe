"""The parts of the local stack start wherever the checkout lies, also under a folder that only its owner may enter."""

import os
import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

import asyncpg
import psutil
import pytest

from deploy.local import kafka, postgres
from deploy.local.stack import Addresses, StackError, on_database, owner, secret
from tests.conftest import ROOT
from tests.processes import local_stack, own_parts, pause


def parts(state: Path) -> AbstractContextManager[Addresses]:
    return local_stack("parts", state, own_parts())


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


def test_under_a_private_folder_and_stopped_leaving_nothing(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with parts(private / "state") as found:
        pids = [pid for name, pid in found.pids.items() if name != "supervisor"]
        assert len(alive(pids)) == 2
    assert alive(pids) == []


def test_a_supervisor_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    with parts(tmp_path / "state") as found:
        pids = [pid for name, pid in found.pids.items() if name != "supervisor"]
        os.kill(found.pids["supervisor"], signal.SIGKILL)
        began = time.monotonic()
        while alive(pids) and time.monotonic() - began < 10:
            pause()
        assert alive(pids) == []


def test_a_second_one_says_that_the_first_is_running(tmp_path: Path) -> None:
    with parts(tmp_path / "state") as found:
        words = [sys.executable, "-m", "deploy.local", "parts", "--state", str(tmp_path / "state")]
        second = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert second.returncode == 1
        assert f"process {found.pids['supervisor']}" in second.stderr


async def test_two_stacks_do_not_share_a_server(tmp_path: Path) -> None:
    """They would change each other's passwords, seal with keys that the other has not, and hear each other's cases."""
    mine, other = tmp_path / "mine", tmp_path / "other"
    for folder in (mine, other):
        folder.mkdir()
    with parts(tmp_path / "given") as found:
        for _ in range(2):
            await postgres.databases(found.postgres, mine, ["statistics"])
            await kafka.topics(found.kafka, owner(mine))
        with pytest.raises(StackError, match=f"databases .* belong to another stack .{owner(mine)}.*DATABASE_URL"):
            await postgres.databases(found.postgres, other, ["statistics"])
        with pytest.raises(StackError, match=f"topics .* belong to another stack .{owner(mine)}.*KAFKA_BOOTSTRAP"):
            await kafka.topics(found.kafka, owner(other))
        role = on_database(found.postgres, "sir_statistics", login=f"sir_statistics:{secret(mine, 'roles.password')}")
        await (await asyncpg.connect(role)).close()
        await kafka.topics(found.kafka, owner(mine))


def test_it_ends_within_five_seconds_though_children_hang(tmp_path: Path) -> None:
    with local_stack("up", tmp_path / "state", own_parts()) as found:
        pids = [pid for name, pid in found.pids.items() if name != "supervisor"]
        for name in ("intake", "statistics", "kafka", "postgres"):
            os.kill(found.pids[name], signal.SIGSTOP)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert alive(pids) == []
    assert of_state(tmp_path) == []


def test_it_may_be_stopped_while_it_starts(tmp_path: Path) -> None:
    """And asked twice, as people do."""
    words = [sys.executable, "-m", "deploy.local", "up", "--state", str(tmp_path / "state")]
    process = subprocess.Popen(words, cwd=ROOT, env=own_parts(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        while not (tmp_path / "state" / "logs" / "kafka.log").exists():
            pause()
        os.kill(int((tmp_path / "state" / "postgres" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGSTOP)
        began = time.monotonic()
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            pause()
        _, said = process.communicate(timeout=15)
    finally:
        process.kill()
    assert (process.returncode, time.monotonic() - began < 5) == (0, True), said
    assert of_state(tmp_path) == []


def of_state(state: Path) -> list[str]:
    """Programs that still run from a state folder."""
    return [
        " ".join(each.info["cmdline"])[:200]
        for each in psutil.process_iter(["cmdline"])
        if str(state) in " ".join(each.info["cmdline"] or [])
    ]

"""The parts of the local stack start wherever the checkout lies, also under a folder that only its owner may enter."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from deploy.local.stack import Addresses, read
from tests.conftest import READY_SECONDS, ROOT


@contextmanager
def parts(state: Path) -> Iterator[Addresses]:
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "KAFKA_BOOTSTRAP"}}
    with (state.parent / "parts.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "parts", "--state", str(state)], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    began = time.monotonic()
    try:
        while (found := read(state)) is None:
            assert process.poll() is None, (state.parent / "parts.log").read_text()
            assert time.monotonic() - began < READY_SECONDS, (state.parent / "parts.log").read_text()
            time.sleep(0.1)
        yield found
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(15)


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
            time.sleep(0.1)
        assert alive(pids) == []


def test_a_second_one_says_that_the_first_is_running(tmp_path: Path) -> None:
    with parts(tmp_path / "state") as found:
        words = [sys.executable, "-m", "deploy.local", "parts", "--state", str(tmp_path / "state")]
        second = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert second.returncode == 1
        assert f"process {found.pids['supervisor']}" in second.stderr

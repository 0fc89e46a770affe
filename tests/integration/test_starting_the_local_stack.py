"""The parts of the local stack start wherever the checkout lies, also under a folder that only its owner may enter."""

import os
import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

import psutil

from deploy.local.stack import Addresses
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

"""Plants each bug in a copy of the checkout, where its test must fail; without it, the same test must pass."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from deploy.local.environment import inherited
from deploy.local.stack import CHECKOUT, STATE, Addresses
from tests.torture.bugs import Bug

FOLDER: Final = STATE / "planted"
COPIED: Final = ("contracts", "services", "deploy", "tests", "pyproject.toml", "ARCHITECTURE.md", "README.md", "Makefile")
PATIENCE: Final = 300.0
PASSED, FAILED = 0, 1
"""pytest's exit codes; any other means that nothing was tested."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What became of one bug."""

    bug: Bug
    seen: bool
    words: str
    seconds: float


async def planted(bugs: Sequence[Bug], parts: Addresses, *, at_once: int) -> list[Found]:
    """Each bug's verdict, some at the same time, each in a copy of its own."""
    waiting = iter(bugs)
    found: list[Found] = []

    async def some(number: int) -> None:
        copy = _copied(FOLDER / f"copy-{number}")
        for each in waiting:
            found.append(await _tried(each, copy, _environment(copy, parts)))
            say_one(found[-1])

    shutil.rmtree(FOLDER, ignore_errors=True)
    await asyncio.gather(*[some(number) for number in range(at_once)])
    return sorted(found, key=lambda each: bugs.index(each.bug))


async def sound(bugs: Iterable[Bug], parts: Addresses) -> tuple[int, str]:
    """The tests of these bugs, with nothing planted: exit code and last lines."""
    copy = _copied(FOLDER / "sound")
    return await _tests(sorted({bug.test for bug in bugs}), copy, _environment(copy, parts), patience=4 * PATIENCE)


async def _tried(bug: Bug, copy: Path, environment: Mapping[str, str]) -> Found:
    began = time.monotonic()
    before = {copy / file: (copy / file).read_text() for file, _, _ in bug.edits}
    try:
        for file, old, new in bug.edits:
            text = (copy / file).read_text()
            if text.count(old) != 1:
                return Found(bug=bug, seen=False, words=f"{file} has moved on: plant it anew", seconds=0)
            _write(copy / file, text.replace(old, new))
        code, words = await _tests([bug.test], copy, environment, patience=PATIENCE)
    finally:
        for file_, text in before.items():
            _write(file_, text)
    return Found(bug=bug, seen=code == FAILED, words=words, seconds=time.monotonic() - began)


async def _tests(tests: Sequence[str], copy: Path, environment: Mapping[str, str], *, patience: float) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-x", "--tb=line", *tests,
        cwd=copy, env=dict(environment), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = await asyncio.wait_for(process.communicate(), patience)
    except TimeoutError:
        process.kill()
        await process.wait()
        return -1, f"not ended after {patience:.0f} s"
    lines = [line for line in output.decode(errors="replace").splitlines() if line.startswith("E  ") or copy.name in line]
    return process.returncode or PASSED, (lines or output.decode(errors="replace").splitlines() or [""])[-1].strip()[:160]


def _copied(copy: Path) -> Path:
    copy.mkdir(parents=True)
    for name in COPIED:
        source = CHECKOUT / name
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, copy / name, ignore=ignored) if source.is_dir() else shutil.copy(source, copy / name)
    return copy


def _environment(copy: Path, parts: Addresses) -> dict[str, str]:
    mine = {"DATABASE_URL": parts.postgres, "KAFKA_BOOTSTRAP": parts.kafka, "PYTHONPYCACHEPREFIX": str(copy / ".pycache")}
    return inherited() | mine


class _Clock:
    """Each change of a file is dated a second after the one before: compiled code is told from stale by its source's whole second."""

    now = int(time.time())


def _write(file: Path, text: str) -> None:
    file.write_text(text)
    _Clock.now += 1
    os.utime(file, (_Clock.now, _Clock.now))


def say_one(found: Found) -> None:
    """One line, as soon as it is known."""
    Console(stderr=True).print(
        f"{'found' if found.seen else 'NOT FOUND':<10} {found.seconds:5.0f} s  {found.bug.name}", highlight=False
    )


def table(found: Iterable[Found]) -> Table:
    """All of it."""
    rows = Table("bug", "breaks", "test", "seen failing")
    for each in found:
        rows.add_row(
            each.bug.name, each.bug.breaks, each.bug.test.partition("::")[2], "yes" if each.seen else f"NO: {each.words}"
        )
    return rows

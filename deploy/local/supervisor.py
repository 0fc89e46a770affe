"""Child processes: started in order, named when they die, started again with back-off, stopped in reverse, never left behind."""

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from deploy.local.stack import StackError

DEATHS: Final = 3
WITHIN_SECONDS: Final = 60.0
FIRST_WAIT: Final = 0.2
LAST_LINES: Final = 20
READY_SECONDS: Final = 60.0
PATIENCE: Final = 2.0
"""How long a child may take to stop: twice this, services first, stays below the five seconds that are promised."""
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None)

Ready = Callable[[], Awaitable[bool]]


def say(line: str) -> None:
    """One line for the person at the terminal; standard output is left to what a command is asked for."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


@dataclass(kw_only=True)
class Child:
    """One process of the stack. `dies_by` ends it, also when the supervisor itself is killed."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    ready: Ready
    cwd: Path | None = None
    stops_by: signal.Signals = signal.SIGTERM
    process: asyncio.subprocess.Process | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))
    wanted: bool = True

    async def start(self) -> None:
        """Start it and wait until it is ready.

        Raises:
            StackError: it died, or was not ready in time; with its last lines.
        """
        self.wanted = True
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command, env=dict(self.environment), cwd=self.cwd, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
                preexec_fn=_dies_with_parent,
            )  # fmt: skip
        began = time.monotonic()
        while not await self.ready():
            if self.process.returncode is not None:
                msg = f"{self.name} ended with {self.process.returncode} while starting:\n{self.last_lines()}"
                raise StackError(msg)
            if time.monotonic() - began > READY_SECONDS:
                msg = f"{self.name} was not ready after {READY_SECONDS:.0f} s:\n{self.last_lines()}"
                raise StackError(msg)
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Ask it to stop, then make it."""
        self.wanted = False
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.send_signal(self.stops_by)
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def keep(self, restarted: Callable[[], None]) -> None:
        """Start it again whenever it dies, also while it starts.

        Raises:
            StackError: three deaths in a minute, or it lives and is never ready.
        """
        while self.process is not None:
            code = await self.process.wait()
            if not self.wanted:
                await asyncio.sleep(0.1)
                continue
            await asyncio.sleep(self._died(code))
            if self.wanted:
                try:
                    await self.start()
                except StackError:
                    if self.process.returncode is None:
                        raise
                    continue  # another death, counted as such
                restarted()
                say(f"{self.name} runs again")

    def _died(self, code: int) -> float:
        """Name it and count it; how long to wait before it is started again."""
        now = time.monotonic()
        self.deaths.append(now)
        say(f"{self.name} ended with {code}. Its last lines:\n{self.last_lines()}")
        lately = sum(now - death < WITHIN_SECONDS for death in self.deaths)
        if lately == DEATHS:
            msg = f"{self.name} died {DEATHS} times in a minute"
            raise StackError(msg)
        return float(FIRST_WAIT * 2**lately)

    def last_lines(self) -> str:
        """What it said last."""
        if not self.log.exists():
            return "  (nothing)"
        lines = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join(f"  {line}" for line in lines)


async def run(command: Sequence[str], **options: Any) -> tuple[int, str, str]:
    """One program to its end: its exit code, output and errors. It does not outlive us."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, preexec_fn=_dies_with_parent, **options
    )
    try:
        output, errors = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    return process.returncode or 0, output.decode(errors="replace"), errors.decode(errors="replace")


def _dies_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

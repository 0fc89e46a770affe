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
from typing import Final

from deploy.local.stack import StackError

DEATHS: Final = 3
WITHIN_SECONDS: Final = 60.0
LAST_LINES: Final = 20
READY_SECONDS: Final = 60.0
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
    patience: float = 2.0
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
            await asyncio.wait_for(process.wait(), self.patience)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def keep(self, restarted: Callable[[], None]) -> None:
        """Start it again whenever it dies.

        Raises:
            StackError: three deaths in a minute.
        """
        while self.process is not None:
            code = await self.process.wait()
            if not self.wanted:
                await asyncio.sleep(0.1)
                continue
            self.deaths.append(time.monotonic())
            say(f"{self.name} ended with {code}. Its last lines:\n{self.last_lines()}")
            if len(self.deaths) == DEATHS and self.deaths[-1] - self.deaths[0] < WITHIN_SECONDS:
                msg = f"{self.name} died {DEATHS} times in a minute"
                raise StackError(msg)
            await asyncio.sleep(0.2 * 2 ** len(self.deaths))
            if self.wanted:
                await self.start()
                restarted()
                say(f"{self.name} runs again")

    def last_lines(self) -> str:
        """What it said last."""
        if not self.log.exists():
            return "  (nothing)"
        lines = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join(f"  {line}" for line in lines)


def _dies_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

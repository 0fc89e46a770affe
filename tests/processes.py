"""A local stack as a process of its own, or a part of one, for as long as a test or a session needs it."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from deploy.local import kafka
from deploy.local.environment import inherited
from deploy.local.stack import CHECKOUT, Addresses, free_ports, read
from deploy.local.supervisor import Child

T = TypeVar("T")

READY_SECONDS = 120
STOPPED_SECONDS = 15


class DidNotStartError(Exception):
    """What it said instead."""


@contextmanager
def local_stack(word: str, state: Path, environment: Mapping[str, str] | None = None) -> Iterator[Addresses]:
    """`python -m deploy.local up` or `parts`, ready; stopped as Ctrl-C does.

    Raises:
        DidNotStartError: with its output.
    """
    state.parent.mkdir(parents=True, exist_ok=True)
    output = state.with_name(f"{state.name}.log")
    words = [sys.executable, "-m", "deploy.local", word, "--state", str(state)]
    with output.open("wb") as log:
        process = subprocess.Popen(words, cwd=CHECKOUT, env=environment or inherited(), stdout=log, stderr=log)
    began = time.monotonic()
    try:
        while (found := read(state)) is None:
            if process.poll() is not None or time.monotonic() - began > READY_SECONDS:
                raise DidNotStartError(output.read_text())
            pause()
        yield found
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(STOPPED_SECONDS)


def own_parts() -> dict[str, str]:
    """The environment of a stack that runs parts of its own, whatever the session stands on."""
    return {name: value for name, value in inherited().items() if name not in {"DATABASE_URL", "KAFKA_BOOTSTRAP"}}


@dataclass(frozen=True)
class Broker:
    """A Kafka of its own, to be stopped and started."""

    child: Child
    address: str


@asynccontextmanager
async def broker(state: Path) -> AsyncIterator[Broker]:
    """Apache Kafka in a folder, running."""
    (state / "logs").mkdir(parents=True, exist_ok=True)
    port, controller = free_ports(2)
    child = await kafka.prepared(state, port, controller)
    await child.start()
    try:
        yield Broker(child, f"127.0.0.1:{port}")
    finally:
        await child.stop()


@contextmanager
def held(runner: asyncio.Runner, context: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """An asynchronous context for code that is not."""
    entered = runner.run(context.__aenter__())
    try:
        yield entered
    finally:
        runner.run(context.__aexit__(None, None, None))


def pause() -> None:
    """Look again a little later: what is waited for is another process, which has no event to wait on."""
    time.sleep(0.1)

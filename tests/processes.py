"""A local stack as a process of its own, for as long as a test or a session needs it."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.local.environment import inherited
from deploy.local.stack import CHECKOUT, Addresses, read

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


def pause() -> None:
    """Look again a little later: what is waited for is another process, which has no event to wait on."""
    time.sleep(0.1)

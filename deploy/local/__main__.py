"""`python -m deploy.local`: run the stack in the foreground, or only its parts; print a service's environment; clean."""

import asyncio
import contextlib
import shlex
import shutil
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.local.running import Stack, running
from deploy.local.stack import SERVICES, STATE, StackError, read
from deploy.local.supervisor import say

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)


@app.command()
def up(state: Annotated[Path, typer.Option(help="where the stack keeps its data")] = STATE) -> None:
    """Run everything until Ctrl-C."""
    _foreground(state, SERVICES)


@app.command()
def parts(state: Annotated[Path, typer.Option(help="where the stack keeps its data")] = STATE / "test") -> None:
    """Run PostgreSQL and Kafka only, until stopped: what tests stand on."""
    _foreground(state, ())


@app.command()
def environment(service: str) -> None:
    """Print a service's environment in the running stack, for a shell to evaluate."""
    stack = read(STATE)
    if stack is None:
        say("No stack is running: start one with `make run`.")
        raise typer.Exit(1)
    for name, value in stack.environment(service).items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")


@app.command()
def clean() -> None:
    """Remove the stack's data."""
    if read(STATE) is not None:
        say("The stack is running: stop it first (Ctrl-C where `make run` runs).")
        raise typer.Exit(1)
    shutil.rmtree(STATE, ignore_errors=True)


def _foreground(state: Path, services: tuple[str, ...]) -> None:
    try:
        asyncio.run(_until_stopped(state.resolve(), services))
    except StackError as error:
        say(str(error))
        raise typer.Exit(1) from None
    except BaseExceptionGroup as group:
        for each in group.exceptions:
            say(str(each))
        raise typer.Exit(1) from None


async def _until_stopped(state: Path, services: tuple[str, ...]) -> None:
    """Run until a signal, which is heard while it starts too; a second one changes nothing."""
    here = asyncio.current_task()

    def stop() -> None:
        if here is not None and not here.cancelling():
            say("stopping ...")
            here.cancel()

    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop)
    with contextlib.suppress(asyncio.CancelledError):
        async with running(state, services=services) as stack:
            _table(stack)
            await stack.failed()


def _table(stack: Stack) -> None:
    table = Table("part", "where", title="The stack is ready. Stop: Ctrl-C")
    for name, address in stack.addresses.services.items():
        table.add_row(name, f"{address}/docs")
    table.add_row("kafka", stack.addresses.kafka)
    table.add_row("postgres", stack.addresses.postgres.rpartition("@")[2])
    Console(stderr=True).print(table)


if __name__ == "__main__":
    app()

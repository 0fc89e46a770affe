"""`python -m tests.torture`: random lives under faults (`live`), and the bugs that the tests must find (`planted`)."""

import asyncio
import logging
import shutil
from pathlib import Path
from random import SystemRandom
from typing import Annotated, Final

import hypothesis
import structlog
import typer
from hypothesis.stateful import run_state_machine_as_test
from rich.console import Console

from deploy.local.environment import given
from deploy.local.running import Stack, running
from deploy.local.stack import STATE
from deploy.local.supervisor import say
from services.chassis.clock import seconds
from tests.integration.test_delivering_in_any_way import ENOUGH
from tests.processes import held, local_stack
from tests.torture import planted as planting
from tests.torture import services, toys
from tests.torture.bugs import BUGS
from tests.toy.bench import bench_on
from tests.toy.delivery import machine

FOLDER: Final = STATE / "torture"
app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def live(
    minutes: Annotated[float, typer.Option(help="how long, in all")] = 2.0,
    seed: Annotated[int, typer.Option(help="the same choices again; their moments differ")] = 0,
) -> None:
    """Three random lives: deliveries, the toy services, the five services."""
    if given("DATABASE_URL") or given("KAFKA_BOOTSTRAP"):
        say("This stops and kills its PostgreSQL and its Kafka: unset DATABASE_URL and KAFKA_BOOTSTRAP.")
        raise typer.Exit(1)
    seed = seed or SystemRandom().randrange(1, 10**6)
    say(f"torture: {minutes} minutes, seed {seed}")
    shutil.rmtree(FOLDER, ignore_errors=True)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with asyncio.Runner() as runner:
        with held(runner, running(FOLDER / "parts", services=(), quiet=True)) as parts:
            say("deliveries in any way")
            _deliver(runner, parts, minutes / 5, seed)
            say("the toy services")
            runner.run(toys.live(parts, _folder("toys"), 2 * minutes / 5, seed))
        say("the five services")
        runner.run(services.live(FOLDER / "services", 2 * minutes / 5, seed))
    say("torture: all conserved")


@app.command(name="planted")
def plant(
    names: Annotated[list[str] | None, typer.Argument(help="words of the bugs' names; default: all")] = None,
    at_once: Annotated[int, typer.Option(help="how many at the same time")] = 2,
) -> None:
    """Plant each bug in a copy of this checkout: the named test must fail there, and pass without."""
    bugs = [bug for bug in BUGS if not names or any(name in bug.name or name in bug.test for name in names)]
    with local_stack("parts", FOLDER / "planted") as parts:
        found = asyncio.run(planting.planted(bugs, parts, at_once=at_once))
        code, words = asyncio.run(planting.sound(bugs, parts))
    Console().print(planting.table(found))
    missed = [each for each in found if not each.seen]
    say(f"{len(found) - len(missed)} of {len(found)} bugs found; without them: {words}")
    raise typer.Exit(1 if missed or code else 0)


def _deliver(runner: asyncio.Runner, parts: Stack, minutes: float, seed: int) -> None:
    until, examples = seconds() + 60 * minutes, 0
    with held(runner, bench_on(parts.addresses.postgres, parts.addresses.kafka, _folder("deliveries"))) as bench:
        while seconds() < until:
            examples += ENOUGH.max_examples
            run_state_machine_as_test(hypothesis.seed(seed + examples)(machine(runner, bench)), settings=ENOUGH)
    say(f"  {examples} examples, all drained")


def _folder(name: str) -> Path:
    folder = FOLDER / name
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    app()

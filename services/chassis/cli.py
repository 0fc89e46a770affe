"""The words that every service understands on its command line: serve, rebuild, verify, parked, republish, diagram."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from inspect import getfile
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import asyncpg
import typer
import uvicorn
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress

from services.chassis import outbox, telemetry
from services.chassis import rebuild as rebuilding
from services.chassis import verify as verifying
from services.chassis.diagram import redrawn
from services.chassis.failpoints import arm
from services.chassis.partition import Partition
from services.chassis.service import Definition, Service, application, opened
from services.chassis.settings import Settings

GRACE_SECONDS: Final = 3
CONSOLE: Final = Console(stderr=True)


C = TypeVar("C", bound=Settings)


def main(
    words: str | None,
    definition: Callable[[C], Definition[Any]],
    settings_class: Callable[[], C],
    drawn: Callable[[], str] | None = None,
) -> None:
    """Run one word of a service's command line. Nothing is read of the environment before a word needs it.

    `drawn` is the picture of its subjects' states, for a service that has one.
    """
    app = typer.Typer(help=words, no_args_is_help=True, add_completion=False)

    def run(work: Callable[[Service[Any]], Awaitable[int]]) -> None:
        async def with_service() -> int:
            settings = _said(settings_class)
            arm(settings.failpoint)
            async with opened(definition(settings), settings) as service:
                return await work(service)

        raise typer.Exit(asyncio.run(with_service()))

    @app.command()
    def serve() -> None:
        """Serve HTTP, consume and relay until stopped."""
        settings = _said(settings_class)
        _serve(definition(settings), settings)

    @app.command()
    def rebuild() -> None:
        """Build the read models anew beside the live ones and swap them in."""
        run(_rebuild)

    @app.command()
    def verify() -> None:
        """Recompute every hash and compare every head; exit 1 if anything is wrong."""
        run(_verify)

    @app.command()
    def parked(retry: Annotated[str, typer.Option(help="try this case again")] = "") -> None:
        """List what is set aside and why; with --retry, try one case again."""
        run(lambda service: _parked(service, retry))

    @app.command()
    def republish(
        subject: Annotated[str, typer.Option(help="one case; default: all")] = "",
        since_version: Annotated[int, typer.Option(help="from this version on")] = 1,
    ) -> None:
        """Put events into the outbox again; readers skip what they know."""
        run(lambda service: _republish(service, subject, since_version))

    if drawn is not None:

        @app.command()
        def diagram(
            *, check: Annotated[bool, typer.Option(help="only say whether it differs; exit 1 if it does")] = False
        ) -> None:
            """Draw the states into the service's README."""
            raise typer.Exit(_diagram(drawn, check=check))

    app()


def _said(settings_class: Callable[[], C]) -> C:
    """The settings; what is missing or wrong is named, and no value shown: some are secrets."""
    try:
        return settings_class()
    except ValidationError as faults:
        for fault in faults.errors(include_input=False):
            CONSOLE.print(f"{'_'.join(('SIR', *map(str, fault['loc']))).upper()}: {fault['msg']}", markup=False)
        raise typer.Exit(2) from None


def _serve(definition: Definition[Any], settings: Settings) -> None:
    telemetry.configure_logs(service=definition.name, level=settings.log_level)
    arm(settings.failpoint)
    uvicorn.run(
        application(definition, settings),
        host=settings.host,
        port=settings.port,
        http="httptools",
        loop="uvloop",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _diagram(drawn: Callable[[], str], *, check: bool) -> int:
    readme = Path(getfile(drawn)).with_name("README.md")
    if not redrawn(readme, drawn(), check=check):
        return 0
    CONSOLE.print(f"{readme}: the picture of its states {'differs' if check else 'was drawn anew'}")
    return 1 if check else 0


async def _rebuild(service: Service[Any]) -> int:
    name, owner_url = service.definition.name, service.settings.owner_url
    if owner_url is None:
        CONSOLE.print("Set SIR_OWNER_URL: a rebuild makes tables, which the service's own role may not.")
        return 2
    owner = await asyncpg.connect(owner_url.get_secret_value(), server_settings={"TimeZone": "UTC"})
    try:
        with Progress(console=CONSOLE) as bar:
            task = bar.add_task(name, total=None)
            done = await rebuilding.rebuild(
                owner,
                topic=service.settings.topic,
                fold=service.folding(),
                own_tail=lambda connection: rebuilding.own_tail(connection, service.store, service.definition.project),
                progress=lambda count, total: bar.update(task, completed=count, total=total),
            )
    except rebuilding.IncompleteError as error:
        CONSOLE.print(
            f"{name}: the topic is not all there ({error}): nothing is changed. Let its owners publish again, then rebuild."
        )
        return 1
    finally:
        await owner.close()
    same = "the same as before" if done.equal else "different from before"
    CONSOLE.print(f"{name}: {done.records} records in {done.seconds:.2f} s, {same}: {', '.join(done.digests)}")
    return 0


async def _verify(service: Service[Any]) -> int:
    name = service.definition.name
    async with service.pool.acquire() as connection:
        with Progress(console=CONSOLE) as bar:
            task = bar.add_task(name, total=None)
            verdict = await verifying.verify(connection, source=name, progress=lambda done: bar.update(task, completed=done))
    for stream, version, words in verdict.faults:
        CONSOLE.print(f"{stream} version {version}: {words}")
    CONSOLE.print(f"{name}: {verdict.events} events, {len(verdict.faults)} faults")
    return 1 if verdict.faults else 0


async def _parked(service: Service[Any], retry: str) -> int:
    async with service.pool.acquire() as connection, connection.transaction():
        if retry:
            await Partition(topic=service.settings.topic, listener=service.definition.listener(service)).retry(connection, retry)
        for row in await connection.fetch("select subject, source, version, reason, detail, parked from parked order by id"):
            sys.stdout.write("  ".join(str(value) for value in row.values()) + "\n")
    return 0


async def _republish(service: Service[Any], subject: str, since_version: int) -> int:
    async with service.pool.acquire() as connection:
        count = await outbox.republish(connection, subject=subject or None, since_version=since_version)
    CONSOLE.print(f"{service.definition.name}: {count} events wait for the relay again")
    return 0

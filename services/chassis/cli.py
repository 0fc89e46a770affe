"""The words that every service understands on its command line: serve, rebuild, verify, parked, republish."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import asyncpg
import typer
import uvicorn
from rich.console import Console
from rich.progress import Progress

from services.chassis import outbox, telemetry
from services.chassis import rebuild as rebuilding
from services.chassis import verify as verifying
from services.chassis.failpoints import arm
from services.chassis.partition import Partition
from services.chassis.service import Definition, Service, application, opened
from services.chassis.settings import Settings

GRACE_SECONDS = 3


def main(definition: Definition[Any], settings_class: Callable[[], Settings]) -> None:
    """Run one word of a service's command line."""
    app = typer.Typer(help=f"{definition.name}: {definition.summary}", no_args_is_help=True, add_completion=False)
    console = Console(stderr=True)

    def with_service(work: Callable[[Service[Any]], Coroutine[Any, Any, int]]) -> None:
        async def run() -> int:
            async with opened(definition, settings_class()) as service:
                return await work(service)

        raise typer.Exit(asyncio.run(run()))

    @app.command()
    def serve() -> None:
        """Serve HTTP, consume and relay until stopped."""
        settings = settings_class()
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

    @app.command()
    def rebuild() -> None:
        """Build the read models anew beside the live ones and swap them in."""
        arm(settings_class().failpoint)

        async def work(service: Service[Any]) -> int:
            owner_url = service.settings.owner_url
            if owner_url is None:
                console.print("Set SIR_OWNER_URL: a rebuild makes tables, which the service's own role may not.")
                return 2
            owner = await asyncpg.connect(owner_url.get_secret_value(), server_settings={"TimeZone": "UTC"})
            try:
                with Progress(console=console) as bar:
                    task = bar.add_task(definition.name, total=None)
                    done = await rebuilding.rebuild(
                        owner,
                        topic=service.settings.topic,
                        fold=service.folding(),
                        own_tail=lambda connection: rebuilding.own_tail(connection, service.store, definition.project),
                        progress=lambda count, total: bar.update(task, completed=count, total=total),
                    )
            finally:
                await owner.close()
            same = "the same as before" if done.equal else "different from before"
            console.print(f"{definition.name}: {done.records} records in {done.seconds:.1f} s, {same}: {', '.join(done.digests)}")
            return 0

        with_service(work)

    @app.command()
    def verify() -> None:
        """Recompute every hash and compare every head; exit 1 if anything is wrong."""

        async def work(service: Service[Any]) -> int:
            async with service.pool.acquire() as connection:
                with Progress(console=console) as bar:
                    task = bar.add_task(definition.name, total=None)
                    verdict = await verifying.verify(connection, source=definition.name, progress=lambda done: bar.update(task, completed=done))
            for stream, version, words in verdict.faults:
                console.print(f"{stream} version {version}: {words}")
            console.print(f"{definition.name}: {verdict.events} events, {len(verdict.faults)} faults")
            return 1 if verdict.faults else 0

        with_service(work)

    @app.command()
    def parked(retry: Annotated[str, typer.Option(help="try this case again")] = "") -> None:
        """List what is set aside and why; with --retry, try one case again."""

        async def work(service: Service[Any]) -> int:
            async with service.pool.acquire() as connection, connection.transaction():
                if retry:
                    listener = definition.listener(service)
                    await Partition(topic=service.settings.topic, listener=listener).retry(connection, retry)
                for row in await connection.fetch("select subject, source, version, reason, detail, parked from parked order by id"):
                    sys.stdout.write("  ".join(str(value) for value in row.values()) + "\n")
            return 0

        with_service(work)

    @app.command()
    def republish(
        subject: Annotated[str, typer.Option(help="one case; default: all")] = "",
        since_version: Annotated[int, typer.Option(help="from this version on")] = 1,
    ) -> None:
        """Put events into the outbox again; readers skip what they know."""

        async def work(service: Service[Any]) -> int:
            async with service.pool.acquire() as connection:
                count = await outbox.republish(connection, subject=subject or None, since_version=since_version)
            console.print(f"{definition.name}: {count} events wait for the relay again")
            return 0

        with_service(work)

    app()

"""`python -m deploy.console`: import a register, print a token, show how far the services are."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from contracts.codes import COUNCIL_ROLES, Role
from contracts.councils import council_named
from deploy.console.client import RefusedError, SilentError, registrar
from deploy.console.importing import CONSOLE, import_register
from deploy.console.sheet import UnreadableError
from deploy.console.tokens import token as made
from deploy.local.stack import STATE, Addresses, StackError, read

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)


def _running() -> Addresses:
    stack = read(STATE)
    if stack is None:
        CONSOLE.print("No stack is running: start one with `make run`, in another terminal.")
        raise typer.Exit(1)
    return stack


@app.command(name="import")
def bring(
    file: Annotated[Path, typer.Argument(help="a register: CSV in UTF-8 (comma or semicolon), XLSX or ODS")],
    *,
    only_valid: Annotated[bool, typer.Option(envvar="ONLY_VALID", help="import the valid rows when others have faults")] = False,
) -> None:
    """Check a register and import it."""
    stack = _running()

    async def work() -> int:
        async with registrar(stack) as client:
            return await import_register(client, file, only_valid=only_valid)

    try:
        raise typer.Exit(asyncio.run(work()))
    except (UnreadableError, OSError, RefusedError, SilentError) as error:
        CONSOLE.print(str(error))
        raise typer.Exit(1) from None


@app.command()
def token(role: Annotated[str, typer.Argument()] = "council", council: Annotated[str, typer.Argument()] = "") -> None:
    """Print one token of the development issuer and nothing else."""
    roles = {str(each) for each in Role}
    if role not in roles:
        CONSOLE.print(f"ROLE is one of: {', '.join(sorted(roles))}")
        raise typer.Exit(1)
    named = council_named(council) if council else None
    if role in COUNCIL_ROLES and named is None:
        CONSOLE.print("COUNCIL is a council's GSS code or name, for instance COUNCIL=S12000036")
        raise typer.Exit(1)
    sys.stdout.write(made(_running(), role, named.gss_code if named else None) + "\n")


@app.command()
def template(
    folder: Annotated[Path, typer.Argument(help="where to write them")] = STATE / "templates",
    *,
    check: Annotated[bool, typer.Option(help="write nothing: exit 1 if the files that are there are others")] = False,
) -> None:
    """Write an empty register as CSV, XLSX and ODS, with what each column may hold."""
    from deploy.console.template import made, write

    if check:
        others = [name for name, raw in made().items() if not (folder / name).exists() or (folder / name).read_bytes() != raw]
        for name in others:
            CONSOLE.print(f"not as the columns say: {folder / name}; write it anew with `make contracts`")
        raise typer.Exit(1 if others else 0)
    for path in write(folder):
        sys.stdout.write(f"{path}\n")


@app.command()
def status() -> None:
    """Show how far each service of the running stack has come."""
    stack = _running()

    async def work() -> list[dict[str, Any]]:
        async with registrar(stack) as client:
            return await client.standing()

    table = Table("service", "events", "behind", "outbox", "parked")
    for told in asyncio.run(work()):
        table.add_row(told["service"], *[str(told[name]) for name in ("events", "behind", "outbox", "parked")])
    Console().print(table)


@app.command()
def demo(*, keep: Annotated[bool, typer.Option(envvar="KEEP", help="leave the stack running until Ctrl-C")] = False) -> None:
    """The 2015 report's notifications and reviews through the whole system, beside what was published."""
    from deploy.console.demo import demo as shown
    from deploy.console.following import LostError

    try:
        raise typer.Exit(asyncio.run(shown(keep=keep)))
    except (StackError, UnreadableError, RefusedError, SilentError, LostError) as error:
        CONSOLE.print(str(error))
        raise typer.Exit(1) from None


if __name__ == "__main__":
    app()

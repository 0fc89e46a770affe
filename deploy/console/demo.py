"""The demonstration: the 2015 report through the whole system, one live case followed to its end, every figure compared."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from deploy.console.client import Client, registrar
from deploy.console.clock import now
from deploy.console.comparing import Answers, Line, compared
from deploy.console.demo_register import FILE
from deploy.console.following import Hop, followed
from deploy.console.implied import implied
from deploy.console.importing import CONSOLE, import_register
from deploy.console.published import FIRST, FOOTNOTES, LAST, SINCE
from deploy.console.register import read
from deploy.local.running import running
from deploy.local.stack import STATE

FOLDER: Final = STATE / "demo"
NARROWEST: Final = 110


async def demo(path: Path = FILE, *, keep: bool = False) -> int:
    """Run it in a stack of its own. 1 if the register is not taken in, or a figure is not what it implies or what was printed."""
    rows = read(path.read_bytes(), now()).rows
    async with running(FOLDER) as stack:
        async with registrar(stack.addresses) as client:
            if await import_register(client, path) != 0:
                CONSOLE.print("The demo's stack may hold another register: remove .sir/demo, and run it again.")
                return 1
            hops = await followed(stack.addresses)
            lines = compared(await answers(client), implied(rows, FIRST, LAST), implied(rows, SINCE, LAST))
        shown(hops, lines)
        faults = list(dict.fromkeys(fault for line in lines for fault in line.faults))
        for fault in faults:
            CONSOLE.print(fault)
        if keep:
            CONSOLE.print("The stack goes on running until Ctrl-C:")
            for name, address in stack.addresses.services.items():
                CONSOLE.print(f"  {name:<12} {address}/docs")
            await stack.failed()
    return 1 if faults else 0


async def answers(client: Client) -> Answers:
    """What statistics says of the report's period."""

    async def asked(path: str, since: object) -> dict[str, Any]:
        answer: dict[str, Any] = (await client.get("statistics", f"{path}?from={since}&to={LAST}")).json()
        return answer

    return Answers(
        period=(await asked("/v1/figures", FIRST))["figures"],
        since_2012=(await asked("/v1/figures", SINCE))["figures"],
        councils=(await asked("/v1/councils", FIRST))["councils"],
        types=(await asked("/v1/incident-types", FIRST))["incident_types"],
    )


def shown(hops: Sequence[Hop], lines: Sequence[Line]) -> None:
    """Both tables and the footnotes, on standard output."""
    out = Console()
    out.width = max(out.width, NARROWEST)
    way = Table("one live case, about nobody", title="Followed hop by hop, from its notification to its end")
    way.add_column("after", justify="right")
    for hop in hops:
        way.add_row(hop.place, f"{hop.seconds * 1000:.0f} ms")
    out.print(way)
    table = Table("figure", "", title=f"Received {FIRST} to {LAST}, as the report of 2015 printed them and as they come out")
    for heading in ("published", "ours", "numerator / denominator", "note"):
        table.add_column(heading, justify="right")
    for before, line in zip((None, *lines), lines, strict=False):
        if before is not None and before.id != line.id and "Table" in line.id:
            table.add_section()
        table.add_row(
            line.id, line.label, line.published, line.ours, line.fraction, line.note, style="bold red" if line.faults else None
        )
    out.print(table)
    for name, words in FOOTNOTES.items():
        out.print(f"{name}  {words}", markup=False, highlight=False)

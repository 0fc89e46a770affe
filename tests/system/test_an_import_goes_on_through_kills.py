"""A register is brought in while each service in turn is killed: the figures are what its rows imply, and all copies of history agree."""

import asyncio
from pathlib import Path

import httpx2

from deploy.console.client import Client, registrar
from deploy.console.demo_register import FILE
from deploy.console.implied import implied
from deploy.console.importing import import_register
from deploy.console.register import read
from services.chassis.clock import now
from tests.conservation import conserved
from tests.system.conftest import Running

ROWS = 40


def parts(folder: Path, count: int) -> list[Path]:
    """ROWS rows of the demo register that name no other row, in as many files."""
    heading, *lines = FILE.read_text().splitlines()
    register = read(FILE.read_bytes(), now())
    chosen = [lines[row.number - 2] for row in register.rows if row.received_on.year == 2014 and not row.outcome][:ROWS]
    assert len(chosen) == ROWS
    files = [folder / f"part-{number}.csv" for number in range(count)]
    for number, file in enumerate(files):
        file.write_text("\n".join([heading, *chosen[number::count]]) + "\n")
    return files


async def events(client: Client) -> int:
    return sum(each["events"] for each in await client.standing())


async def test_the_figures_are_the_same(stack: Running, client: httpx2.AsyncClient, tmp_path: Path) -> None:
    files = parts(tmp_path, len(stack.services))
    await stack.settled(client)
    async with registrar(stack.addresses) as importer:
        for file, service in zip(files, stack.services, strict=True):
            before = await events(importer)
            importing = asyncio.create_task(import_register(importer, file))
            while await events(importer) == before and not importing.done():
                await asyncio.sleep(0.01)
            assert not importing.done(), "there was nothing left to interrupt"
            stack.kill(service)
            assert await importing == 0
        after = await events(importer)
        for file in files:
            assert await import_register(importer, file) == 0
        assert await events(importer) == after, "the same files again change nothing"
    rows = [row for file in files for row in read(file.read_bytes(), now()).rows]
    first, last = min(row.received_on for row in rows), max(row.received_on for row in rows)
    answer = await client.get(
        f"{stack.services['statistics']}/v1/figures?from={first}&to={last}", headers=stack.headers("analyst")
    )
    ours, expected = answer.json()["figures"], implied(rows, first, last).figures
    for figure, fields in expected.items():
        assert {name: ours[figure][name] for name in fields} == dict(fields), figure
    await conserved(stack.addresses, afresh=True)

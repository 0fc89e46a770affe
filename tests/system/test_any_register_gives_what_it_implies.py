"""Cases of every kind, imported as a user does: every figure is what the rows imply by themselves, on whatever day one asks."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.console.client import Client, registrar
from deploy.console.implied import Implied, implied
from deploy.console.importing import import_register
from deploy.console.invented import number
from deploy.console.register import read
from deploy.local.stack import Addresses
from deploy.local.stack import read as stack_at
from tests.system.any_register import text
from tests.system.conftest import Running

FIRST = date(2016, 1, 1)
COUNT = 70
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def addresses(stack: Running) -> Addresses:
    found = stack_at(stack.state)
    assert found is not None
    return found


async def answered(client: Client, first: date, last: date, as_at: date) -> dict[str, Any]:
    query = f"from={first}&to={last}&as_at={as_at}"
    figures = (await client.get("statistics", f"/v1/figures?{query}")).json()["figures"]
    types = (await client.get("statistics", f"/v1/incident-types?{query}")).json()["incident_types"]
    councils = (await client.get("statistics", f"/v1/councils?{query}")).json()["councils"]
    return {
        "figures": figures,
        "types": {row["code"]: row["notifications"] for row in types if row["notifications"]},
        "councils": {row["gss_code"]: row["notifications"] for row in councils if row["notifications"]},
    }


def parted(ours: Mapping[str, Any], expected: Implied) -> list[str]:
    """Where they part."""
    wrong = [
        f"{name}.{field}: {ours['figures'][name].get(field)} instead of {value}"
        for name, figure in expected.figures.items()
        for field, value in figure.items()
        if ours["figures"][name].get(field) != value
    ]
    if ours["types"] != dict(expected.types):
        wrong.append(f"types: {ours['types']} instead of {expected.types}")
    if ours["councils"] != dict(expected.councils):
        wrong.append(f"councils: {ours['councils']} instead of {expected.councils}")
    return wrong


async def test_every_figure_on_many_days(stack: Running, tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_text(text("any", FIRST, COUNT))
    rows = read(register.read_bytes(), NOW).rows
    assert len(rows) == COUNT
    async with registrar(addresses(stack)) as client:
        assert await import_register(client, register) == 0
        wrong = {}
        for place in range(40):
            first = FIRST + timedelta(days=number(f"{place} first", 200))
            last = first + timedelta(days=number(f"{place} last", 300))
            as_at = last + timedelta(days=number(f"{place} as at", 300) - 60)
            found = parted(await answered(client, first, last, as_at), implied(rows, first, last, as_at))
            if found:
                wrong[f"{first} to {last} as at {as_at}"] = found
    assert wrong == {}

"""The demonstration: the 2015 report's notifications through the whole system, one live case followed, every figure beside what was printed."""

import asyncio
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import httpx2
from aiokafka import AIOKafkaConsumer
from rich.console import Console
from rich.table import Table

from contracts.councils import COUNCILS
from contracts.topics import GOVERNMENT
from deploy.console.client import Client, registrar
from deploy.console.clock import now, ticks
from deploy.console.demo_register import FILE
from deploy.console.implied import Implied, implied, middle
from deploy.console.importing import CONSOLE, import_register
from deploy.console.register import read
from deploy.console.tokens import token
from deploy.local.running import running
from deploy.local.stack import STATE, Addresses

FIRST, LAST = date(2013, 6, 1), date(2015, 1, 31)
SINCE = date(2012, 1, 1)
FOLDER: Final = STATE / "demo"
FOOTNOTES: Final = (
    "a  X-01: the report prints 'an increase of 127%'; from 51 before to 111 it is 117.6%, and no published base gives 127%.",
    "b  X-02: the report's percentages by type sum to 102, not 100; 22 of 111 is 20%, printed as 19%.",
    "c  X-04: the report gives '6 to 669 days' without their unit; ours are working days, with calendar days beside.",
)


@dataclass(frozen=True)
class Line:
    """A figure: as published, ours, and what the register implies."""

    name: str
    published: str
    ours: str
    expected: str
    fraction: str = ""
    note: str = ""

    @property
    def right(self) -> bool:
        """Whether the system gives what the register implies."""
        return self.ours == self.expected


async def demo(path: Path = FILE) -> int:
    """Run it; 1 if a figure is not what the register implies, or the register no longer implies what was published."""
    keep = os.environ.get("KEEP", "") not in {"", "0"}
    rows = read(path.read_bytes(), now()).rows
    async with running(FOLDER) as stack:
        async with registrar(stack.addresses) as client:
            if await import_register(client, path) != 0:
                return 1
            hops = await live_case(client)
            lines = list(await figures(client, implied(rows, FIRST, LAST), implied(rows, SINCE, LAST)))
        _show(hops, lines)
        wrong = [line for line in lines if not line.right or (line.published and line.published.split(" ")[0] != line.ours.split(" ")[0])]
        for line in wrong:
            CONSOLE.print(f"{line.name}: ours {line.ours}, the register implies {line.expected}, published {line.published}", markup=False)
        if keep:
            CONSOLE.print("The stack goes on running; stop it with Ctrl-C:", *stack.addresses.services.values())
            await stack.failed()
    return 1 if wrong else 0


async def figures(client: Client, period: Implied, since: Implied) -> Iterator[Line]:
    """Every notification figure of the report."""
    query = f"?from={FIRST}&to={LAST}"
    ours = (await client.get("statistics", f"/v1/figures{query}")).json()["figures"]
    whole = (await client.get("statistics", f"/v1/figures?from={SINCE}&to={LAST}")).json()["figures"]
    councils = (await client.get("statistics", f"/v1/councils{query}")).json()["councils"]
    types = (await client.get("statistics", f"/v1/incident-types{query}")).json()["incident_types"]
    return _lines(ours, whole, councils, types, period, since)


def _lines(ours: Any, whole: Any, councils: Any, types: Any, period: Implied, since: Implied) -> Iterator[Line]:
    late = ours["ST-08"]
    yield Line("ST-01 notifications", "111 (+127% a)", str(ours["ST-01"]["value"]), str(period.notifications))
    yield Line("ST-02 notifications since January 2012", "162", str(whole["ST-01"]["value"]), str(since.notifications))
    yield Line("ST-03 councils since January 2012", "28", str(whole["ST-04"]["value"]), str(since.councils))
    yield Line("ST-04 councils notifying", "24", str(ours["ST-04"]["value"]), str(period.councils), f"{ours['ST-04']['none']} none")
    yield _share("ST-07 in five working days of the incident", "40 (36%)", ours["ST-07"], period.in_time, period.measured)
    yield _share("ST-07b the same from awareness", "", ours["ST-07b"], period.aware_in_time, period.aware_measured)
    yield Line("ST-08 late notifications", "71", str(late["count"]), str(len(period.late)))
    yield Line("ST-08 the least working days", "6 (c)", str(late["min"]), str(min(period.late)), f"{late['calendar_min']} calendar")
    yield Line("ST-08 the most", "669 (c)", str(late["max"]), str(max(period.late)), f"{late['calendar_max']} calendar")
    yield Line("ST-09 median", "11", f"{late['median']:g}", f"{middle(period.late):g}", f"{late['calendar_median']:g} calendar")
    yield Line("ST-10 mean", "61", str(round(late["mean"])), str(round(sum(period.late) / len(period.late))), f"{late['mean']:.2f}")
    yield _share("ST-12 signed off by service manager or above", "79 (71%)", ours["ST-12"], period.signed, period.notifications)
    yield _share("ST-13 Government informed in two working days", "108 (97%)", ours["ST-13"], period.informed, period.informed_of)
    published = dict(zip([council.gss_code for council in COUNCILS], PUBLISHED_BY_COUNCIL, strict=True))
    for row in councils:
        yield Line(f"Table 2 {row['name']}", str(published[row["gss_code"]]), str(row["notifications"]), str(period.by_council[row["gss_code"]]))
    for row, (count, percent) in zip(types, PUBLISHED_BY_TYPE, strict=True):
        share = f"{row['notifications']} / {period.notifications} = {row['percent']}%"
        note = f"{count} ({percent}%{' b' if row['code'] == 'T03' else ''})"
        yield Line(f"Table 3 {row['code']}", note, str(row["notifications"]), str(period.by_type[row["code"]]), share)


def _share(name: str, published: str, figure: Any, numerator: int, denominator: int) -> Line:
    """A share: ours with its percentage, and what is expected of numerator and denominator."""
    fraction, expected = f"{figure['numerator']} / {figure['denominator']}", f"{numerator} / {denominator}"
    ours = f"{figure['numerator']} ({figure['percent']}%)"
    return Line(name, published, ours, ours if fraction == expected else expected, fraction)


PUBLISHED_BY_COUNCIL: Final = (4, 1, 1, 1, 1, 2, 1, 2, 0, 2, 1, 10, 0, 4, 2, 18, 3, 2, 3, 0, 10, 9, 0, 0, 5, 5, 0, 8, 0, 4, 0, 12)
PUBLISHED_BY_TYPE: Final = (
    (14, 13), (21, 19), (22, 19), (9, 8), (8, 7), (14, 13), (5, 5), (3, 3), (4, 4), (2, 2), (1, 1), (1, 1),
    (1, 1), (1, 1), (1, 1), (1, 1), (2, 2), (1, 1),
)  # fmt: skip


async def live_case(client: Client) -> list[tuple[str, float]]:
    """One live notification, followed to Government's topic; milliseconds of each hop since it was sent."""
    stack: Addresses = client.stack
    hops: list[tuple[str, float]] = []
    today = now().date().isoformat()
    body: dict[str, Any] = {
        "council_reference": f"DEMO-{now():%Y%m%d%H%M%S}", "occurred_on": today, "became_aware_on": today, "criteria": ["C1"], "charged_on": today,
        "incident_type": "T02", "role_of_person": "perpetrator_suspected", "person": {"initials": "QZ"}, "orders": [{"type": "CPO"}],
        "signed_off_by": {"grade": "service_manager", "signed_on": today}, "summary": "An invented incident, for the demonstration.",
    }  # fmt: skip

    def headers(role: str, council: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {token(stack, role, council)}", "Idempotency-Key": body["council_reference"]}

    async with (
        httpx2.AsyncClient(timeout=40) as http,
        AIOKafkaConsumer(GOVERNMENT, bootstrap_servers=stack.kafka, auto_offset_reset="latest", enable_auto_commit=False) as topic,
    ):
        await topic.seek_to_end()
        for place in topic.assignment():
            await topic.position(place)
        feed = f"{stack.services['notification']}/v1/events"
        last = max([int(event["sequence"]) for event in (await http.get(f"{feed}?limit=200", headers=headers("government"))).json()], default=0)
        counted = f"{stack.services['statistics']}/v1/figures?from={today}&to={today}"

        async def received() -> int:
            figures = (await http.get(counted, headers=headers("analyst"))).json()["figures"]
            return int(figures["ST-01"]["value"])

        before = await received()
        began = ticks()
        answer = await http.post(f"{stack.services['intake']}/v1/notifications", json=body, headers=headers("council", "S12000049"))
        answer.raise_for_status()
        hops.append((f"201 from intake: {answer.json()['reference']}", ticks() - began))
        subject = answer.json()["case_id"]
        fed = asyncio.create_task(http.get(f"{feed}?after={last}&wait=20", headers=headers("government")))
        clocks = f"{stack.services['deadlines']}/v1/cases/{subject}/clocks"
        while (await http.get(clocks, headers=headers("inspector"))).status_code != httpx2.codes.OK:
            await asyncio.sleep(0.005)
        hops.append(("its clocks run in deadlines", ticks() - began))
        if subject not in (await fed).text:
            hops.append(("NOT in Government's feed", ticks() - began))
        else:
            hops.append(("in Government's feed", ticks() - began))
        record = await asyncio.wait_for(topic.getone(), 20)
        hops.append((f"on Government's topic, offset {record.offset}", ticks() - began))
        while await received() == before:
            await asyncio.sleep(0.005)
        hops.append(("counted in the figures", ticks() - began))
    return hops


def _show(hops: list[tuple[str, float]], lines: list[Line]) -> None:
    followed = Table("one live notification", "ms", title="Followed, hop by hop (an invented case)")
    for name, seconds in hops:
        followed.add_row(name, f"{seconds * 1000:.0f}")
    told = Console(width=None if sys.stdout.isatty() else 120)
    told.print(followed)
    table = Table("figure", "published", "ours", "numerator / denominator", title="June 2013 to January 2015, beside the 2015 report")
    for line in lines:
        table.add_row(line.name, line.published, line.ours, line.fraction, style=None if line.right else "bold red")
    told.print(table)
    for note in FOOTNOTES:
        told.print(note, markup=False)

"""A register into the system: check all, then all or nothing, through the public interfaces, in phases that can be run again."""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import Progress

from contracts.codes import RegisterOutcome
from contracts.imprecise import ImpreciseDate
from deploy.console.client import Client
from deploy.console.clock import now
from deploy.console.columns import LATER
from deploy.console.register import Fault, Key, Register, Row, read

AT_ONCE: Final = 12
REASON: Final = "From the council's register."
CONSOLE: Final = Console(stderr=True)


def fingerprints(row: Row) -> dict[str, str]:
    """A short fingerprint of each column, so that the same row is known again without its content."""
    cells = {field.name: getattr(row, field.name) for field in fields(row) if field.name != "number" and field.name not in LATER}
    return {name: sha256(f"{name}={_text(value)}".encode()).hexdigest()[:16] for name, value in cells.items()}


def key(row: Row, step: str) -> str:
    """The idempotency key of one step of one row: the same whenever it is sent."""
    return sha256("\0".join((*row.key, step)).encode()).hexdigest()


def in_order(rows: Iterable[Row]) -> list[Row]:
    """By receipt, council, reference: the order in which references are given, whatever the file's."""
    return sorted(rows, key=lambda row: (_instant_text(row.notified_on), row.council, row.council_reference))


def known_faults(rows: Iterable[Row], known: Mapping[Key, Mapping[str, Any]]) -> list[Fault]:
    """Rows that are there already with other content, and duplicates of cases that nobody knows."""
    by_key = {row.key: row for row in rows}
    found = []
    for row in by_key.values():
        case = known.get(row.key)
        if case is not None:
            before, after = case.get("register_row") or {}, fingerprints(row)
            differing = [name for name in after if before.get(name) != after[name]]
            reason = "the case was imported before with other content: correct it there, or give the row as it was"
            found += [Fault(row=row.number, column=name, reason=reason) for name in differing]
        if row.duplicate_of is not None and (row.council, row.duplicate_of) not in by_key.keys() | known.keys():
            reason = "names no case of this council in the file or imported before: write its council_reference"
            found.append(Fault(row=row.number, column="duplicate_of", reason=reason))
    return found


def notification(row: Row) -> dict[str, Any]:
    """A row as the notification that intake takes."""
    occurred = row.occurred_on or ImpreciseDate(None, "unknown")  # type: ignore[arg-type]
    body: dict[str, Any] = {
        "council": row.council,
        "council_reference": row.council_reference,
        "notified_on": _text(row.notified_on),
        "occurred_on": _text(occurred.earliest) or None,
        "occurred_on_precision": str(occurred.precision),
        "became_aware_on": _text(row.became_aware_on) or None,
        "criteria": list(row.criteria),
        "incident_type": row.incident_type,
        "orders": [{"type": order} for order in row.orders or ()],
        "mappa": {"category": int(row.mappa)} if row.mappa else None,
        "late_reason": row.late_reason,
        "retrospective": bool(row.retrospective),
        "register_row": fingerprints(row),
    }
    if row.signed_off_by or row.signed_off_on:
        body["signed_off_by"] = {"grade": row.signed_off_by, "signed_on": _text(row.signed_off_on) or None}
    return body


async def known_cases(client: Client) -> dict[Key, dict[str, Any]]:
    """Cases that are there, by council and its reference."""
    found: dict[Key, dict[str, Any]] = {}
    path: str | None = "/v1/cases?limit=200"
    while path:
        answer = await client.get("intake", path)
        for case in answer.json()["cases"]:
            if case["council_reference"]:
                found[case["council"], case["council_reference"]] = case
        following = answer.links.get("next", {}).get("url")
        path = "/v1/cases?" + str(following).partition("?")[2] if following else None
    return found


async def bring_in(client: Client, rows: Sequence[Row]) -> None:
    """Write rows in three steps; each may be interrupted and run again."""
    cases: dict[Key, str] = {known: case["case_id"] for known, case in (await known_cases(client)).items()}

    async def notified(row: Row) -> None:
        if row.key not in cases:
            cases[row.key] = (await client.post("intake", "/v1/notifications", notification(row), key=key(row, "notification")))["case_id"]

    async def followed(row: Row) -> None:
        if row.reclassified_to:
            body = {"incident_type": row.reclassified_to, "basis": REASON, "occurred_at": _text(row.reclassified_on)}
            await client.on_case("intake", cases[row.key], "reclassifications", body, key=key(row, "reclassification"))
        if row.outcome is RegisterOutcome.WITHDRAWN:
            body = {"reason": REASON, "occurred_at": _text(row.received_on)}
            await client.on_case("intake", cases[row.key], "withdrawal", body, key=key(row, "withdrawal"))

    async def looked_at(row: Row) -> None:
        if row.government_informed_on:
            await client.on_case("notification", cases[row.key], "copies", {"informed_on": _text(row.government_informed_on)}, key=key(row, "copy"))
        if row.outcome in {RegisterOutcome.OUT_OF_SCOPE, RegisterOutcome.DUPLICATE}:
            body = {"outcome": row.outcome, "reason": REASON, "occurred_at": _text(row.received_on)}
            if row.duplicate_of:
                body["duplicate_of"] = cases[row.council, row.duplicate_of]
            await client.on_case("feedback", cases[row.key], "triage", body, key=key(row, "triage"))

    ordered = in_order(rows)
    with Progress(console=CONSOLE, disable=not CONSOLE.is_terminal) as bar:
        await _each(bar, "notifications", ordered, notified, at_once=1)
        await _each(bar, "what followed", ordered, followed)
        await client.settled()
        await _each(bar, "copies and first looks", ordered, looked_at)
        await client.settled()
    CONSOLE.print(f"{len(ordered)} rows are in")


async def _each(bar: Progress, name: str, rows: Sequence[Row], work: Callable[[Row], Awaitable[None]], *, at_once: int = AT_ONCE) -> None:
    """Notifications one after the other, since references are given in order; the rest side by side."""
    task = bar.add_task(name, total=len(rows))
    waiting = iter(rows)

    async def some() -> None:
        for row in waiting:
            await work(row)
            bar.advance(task)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(some())


async def import_register(client: Client, path: Path, *, only_valid: bool = False) -> int:
    """Check a file, and bring it in if nothing is wrong (or its valid rows, if asked); the exit code."""
    register = read(path.read_bytes(), now())
    for warning in register.warnings:
        CONSOLE.print(f"warning: {warning}", markup=False, highlight=False)
    known = await known_cases(client)
    faults = sorted({*register.faults, *known_faults(register.rows, known)})
    for fault in faults:
        CONSOLE.print(str(fault), markup=False, highlight=False, soft_wrap=True)
    if faults:
        aside = path.with_name(path.name + ".faults.csv")
        aside.write_bytes(faulty_rows(register, faults))
        CONSOLE.print(f"{len({fault.row for fault in faults})} rows have faults; they stand with their reasons in {aside.name}", markup=False)
        if not only_valid:
            CONSOLE.print("Nothing was imported. Correct the file, or import the valid rows only: ONLY_VALID=1")
            return 1
    faulty = {fault.row for fault in faults}
    good = [row for row in register.rows if row.number not in faulty]
    names = {row.key for row in good}
    good = [row for row in good if row.duplicate_of is None or (row.council, row.duplicate_of) in names | known.keys()]
    await bring_in(client, good)
    return 1 if faults and not good else 0


def faulty_rows(register: Register, faults: Sequence[Fault]) -> bytes:
    """The rows with faults as they were, with a column of reasons."""
    reasons: dict[int, list[str]] = {}
    for fault in faults:
        reasons.setdefault(fault.row, []).append(f"{fault.column}: {fault.reason}")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*register.sheet.heading.cells, "reason"])
    width = len(register.sheet.heading.cells)
    for record in register.sheet.records:
        if record.row in reasons:
            cells = [*record.cells, *[""] * (width - len(record.cells))][:width]
            writer.writerow([*map(_harmless, cells), "; ".join(reasons[record.row])])
    return ("\ufeff" + text.getvalue()).encode()


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet program would run as a formula is shown as text."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return ";".join(map(str, value))
        case _:
            return str(value)


def _instant_text(when: date | datetime) -> str:
    from contracts.clocks import noon_london

    return (when if isinstance(when, datetime) else noon_london(when)).timestamp().__format__("020.6f")

"""A register into the system: check all, then all or nothing, through the public APIs, in phases that may be run again."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.console.client import AT_ONCE, Client, RefusedError
from deploy.console.clock import now, ticks
from deploy.console.columns import COLUMNS
from deploy.console.register import Fault, Key, Register, Row, read
from deploy.console.sheet import written
from deploy.console.steps import Known, Step, answered, disagreements, in_order, key, notification, replied, stranded, told

T = TypeVar("T")
R = TypeVar("R")

CONSOLE: Final = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


async def import_register(client: Client, path: Path, *, only_valid: bool = False) -> int:
    """Check a file and, if nothing is wrong with it (or for its valid rows, if asked), bring it in. The exit code.

    Raises:
        UnreadableError: the file cannot be taken apart into rows.
        SilentError: a service stays away for longer than a restart takes; what was written stays, and the same import
            goes on from there.
    """
    register = read(path.read_bytes(), now())
    for warning in register.warnings:
        CONSOLE.print(f"warning: {warning}")
    faults = await checked(client, register)
    rows = valid(register, faults)
    if faults:
        tell(path, register, faults)
        if not (only_valid and rows):
            CONSOLE.print("Nothing was imported. Correct the file, or import the valid rows alone: ONLY_VALID=1")
            return 1
    refused = await bring_in(client, rows)
    for fault in refused:
        CONSOLE.print(str(fault))
    return 1 if refused else 0


async def checked(client: Client, register: Register) -> list[Fault]:
    """Every fault: of the file by itself, against what is known, and as intake would judge each new row."""
    known = await known_cases(client)
    faults = {*register.faults, *disagreements(register.rows, known)}
    new = [row for row in register.rows if row.key not in known]
    with _bar() as bar:
        for found in await _each(bar, "checking", new, lambda row: _tried(client, row)):
            faults.update(found)
    return sorted(faults)


async def _tried(client: Client, row: Row) -> list[Fault]:
    try:
        await client.tried("intake", "/v1/notifications", notification(row))
    except RefusedError as refused:
        return refusals(row, refused)
    return []


def refusals(row: Row, refused: RefusedError) -> list[Fault]:
    """A service's refusal as faults of the columns that it points at."""
    found = []
    for error in refused.errors:
        pointed = error["pointer"].removeprefix("#/").partition("/")[0]
        column = pointed if pointed in COLUMNS else "council_reference"
        found.append(
            Fault(row=row.number, column=column, reason=error["detail"] if column == pointed else f"{pointed}: {error['detail']}")
        )
    return found or [Fault(row=row.number, column="council_reference", reason=str(refused))]


def tell(path: Path, register: Register, faults: Sequence[Fault]) -> None:
    """Every fault, one a line, and the faulty rows beside the file with their reasons."""
    for fault in faults:
        CONSOLE.print(str(fault))
    aside = path.with_name(f"{path.name}.faults.csv")
    aside.write_bytes(faulty_rows(register, faults))
    CONSOLE.print(f"{len({fault.row for fault in faults})} rows with faults; they stand with the reasons in {aside}")


def faulty_rows(register: Register, faults: Iterable[Fault]) -> bytes:
    """The rows with faults as they were, each with its reasons in a last column; all of them if the heading is at fault."""
    reasons: defaultdict[int, list[str]] = defaultdict(list)
    for fault in faults:
        reasons[fault.row].append(f"{fault.column}: {fault.reason}")
    heading = register.sheet.heading
    width = max(len(record.cells) for record in (heading, *register.sheet.records))
    rows = [
        (
            *record.cells,
            *[""] * (width - len(record.cells)),
            "; ".join(reasons.get(heading.row, []) + reasons.get(record.row, [])),
        )
        for record in register.sheet.records
        if {heading.row, record.row} & reasons.keys()
    ]
    return written(register.sheet, (*heading.cells, *[""] * (width - len(heading.cells)), "reason"), rows)


def valid(register: Register, faults: Iterable[Fault]) -> list[Row]:
    """The rows that nothing is wrong with, without duplicates of rows that stay out."""
    faulty = {fault.row for fault in faults}
    out = frozenset(row.key for row in register.rows if row.number in faulty)
    behind = {fault.row for fault in stranded(register.rows, out)}
    return [row for row in register.rows if row.number not in faulty | behind]


async def bring_in(client: Client, rows: Sequence[Row]) -> list[Fault]:
    """Write the rows in phases, each of which may be interrupted and run again; what a service refused all the same."""
    began, ordered = ticks(), in_order(rows)
    cases: dict[Key, str] = {name: case.case_id for name, case in (await known_cases(client)).items()}
    versions: defaultdict[tuple[str, str], int] = defaultdict(int)
    """How far each service is with each case, as far as this import knows: so that nothing is asked before it is said."""
    refused: list[Fault] = []

    async def notify(row: Row) -> None:
        try:
            answer = await client.post("intake", "/v1/notifications", notification(row), key=key(row.key, "notification"))
            cases[row.key] = answer["case_id"]
            versions["intake", answer["case_id"]] = answer["version"]
        except RefusedError as refusal:
            refused.extend(refusals(row, refusal))

    async def take(step: Step) -> None:
        place = step.service, cases[step.row.key]
        try:
            versions[place] = await client.on_case(*place, step.path, step.body, key=step.key, version=versions[place])
        except RefusedError as refusal:
            refused.extend(refusals(step.row, refusal))

    async def follow(steps: Sequence[Step]) -> None:
        for step in steps:
            await take(step)

    with _bar() as bar:
        await _each(bar, "notifications", [row for row in ordered if row.key not in cases], notify, at_once=1)
        there = [
            row for row in ordered if row.key in cases and (not row.duplicate_of or (row.council, row.duplicate_of) in cases)
        ]
        for phase, steps in (("what followed", told), ("the inspectorate", partial(answered, cases=cases)), ("replies", replied)):
            await _each(bar, phase, [asked for row in there if (asked := steps(row))], follow)
            await client.settled()
    CONSOLE.print(f"{len(there)} of {len(rows)} rows are in; every service has caught up ({ticks() - began:.1f} s)")
    return sorted(refused)


async def known_cases(client: Client) -> dict[Key, Known]:
    """The cases that are there, by council and its reference; of two with one reference, the one that a register brought."""
    found: dict[Key, Known] = {}
    path: str | None = "/v1/cases?limit=200"
    while path:
        answer = await client.get("intake", path)
        for case in answer.json()["cases"]:
            name = case["notified_by"], case["council_reference"] or ""
            columns = case.get("register_row") or None
            if name not in found or columns:
                found[name] = Known(case_id=case["case_id"], reference=case["reference"], columns=columns)
        following = answer.links.get("next", {}).get("url")
        path = f"/v1/cases?{following.partition('?')[2]}" if following else None
    return found


async def _each(
    bar: Progress, name: str, items: Sequence[T], work: Callable[[T], Awaitable[R]], *, at_once: int = AT_ONCE
) -> list[R]:
    """The work on each item, some at once. Notifications go one by one: references are given in order."""
    task, waiting = bar.add_task(name, total=len(items)), iter(items)
    done: list[R] = []

    async def some() -> None:
        for item in waiting:
            done.append(await work(item))
            bar.advance(task)

    await asyncio.gather(*[some() for _ in range(min(at_once, len(items)))])
    return done


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description:24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=CONSOLE,
        disable=not CONSOLE.is_terminal,
    )

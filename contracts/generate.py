"""Writes the committed files that are made from the code: `python -m contracts.generate`, or `--check` to say which differ."""

import csv
import inspect
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from contracts import codes, government
from contracts.calendars import calendar, versions
from contracts.catalogue import CATALOGUE
from contracts.clocks import POLICIES
from contracts.codes import Code, Number
from contracts.councils import COUNCILS, LAST_DAY_OF_CODE

ROOT: Final = Path(__file__).parent

Made = tuple[str, str]
"""A path under `contracts/` and what stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Producer:
    """Makes all files that match `owns` (a glob under `contracts/`); one that it no longer makes is removed."""

    owns: str
    make: Callable[[], Iterable[Made]]


def code_lists() -> Iterator[Made]:
    """One CSV a list: code, words, first and last day where they are known."""
    for name, kind in inspect.getmembers(codes, inspect.isclass):
        if issubclass(kind, Code) and kind is not Code:
            yield _listed(_file_name(name), ((code.value, code.label, code.first, code.last) for code in kind))
        if issubclass(kind, Number) and kind is not Number:
            yield _listed(_file_name(name), ((code.value, code.label, None, None) for code in kind))
    yield _listed("council", _councils())
    yield _listed("policy_version", _policies())
    yield _listed("calendar_version", ((name, name, calendar(name).first, calendar(name).last) for name in versions()))
    yield _table("clock", ("policy", "clock", "length", "unit"), _limits())
    yield _table("reminder", ("policy", "clock", "threshold", "days", "unit", "to"), _reminders())


def schemas() -> Iterator[Made]:
    """One JSON Schema an event and version: what stands in the data."""
    for (name, version), kind in CATALOGUE.items():
        text = json.dumps(kind.model_json_schema(), indent=2, sort_keys=True, ensure_ascii=False)
        yield f"schemas/{name}.v{version}.json", text + "\n"


PRODUCERS: Final = (
    Producer(owns="codes/*.csv", make=code_lists),
    Producer(owns="schemas/*.json", make=schemas),
    Producer(owns="government/**/*.json", make=government.files),
)


def main(arguments: Sequence[str], producers: Iterable[Producer] | None = None) -> int:
    """Write what differs, or with `--check` only name it; 1 when the check finds a difference."""
    check = "--check" in arguments
    differing = [path for producer in producers or PRODUCERS for path in _settle(producer, write=not check)]
    for path in differing:
        sys.stdout.write(f"{'differs' if check else 'written'}: contracts/{path}\n")
    return 1 if check and differing else 0


def _settle(producer: Producer, *, write: bool) -> list[str]:
    made = dict(producer.make())
    there = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.glob(producer.owns)}
    differing = sorted(path for path in made | there if made.get(path) != there.get(path))
    if write:
        for path in differing:
            _put(ROOT / path, made.get(path))
    return differing


def _put(path: Path, content: str | None) -> None:
    if content is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="")


def _councils() -> Iterator[tuple[object, ...]]:
    for council in COUNCILS:
        first: date | None = None
        for code in (*reversed(council.previous_codes), council.gss_code):
            last = LAST_DAY_OF_CODE.get(code)
            yield code, council.name, first, last
            first = last + timedelta(days=1) if last else None


def _policies() -> Iterator[tuple[object, ...]]:
    for edition, following in zip(POLICIES, (*POLICIES[1:], None), strict=True):
        last = following.first - timedelta(days=1) if following else None
        yield edition.version, f"Guidance {edition.version}", edition.first, last


def _limits() -> Iterator[tuple[object, ...]]:
    for edition in POLICIES:
        for clock, limit in edition.limits.items():
            yield edition.version, clock, limit.length, limit.unit


def _reminders() -> Iterator[tuple[object, ...]]:
    for edition in POLICIES:
        for clock, thresholds in edition.reminders.items():
            for each in thresholds:
                yield edition.version, clock, each.name, each.days, each.unit, each.to


def _listed(name: str, rows: Iterable[tuple[object, ...]]) -> Made:
    return _table(name, ("code", "label", "first", "last"), rows)


def _table(name: str, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Made:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((header, *rows))
    return f"codes/{name}.csv", text.getvalue()


def _file_name(kind: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Published, ours, numerator / denominator: the report beside what the services answer, where either is contradicted. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.codes import IncidentType
from contracts.councils import council_named
from deploy.console.implied import Implied
from deploy.console.published import FIGURES, REMAINDER, REST, TABLE_2, TABLE_3, UNPRINTED, Figure

Figures = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What statistics answered for the report's period, and for everything since January 2012."""

    period: Figures
    since_2012: Figures
    councils: Sequence[Mapping[str, Any]]
    types: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table; `faults` are sentences, none when all agree."""

    id: str
    label: str
    published: str
    ours: str
    fraction: str = ""
    note: str = ""
    faults: tuple[str, ...] = ()


def compared(answers: Answers, period: Implied, since_2012: Implied) -> list[Line]:
    """Every figure of the report, and Tables 2 and 3."""
    printed = [_printed(figure, answers, period, since_2012) for figure in FIGURES]
    unprinted = [_unprinted(name, label, answers.period, period) for name, label in UNPRINTED.items()]
    figures = sorted([*printed, *unprinted], key=lambda line: line.id)
    return [*figures, *_councils(answers, period), *_types(answers, period)]


def _printed(figure: Figure, answers: Answers, period: Implied, since_2012: Implied) -> Line:
    asked, implied = (answers.since_2012, since_2012) if figure.since_2012 else (answers.period, period)
    ours = asked[figure.source]
    value = value_of(figure, ours)
    counted = round(value) if figure.field == "mean" and value is not None else value
    told = tuple(_implied_otherwise(figure.id, ours, implied.figures[figure.source]))
    if counted is None or (counted < figure.number if figure.at_least else counted != figure.number):
        told += (f"{figure.id}: the report's number is {figure.number}, ours is {_shown(value)}",)
    if figure.of is not None and ours["denominator"] != figure.of:
        told += (f"{figure.id}: the report's base is {figure.of}, ours is {ours['denominator']}",)
    return Line(
        id=figure.id,
        label=figure.label,
        published=figure.printed,
        ours=_percent(ours) if figure.of is not None else _shown(value),
        fraction=_rest(ours) if figure.field == REST else _fraction(ours),
        note=figure.note,
        faults=told,
    )


def _unprinted(name: str, label: str, asked: Figures, implied: Implied) -> Line:
    """A reading that the report leaves open; nothing is printed to compare it with."""
    ours = asked[name]
    told = tuple(_implied_otherwise(name, ours, implied.figures[name]))
    return Line(id=name, label=label, published="-", ours=_percent(ours), fraction=_fraction(ours), faults=told)


def value_of(figure: Figure, fields: Mapping[str, Any]) -> Any:
    """The number that stands against the printed one."""
    if figure.field == REST:
        return sum(fields[place] for place in REMAINDER)
    return fields[figure.field]


def _councils(answers: Answers, period: Implied) -> Iterator[Line]:
    ours = {row["gss_code"]: row["notifications"] for row in answers.councils}
    for spelling, number in TABLE_2.items():
        council = council_named(spelling)
        code = council.gss_code if council else ""
        told = tuple(_count_otherwise(f"Table 2, {spelling}", ours.get(code), period.councils.get(code, 0), number))
        yield Line(id="Table 2", label=spelling, published=str(number), ours=_shown(ours.get(code)), faults=told)


def _types(answers: Answers, period: Implied) -> Iterator[Line]:
    ours = {row["code"]: row for row in answers.types}
    total = answers.period["ST-01"]["value"]
    for code, (number, percent) in TABLE_3.items():
        row = ours.get(code, {"notifications": None, "percent": None})
        yield Line(
            id="Table 3",
            label=IncidentType(code).label,
            published=f"{number} ({percent}%)",
            ours=f"{_shown(row['notifications'])} ({row['percent']}%)",
            fraction=f"{_shown(row['notifications'])} / {total}",
            note="X-02" if code == "T03" else "",
            faults=tuple(_count_otherwise(f"Table 3, {code}", row["notifications"], period.types.get(code, 0), number)),
        )


def _implied_otherwise(name: str, ours: Mapping[str, Any], implied: Mapping[str, Any]) -> Iterator[str]:
    for field, value in implied.items():
        if ours.get(field) != value:
            yield f"{name}: {field} is {_shown(ours.get(field))}, the register implies {_shown(value)}"


def _count_otherwise(name: str, ours: int | None, implied: int, published: int) -> Iterator[str]:
    if ours != implied:
        yield f"{name}: ours is {_shown(ours)}, the register implies {implied}"
    if ours != published:
        yield f"{name}: the report's number is {published}, ours is {_shown(ours)}"


def _percent(figure: Mapping[str, Any]) -> str:
    return "-" if figure["percent"] is None else f"{figure['percent']:.1f}%"


def _fraction(figure: Mapping[str, Any]) -> str:
    if "none" in figure:
        return f"{figure['value']} / {figure['value'] + figure['none']}"
    return f"{figure['numerator']} / {figure['denominator']}" if "denominator" in figure else ""


def _rest(figure: Mapping[str, Any]) -> str:
    return ", ".join(f"{figure[place]} {words}" for place, words in REMAINDER.items() if figure[place])


def _shown(value: Any) -> str:
    match value:
        case None:
            return "-"
        case float() if not value.is_integer():
            return f"{value:.2f}"
        case float():
            return str(int(value))
        case _:
            return str(value)

"""The demo register: invented people, the report's arithmetic. 111 rows give every figure of 2015, 51 stand before them.

`python -m deploy.console.demo_register` writes the committed file; `--check` says whether it still is what this makes.
"""

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from contracts.clocks import LONDON
from contracts.councils import council_named
from deploy.console.columns import COLUMNS, canonical
from deploy.console.demo_reviews import STRATEGIC_GROUP, reviews
from deploy.console.invented import DAYS, before, mixed, number, pick, spread
from deploy.console.published import LAST, TABLE_2, TABLE_3

FILE: Final = Path(__file__).parent / "registers" / "demo.csv"

LATE: Final = (
    *(days for days in range(6, 12) for _ in range(6)),
    *(12, 13, 14, 15, 16, 18, 20, 22, 24, 26, 28, 30, 33, 36, 40, 45, 50, 55, 60, 66),
    *(72, 80, 90, 100, 110, 120, 130, 140, 150, 250, 280, 300, 330, 581, 669),
)
"""Working days taken by the 71 late ones: from 6 to 669, the 36th is 11, together 4,331."""

IN_TIME: Final = tuple(place % 6 for place in range(111 - len(LATE)))
FOUND_LATER: Final = 66
"""What took longer than this came to light when old files were searched, after the first report of August 2013."""

SEARCHES_BEGAN: Final = date(2013, 9, 2)
SCHEME_BEGAN: Final = date(2012, 1, 27)
RECENT: Final = 16
"""Notifications of the last three months: their reviews are not yet due when the period ends."""

SIGNED: Final = 79
INFORMED: Final = 108

EARLIER_COUNCILS: Final = dict(
    zip(
        (*list(TABLE_2)[:13], "South Lanarkshire", "Perth & Kinross", "Moray", "West Dunbartonshire"),
        (8, 3, 5, 3, 4, 2, 2, 3, 2, 3, 2, 2, 2, 4, 3, 2, 1),
        strict=True,
    )
)
"""January 2012 to May 2013: 17 councils, of which the last four fell silent afterwards (X-12)."""

EARLIER_TYPES: Final = {"T01": 11, "T02": 8, "T03": 14, "T04": 4, "T05": 2, "T06": 4, "T07": 7, "T09": 1}

KILLED_OR_DIED: Final = frozenset({"T03", "T04", "T09", "T15", "T18"})
ORDERS: Final = {
    "T02": ("EXTENDED", "STSO", "CPO", "NON_PAROLE", "OLR", "EXTENDED;SRO"),
    "T03": ("CPO", "CPO", "DTTO", "CPO;DTTO", "NON_PAROLE", "PAROLE"),
    "T08": ("STSO", "EXTENDED", "CPO"),
    "T14": ("EXTENDED",),
}
ANY_ORDER: Final = ("CPO", "CPO", "CPO", "CPO;DTTO", "DTTO", "NON_PAROLE", "PAROLE", "SRO", "LIFE", "probation", "EXTENDED")
HIGH_GRADES: Final = (
    "service_manager",
    "service_manager",
    "service_manager",
    "senior_manager",
    "senior_manager",
    "head_of_cjsw",
    "cswo",
)
LOW_GRADES: Final = ("first_line_manager", "first_line_manager", "supervising_officer", "")
REASONS: Final = (
    "not_aware",
    "not_aware",
    "awaiting_confirmation",
    "awaiting_confirmation",
    "guidance_misread",
    "staffing",
    "administrative",
    "other",
)

Cells = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One notification before its row is written: when it came, from whom, of what, and after how many working days."""

    salt: str
    council: str
    kind: str
    received_on: date
    taken: int


def rows() -> list[Cells]:
    """All 162 rows in order of receipt."""
    earlier, period = _earlier(), _period()
    signed = mixed("signed", [place < SIGNED for place in range(len(period))])
    informed = mixed("informed", [place < INFORMED for place in range(len(period))])
    first = [_row(each, signed=number(each.salt + "g", 2) > 0, informed=number(each.salt + "h", 15) > 0) for each in earlier]
    then = [_row(each, signed=s, informed=i) for each, s, i in zip(period, signed, informed, strict=True)]
    _reclassify(then)
    first[11]["outcome"], first[30]["outcome"] = "withdrawn", "out_of_scope"
    settled = then[:-RECENT]
    mappa = [cells for cells in mixed("mappa", settled) if cells["incident_type"] in {"T02", "T08"}][: len(STRATEGIC_GROUP)]
    reviews(settled, mappa)
    for place in (40, 77, 101):
        then[place]["notified_on"] = _just_after_midnight(then[place]["notified_on"])
    return _numbered(first + then)


def _earlier() -> list[Receipt]:
    days = spread(date(2012, 1, 30), date(2013, 5, 30), sum(EARLIER_COUNCILS.values()))
    councils = mixed("earlier councils", Counter(EARLIER_COUNCILS).elements())
    kinds = mixed("earlier types", Counter(EARLIER_TYPES).elements())
    return [
        Receipt(
            salt=f"A{place}",
            council=council,
            kind=kind,
            received_on=day,
            taken=min(number(f"A{place}", 30), DAYS.between(SCHEME_BEGAN, day)),
        )
        for place, (council, kind, day) in enumerate(zip(councils, kinds, days, strict=True))
    ]


def _period() -> list[Receipt]:
    total = sum(TABLE_2.values())
    days = spread(date(2013, 6, 3), date(2014, 10, 28), total - RECENT) + spread(date(2014, 11, 3), date(2015, 1, 28), RECENT)
    councils = mixed("councils", Counter(TABLE_2).elements())
    kinds = mixed("types", Counter({kind: count for kind, (count, _) in TABLE_3.items()}).elements())
    taken = _dealt(days)
    return [
        Receipt(salt=f"B{place}", council=councils[place], kind=kinds[place], received_on=day, taken=taken[place])
        for place, day in enumerate(days)
    ]


def _dealt(days: Sequence[date]) -> list[int]:
    """Working days taken for each receipt: none reaches back before the scheme; old files were searched from autumn 2013 on."""
    left = mixed("taken", range(len(days)))
    taken = [0] * len(days)
    for count in sorted((*LATE, *IN_TIME), reverse=True):
        earliest = SEARCHES_BEGAN if count > FOUND_LATER else date.min
        place = next(p for p in left if days[p] >= earliest and before(days[p], count) >= SCHEME_BEGAN)
        left.remove(place)
        taken[place] = count
    return taken


def _row(one: Receipt, *, signed: bool, informed: bool) -> Cells:
    occurred = _occurred(one)
    late, found_later = one.taken > max(IN_TIME), one.taken > FOUND_LATER
    reason = "" if not late else "retrospective" if found_later else pick(one.salt + "reason", REASONS)
    aware = (
        before(one.received_on, number(one.salt + "aware", 4))
        if reason in {"not_aware", "retrospective"}
        else occurred + timedelta(days=1)
    )
    aware = min(max(occurred, aware), one.received_on)
    grade = pick(one.salt + "grade", HIGH_GRADES if signed else LOW_GRADES)
    signed_on = max(aware, before(one.received_on, number(one.salt + "signed", 1)))
    return dict.fromkeys(COLUMNS, "") | {
        "council": one.council,
        "occurred_on": canonical(occurred),
        "became_aware_on": canonical(aware) if number(one.salt + "known", 12) else "",
        "notified_on": canonical(one.received_on),
        "criteria": "C3" if one.kind in KILLED_OR_DIED else "C1",
        "incident_type": one.kind,
        "orders": pick(one.salt + "orders", ORDERS.get(one.kind, ANY_ORDER)),
        "signed_off_by": grade,
        "signed_off_on": canonical(signed_on) if grade else "",
        "late_reason": reason,
        "retrospective": "yes" if found_later else "no",
        "government_informed_on": _informed(one, in_time=informed),
    }


def _occurred(one: Receipt) -> date:
    """Many incidents happen at a weekend, which takes as many working days as the Friday before."""
    friday = before(one.received_on, one.taken)
    moved = friday + timedelta(days=number(one.salt + "weekend", 2))
    return moved if DAYS.between(friday, moved) == 0 and moved <= one.received_on else friday


def _informed(one: Receipt, *, in_time: bool) -> str:
    if in_time:
        return canonical(
            DAYS.after(one.received_on, number(one.salt + "informed", 1) + 1) if number(one.salt, 3) else one.received_on
        )
    later = DAYS.after(one.received_on, 3 + number(one.salt + "informed", 6))
    return canonical(later) if later <= LAST and number(one.salt, 2) else ""


def _reclassify(then: Sequence[Cells]) -> None:
    """Two causes of death were settled within the period, so that Table 3 counts them as such; one after it."""
    suicide, accident = (next(cells for cells in then if cells["incident_type"] == kind) for kind in ("T04", "T18"))
    unexplained = next(cells for cells in reversed(then) if cells["incident_type"] == "T03")
    for cells, first, later, days in ((suicide, "T03", "T04", 60), (accident, "T03", "T18", 2), (unexplained, "T03", "T04", 120)):
        settled = DAYS.next_working(date.fromisoformat(cells["notified_on"]) + timedelta(days=days))
        cells |= {"incident_type": first, "reclassified_to": later, "reclassified_on": canonical(settled)}


def _just_after_midnight(day: str) -> str:
    """An instant of that day in Scotland, which in summer is the evening before in UTC."""
    return canonical(datetime.combine(date.fromisoformat(day), time(0, 20), LONDON).astimezone(UTC))


def _numbered(made: list[Cells]) -> list[Cells]:
    given: Counter[str] = Counter()
    for cells in made:
        given[cells["council"]] += 1
        cells["council_reference"] = f"{_initials(cells['council'])}-{cells['notified_on'][:4]}-{given[cells['council']]:03d}"
    return made


def _initials(council: str) -> str:
    found = council_named(council)
    words = (found.name if found else council).replace("The ", "").split()
    return "".join(word[0] for word in words if word[0].isupper())


def lines() -> Iterator[Sequence[str]]:
    """The heading and the rows."""
    yield list(COLUMNS)
    for cells in rows():
        yield [cells[column] for column in COLUMNS]


def text() -> str:
    """The file."""
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator="\n").writerows(lines())
    return made.getvalue()


def main(arguments: Sequence[str]) -> int:
    """Write the file, or say whether it is what this makes."""
    if "--check" in arguments:
        return 0 if FILE.read_text(encoding="utf-8") == text() else 1
    FILE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

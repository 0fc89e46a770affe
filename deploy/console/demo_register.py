"""The demo register: invented people, real arithmetic. It gives every notification figure of the 2015 report, and the 51 cases before.

`python -m deploy.console.demo_register` writes the committed file; `--check` says whether it still is what this makes.
"""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

from contracts.calendars import CURRENT_CALENDAR, calendar
from contracts.clocks import working_days_taken
from contracts.councils import council_named

T = TypeVar("T")

FILE: Final = Path(__file__).parent / "registers" / "demo.csv"
TABLE_2: Final = {
    "Glasgow City Council": 18, "West Lothian Council": 12, "City of Edinburgh Council": 10, "North Ayrshire Council": 10,
    "North Lanarkshire Council": 9, "South Ayrshire Council": 8, "Scottish Borders Council": 5, "Renfrewshire Council": 5,
    "Stirling Council": 4, "Aberdeen City Council": 4, "Falkirk": 4, "Highland Council": 3, "Midlothian Council": 3,
    "East Ayrshire Council": 2, "Inverclyde Council": 2, "Dumfries & Galloway Council": 2, "Fife Council": 2, "East Lothian Council": 2,
    "Dundee City Council": 1, "Angus Council": 1, "East Renfrewshire Council": 1, "Aberdeenshire Council": 1, "Argyll and Bute Council": 1,
    "Clackmannanshire Council": 1,
}  # fmt: skip
TABLE_3: Final = dict(zip([f"T{n:02d}" for n in range(1, 19)], [14, 21, 22, 9, 8, 14, 5, 3, 4, 2, 1, 1, 1, 1, 1, 1, 2, 1], strict=True))
BEFORE: Final = (*list(TABLE_2)[:13], "South Lanarkshire", "Moray", "Perth & Kinross", "West Dunbartonshire")
"""The 17 councils of January 2012 to May 2013; the last four fell silent afterwards."""
IN_TIME: Final = 40
LATE: Final = (
    *[days for days in range(6, 12) for _ in range(6)],
    12, 13, 14, 15, 16, 18, 20, 22, 24, 26, 28, 30, 33, 36, 40, 45, 50, 55, 60, 66, 72, 80, 90, 100, 110, 120, 130, 140, 150, 250, 280, 300, 330, 581,
    669,
)  # fmt: skip
"""Working days taken by the 71 late ones: 6 to 669, median 11, sum 4,331."""
SIGNED: Final = 79
INFORMED_IN_TIME: Final = 108
FIRST, LAST = date(2013, 6, 3), date(2015, 1, 22)
FIRST_BEFORE, LAST_BEFORE = date(2012, 2, 6), date(2013, 5, 30)
COLUMNS: Final = (
    "council", "council_reference", "occurred_on", "became_aware_on", "notified_on", "criteria", "incident_type", "orders", "mappa",
    "signed_off_by", "signed_off_on", "late_reason", "retrospective", "government_informed_on",
)  # fmt: skip
HIGH: Final = ("service_manager", "senior_manager", "service_manager", "head_of_cjsw", "cswo")
LOW: Final = ("first_line_manager", "", "supervising_officer", "first_line_manager")
REASONS: Final = ("not_aware", "awaiting_confirmation", "guidance_misread", "staffing", "administrative")
ORDERS: Final = ("CPO", "CPO", "PAROLE", "CPO", "DTTO", "NON_PAROLE", "EXTENDED", "SRO", "LIFE")
DAYS: Final = calendar(CURRENT_CALENDAR)


def rows() -> Iterator[tuple[str, ...]]:
    """All 162 rows, the earlier ones first."""
    councils = [council for council in BEFORE for _ in range(3)]
    kinds = [f"T{1 + number % 7:02d}" for number in range(len(councils))]
    taken = [number % 9 for number in range(len(councils))]
    yield from _rows("A", _mixed(councils, "a"), _mixed(kinds, "b"), _mixed(taken, "c"), _spread(FIRST_BEFORE, LAST_BEFORE, len(councils)))
    councils = [council for council, count in TABLE_2.items() for _ in range(count)]
    kinds = [kind for kind, count in TABLE_3.items() for _ in range(count)]
    taken = [*[number % 6 for number in range(IN_TIME)], *LATE]
    yield from _rows("B", _mixed(councils, "d"), _mixed(kinds, "e"), _mixed(taken, "f"), _spread(FIRST, LAST, len(councils)))


def _rows(part: str, councils: Sequence[str], kinds: Sequence[str], taken: Sequence[int], days: Sequence[date]) -> Iterator[tuple[str, ...]]:
    signed = _mixed([number < SIGNED for number in range(len(days))], part + "g")
    informed = _mixed([number < INFORMED_IN_TIME for number in range(len(days))], part + "h")
    for number, (council, kind, count, notified) in enumerate(zip(councils, kinds, taken, days, strict=True)):
        occurred = _before(notified, count)
        late = count > 5  # noqa: PLR2004 - five working days
        aware = max(occurred, notified - timedelta(days=number % 5)) if late else occurred
        grade = HIGH[number % len(HIGH)] if signed[number] else LOW[number % len(LOW)]
        yield (
            council,
            f"{_code(council)}-{part}{number + 1:03d}",
            occurred.isoformat(),
            aware.isoformat(),
            notified.isoformat(),
            "C3" if kind in {"T03", "T04", "T09", "T18"} else "C1",
            kind,
            ORDERS[number % len(ORDERS)],
            "1" if kind == "T02" and number % 3 == 0 else "",
            grade,
            notified.isoformat() if grade else "",
            ("retrospective" if count > 100 else REASONS[number % len(REASONS)]) if late else "",  # noqa: PLR2004 - found by searching old files
            "yes" if count > 100 else "no",  # noqa: PLR2004 - as above
            DAYS.after(notified, 1 if informed[number] else 4).isoformat(),
        )


def _mixed(values: Sequence[T], salt: str) -> list[T]:
    """The values in an order that looks like chance and never changes."""
    return [
        value for _, value in sorted(((sha256(f"{salt}{n}".encode()).hexdigest(), value) for n, value in enumerate(values)), key=lambda pair: pair[0])
    ]


def _spread(first: date, last: date, count: int) -> list[date]:
    """Working days spread evenly."""
    step = (last - first).days / (count - 1)
    return [DAYS.next_working(first + timedelta(days=round(number * step))) for number in range(count)]


def _before(notified: date, count: int) -> date:
    """The latest day from which a receipt on `notified` took `count` working days."""
    day = notified
    while working_days_taken(day, notified, DAYS) < count:
        day -= timedelta(days=1)
    return day


def _code(council: str) -> str:
    found = council_named(council)
    return found.gss_code[-3:] if found else "000"


def text() -> str:
    """The file."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows())
    return made.getvalue()


def main(arguments: Sequence[str]) -> int:
    """Write the file, or check it."""
    if "--check" in arguments:
        return 0 if FILE.read_text() == text() else 1
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Makes a new version of the Scottish calendar from the `holidays` package: `python -m contracts.calendars.make GB-SCT/2027.1`.

For developers. A day that was proclaimed before the package knows it is named too: `2027-06-14="World Cup"`. A version that
exists is never written again: clocks that were counted by it stay provable. A released one is put in force by deadlines'
`POST /v1/calendars`.
"""

import json
import sys
from datetime import date
from typing import Final

import holidays

from contracts.calendars import CURRENT_CALENDAR, INDEX, SATURDAY, digest, file_of

FIRST: Final = date(1950, 1, 1)
LAST: Final = date(2030, 12, 31)

# GOV.UK's names, where the package has others.
NAMES: Final = {
    "New Year Holiday": "2nd January",
    "May Day": "Early May bank holiday",
    "Spring Bank Holiday": "Spring bank holiday",
    "Summer Bank Holiday": "Summer bank holiday",
    "Saint Andrew's Day": "St Andrew's Day",
}
_MOVED: Final = " (observed)"


def scotland() -> dict[date, str]:
    """The weekdays that are bank holidays in Scotland, in order. Weekends need no name: nobody counts them."""
    listed = holidays.country_holidays("GB", subdiv="SCT", years=range(FIRST.year, LAST.year + 1))
    weekdays = sorted(day for day in listed if day.weekday() < SATURDAY)
    return {day: _named(listed.get_list(day)) for day in weekdays}


def _named(names: list[str]) -> str:
    # On Monday 2 January after a Sunday two names meet: the day itself then moves to the Tuesday, so the moved one is said.
    name = next((name for name in names if name.endswith(_MOVED)), names[0])
    plain = name.removesuffix(_MOVED)
    return NAMES.get(plain, plain) + (" (substitute day)" if plain != name else "")


def written(*proclaimed: str) -> bytes:
    """The file of a calendar made today, with days proclaimed since, each as `2027-06-14=name`."""
    said = {date.fromisoformat(day): name for day, _, name in (each.partition("=") for each in proclaimed)}
    days = {day.isoformat(): name for day, name in sorted((scotland() | said).items())}
    data = {"first": FIRST.isoformat(), "last": LAST.isoformat(), "holidays": days}
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def main(version: str = CURRENT_CALENDAR, *proclaimed: str) -> int:
    """Write the version and its hash, or say that it stands already; 1 when it stands and would be different now."""
    index: dict[str, str] = json.loads(INDEX.read_bytes()) if INDEX.exists() else {}
    made = written(*proclaimed)
    if version not in index:
        file_of(version).write_bytes(made)
        INDEX.write_text(json.dumps(index | {version: digest(made)}, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"{version}: made\n")
        return 0
    if index[version] == digest(made):
        sys.stdout.write(f"{version}: the same\n")
        return 0
    sys.stderr.write(f"{version}: the package now gives other days; a version never changes, give the new one a new name\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

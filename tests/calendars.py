"""A release that holds one more calendar than ours: the current one with days that were proclaimed since."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from contracts import calendars

NEXT = "GB-SCT/2027.1"
PROCLAIMED = "A day proclaimed"


@contextmanager
def proclaimed(folder: Path, *days: date, worked: date | None = None) -> Iterator[str]:
    """The name of the new version, while it is held; `folder` takes the files. `worked` is a holiday that was given up."""
    for published in calendars.FOLDER.glob("*.json"):
        (folder / published.name).write_bytes(published.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendars, "FOLDER", folder)
        patch.setattr(calendars, "INDEX", folder / "index.json")
        _publish(dict.fromkeys(map(str, days), PROCLAIMED), without=str(worked))
        _forget()
        yield NEXT
    _forget()


def _publish(more: dict[str, str], *, without: str) -> None:
    data = json.loads(calendars.file_of(calendars.CURRENT_CALENDAR).read_bytes())
    data["holidays"] = {day: name for day, name in sorted((data["holidays"] | more).items()) if day != without}
    made = json.dumps(data).encode()
    calendars.file_of(NEXT).write_bytes(made)
    index = json.loads(calendars.INDEX.read_bytes())
    calendars.INDEX.write_text(json.dumps(index | {NEXT: calendars.digest(made)}))


def _forget() -> None:
    calendars.calendar.cache_clear()
    calendars.published.cache_clear()

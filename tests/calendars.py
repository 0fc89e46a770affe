"""A release that holds one more calendar than ours: the current one with days that were proclaimed since."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from contracts import calendars
from contracts.calendars import make

NEXT = "GB-SCT/2027.1"
PROCLAIMED = "A day proclaimed"


@contextmanager
def proclaimed(folder: Path, *days: date) -> Iterator[str]:
    """The name of the new version, while it is held; `folder` takes the files."""
    for published in calendars.FOLDER.glob("*.json"):
        (folder / published.name).write_bytes(published.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendars, "FOLDER", folder)
        for module in (calendars, make):
            patch.setattr(module, "INDEX", folder / "index.json")
        _forget()
        assert make.main(NEXT, *(f"{day}={PROCLAIMED}" for day in days)) == 0
        _forget()
        assert list(json.loads((folder / "index.json").read_bytes()))[-1] == NEXT
        yield NEXT
    _forget()


def _forget() -> None:
    calendars.calendar.cache_clear()
    calendars.published.cache_clear()

"""Clocks as a calendar that programs subscribe to (RFC 5545): one entry a duty, known again by its UID, cancelled once over."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Final

from services.deadlines.queries import ClockShown
from services.deadlines.words import DUTIES, why

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
LINE_OCTETS: Final = 75
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def written(clocks: Iterable[ClockShown], *, address: str) -> bytes:
    """The calendar; links begin with `address`. No person and no words of a case stand in it, only its reference."""
    head = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//SIR//deadlines//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        "NAME:Serious incident reviews", "X-WR-CALNAME:Serious incident reviews", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]  # fmt: skip
    entries = [line for clock in clocks for line in _entry(clock, address)]
    return b"".join(_folded(line) for line in (*head, *entries, "END:VCALENDAR"))


def _entry(clock: ClockShown, address: str) -> Sequence[str]:
    owed = clock.stopped_on is None and clock.cancelled_on is None and clock.held_on is None
    return [
        "BEGIN:VEVENT",
        f"UID:{clock.subject}.{clock.clock}.{clock.instance}@deadlines.sir",
        f"DTSTAMP:{_instant(clock.changed)}",
        f"LAST-MODIFIED:{_instant(clock.changed)}",
        f"SEQUENCE:{clock.sequence}",
        f"DTSTART;VALUE=DATE:{_day(clock.due_on)}",
        f"STATUS:{'CONFIRMED' if owed else 'CANCELLED'}",
        f"SUMMARY:{_text(f'{clock.reference}: {DUTIES[clock.clock]}')}",
        f"DESCRIPTION:{_text(why(clock))}",
        f"URL:{address}/v1/cases/{clock.subject}/clocks",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(words: str) -> str:
    return words.translate(_ESCAPED)


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> bytes:
    """At most 75 octets a line, never through a character; what goes on begins with a space."""
    return b"\r\n ".join(_pieces(line)) + b"\r\n"


def _pieces(line: str) -> Iterator[bytes]:
    piece, room = b"", LINE_OCTETS
    for octets in map(str.encode, line):
        if len(piece) + len(octets) > room:
            yield piece
            piece, room = b"", LINE_OCTETS - 1
        piece += octets
    yield piece

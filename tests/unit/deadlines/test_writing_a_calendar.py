"""A calendar for programs (RFC 5545): lines that they can read, entries that they know again."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from contracts.clocks import Clock
from services.deadlines.ics import written
from services.deadlines.queries import ClockShown
from tests.unit.deadlines.cases import shown

ADDRESS = "https://deadlines.example"
OWED = replace(shown(Clock.REVIEW), subject="019a0000-0000-7000-8000-000000000001")


def _lines(*clocks: ClockShown) -> list[str]:
    """Unfolded again, as RFC 5545 3.1 says."""
    text = written(clocks, address=ADDRESS).decode()
    assert text.endswith("\r\n")
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def _of(name: str, *clocks: ClockShown) -> list[str]:
    return [line.partition(":")[2] for line in _lines(*clocks) if line.split(":")[0].split(";")[0] == name]


def test_it_begins_and_ends_as_it_must() -> None:
    lines = _lines()
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert {"VERSION:2.0", "PRODID:-//SIR//deadlines//EN"} <= set(lines)


def test_an_entry_stands_on_the_due_day_for_the_whole_day() -> None:
    assert "DTSTART;VALUE=DATE:20150228" in _lines(replace(OWED, due_on=date(2015, 2, 28)))
    assert _of("SUMMARY", OWED) == ["SIR-2014-0001: Submit the review"]
    assert _of("URL", OWED) == [f"{ADDRESS}/v1/cases/{OWED.subject}/clocks"]
    assert _of("STATUS", OWED) == ["CONFIRMED"]


def test_its_name_stays_while_its_day_and_number_move() -> None:
    later = replace(OWED, due_on=date(2015, 3, 2), sequence=1)
    assert _of("UID", OWED) == _of("UID", later)
    assert (_of("SEQUENCE", OWED), _of("SEQUENCE", later)) == (["0"], ["1"])


def test_each_clock_of_a_case_has_a_name_of_its_own() -> None:
    again = replace(OWED, instance=2)
    other = replace(OWED, clock=Clock.FEEDBACK)
    assert len(set(_of("UID", OWED, again, other))) == 3


def test_what_is_not_owed_any_more_is_cancelled() -> None:
    day = date(2015, 1, 5)
    over = [
        replace(OWED, stopped_on=day),
        replace(OWED, cancelled_on=day, reason="withdrawn"),
        replace(OWED, held_on=day, reason="mappa"),
    ]
    assert _of("STATUS", *over) == ["CANCELLED"] * 3


def test_signs_that_mean_something_to_programs_are_escaped() -> None:
    assert _of("SUMMARY", replace(OWED, reference="a;b,c\\d\ne")) == ["a\\;b\\,c\\\\d\\ne: Submit the review"]


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=50, max_size=200))
def test_no_line_is_longer_than_75_octets_nor_cut_through_a_character(reference: str) -> None:
    raw = written([replace(OWED, reference=reference)], address=ADDRESS)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert [line.decode() for line in raw.split(b"\r\n")]
    (summary,) = _of("SUMMARY", replace(OWED, reference=reference))
    plain = summary.replace("\\;", ";").replace("\\,", ",").replace("\\\\", "\\")
    assert plain == f"{reference}: Submit the review"

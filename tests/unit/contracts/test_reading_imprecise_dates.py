"""Dates of which only part is known."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Precision
from contracts.imprecise import ImpreciseDate, imprecise


@pytest.mark.parametrize(
    ("text", "earliest", "precision"),
    [
        ("2014-03-21", date(2014, 3, 21), Precision.DAY),
        ("2014-03", date(2014, 3, 1), Precision.MONTH),
        ("2014", date(2014, 1, 1), Precision.YEAR),
        ("", None, Precision.UNKNOWN),
    ],
)
def test_a_date_counts_as_its_earliest_day(text: str, earliest: date | None, precision: Precision) -> None:
    assert imprecise(text) == ImpreciseDate(earliest, precision)


@pytest.mark.parametrize(
    "text",
    [
        "2014-02-30",
        "2014-13",
        "0000",
        "20140321",
        "2014-3-1",
        "2014-W12",
        "21/03/2014",
        "2014-03-21T10:00:00Z",
        " ",
        "2014-03-21\n",
        "\uff12\uff10\uff11\uff14",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|range|must be|day|month|year"):
        imprecise(text)


@given(day=st.dates(), length=st.sampled_from([10, 7, 4, 0]))
def test_a_date_is_written_as_it_was_read(day: date, length: int) -> None:
    written = day.isoformat()[:length]
    assert str(imprecise(written)) == written

"""However a history is cut into batches, the same rows are known for the same time."""

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.statistics.projections import FOREVER, RECLASSIFIED, Changes, Told, fold, lasting
from services.statistics.readers import (
    Assessed,
    Cancelled,
    Counted,
    Decided,
    Fact,
    Mappa,
    Notification,
    Received,
    Reclassified,
    Reopened,
    Requested,
    Restated,
    Review,
    Sent,
    Started,
    Stopped,
    Submitted,
    Transferred,
    Triaged,
    Withdrawn,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2026, 1, 1)
SAID = Notification(incident_type="T01")
LATER = Notification(incident_type="T02", mappa=Mappa())

INTAKE: list[Fact] = [
    Restated(changed=("incident_type",), after=LATER),
    Restated(changed=("occurred_on",), after=SAID),
    Reclassified(on=DAY, after="T03"),
    Withdrawn(on=DAY),
    Decided(on=DAY, decision="scr"),
    Transferred(on=DAY, to_council="S12000036"),
]
FEEDBACK: list[Fact] = [
    Triaged(on=DAY, outcome="in_scope"),
    Triaged(on=DAY, outcome="duplicate"),
    Requested(on=DAY),
    Assessed(on=DAY, iar_decision="appropriate", quality="high"),
    Sent(on=DAY),
    Reopened(on=DAY),
]
CLOCKS: list[Fact] = [
    Stopped(clock="notify", on=DAY, due_on=DAY, days_taken=3),
    Counted(clock="notify", due_on=DAY),
    Cancelled(clock="notify", reason="not_measurable"),
    Cancelled(clock="notify", reason="withdrawn"),
    Started(clock="feedback", due_on=DAY, instance=2),
    Stopped(clock="feedback", on=DAY, due_on=DAY, instance=2),
    Started(clock="information", due_on=DAY),
]


@st.composite
def streams(draw: st.DrawFn) -> list[Told]:
    """Three streams of one case, recorded at instants of which neighbours may be one, woven together."""
    case = "0191a000-0000-7000-8000-000000000001"
    submissions: list[Fact] = [
        Submitted(number=number, on=DAY, review=Review(counts_as="IAR")) for number in range(1, draw(st.integers(1, 3)))
    ]
    facts: list[list[Fact]] = [
        [
            Received(council="S12000033", received_on=DAY, notification=SAID),
            *draw(st.lists(st.sampled_from(INTAKE), max_size=5)),
            *submissions,
        ],
        [Started(clock="notify", due_on=DAY), *draw(st.lists(st.sampled_from(CLOCKS), max_size=6))],
        draw(st.lists(st.sampled_from(FEEDBACK), max_size=3)),
    ]
    told: list[list[Told]] = []
    for stream in facts:
        at, rows = START, []
        for version, fact in enumerate(stream, 1):
            at += timedelta(seconds=draw(st.integers(0, 1)))
            rows.append((case, version, at, False, fact))
        told.append(rows)
    order = draw(st.permutations([number for number, rows in enumerate(told) for _ in rows]))
    return [told[number].pop(0) for number in order]


class Tables:
    """The tables, as the database keeps them."""

    def __init__(self) -> None:
        self.received: list[Sequence[Any]] = []
        self.reviews: list[Sequence[Any]] = []
        self.rows: dict[str, list[list[Any]]] = {"said": [], "clock": [], "mark": []}

    def write(self, changes: Changes) -> None:
        for key, instant in ((closing[:-1], closing[-1]) for closing in changes.said.closing):
            self._close("said", [row for row in self.rows["said"] if tuple(row[:1]) == key and row[-1] == FOREVER], instant)
        for key, instant in ((closing[:-1], closing[-1]) for closing in changes.clocks.closing):
            self._close("clock", [row for row in self.rows["clock"] if tuple(row[:2]) == key and row[-1] == FOREVER], instant)
        for subject, instant in changes.marks.superseded:
            rows = self.rows["mark"]
            self._close(
                "mark", [row for row in rows if row[0] == subject and row[1] == RECLASSIFIED and row[-1] == FOREVER], instant
            )
        self.received += changes.received
        self.reviews += changes.reviews
        self.rows["said"] += lasting(changes.said.rows)
        self.rows["clock"] += lasting(changes.clocks.rows)
        self.rows["mark"] += lasting(changes.marks.rows)

    def _close(self, table: str, rows: list[list[Any]], instant: datetime) -> None:
        for row in rows:
            if row[-2] == instant:
                self.rows[table].remove(row)
            else:
                row[-1] = instant

    def contents(self) -> dict[str, list[Any]]:
        final = {"received": sorted(self.received, key=repr), "reviews": sorted(self.reviews, key=repr)}
        return final | {name: sorted(rows, key=repr) for name, rows in self.rows.items()}


@given(streams(), st.data())
def test_batches_make_no_difference(told: list[Told], data: st.DataObject) -> None:
    whole = Tables()
    whole.write(fold(told))
    cut = Tables()
    while told:
        count = data.draw(st.integers(1, len(told)))
        cut.write(fold(told[:count]))
        told = told[count:]
    assert cut.contents() == whole.contents()


@given(streams())
def test_what_is_known_of_a_key_has_no_gap_and_no_overlap(told: list[Told]) -> None:
    changes = fold(told)
    for rows in (lasting(changes.said.rows), lasting(changes.clocks.rows)):
        spans = sorted((row[-2], row[-1]) for row in rows)
        assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))
        assert spans[-1][1] == FOREVER


@given(streams())
def test_an_interleaving_makes_no_difference(told: list[Told]) -> None:
    by_stream = sorted(
        told, key=lambda one: (isinstance(one[-1], Triaged), isinstance(one[-1], Started | Stopped | Counted | Cancelled), one[1])
    )
    woven, straight = Tables(), Tables()
    woven.write(fold(told))
    straight.write(fold(by_stream))
    assert woven.contents() == straight.contents()


def test_a_cancelled_clock_keeps_its_row_unless_nothing_can_be_counted() -> None:
    begun: list[Told] = [("c", 1, START, False, Started(clock="notify", due_on=DAY))]
    later = START + timedelta(days=1)
    assert (
        fold([*begun, ("c", 2, later, False, Cancelled(clock="notify", reason="withdrawn"))]).clocks.rows
        == fold(begun).clocks.rows
    )
    void = fold([*begun, ("c", 2, later, False, Cancelled(clock="notify", reason="not_measurable"))]).clocks.rows
    assert [(row[2], row[-1]) for row in void] == [(DAY, later), (None, FOREVER)]


@pytest.mark.parametrize(("said", "row"), [(True, True), (False, False), (None, False)])
def test_a_stop_is_the_registers_if_it_says_so_whoever_made_it_be_said_again(said: bool | None, row: bool) -> None:  # noqa: FBT001
    again = Stopped(clock="review", on=DAY, due_on=DAY, imported=said)
    assert [each[5] for each in fold([("c", 2, START, False, again)]).clocks.rows] == [row]

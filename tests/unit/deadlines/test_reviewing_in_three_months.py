"""The review within three months of receipt: the first one counts; under MAPPA it waits for the Strategic Oversight Group."""

from datetime import date

import pytest

from contracts.clocks import Clock
from contracts.deadlines import ClockCorrected, ClockHeld, ClockRecalculated
from contracts.envelope import Event, Origin
from services.deadlines.domain.case_clocks import Judge, decide_case
from services.deadlines.domain.clock import Held
from tests.unit.deadlines.cases import (
    LATER,
    after,
    breached,
    cancelled,
    corrected,
    decided,
    done,
    heard,
    known,
    notification,
    of,
    received,
    restarted,
    reviewed,
    said,
    started,
    ticked,
    told_sog,
    triaged,
    withdrawn,
)

REVIEW = Clock.REVIEW
RECEIVED, DUE = date(2013, 11, 29), date(2014, 2, 28)
INCIDENT = date(2013, 11, 28)
PLAIN = said(received(RECEIVED, notification(INCIDENT)))
MAPPA = said(received(RECEIVED, notification(INCIDENT, mappa=True)))
HELD = [started(REVIEW, RECEIVED, DUE), ClockHeld(clock=REVIEW, on=RECEIVED, reason="mappa")]
DECIDED, DECIDED_DUE = date(2014, 1, 31), date(2014, 4, 30)


def _heard(*events: Event, receipt: tuple[object, ...] = PLAIN) -> list[object]:
    _, recorded = heard(receipt, *map(said, events))  # type: ignore[arg-type]
    return list(of(REVIEW, recorded))


def test_it_runs_from_receipt_for_three_months_to_the_end_of_a_shorter_month() -> None:
    assert _heard() == [started(REVIEW, RECEIVED, DUE)]


@pytest.mark.parametrize("kind", ["IAR", "CR"])
def test_a_review_of_either_kind_on_the_last_day_is_in_time(kind: str) -> None:
    assert _heard(reviewed(DUE, kind))[1:] == [done(REVIEW, DUE, DUE)]


def test_a_review_on_the_day_after_is_late() -> None:
    late = date(2014, 3, 1)
    assert _heard(reviewed(late))[1:] == [breached(REVIEW, DUE), done(REVIEW, late, DUE)]


def test_the_first_submission_counts_whatever_came_after_it() -> None:
    assert _heard(reviewed(date(2014, 2, 1)), reviewed(date(2014, 5, 1), "CR", number=2))[1:] == [
        done(REVIEW, date(2014, 2, 1), DUE)
    ]


def test_under_mappa_it_is_held_from_receipt() -> None:
    assert _heard(receipt=MAPPA) == HELD


def test_telling_the_group_frees_nothing() -> None:
    assert _heard(told_sog(RECEIVED), receipt=MAPPA) == HELD


def test_a_held_clock_is_never_breached() -> None:
    clocks, _ = heard(MAPPA)
    assert isinstance(clocks.states[REVIEW, 1], Held)
    assert ticked(clocks, REVIEW) == []


def test_no_review_by_the_group_starts_it_anew_at_full_length_from_the_decision() -> None:
    assert _heard(decided("no_scr", DECIDED), receipt=MAPPA) == [*HELD, restarted(REVIEW, DECIDED, DECIDED_DUE)]


def test_a_decision_before_receipt_starts_it_at_receipt() -> None:
    assert _heard(decided("no_scr", date(2013, 11, 1)), receipt=MAPPA) == [*HELD, restarted(REVIEW, RECEIVED, DUE)]


def test_a_review_by_the_group_ends_the_duty_on_that_day() -> None:
    assert _heard(decided("scr", DECIDED), receipt=MAPPA) == [*HELD, cancelled(REVIEW, DECIDED, "mappa_scr")]


def test_a_decision_for_a_review_before_receipt_ends_the_duty_on_receipt() -> None:
    assert _heard(decided("scr", date(2013, 11, 1)), receipt=MAPPA) == [*HELD, cancelled(REVIEW, RECEIVED, "mappa_scr")]


def test_a_later_decision_replaces_the_earlier() -> None:
    second = date(2014, 2, 10)
    assert _heard(decided("scr", DECIDED), decided("no_scr", second), receipt=MAPPA)[2:] == [
        cancelled(REVIEW, DECIDED, "mappa_scr"),
        restarted(REVIEW, second, date(2014, 5, 10)),
    ]


def test_a_review_while_held_is_in_time_however_long_it_took() -> None:
    late = date(2014, 9, 30)
    assert _heard(reviewed(late), receipt=MAPPA)[2:] == [
        restarted(REVIEW, late, date(2014, 12, 30)),
        done(REVIEW, late, date(2014, 12, 30)),
    ]


def test_a_decision_after_the_review_changes_nothing() -> None:
    late = date(2014, 9, 30)
    events = _heard(reviewed(late), decided("no_scr", date(2014, 10, 5)), receipt=MAPPA)
    assert events == _heard(reviewed(late), receipt=MAPPA)


def test_a_decision_dated_before_the_review_that_is_heard_after_it_judges_it_anew() -> None:
    late = date(2014, 9, 30)
    assert _heard(reviewed(late), decided("no_scr", DECIDED), receipt=MAPPA)[4:] == [
        ClockRecalculated(
            clock=REVIEW, day_zero=DECIDED, due_on=DECIDED_DUE, due_on_before=date(2014, 12, 30), reason="mappa", policy="2013",
            calendar="GB-SCT/2026.1",
        ),
        breached(REVIEW, DECIDED_DUE),
        done(REVIEW, late, DECIDED_DUE),
    ]  # fmt: skip


def test_a_review_on_the_day_that_the_group_takes_the_case_is_received() -> None:
    assert _heard(decided("scr", DECIDED), reviewed(DECIDED), receipt=MAPPA)[-1] == done(REVIEW, DECIDED, DECIDED_DUE)


def test_a_review_after_the_group_took_the_case_is_not_judged() -> None:
    assert _heard(decided("scr", DECIDED), reviewed(date(2014, 2, 3)), receipt=MAPPA) == [
        *HELD,
        cancelled(REVIEW, DECIDED, "mappa_scr"),
    ]


def test_a_register_s_review_after_that_is_received_all_the_same() -> None:
    came = said(reviewed(date(2014, 2, 3)), origin=Origin.IMPORT)
    _, recorded = heard(MAPPA, said(decided("scr", DECIDED), origin=Origin.IMPORT), came)
    assert of(REVIEW, recorded)[-1] == done(REVIEW, date(2014, 2, 3), date(2014, 5, 3), imported=True)


def test_mappa_said_later_holds_the_clock_and_voids_its_breach() -> None:
    clocks, _ = heard(PLAIN)
    missed = after(clocks, ticked(clocks, REVIEW))
    said_later = known([PLAIN, said(corrected(notification(INCIDENT, mappa=True)))])
    events = of(REVIEW, decide_case(missed, Judge(facts=said_later), LATER))
    assert events == [ClockHeld(clock=REVIEW, on=RECEIVED, reason="mappa")]
    assert of(REVIEW, decide_case(after(missed, events), Judge(facts=said_later), LATER)) == []


def test_mappa_said_in_error_lets_it_run_from_receipt() -> None:
    assert _heard(corrected(notification(INCIDENT)), receipt=MAPPA) == [*HELD, restarted(REVIEW, RECEIVED, DUE)]


def test_a_decision_without_mappa_decides_nothing() -> None:
    assert _heard(decided("scr", DECIDED)) == [started(REVIEW, RECEIVED, DUE)]


def test_evidence_of_a_review_in_time_corrects_the_breach() -> None:
    clocks, _ = heard(PLAIN)
    missed = after(clocks, ticked(clocks, REVIEW))
    assert of(REVIEW, decide_case(missed, Judge(facts=known([PLAIN, said(reviewed(DUE))])), LATER)) == [
        ClockCorrected(clock=REVIEW, on=DUE, due_on=DUE, reason="late_evidence", imported=False)
    ]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (withdrawn(DECIDED), "withdrawn"),
        (triaged("out_of_scope", DECIDED), "out_of_scope"),
        (triaged("duplicate", DECIDED), "duplicate"),
    ],
)
@pytest.mark.parametrize("receipt", [PLAIN, MAPPA], ids=["running", "held"])
def test_what_ends_the_case_ends_the_duty_running_or_held(event: Event, reason: str, receipt: tuple[object, ...]) -> None:
    assert _heard(event, receipt=receipt)[-1] == cancelled(REVIEW, DECIDED, reason)

"""What follows a review: the inspectorate's answer within a month, what it asks for, what the council says to its letter, a second review."""

from datetime import date

import pytest

from contracts.clocks import Clock
from contracts.envelope import Event, Origin
from tests.unit.deadlines.cases import (
    Said,
    answered,
    assessed,
    breached,
    cancelled,
    corrected,
    done,
    heard,
    notification,
    of,
    received,
    requested,
    restarted,
    reviewed,
    said,
    sent,
    started,
    supplied,
    withdrawn,
)

FEEDBACK, INFORMATION, ACCEPTANCE, AGAIN = Clock.FEEDBACK, Clock.INFORMATION, Clock.ACCEPTANCE, Clock.COMPREHENSIVE_REVIEW
RECEIVED, REVIEWED, DUE = date(2014, 3, 3), date(2014, 5, 31), date(2014, 6, 30)
ASKED, SUPPLIED = date(2014, 6, 10), date(2014, 6, 20)
CASE = [said(received(RECEIVED, notification(RECEIVED))), said(reviewed(REVIEWED))]


def _heard(clock: Clock, *events: Event, case: list[Said] = CASE, instance: int | None = None) -> list[object]:
    _, recorded = heard(*case, *map(said, events))
    return list(of(clock, recorded, instance))


def test_an_answer_is_owed_within_a_month_of_the_first_review() -> None:
    assert _heard(FEEDBACK, reviewed(date(2014, 6, 5), number=2)) == [started(FEEDBACK, REVIEWED, DUE)]


def test_nothing_is_owed_before_a_review() -> None:
    assert _heard(FEEDBACK, requested(RECEIVED), supplied(ASKED), case=CASE[:1]) == []


@pytest.mark.parametrize("event", [requested(DUE), sent(DUE)], ids=["request", "letter"])
def test_a_request_or_a_letter_on_the_last_day_is_an_answer_in_time(event: Event) -> None:
    assert _heard(FEEDBACK, event)[1:] == [done(FEEDBACK, DUE, DUE)]


@pytest.mark.parametrize("event", [requested(date(2014, 7, 1)), sent(date(2014, 7, 1))], ids=["request", "letter"])
def test_on_the_day_after_it_is_late(event: Event) -> None:
    assert _heard(FEEDBACK, event)[1:] == [breached(FEEDBACK, DUE), done(FEEDBACK, date(2014, 7, 1), DUE)]


def test_of_a_request_and_a_letter_the_first_counts() -> None:
    assert _heard(FEEDBACK, requested(ASKED), sent(date(2014, 6, 12)))[1:] == [done(FEEDBACK, ASKED, DUE)]


def test_a_request_before_the_review_is_no_answer_to_it() -> None:
    assert _heard(FEEDBACK, requested(date(2014, 5, 1))) == [started(FEEDBACK, REVIEWED, DUE)]


def test_each_supply_starts_a_further_month_of_its_own() -> None:
    second_due, third_due = date(2014, 7, 20), date(2014, 8, 10)
    events = (
        requested(ASKED, 1), supplied(SUPPLIED, 1), requested(date(2014, 7, 1), 2), supplied(date(2014, 7, 10), 2), sent(third_due),
    )  # fmt: skip
    assert _heard(FEEDBACK, *events, instance=1) == [started(FEEDBACK, REVIEWED, DUE), done(FEEDBACK, ASKED, DUE)]
    assert _heard(FEEDBACK, *events, instance=2) == [
        started(FEEDBACK, SUPPLIED, second_due, instance=2),
        done(FEEDBACK, date(2014, 7, 1), second_due, instance=2),
    ]
    assert _heard(FEEDBACK, *events, instance=3) == [
        started(FEEDBACK, date(2014, 7, 10), third_due, instance=3),
        done(FEEDBACK, third_due, third_due, instance=3),
    ]


def test_a_letter_before_the_supply_ends_nothing_that_the_supply_starts() -> None:
    events = _heard(FEEDBACK, requested(ASKED), sent(date(2014, 6, 12)), supplied(SUPPLIED), instance=2)
    assert events == [started(FEEDBACK, SUPPLIED, date(2014, 7, 20), instance=2)]


def test_a_request_that_is_answered_on_its_own_day_is_not_the_answer_to_the_supply() -> None:
    events = _heard(FEEDBACK, requested(ASKED), supplied(ASKED), instance=2)
    assert events == [started(FEEDBACK, ASKED, date(2014, 7, 10), instance=2)]


def test_a_second_supply_of_one_request_moves_nothing() -> None:
    events = requested(ASKED), supplied(SUPPLIED), supplied(date(2014, 6, 25))
    assert _heard(FEEDBACK, *events, instance=2) == [started(FEEDBACK, SUPPLIED, date(2014, 7, 20), instance=2)]


def test_each_request_is_answered_within_ten_working_days() -> None:
    due = date(2014, 6, 24)
    assert _heard(INFORMATION, requested(ASKED), supplied(SUPPLIED)) == [
        started(INFORMATION, ASKED, due),
        done(INFORMATION, SUPPLIED, due, days_taken=8),
    ]


def test_or_by_the_day_that_was_named() -> None:
    target = date(2014, 6, 14)
    assert _heard(INFORMATION, requested(ASKED, target_on=target), supplied(SUPPLIED)) == [
        started(INFORMATION, ASKED, target),
        breached(INFORMATION, target),
        done(INFORMATION, SUPPLIED, target, days_taken=8),
    ]


def test_an_answer_to_one_request_is_none_to_another() -> None:
    events = requested(ASKED, 1), requested(date(2014, 6, 11), 2), supplied(SUPPLIED, 2)
    assert _heard(INFORMATION, *events, instance=1) == [started(INFORMATION, ASKED, date(2014, 6, 24))]
    assert _heard(INFORMATION, *events, instance=2)[-1] == done(
        INFORMATION, SUPPLIED, date(2014, 6, 25), days_taken=7, instance=2
    )


@pytest.mark.parametrize("response", ["accepted", "accepted_with_comments", "disputed"])
def test_any_response_within_two_weeks_answers_the_letter(response: str) -> None:
    letter, due = date(2014, 12, 20), date(2015, 1, 3)
    assert _heard(ACCEPTANCE, sent(letter), answered(due, response)) == [
        started(ACCEPTANCE, letter, due),
        done(ACCEPTANCE, due, due),
    ]


def test_a_second_letter_starts_nothing_anew() -> None:
    assert _heard(ACCEPTANCE, sent(date(2014, 6, 10)), sent(date(2014, 6, 20), letter=2)) == [
        started(ACCEPTANCE, date(2014, 6, 10), date(2014, 6, 24))
    ]


def test_a_comprehensive_review_is_owed_within_a_month_of_the_judgement() -> None:
    judged, due = date(2014, 6, 30), date(2014, 7, 30)
    assert _heard(AGAIN, assessed("comprehensive_required", judged), reviewed(due, "CR", number=2)) == [
        started(AGAIN, judged, due),
        done(AGAIN, due, due),
    ]


def test_an_initial_analysis_or_an_earlier_comprehensive_review_is_not_what_was_asked_for() -> None:
    judged = date(2014, 6, 30)
    events = reviewed(date(2014, 6, 29), "CR", number=2), assessed("comprehensive_required", judged), reviewed(judged, number=3)
    assert _heard(AGAIN, *events) == [started(AGAIN, judged, date(2014, 7, 30))]


def test_saying_it_again_moves_nothing_and_judging_the_second_review_neither() -> None:
    judged = date(2014, 6, 30)
    events = assessed("comprehensive_required", judged), assessed("comprehensive_required", date(2014, 7, 3))
    assert _heard(AGAIN, *events, assessed(None, date(2014, 7, 4))) == [started(AGAIN, judged, date(2014, 7, 30))]


def test_a_judgement_that_it_was_enough_after_all_ends_the_duty_until_it_is_required_again() -> None:
    judged, enough, again = date(2014, 6, 30), date(2014, 7, 3), date(2014, 7, 8)
    events = (
        assessed("comprehensive_required", judged),
        assessed("appropriate", enough),
        assessed("comprehensive_required", again),
    )
    assert _heard(AGAIN, *events) == [
        started(AGAIN, judged, date(2014, 7, 30)),
        cancelled(AGAIN, enough, "judged_appropriate"),
        restarted(AGAIN, again, date(2014, 8, 8)),
    ]


@pytest.mark.parametrize(
    ("clock", "events"),
    [
        (FEEDBACK, []),
        (INFORMATION, [requested(ASKED)]),
        (ACCEPTANCE, [sent(ASKED)]),
        (AGAIN, [assessed("comprehensive_required", ASKED)]),
    ],
)
def test_a_case_that_falls_away_takes_each_of_them_with_it(clock: Clock, events: list[Event]) -> None:
    assert _heard(clock, *events, withdrawn(SUPPLIED))[1:] == [cancelled(clock, SUPPLIED, "withdrawn")]


def test_a_register_s_answer_after_its_outcome_stops_the_clock() -> None:
    imported = [
        said(received(RECEIVED, notification(RECEIVED)), origin=Origin.IMPORT),
        said(withdrawn(RECEIVED), origin=Origin.IMPORT),
        said(reviewed(REVIEWED), origin=Origin.IMPORT),
    ]
    _, recorded = heard(*imported, said(sent(DUE), origin=Origin.IMPORT))
    assert of(FEEDBACK, recorded)[-1] == done(FEEDBACK, DUE, DUE, imported=True)


def test_what_a_live_correction_makes_be_said_again_is_still_the_register_s() -> None:
    imported = (received(RECEIVED, notification(RECEIVED)), withdrawn(RECEIVED), reviewed(REVIEWED))
    case = [said(each, origin=Origin.IMPORT) for each in imported]
    of_mappa = corrected(notification(RECEIVED, mappa=True))
    assert _heard(Clock.REVIEW, of_mappa, case=case)[-1] == done(Clock.REVIEW, REVIEWED, date(2014, 8, 31), imported=True)

"""The tables behind the queue follow what was heard, by codes only; a case is shown to each reader as far as it is theirs to see."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.deadlines import ClockBreached, ClockCancelled, ClockHeld, ClockRecalculated, ClockSatisfied, ClockStarted
from contracts.envelope import Event
from contracts.feedback import CaseAllocated, CaseTriaged, ConflictDeclared, FeedbackDrafted, FeedbackRead, ReviewAssessed
from contracts.intake import (
    Flag,
    IncidentReclassified,
    Mappa,
    Notification,
    NotificationAmended,
    NotificationReceived,
    NotificationWithdrawn,
    Order,
    Person,
    Review,
    Reviewer,
    ReviewSubmitted,
    TransferAccepted,
)
from contracts.personal import Personal
from services.chassis.decider import Record
from services.chassis.hearing import Heard
from services.feedback import telling
from services.feedback.domain.case import Case
from services.feedback.projections import heard_changes, own_changes
from services.feedback.queries import KnownCase, Waiting
from tests.unit.feedback.cases import (
    CASE,
    EDINBURGH,
    GLASGOW,
    INSPECTOR,
    TODAY,
    answered,
    enveloped,
    known,
    requested,
    sent,
    state,
    submitted,
)

PLANTED = "planted-text-81c2"
AT = datetime(2026, 11, 18, 10, 15, tzinfo=UTC)
SEALED: dict[str, str] = {"field": "initials", "box": "c2VhbGVk"}
SAID = Notification(
    council_reference="GCC-117",
    criteria=("C1", "C3"),
    incident_type="T02",
    orders=(Order(type="CPO"),),
    mappa=Mappa(category=1),
    person=Person(initials=Personal(sealed=SEALED)),
    summary=Personal(PLANTED),
)
RECEIVED = NotificationReceived(
    reference="SIR-2026-0001",
    council=GLASGOW,
    received_at=AT,
    received_on=AT.date(),
    policy="2022",
    calendar="GB-SCT/2026.1",
    notification=SAID,
    flags=(Flag(rule="R-07", detail=PLANTED),),
)


def changes(event: Event, table: str) -> list[tuple[Any, ...]]:
    heard = Heard(envelope=enveloped(event), data=b"", event=event, partition=0, offset=0)
    return [arguments for query, arguments in heard_changes([heard]) if f" {table} " in query]


def test_a_case_that_is_received_is_shown_by_its_codes() -> None:
    row = (CASE, GLASGOW, "SIR-2026-0001", AT, AT.date(), "live", "T02", ["C1", "C3"], ["CPO"], True, ["R-07"])
    assert changes(RECEIVED, "known_case") == [row]


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        (
            NotificationAmended(
                changed=("mappa",),
                before=SAID,
                after=SAID.model_copy(update={"mappa": None}),
                reason=Personal(PLANTED),
                policy="2022",
                calendar="GB-SCT/2026.1",
            ),
            (CASE, "T02", ["C1", "C3"], ["CPO"], False, []),
        ),
        (IncidentReclassified(on=date(2026, 12, 1), before="T02", after="T04", basis=Personal(PLANTED)), (CASE, "T04")),
        (NotificationWithdrawn(on=date(2026, 12, 1), reason=Personal(PLANTED)), (CASE,)),
        (TransferAccepted(on=TODAY, from_council=GLASGOW, to_council=EDINBURGH), (CASE, EDINBURGH)),
    ],
)
def test_what_changes_is_shown_as_it_is_now(event: Event, arguments: tuple[Any, ...]) -> None:
    assert changes(event, "known_case") == [arguments]


def test_what_people_could_be_known_by_is_kept_as_sealed_as_it_came() -> None:
    [(_, _, fields)] = changes(RECEIVED, "telling")
    assert '"$sealed"' in fields
    assert PLANTED not in fields
    review = Review(kind="IAR", counts_as="IAR", reviewer=Reviewer(name=Personal(sealed=SEALED)))
    [(_, _, fields)] = changes(ReviewSubmitted(number=1, on=TODAY, review=review), "telling")
    assert '"$sealed"' in fields


RUN = {"clock": "review", "day_zero": TODAY, "due_on": TODAY, "policy": "2022", "calendar": "GB-SCT/2026.1"}


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        (ClockStarted(**RUN), [(CASE, "review", 1, TODAY)]),
        (ClockRecalculated(**RUN, instance=2, due_on_before=TODAY, reason="date_corrected"), [(CASE, "review", 2, TODAY)]),
        (ClockHeld(clock="review", on=TODAY, reason="sog"), [(CASE, "review", 1)]),
        (ClockSatisfied(clock="review", on=TODAY, due_on=TODAY), [(CASE, "review", 1)]),
        (ClockCancelled(clock="review", on=TODAY, reason="withdrawn"), [(CASE, "review", 1)]),
        (ClockBreached(clock="review", due_on=TODAY, breached_at=AT), []),
    ],
)
def test_a_clock_is_owed_until_it_stops_and_a_breach_stops_nothing(event: Event, arguments: list[tuple[Any, ...]]) -> None:
    assert changes(event, "clock") == arguments


def test_what_was_found_is_kept_with_the_council_whose_case_it_is() -> None:
    found = CaseTriaged(outcome="duplicate", on=AT.date(), duplicate_of="other", reason=Personal(PLANTED))
    declared = ConflictDeclared(inspector=INSPECTOR, council=GLASGOW, on=TODAY)
    records = [Record(envelope=enveloped(each, source="feedback"), event=each) for each in (found, declared)]
    assert [arguments for _, arguments in own_changes(records)] == [
        (CASE, GLASGOW, "duplicate", AT.date(), "other"),
        (INSPECTOR, GLASGOW, TODAY, None),
    ]


ROW = KnownCase(
    CASE, GLASGOW, "SIR-2026-0001", AT, AT.date(), "live", "T02", ["C1"], ["CPO"], mappa=False, flags=[], withdrawn=False
)


def test_the_queue_says_what_is_late_and_why() -> None:
    clocks = [("review", 1, TODAY - timedelta(days=3)), ("feedback", 1, TODAY)]
    shown = telling.waiting(Waiting(ROW, "review_submitted", ["scrutiny"], INSPECTOR, clocks[0][2], clocks), TODAY)
    assert shown["late"] == [{"clock": "review", "instance": 1, "whose": "council", "due_on": clocks[0][2], "days_late": 3}]
    assert [clock["whose"] for clock in shown["clocks"]] == ["council", "inspectorate"]


WORDS = Personal(PLANTED)
HISTORY = [
    CaseAllocated(on=TODAY, inspector=INSPECTOR, exception=WORDS),
    ReviewAssessed(on=TODAY, review=1, kind="IAR", iar_decision="appropriate", comments=WORDS),
    FeedbackDrafted(on=TODAY, text=WORDS),
    FeedbackRead(on=TODAY, reader=INSPECTOR, agreed=True, comments=WORDS),
]


def whole(*, personal: bool, council: bool, history: list[Event]) -> dict[str, Any]:
    case = state(*history)
    assert isinstance(case, Case)
    return telling.whole(ROW, case, known(submitted(), answered("accepted")), personal=personal, council=council)


def test_no_council_sees_a_draft_a_second_reading_or_an_internal_remark() -> None:
    shown = whole(personal=True, council=True, history=HISTORY)
    assert PLANTED not in str(shown)
    assert not {"draft", "second_read"} & shown.keys()
    assert shown["assessment"]["iar_decision"] == "appropriate"
    assert str(whole(personal=True, council=False, history=HISTORY)).count(PLANTED) == 4


def test_a_council_sees_its_letter_and_what_was_asked_for() -> None:
    shown = whole(personal=True, council=True, history=[requested(1, "The plan."), sent(text="A letter.")])
    assert shown["requests"][0]["items"] == ["The plan."]
    assert (shown["letters"][0]["text"], shown["letters"][0]["response"]) == ("A letter.", "accepted")


def test_who_sees_no_persons_sees_no_words() -> None:
    shown = whole(personal=False, council=False, history=[*HISTORY, requested(1, PLANTED), sent(text=PLANTED)])
    assert PLANTED not in str(shown)
    assert shown["letters"][0]["on"] == TODAY


def test_a_councils_history_is_without_what_is_internal() -> None:
    events = [
        {"version": number, "type": event.type, "data": {name: "words" for name, _ in event}}
        for number, event in enumerate(HISTORY, 1)
    ]
    seen = telling.history(events, council=True)
    assert [event["version"] for event in seen] == [1, 2]
    assert not {"exception", "comments"} & {name for event in seen for name in event["data"]}
    assert telling.history(events, council=False) == events

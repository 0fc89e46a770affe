"""Government is told once of each case, of changes only if it knows the case, and acknowledges each event once."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import Decision, Event, Refused
from contracts.notification import CopyRecorded, GovernmentAcknowledged, GovernmentNotified, GovernmentTold
from services.notification.domain.told import Acknowledge, Command, Place, RecordCopy, Tell, TellChange, Told, decide, evolve

AT = datetime(2026, 11, 18, 10, 15, tzinfo=UTC)
RECEIVED = date(2026, 11, 18)
FIRST = Place(sequence=7, outward_id=UUID(int=1))
SECOND = Place(sequence=8, outward_id=UUID(int=2))
NOTIFIED = GovernmentNotified(informed_on=RECEIVED, sequence=7, outward_id=FIRST.outward_id)


def when(command: Command, *history: Event, at: datetime = AT) -> Decision:
    told = Told()
    for event in history:
        told = evolve(told, event)
    return decide(told, command, at)


def codes(decision: Decision) -> list[tuple[str, str, str | None]]:
    assert isinstance(decision, Refused)
    return [(fault.pointer, fault.code, fault.rule) for fault in decision.faults]


def test_a_case_is_told_at_its_place() -> None:
    assert when(Tell(place=FIRST)) == [NOTIFIED]


def test_the_day_of_telling_is_a_day_in_scotland() -> None:
    just_after_midnight = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert when(Tell(place=FIRST), at=just_after_midnight) == [NOTIFIED.model_copy(update={"informed_on": date(2026, 7, 2)})]


def test_a_case_that_was_told_is_not_told_again() -> None:
    assert when(Tell(place=SECOND), NOTIFIED) == []


def test_a_case_whose_copy_went_before_our_time_can_still_be_told() -> None:
    assert when(Tell(place=FIRST), CopyRecorded(informed_on=RECEIVED)) == [NOTIFIED]


def test_a_change_of_a_case_that_nobody_told_is_no_news() -> None:
    assert when(TellChange(told="notification-amended", place=FIRST)) == []


@pytest.mark.parametrize("informed", [NOTIFIED, CopyRecorded(informed_on=RECEIVED)])
def test_a_change_of_a_case_that_government_knows_is_told(informed: Event) -> None:
    told = GovernmentTold(told="notification-amended", sequence=8, outward_id=SECOND.outward_id)
    assert when(TellChange(told="notification-amended", place=SECOND), informed) == [told]


def test_a_copy_before_the_receipt_is_refused() -> None:
    command = RecordCopy(informed_on=RECEIVED - timedelta(days=1), received_on=RECEIVED)
    assert codes(when(command)) == [("#/informed_on", "before_receipt", "R-05")]


def test_a_copy_of_tomorrow_is_refused() -> None:
    command = RecordCopy(informed_on=RECEIVED + timedelta(days=1), received_on=RECEIVED)
    assert codes(when(command)) == [("#/informed_on", "in_the_future", "R-05")]


def test_a_copy_on_the_day_of_receipt_is_recorded() -> None:
    assert when(RecordCopy(informed_on=RECEIVED, received_on=RECEIVED)) == [CopyRecorded(informed_on=RECEIVED)]


def test_an_event_that_is_not_of_the_case_is_not_acknowledged() -> None:
    refusal = when(Acknowledge(outward_id=SECOND.outward_id), NOTIFIED)
    assert isinstance(refusal, Refused)
    assert refusal.code == "not_told"


def test_the_first_receipt_is_the_one_that_counts() -> None:
    first = GovernmentAcknowledged(outward_id=FIRST.outward_id, acknowledged_at=AT)
    assert when(Acknowledge(outward_id=FIRST.outward_id), NOTIFIED) == [first]
    assert when(Acknowledge(outward_id=FIRST.outward_id), NOTIFIED, first, at=AT + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("history", "status"),
    [
        ([], "not_notified"),
        ([CopyRecorded(informed_on=RECEIVED)], "copy_recorded"),
        ([NOTIFIED], "notified"),
        ([NOTIFIED, GovernmentAcknowledged(outward_id=FIRST.outward_id, acknowledged_at=AT)], "acknowledged"),
    ],
)
def test_the_status_says_how_far_it_came(history: list[Event], status: str) -> None:
    told = Told()
    for event in history:
        told = evolve(told, event)
    assert told.status == status


PLACES = st.builds(Place, sequence=st.integers(1, 9), outward_id=st.integers(1, 4).map(lambda n: UUID(int=n)))
DAYS = st.dates(date(2026, 11, 16), date(2026, 11, 20))
COMMANDS = st.one_of(
    st.builds(Tell, place=PLACES),
    st.builds(TellChange, told=st.sampled_from(["notification-amended", "notification-withdrawn"]), place=PLACES),
    st.builds(RecordCopy, informed_on=DAYS, received_on=DAYS),
    st.builds(Acknowledge, outward_id=st.integers(1, 4).map(lambda n: UUID(int=n))),
)


def _after(told: Told, command: Command) -> Told:
    decision = decide(told, command, AT)
    for event in () if isinstance(decision, Refused) else decision:
        told = evolve(told, event)
    return told


@given(st.lists(COMMANDS), COMMANDS)
def test_a_repeated_command_decides_nothing(before: list[Command], command: Command) -> None:
    told = Told()
    for each in before:
        told = _after(told, each)
    again = decide(_after(told, command), command, AT)
    assert again == [] or isinstance(again, Refused)


@given(st.lists(COMMANDS))
def test_one_outward_event_stands_at_one_place_and_is_confirmed_at_most_once(commands: list[Command]) -> None:
    told, said = Told(), list[Event]()
    for command in commands:
        decision = decide(told, command, AT)
        for event in () if isinstance(decision, Refused) else decision:
            told, said = evolve(told, event), [*said, event]
    assert sum(isinstance(event, GovernmentNotified) for event in said) <= 1
    confirmed = [event.outward_id for event in said if isinstance(event, GovernmentAcknowledged)]
    assert len(confirmed) == len(set(confirmed))
    assert set(confirmed) <= told.outward

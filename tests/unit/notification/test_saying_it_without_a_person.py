"""An outward event says codes, dates and field names; a personal value or a free text has no place in it."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendars import CURRENT_CALENDAR, UnknownVersion
from contracts.envelope import Envelope, Event, Origin
from contracts.government import NotificationCopied, render
from contracts.intake import (
    IncidentReclassified,
    Mappa,
    Notification,
    NotificationAmended,
    NotificationCorrected,
    NotificationReceived,
    NotificationWithdrawn,
    Order,
    Person,
)
from contracts.personal import Personal
from services.notification.domain.outward import Case, outward
from services.notification.reactions import reactions

CASE = Case(reference="SIR-2014-0007", council="S12000036", notified_by="S12000049")
PLANTED = "planted-text-81c2"


def received(received_on: date = date(2014, 12, 9), **more: Any) -> NotificationReceived:
    said: dict[str, Any] = {
        "council_reference": PLANTED,
        "occurred_on": date(2014, 11, 28),
        "criteria": ("C1",),
        "incident_type": "T02",
        "orders": (Order(type="CPO"), Order(type="LIFE")),
        "person": Person(council_person_id=Personal(PLANTED), initials=Personal(PLANTED)),
        "summary": Personal(PLANTED),
    }
    return NotificationReceived(
        reference=CASE.reference,
        council=CASE.notified_by,
        received_at=datetime(received_on.year, received_on.month, received_on.day, 12, tzinfo=UTC),
        received_on=received_on,
        policy="2013+2014",
        calendar=CURRENT_CALENDAR,
        notification=Notification(**said | more),
    )


def copied(event: NotificationReceived) -> NotificationCopied:
    said = outward(CASE, event)
    assert isinstance(said, NotificationCopied)
    return said


def rendered(event: Event) -> str:
    return render(
        outward(CASE, event),
        outward_id=UUID(int=1),
        subject=UUID(int=2),
        sequence=1,
        time=datetime(2014, 12, 9, tzinfo=UTC),
        recordedtime=datetime(2014, 12, 9, tzinfo=UTC),
        correlationid=UUID(int=3),
        causationid=UUID(int=4),
        traceparent=None,
        address="http://127.0.0.1:8003",
    ).decode()


def test_a_notification_over_st_andrews_day_is_late_by_one_day() -> None:
    said = copied(received())
    assert (said.working_days_taken, said.on_time, said.copy_due_on) == (6, False, date(2014, 12, 11))


def test_a_notification_on_the_due_day_is_in_time() -> None:
    said = copied(received(date(2014, 12, 8)))
    assert (said.working_days_taken, said.on_time) == (5, True)


@pytest.mark.parametrize("more", [{"occurred_on": None}, {"occurred_on_precision": "month"}, {"occurred_on": date(1930, 1, 1)}])
def test_an_incident_whose_day_cannot_be_counted_from_is_not_measured(more: dict[str, Any]) -> None:
    said = copied(received(**more))
    assert (said.working_days_taken, said.on_time) == (None, None)


def test_codes_are_all_that_is_said() -> None:
    said = copied(received(mappa=Mappa(category=1), retrospective=True))
    assert (said.council.name, said.incident_type, said.orders) == ("Glasgow City Council", "T02", ("CPO", "LIFE"))
    assert (said.mappa, said.retrospective, said.reference) == (True, True, "SIR-2014-0007")


def test_a_calendar_that_is_not_known_is_no_reason_to_guess() -> None:
    with pytest.raises(UnknownVersion):
        outward(CASE, received().model_copy(update={"calendar": "GB-SCT/2099.9"}))


CHANGE: dict[str, Any] = {
    "changed": ("incident_type", "person"),
    "before": received().notification,
    "after": received().notification,
    "reason": Personal(PLANTED),
    "policy": "2013",
    "calendar": CURRENT_CALENDAR,
}
HEARD = [
    (received(), "tell_of_receipt"),
    (NotificationAmended(**CHANGE), "tell_of_change"),
    (NotificationCorrected(**CHANGE), "tell_of_change"),
    (NotificationWithdrawn(on=date(2014, 12, 10), reason=Personal(PLANTED)), "tell_of_withdrawal"),
]


@pytest.mark.parametrize("event", [event for event, _ in HEARD])
def test_nothing_planted_is_said(event: Event) -> None:
    assert PLANTED not in rendered(event)


@given(st.text(min_size=1))
def test_no_free_text_fits_among_field_names(text: str) -> None:
    event = NotificationAmended(**CHANGE | {"changed": (text + " ",)})
    with pytest.raises(ValueError, match=r"string_pattern_mismatch|string_too_long"):
        outward(CASE, event)


def heard(origin: Origin, event: Event) -> Envelope:
    at = datetime(2014, 12, 9, tzinfo=UTC)
    return Envelope(
        id=UUID(int=1), source="intake", type=event.type, schemaversion=1, subject=str(UUID(int=2)), streamversion=1, time=at,
        recordedtime=at, role="council", actor="someone", council=CASE.council, origin=origin, policy=None, calendar=None,
        correlationid=UUID(int=3), causationid=None, traceparent=None, prevhash=b"", hash=b"",
    )  # fmt: skip


@pytest.mark.parametrize(("event", "rule"), HEARD)
def test_what_a_council_says_now_is_told(event: Event, rule: str) -> None:
    assert [each.rule for each in reactions(heard(Origin.LIVE, event), event)] == [rule]


@pytest.mark.parametrize("event", [event for event, _ in HEARD])
def test_what_is_brought_in_is_not_told(event: Event) -> None:
    assert reactions(heard(Origin.IMPORT, event), event) == []


def test_a_reclassification_is_not_told_yet() -> None:
    event = IncidentReclassified(on=date(2014, 12, 10), before="T03", after="T04", basis=Personal(PLANTED))
    assert reactions(heard(Origin.LIVE, event), event) == []

"""The tables behind the queue follow what was heard, by codes only."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from contracts.envelope import Envelope, Event, Origin
from contracts.feedback import CaseTriaged
from contracts.intake import (
    Flag,
    IncidentReclassified,
    Mappa,
    Notification,
    NotificationAmended,
    NotificationReceived,
    NotificationWithdrawn,
    Order,
)
from contracts.personal import Personal
from services.chassis.decider import Record
from services.chassis.hearing import Heard
from services.feedback.projections import heard_changes, own_changes

PLANTED = "planted-text-81c2"
AT = datetime(2026, 11, 18, 10, 15, tzinfo=UTC)
SAID = Notification(
    criteria=("C1", "C3"), incident_type="T02", orders=(Order(type="CPO"),), mappa=Mappa(category=1), summary=Personal(PLANTED)
)
RECEIVED = NotificationReceived(
    reference="SIR-2026-0001",
    council="S12000049",
    received_at=AT,
    received_on=AT.date(),
    policy="2022",
    calendar="GB-SCT/2026.1",
    notification=SAID,
    flags=(Flag(rule="R-07", detail=PLANTED),),
)


def envelope(event: Event) -> Envelope:
    return Envelope(
        id=UUID(int=1), source="intake", type=event.type, schemaversion=1, subject="case", streamversion=1, time=AT,
        recordedtime=AT, role="council", actor="someone", council="S12000049", origin=Origin.LIVE, policy=None, calendar=None,
        correlationid=UUID(int=3), causationid=None, traceparent=None, prevhash=b"", hash=b"",
    )  # fmt: skip


def changes(event: Event) -> list[tuple[Any, ...]]:
    heard = Heard(envelope=envelope(event), data=b"", event=event, partition=0, offset=0)
    return [arguments for query, arguments in heard_changes([heard]) if "into telling" not in query]


def test_a_case_that_is_received_is_shown_by_its_codes() -> None:
    row = ("case", "S12000049", "SIR-2026-0001", AT, AT.date(), "live", "T02", ["C1", "C3"], ["CPO"], True, ["R-07"])
    assert changes(RECEIVED) == [row]


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
            ("case", "T02", ["C1", "C3"], ["CPO"], False, []),
        ),
        (IncidentReclassified(on=date(2026, 12, 1), before="T02", after="T04", basis=Personal(PLANTED)), ("case", "T04")),
        (NotificationWithdrawn(on=date(2026, 12, 1), reason=Personal(PLANTED)), ("case",)),
    ],
)
def test_what_changes_is_shown_as_it_is_now(event: Event, arguments: tuple[Any, ...]) -> None:
    assert changes(event) == [arguments]


def test_what_was_found_is_kept_with_the_council_whose_case_it_is() -> None:
    found = CaseTriaged(outcome="duplicate", on=AT.date(), duplicate_of="other", reason=Personal(PLANTED))
    [(_, arguments)] = own_changes([Record(envelope=envelope(found), event=found)])
    assert arguments == ("case", "S12000049", "duplicate", AT.date(), "other")

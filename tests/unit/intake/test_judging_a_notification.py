"""The rules of a notification: what is refused, what is flagged, and that an import is spared what a register cannot hold."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.envelope import Origin, Refused
from contracts.intake import Flag, Mappa, Notification, NotificationCorrected, NotificationReceived, Order, SignedOff
from services.intake.domain.around import Around
from services.intake.domain.case import decide
from services.intake.domain.notification import Change, Receive, Reclassify, Withdraw
from services.intake.domain.rules import Circumstances, flags, refusals
from services.intake.domain.state import Case, Nothing, evolve

NOW = datetime(2014, 12, 5, 12, tzinfo=UTC)
SAID = Notification(
    occurred_on=date(2014, 11, 28),
    became_aware_on=date(2014, 11, 28),
    criteria=("C1",),
    charged_on=date(2014, 11, 29),
    role_of_person="perpetrator_suspected",
    incident_type="T02",
    orders=(Order(type="CPO"),),
    signed_off_by=SignedOff(grade="service_manager", signed_on=date(2014, 12, 1)),
)
LIVE = Circumstances(received_on=date(2014, 12, 5), today=date(2014, 12, 5), origin=Origin.LIVE)
IMPORT = replace(LIVE, origin=Origin.IMPORT)
LIVELY = Around(council="S12000049")


def rules(said: Notification, around: Circumstances = LIVE) -> set[tuple[str, str | None]]:
    return {(fault.pointer, fault.rule) for fault in refusals(said, around)}


def flagged(said: Notification, around: Circumstances = LIVE) -> set[str]:
    return {flag.rule for flag in flags(said, around)}


def test_a_good_one_is_neither_refused_nor_flagged() -> None:
    assert rules(SAID) == set()
    assert flagged(SAID) == set()


def test_a_criterion_holds() -> None:
    assert rules(SAID.model_copy(update={"criteria": ()})) == {("#/criteria", "R-02")}


def test_voluntary_supervision_is_out_of_scope() -> None:
    orders = (Order(type="CPO"), Order(type="diversion"))
    assert rules(SAID.model_copy(update={"orders": orders})) == {("#/orders/1/type", "R-01")}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"occurred_on": date(2014, 12, 6)}, "#/occurred_on"),
        ({"became_aware_on": date(2014, 11, 27)}, "#/became_aware_on"),
        ({"charged_on": date(2014, 12, 6)}, "#/charged_on"),
        ({"mappa": Mappa(category=1, sog_notified_on=date(2015, 1, 1))}, "#/mappa/sog_notified_on"),
        ({"signed_off_by": SignedOff(grade="cswo", signed_on=date(2014, 12, 6))}, "#/signed_off_by/signed_on"),
    ],
)
def test_dates_run_in_order_and_none_is_in_the_future(changes: dict[str, object], pointer: str) -> None:
    assert (pointer, "R-05") in rules(SAID.model_copy(update=changes))


def test_a_late_one_says_why_unless_it_is_brought_in() -> None:
    # Friday 28 November 2014: St Andrew's Day is kept on Monday 1 December, so the fifth working day is Monday 8 December.
    in_time = replace(LIVE, received_on=date(2014, 12, 8), today=date(2014, 12, 8))
    late = replace(LIVE, received_on=date(2014, 12, 9), today=date(2014, 12, 9))
    assert rules(SAID, in_time) == set()
    assert rules(SAID, late) == {("#/late_reason", "R-08")}
    assert rules(SAID.model_copy(update={"late_reason": "not_aware"}), late) == set()
    assert rules(SAID, replace(late, origin=Origin.IMPORT)) == set()


def test_lateness_is_not_judged_where_the_day_is_not_known() -> None:
    late = replace(LIVE, received_on=date(2016, 1, 1), today=date(2016, 1, 1))
    assert rules(SAID.model_copy(update={"occurred_on_precision": "month"}), late) == set()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"charged_on": None}, "R-03"),
        ({"criteria": ("C3",)}, "R-03"),
        ({"signed_off_by": None}, "R-07"),
        ({"signed_off_by": SignedOff(grade="first_line_manager")}, "R-07"),
        ({"mappa": Mappa(category=2)}, "R-09"),
    ],
)
def test_what_the_guidance_wants_is_flagged(changes: dict[str, object], rule: str) -> None:
    assert rule in flagged(SAID.model_copy(update=changes))


def test_registered_sex_offenders_are_flagged_by_the_policy_of_the_date() -> None:
    said = SAID.model_copy(update={"mappa": Mappa(category=1, sog_notified_on=date(2014, 11, 28))})
    assert "R-12" in flagged(said, replace(IMPORT, received_on=date(2012, 6, 1)))
    assert "R-12" not in flagged(said, replace(IMPORT, received_on=date(2013, 2, 1)))


def test_an_import_is_not_flagged_for_what_a_register_cannot_hold() -> None:
    said = SAID.model_copy(update={"charged_on": None, "role_of_person": None, "mappa": Mappa(category=1)})
    assert flagged(said, IMPORT) == set()


def test_likely_duplicates_are_flagged() -> None:
    assert flagged(SAID, replace(LIVE, same_person_lately=True, same_day_already=True)) == {"R-13"}
    assert flagged(SAID, replace(LIVE, same_day_already=True)) == {"R-14"}


def received(at: datetime = NOW, **more: Any) -> NotificationReceived:
    decision = decide(
        Nothing(), Receive(reference="SIR-2014-0001", council="S12000049", said=SAID, origin=Origin.LIVE, **more), at
    )
    assert not isinstance(decision, Refused)
    (event,) = decision
    assert isinstance(event, NotificationReceived)
    return event


def test_the_receipts_day_is_the_one_in_scotland() -> None:
    assert received(datetime(2014, 12, 4, 23, 59, tzinfo=UTC)).received_on == date(2014, 12, 4)
    summer = SAID.model_copy(
        update={
            "occurred_on": None,
            "occurred_on_precision": "unknown",
            "became_aware_on": None,
            "charged_on": None,
            "signed_off_by": None,
        }
    )
    decision = decide(
        Nothing(),
        Receive(reference="x", council="y", said=summer, origin=Origin.LIVE),
        datetime(2014, 7, 1, 23, 30, tzinfo=UTC),
    )
    assert not isinstance(decision, Refused)
    (event,) = decision
    assert isinstance(event, NotificationReceived)
    assert event.received_on == date(2014, 7, 2)


def test_the_policy_is_that_of_the_receipt() -> None:
    assert received().policy == "2013+2014"


def case() -> Case:
    state = evolve(Nothing(), received())
    assert isinstance(state, Case)
    return state


def test_a_correction_says_before_and_after() -> None:
    change = Change(correction=True, values={"occurred_on": date(2014, 11, 27)}, reason="typing", around=LIVELY)
    decision = decide(case(), change, NOW)
    assert not isinstance(decision, Refused)
    (event,) = decision
    assert isinstance(event, NotificationCorrected)
    assert (event.changed, event.before.occurred_on, event.after.occurred_on) == (
        ("occurred_on",),
        date(2014, 11, 28),
        date(2014, 11, 27),
    )


def test_what_changes_nothing_is_no_event() -> None:
    assert (
        decide(case(), Change(correction=False, values={"occurred_on": SAID.occurred_on}, reason="x", around=LIVELY), NOW) == []
    )
    assert decide(case(), Reclassify(incident_type="T02", basis="x", around=LIVELY), NOW) == []


def test_a_correction_that_breaks_a_rule_is_refused_with_its_pointer() -> None:
    decision = decide(case(), Change(correction=True, values={"criteria": ()}, reason="x", around=LIVELY), NOW)
    assert isinstance(decision, Refused)
    assert [fault.pointer for fault in decision.faults] == ["#/changes/criteria"]


def test_a_withdrawn_case_may_only_be_put_right() -> None:
    decision = decide(case(), Withdraw(reason="x", around=LIVELY), NOW)
    assert not isinstance(decision, Refused)
    state = evolve(case(), decision[0])
    for command in (
        Withdraw(reason="x", around=LIVELY),
        Reclassify(incident_type="T01", basis="x", around=LIVELY),
        Change(correction=False, values={"occurred_on": date(2014, 11, 27)}, reason="x", around=LIVELY),
    ):
        refused = decide(state, command, NOW)
        assert isinstance(refused, Refused)
        assert (refused.status, refused.allowed) == (409, ("corrections",))
    correction = Change(correction=True, values={"occurred_on": date(2014, 11, 27)}, reason="x", around=LIVELY)
    assert not isinstance(decide(state, correction, NOW), Refused)


def test_a_reclassification_holds_until_a_correction_of_the_type() -> None:
    decision = decide(case(), Reclassify(incident_type="T04", basis="post mortem", around=LIVELY), NOW)
    assert not isinstance(decision, Refused)
    state = evolve(case(), decision[0])
    assert isinstance(state, Case)
    assert state.incident_type == "T04"


def test_a_flag_is_words_for_the_inspector() -> None:
    assert received().flags == ()
    assert isinstance(flags(SAID.model_copy(update={"signed_off_by": None}), LIVE)[0], Flag)

"""MAPPA: that the group was told, and what it decided (R-09 to R-11)."""

from datetime import UTC, date, datetime, timedelta

from contracts.intake import Mappa, NotificationReceived, SogDecided, SogNotified
from services.intake.domain.case import decide
from services.intake.domain.mappa import DecideSog, NotifySog
from services.intake.domain.notification import Change, Receive
from services.intake.domain.state import Nothing, evolve
from tests.unit.intake.cases import (
    DAY,
    FIFE,
    GLASGOW,
    MAPPA,
    NOW,
    RECEIVED,
    SAID,
    council,
    events,
    given,
    refusal,
    registrar,
    then,
)


def test_the_area_is_the_councils_own_unless_another_is_named() -> None:
    case = given(said=MAPPA)
    assert events(decide(case, NotifySog(around=council()), NOW)) == [SogNotified(on=DAY, area="Glasgow")]
    assert events(decide(case, NotifySog(area="Fife", around=council()), NOW)) == [SogNotified(on=DAY, area="Fife")]
    elsewhere = given(said=SAID.model_copy(update={"mappa": Mappa(category=1, area="Tayside")}))
    assert events(decide(elsewhere, NotifySog(around=council()), NOW)) == [SogNotified(on=DAY, area="Tayside")]
    assert refusal(decide(case, NotifySog(area="Atlantis", around=council()), NOW)).faults[0].pointer == "#/area"


def test_a_live_notification_has_its_councils_area_and_a_register_none() -> None:
    for around, area in ((council(), "Fife"), (registrar(), None)):
        command = Receive(reference="SIR-2026-0001", council=FIFE, said=MAPPA, origin=around.origin)
        (event,) = events(decide(Nothing(), command, RECEIVED))
        assert isinstance(event, NotificationReceived)
        assert event.notification.mappa is not None
        assert event.notification.mappa.area == area


def test_the_same_mappa_without_its_area_is_no_change() -> None:
    command = Receive(reference="SIR-2026-0001", council=GLASGOW, said=MAPPA, origin=council().origin)
    case = evolve(Nothing(), events(decide(Nothing(), command, RECEIVED))[0])
    change = Change(correction=True, values={"mappa": Mappa(category=1)}, reason="x", around=council())
    assert decide(case, change, NOW) == []


def test_the_notice_takes_the_flag_away_for_good() -> None:
    case = given(said=MAPPA)
    flagged = Change(correction=False, values={"mappa": Mappa(category=2)}, reason="x", around=council())
    assert "R-09" in [flag.rule for flag in then(case, flagged).flags]
    told = then(then(case, flagged), NotifySog(around=council()))
    assert "R-09" not in [flag.rule for flag in told.flags]
    changed = Change(correction=False, values={"mappa": Mappa(category=3)}, reason="x", around=council())
    assert "R-09" not in [flag.rule for flag in then(told, changed).flags]


def test_a_later_decision_replaces_an_earlier_one_and_the_same_again_is_nothing() -> None:
    case = then(given(said=MAPPA), DecideSog(decision="scr", around=council()))
    assert decide(case, DecideSog(decision="scr", around=council()), NOW) == []
    assert events(decide(case, DecideSog(decision="no_scr", around=council()), NOW)) == [SogDecided(on=DAY, decision="no_scr")]
    moved = DecideSog(decision="scr", on=DAY - timedelta(days=1), around=registrar())
    assert events(decide(case, moved, NOW)) == [SogDecided(on=DAY - timedelta(days=1), decision="scr")]


def test_the_group_may_have_decided_before_the_notification_but_not_before_the_incident() -> None:
    case, incident = given(said=MAPPA), date(2026, 10, 30)
    for command in (
        DecideSog(decision="scr", on=incident, around=registrar()),
        NotifySog(on=incident, around=registrar()),
    ):
        assert len(events(decide(case, command, NOW))) == 1
    early = DecideSog(decision="scr", on=incident - timedelta(days=1), around=registrar())
    assert [fault.code for fault in refusal(decide(case, early, NOW)).faults] == ["before_occurred"]
    unborn = DecideSog(decision="scr", on=date(2026, 12, 1), around=registrar())
    assert [fault.code for fault in refusal(decide(case, unborn, datetime(2026, 11, 30, tzinfo=UTC))).faults] == ["in_the_future"]

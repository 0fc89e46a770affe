"""Cases in every state, and every command that may be asked of one."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import reduce
from typing import Any

from contracts.envelope import Decision, Event, Refused
from contracts.feedback import (
    CaseClosed,
    CaseReopened,
    CaseTriaged,
    FeedbackSent,
    InformationRequested,
    Item,
    ReviewAssessed,
    ScrutinyStarted,
)
from contracts.intake import Answer, Checked, Mappa, Notification, NotificationReceived, Review, Reviewer, SignedOff
from contracts.personal import Personal
from services.intake.domain import path
from services.intake.domain.around import Around, Side
from services.intake.domain.case import Command, decide
from services.intake.domain.erasure import Erase, Hold, LiftHold
from services.intake.domain.heard import NOTHING_HEARD, Heard, learn
from services.intake.domain.mappa import DecideSog, NotifySog
from services.intake.domain.notification import Change, Reclassify, Withdraw
from services.intake.domain.plan import Item as PlanItem
from services.intake.domain.plan import Record
from services.intake.domain.reply import Respond, Supply
from services.intake.domain.review import TESTS, Submit, TakeBack
from services.intake.domain.state import Case, Nothing, State, evolve
from services.intake.domain.transfer import Transfer

GLASGOW, EDINBURGH, FIFE = "S12000049", "S12000036", "S12000047"
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RECEIVED = datetime(2026, 11, 2, 10, tzinfo=UTC)

SAID = Notification(
    occurred_on=date(2026, 10, 30),
    became_aware_on=date(2026, 10, 30),
    criteria=("C2",),
    role_of_person="perpetrator_suspected",
    incident_type="T02",
    signed_off_by=SignedOff(grade="service_manager", signed_on=date(2026, 11, 2)),
)
MAPPA = SAID.model_copy(update={"mappa": Mappa(category=1)})


def received(said: Notification = SAID) -> NotificationReceived:
    return NotificationReceived(
        reference="SIR-2026-0001",
        council=GLASGOW,
        received_at=RECEIVED,
        received_on=RECEIVED.date(),
        policy="2022",
        calendar="GB-SCT/2026.1",
        notification=said,
    )


def given(*events: Event, said: Notification = SAID) -> Case:
    beginning: State = Nothing()
    state = reduce(evolve, (received(said), *events), beginning)
    assert isinstance(state, Case)
    return state


def heard(*events: Event) -> Heard:
    return reduce(learn, events, NOTHING_HEARD)


def council(*events: Event, of: str = GLASGOW) -> Around:
    return Around(side=Side.COUNCIL, council=of, heard=heard(*events))


def registrar(*events: Event) -> Around:
    return Around(side=Side.REGISTRAR, heard=heard(*events))


def inspectorate(*events: Event) -> Around:
    return Around(side=Side.INSPECTORATE, heard=heard(*events))


def events(decision: Decision) -> Sequence[Event]:
    assert not isinstance(decision, Refused), decision
    return decision


def refusal(decision: Decision) -> Refused:
    assert isinstance(decision, Refused), decision
    return decision


def then(state: State, command: Command, at: datetime = NOW) -> Case:
    """The case after a command that is not refused."""
    after: State = reduce(evolve, events(decide(state, command, at)), state)
    assert isinstance(after, Case)
    return after


def review(kind: str = "IAR", *, sufficient: bool = True, **more: Any) -> Review:
    initial = kind in {"IAR", "PART1"}
    said: dict[str, Any] = {
        "kind": kind,
        "counts_as": "IAR" if initial else "CR",
        "reviewer": Reviewer(relationship="none"),
        "checks": tuple(Checked(item=item, value="evidenced") for items in TESTS.values() for item in items),
        "conclusion": ("iar_sufficient" if sufficient else "cr_needed") if initial else None,
        "signed_off_by": SignedOff(grade="head_of_cjsw", signed_on=DAY),
    }
    return Review(**said | more)


REQUESTED = InformationRequested(request=1, on=DAY, review=1, items=(Item(text=Personal("a")), Item(text=Personal("b"))))
SENT = FeedbackSent(letter=1, on=DAY, review=1, text=Personal("words"))
IN_SCOPE = CaseTriaged(outcome="in_scope", on=DAY)
OUT_OF_SCOPE = CaseTriaged(outcome="out_of_scope", on=DAY)
DUPLICATE = CaseTriaged(outcome="duplicate", on=DAY, duplicate_of="019a6f3e-0000-7000-8000-000000000001")
READ = ScrutinyStarted(on=DAY, review=1)
CR_REQUIRED = ReviewAssessed(on=DAY, review=1, kind="IAR", iar_decision="comprehensive_required")
APPROPRIATE = ReviewAssessed(on=DAY, review=1, kind="IAR", iar_decision="appropriate")
CLOSED = CaseClosed(on=DAY)
REOPENED = CaseReopened(on=DAY, reason=Personal("new facts"))

COMMANDS: dict[str, Callable[[Around], Command]] = {
    path.AMEND: lambda a: Change(correction=False, values={"outcome_of_harm": "death"}, reason="x", around=a),
    path.CORRECT: lambda a: Change(correction=True, values={"retrospective": True}, reason="x", around=a),
    path.RECLASSIFY: lambda a: Reclassify(incident_type="T04", basis="x", around=a),
    path.WITHDRAW: lambda a: Withdraw(reason="x", around=a),
    path.NOTIFY_SOG: lambda a: NotifySog(around=a),
    path.DECIDE_SOG: lambda a: DecideSog(decision="scr", around=a),
    path.REVIEW: lambda a: Submit(review=review(), around=a),
    path.WITHDRAW_REVIEW: lambda a: TakeBack(reason="x", around=a),
    path.SUPPLY: lambda a: Supply(answers=(Answer(item=1, text=Personal("x")),), around=a),
    path.ANSWER: lambda a: Respond(response="accepted", around=a),
    path.PLAN: lambda a: Record(item=PlanItem(values={"text": Personal("x")}), around=a),
    path.TRANSFER: lambda a: Transfer(to_council=EDINBURGH, reason="moved", around=a),
    path.HOLD: lambda a: Hold(reason="x", around=a),
    path.LIFT_HOLD: lambda a: LiftHold(around=a),
    path.ERASE: lambda a: Erase(basis="retention_ended", around=a),
}

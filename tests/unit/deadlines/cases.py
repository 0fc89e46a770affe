"""Cases to test with: what other services say of one, and what its clocks become as it is heard."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from contracts.calendars import CURRENT_CALENDAR, calendar
from contracts.clocks import POLICIES, Clock, due_on, end_of_day_london, noon_london, policy_on
from contracts.deadlines import ClockBreached, ClockCancelled, ClockRestarted, ClockSatisfied, ClockStarted
from contracts.envelope import NO_HASH, Envelope, Event, Origin
from contracts.feedback import CaseReopened, CaseTriaged, FeedbackSent, InformationRequested, ReviewAssessed
from contracts.intake import (
    FeedbackAnswered,
    InformationSupplied,
    Mappa,
    Notification,
    NotificationCorrected,
    NotificationReceived,
    NotificationWithdrawn,
    Review,
    ReviewSubmitted,
    SogDecided,
    SogNotified,
)
from contracts.notification import CopyRecorded, GovernmentNotified
from contracts.personal import Personal
from services.deadlines.domain.case_clocks import NO_CLOCKS, CaseEvent, Clocks, Judge, Tick, decide_case, evolve_case
from services.deadlines.domain.facts import Facts, learn
from services.deadlines.queries import ClockShown

CASE = "019a0000-0000-7000-8000-000000000001"
NOBODY = UUID(int=0)
LATER = datetime(2030, 12, 31, tzinfo=UTC)
COUNCIL = "S12000036"

Said = tuple[Envelope, Event]


def said(event: Event, *, origin: Origin = Origin.LIVE, recorded: datetime = LATER) -> Said:
    """An event of another service, in its envelope."""
    envelope = Envelope(
        id=NOBODY, source=event.type.split(".")[1], type=event.type, schemaversion=1, subject=CASE, streamversion=1,
        time=recorded, recordedtime=recorded, role="council", actor="a", council=COUNCIL, origin=origin, policy=None, calendar=None,
        correlationid=NOBODY, causationid=None, traceparent=None, prevhash=NO_HASH, hash=NO_HASH,
    )  # fmt: skip
    return envelope, event


def notification(
    occurred_on: date | None = None,
    became_aware_on: date | None = None,
    precision: str = "day",
    *,
    mappa: bool = False,
    told_sog_on: date | None = None,
) -> Notification:
    return Notification(
        occurred_on=occurred_on,
        occurred_on_precision=precision,
        became_aware_on=became_aware_on,
        criteria=("C1",),
        incident_type="T02",
        mappa=Mappa(category=1, sog_notified_on=told_sog_on) if mappa else None,
    )


def received(on: date, about: Notification) -> NotificationReceived:
    return NotificationReceived(
        reference="SIR-2014-0001",
        council=COUNCIL,
        received_at=noon_london(on),
        received_on=on,
        policy=policy_on(on).version,
        calendar=CURRENT_CALENDAR,
        notification=about,
    )


def corrected(about: Notification, *, policy: str = "2013") -> NotificationCorrected:
    return NotificationCorrected(
        changed=("occurred_on",), before=about, after=about, reason=Personal("a slip"), policy=policy, calendar=CURRENT_CALENDAR
    )


def withdrawn(on: date) -> NotificationWithdrawn:
    return NotificationWithdrawn(on=on, reason=Personal("a mistake"))


def triaged(outcome: str, on: date) -> CaseTriaged:
    return CaseTriaged(outcome=outcome, on=on)


def told_sog(on: date) -> SogNotified:
    return SogNotified(on=on)


def decided(decision: str, on: date) -> SogDecided:
    return SogDecided(decision=decision, on=on)


def reviewed(on: date, counts_as: str = "IAR", number: int = 1) -> ReviewSubmitted:
    return ReviewSubmitted(number=number, on=on, review=Review(kind=counts_as, counts_as=counts_as))


def requested(on: date, number: int = 1, target_on: date | None = None) -> InformationRequested:
    return InformationRequested(request=number, on=on, target_on=target_on)


def supplied(on: date, request: int = 1) -> InformationSupplied:
    return InformationSupplied(request=request, on=on)


def assessed(iar_decision: str | None, on: date) -> ReviewAssessed:
    return ReviewAssessed(on=on, kind="IAR" if iar_decision else "CR", iar_decision=iar_decision)


def sent(on: date, letter: int = 1) -> FeedbackSent:
    return FeedbackSent(letter=letter, on=on)


def answered(on: date, response: str = "accepted") -> FeedbackAnswered:
    return FeedbackAnswered(letter=1, on=on, response=response)


def reopened(on: date) -> CaseReopened:
    return CaseReopened(on=on, reason=Personal("new facts"))


def notified(on: date) -> GovernmentNotified:
    return GovernmentNotified(informed_on=on, sequence=1, outward_id=NOBODY)


def copied(on: date) -> CopyRecorded:
    return CopyRecorded(informed_on=on)


def known(history: Iterable[Said]) -> Facts:
    facts = Facts()
    for envelope, event in history:
        facts = learn(facts, envelope, event)
    return facts


def after(clocks: Clocks, events: Sequence[CaseEvent]) -> Clocks:
    for event in events:
        clocks = evolve_case(clocks, event)
    return clocks


def heard(*history: Said, counted_by: str | None = None) -> tuple[Clocks, list[CaseEvent]]:
    """The clocks when each event was judged as it was heard, and all that was recorded."""
    clocks, recorded = NO_CLOCKS, list[CaseEvent]()
    for count in range(1, len(history) + 1):
        events = decide_case(clocks, Judge(facts=known(history[:count]), calendar=counted_by), LATER)
        clocks = after(clocks, events)
        recorded += events
    return clocks, recorded


def ticked(clocks: Clocks, clock: Clock, at: datetime = LATER, *, instance: int = 1) -> Sequence[CaseEvent]:
    """What the ticker records of a clock that has started."""
    key = (clock, instance)
    return decide_case(clocks, Tick(key=key, due_on=clocks.states[key].terms.due_on), at)  # type: ignore[union-attr]


def of(clock: str, events: Iterable[CaseEvent], instance: int | None = None) -> list[CaseEvent]:
    return [event for event in events if event.clock == clock and instance in {None, event.instance}]


def started(clock: str, day_zero: date, due_on: date, policy: str = "2013", instance: int = 1) -> ClockStarted:
    return ClockStarted(
        clock=clock, instance=instance, day_zero=day_zero, due_on=due_on, policy=policy, calendar=CURRENT_CALENDAR
    )


def restarted(clock: str, day_zero: date, due_on: date, policy: str = "2013", instance: int = 1) -> ClockRestarted:
    return ClockRestarted(
        clock=clock, instance=instance, day_zero=day_zero, due_on=due_on, policy=policy, calendar=CURRENT_CALENDAR
    )


def breached(clock: str, due_on: date, instance: int = 1) -> ClockBreached:
    return ClockBreached(clock=clock, instance=instance, due_on=due_on, breached_at=end_of_day_london(due_on))


def done(
    clock: str, on: date, due_on: date, days_taken: int | None = None, instance: int = 1, *, imported: bool = False
) -> ClockSatisfied:
    return ClockSatisfied(clock=clock, instance=instance, on=on, due_on=due_on, days_taken=days_taken, imported=imported)


def cancelled(clock: str, on: date, reason: str, instance: int = 1) -> ClockCancelled:
    return ClockCancelled(clock=clock, instance=instance, on=on, reason=reason)


def shown(clock: Clock, day_zero: date = date(2014, 11, 28), instance: int = 1, policy: str = "2013+2014") -> ClockShown:
    edition = next(each for each in POLICIES if each.version == policy)
    return ClockShown(
        subject="s", clock=clock, instance=instance, council="S12000036", reference="SIR-2014-0001", state="running",
        due_on=due_on(clock, day_zero, edition, calendar(CURRENT_CALENDAR)), stopped_on=None, day_zero=day_zero,
        calendar=CURRENT_CALENDAR, policy=policy, held_on=None, cancelled_on=None, reason=None, due_before=None, moved_by=None,
        sequence=0, changed=datetime(2014, 11, 28, tzinfo=UTC),
    )  # fmt: skip

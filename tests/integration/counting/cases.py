"""Histories of cases, and how many of them there are: a plain walk over each case, as api.md 5 says it, without a clock's event.

Each case is what intake, feedback and notification say of it. Deadlines' own rules turn that, heard in some order, into clocks: what
the service under test is given. The walk knows nothing of these; it counts days itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from dateutil.relativedelta import relativedelta
from hypothesis import strategies as st

from contracts.calendars import CURRENT_CALENDAR, calendar
from contracts.clocks import Clock, noon_london, policy_on
from contracts.codes import Check, Grade
from contracts.councils import COUNCILS
from contracts.envelope import NO_HASH, Envelope, Event, Origin
from contracts.feedback import CaseReopened, CaseTriaged, FeedbackSent, InformationRequested, ReviewAssessed
from contracts.intake import (
    Checked,
    FeedbackAnswered,
    IncidentReclassified,
    Mappa,
    Notification,
    NotificationAmended,
    NotificationCorrected,
    NotificationReceived,
    NotificationWithdrawn,
    Review,
    ReviewSubmitted,
    SignedOff,
    SogDecided,
)
from contracts.notification import CopyRecorded, GovernmentNotified
from contracts.personal import Personal
from services.chassis import codec
from services.chassis.chain import link
from services.chassis.clock import new_id
from services.chassis.keys import Box
from services.deadlines.domain.case_clocks import NO_CLOCKS, Clocks, Judge, decide_case, evolve_case
from services.deadlines.domain.facts import Facts, learn

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
DAY_ONE = date(2014, 3, 20)
"""Before an Easter, so that days of every kind are counted."""
SCOTLAND = calendar(CURRENT_CALENDAR)
CIPHER = AESGCM(bytes(32))
HIGH_GRADES = {"service_manager", "senior_manager", "head_of_cjsw", "cswo"}
HEADS = {"head_of_cjsw", "cswo"}
ITEMS = (
    "risk_assessment_completed",
    "risk_assessment_up_to_date",
    "risk_management_plan",
    "plan_informed_by_assessment",
    "order_reviews",
)

Said = tuple[Envelope, bytes, Event]


@dataclass
class History:
    """Everything said of some cases, in the order in which it was recorded."""

    said: list[Said] = field(default_factory=list)
    _heads: dict[tuple[str, str], Envelope] = field(default_factory=dict)

    def say(self, subject: str, event: Event, *, at: datetime, origin: Origin) -> Envelope:
        source = event.type.split(".")[1]
        before, identity = self._heads.get((source, subject)), new_id()
        data = codec.encode(event, Box(CIPHER, identity.bytes))
        policy, versions = event.rules()
        fields: dict[str, Any] = {
            "id": identity, "source": source, "type": event.type, "schemaversion": event.version, "subject": subject,
            "streamversion": before.streamversion + 1 if before else 1, "time": event.happened() or at, "recordedtime": at,
            "role": "council", "actor": "someone", "council": None, "origin": origin, "policy": policy, "calendar": versions,
            "correlationid": identity, "causationid": None, "traceparent": None, "prevhash": before.hash if before else NO_HASH,
        }  # fmt: skip
        unlinked = Envelope(**fields, hash=NO_HASH)
        envelope = self._heads[source, subject] = Envelope(**fields, hash=link(unlinked, data))
        self.said.append((envelope, data, event))
        return envelope


def days(first: int = 0, last: int = 60) -> st.SearchStrategy[date]:
    return st.integers(first, last).map(lambda number: DAY_ONE + timedelta(days=number))


def dated() -> st.SearchStrategy[dict[str, Any]]:
    """The incident's day as far as it is known; a few lie where no calendar reaches."""
    known = days(-20, 25).map(lambda day: {"occurred_on": day})
    coarse = st.just({"occurred_on": date(2014, 1, 1), "occurred_on_precision": "year"})
    never = st.sampled_from([{"occurred_on": None, "occurred_on_precision": "unknown"}, {"occurred_on": date(1949, 5, 2)}])
    return st.one_of(known, known, known, coarse, never)


@st.composite
def notifications(draw: st.DrawFn) -> Notification:
    grade = draw(st.sampled_from([None, *Grade]))
    return Notification(
        **draw(dated()),
        became_aware_on=draw(st.none() | days(-20, 25)),
        criteria=("C1",),
        incident_type=draw(st.sampled_from(["T01", "T02", "T03"])),
        signed_off_by=SignedOff(grade=grade) if grade else None,
        mappa=draw(st.sampled_from([None, None, Mappa(category=1)])),
        summary=Personal("planted"),
    )


@dataclass(frozen=True)
class Road:
    """The days on which one case went on, None where it did not: each at or after the one before."""

    received_on: date
    reviewed_on: date | None
    requested_on: date | None
    sent_on: date | None
    answered_on: date | None


@st.composite
def roads(draw: st.DrawFn) -> Road:
    at = received_on = draw(days(0, 30))
    steps: list[date | None] = []
    for longest in (130, 40, 40, 20):
        going = bool(at) and draw(st.integers(0, 3)) > 0 and (not steps or steps[0] is not None)
        at = at + timedelta(days=draw(st.integers(0, longest))) if going else at
        steps.append(at if going else None)
    if steps[2] is None:
        steps[3] = None
    return Road(received_on, *steps)


@st.composite
def submissions(draw: st.DrawFn, road: Road) -> list[Event]:
    """The first review and, now and then, another; then the answer to the letter."""
    said: list[Event] = []
    if road.reviewed_on is None:
        return said
    for number in range(1, draw(st.integers(2, 3))):
        grade = draw(st.sampled_from([None, *Grade]))
        review = Review(
            kind=draw(st.sampled_from(["IAR", "PART1", "CR"])),
            counts_as=draw(st.sampled_from(["IAR", "CR"])),
            checks=tuple(Checked(item=item, value=draw(st.sampled_from(list(Check)))) for item in ITEMS),
            signed_off_by=SignedOff(grade=grade) if grade else None,
            summary=Personal("planted"),
        )
        said.append(ReviewSubmitted(number=number, on=road.reviewed_on + timedelta(days=(number - 1) * 9), review=review))
    if road.answered_on is not None:
        said.append(FeedbackAnswered(letter=1, on=road.answered_on, response="disputed"))
    return said


@st.composite
def intake(draw: st.DrawFn, road: Road) -> list[Event]:
    received_on = road.received_on
    said = draw(notifications())
    kind = said.incident_type
    events: list[Event] = []
    events.append(
        NotificationReceived(
            reference="SIR-2026-0001", council=draw(st.sampled_from(COUNCILS[:4])).gss_code, received_at=noon_london(received_on),
            received_on=received_on, policy=policy_on(received_on).version, calendar=CURRENT_CALENDAR, notification=said,
        )
    )  # fmt: skip
    last: date = received_on
    decision = draw(st.sampled_from([None, "scr", "no_scr"]))
    if decision is not None:
        events.append(SogDecided(on=draw(days((received_on - DAY_ONE).days, 120)), decision=decision))
    events += draw(submissions(road))
    for step in draw(st.lists(st.sampled_from(["correct", "amend", "reclassify"]), max_size=3)):
        if step == "reclassify":
            last = draw(days((last - DAY_ONE).days))
            after = draw(st.sampled_from(["T01", "T02", "T04"]))
            events.append(IncidentReclassified(on=last, before=kind, after=after, basis=Personal("planted")))
            kind = after
        else:
            after_all = draw(notifications())
            changed = tuple(name for name in Notification.model_fields if getattr(said, name) != getattr(after_all, name))
            make = NotificationCorrected if step == "correct" else NotificationAmended
            events.append(
                make(
                    changed=changed, before=said, after=after_all, reason=Personal("planted"),
                    policy=policy_on(received_on).version, calendar=CURRENT_CALENDAR,
                )
            )  # fmt: skip
            said = after_all
    if draw(st.integers(0, 4)) == 0:
        events.append(NotificationWithdrawn(on=draw(days((last - DAY_ONE).days)), reason=Personal("planted")))
    return events


@st.composite
def judgements(draw: st.DrawFn, road: Road) -> list[Event]:
    """What the inspectorate did with the review."""
    said: list[Event] = []
    if road.requested_on is not None:
        said.append(InformationRequested(request=1, on=road.requested_on))
    if road.reviewed_on is not None:
        said.extend(
            ReviewAssessed(
                on=road.reviewed_on + timedelta(days=draw(st.integers(0, 60))),
                kind="IAR",
                iar_decision=draw(st.sampled_from([None, "appropriate", "comprehensive_required"])),
                quality=draw(st.sampled_from([None, "high", "satisfactory"])),
            )
            for _ in range(draw(st.integers(0, 2)))
        )
    if road.sent_on is not None:
        said.append(FeedbackSent(letter=1, on=road.sent_on))
    if draw(st.integers(0, 3)) == 0:
        said.append(CaseReopened(on=draw(days((road.received_on - DAY_ONE).days, 150)), reason=Personal("planted")))
    return said


@st.composite
def feedback(draw: st.DrawFn, road: Road) -> list[Event]:
    looks, last = list(draw(judgements(road))), road.received_on
    for outcome in draw(st.lists(st.sampled_from(["in_scope", "out_of_scope", "out_of_scope", "duplicate"]), max_size=3)):
        last = draw(days((last - DAY_ONE).days))
        looks.append(CaseTriaged(outcome=outcome, on=last, duplicate_of=str(new_id()) if outcome == "duplicate" else None))
    return looks


@st.composite
def telling(draw: st.DrawFn, received_on: date, origin: Origin) -> list[Event]:
    if draw(st.integers(0, 3)) == 0:
        return []
    day = received_on + timedelta(days=draw(st.integers(0, 8)))
    if origin is Origin.IMPORT:
        return [CopyRecorded(informed_on=day)]
    return [GovernmentNotified(informed_on=day, sequence=1, outward_id=new_id())]


@st.composite
def histories(draw: st.DrawFn, *, late_clocks: bool = True) -> History:
    """Some cases; with `late_clocks` deadlines hears the streams in an order of its own, else as they are recorded."""
    history, at = History(), BEGAN
    for _ in range(draw(st.integers(1, 5))):
        subject, origin = str(new_id()), draw(st.sampled_from(list(Origin)))
        road = draw(roads())
        streams = [draw(intake(road)), draw(feedback(road)), draw(telling(road.received_on, origin))]
        recorded = _woven(draw, streams)
        heard = _woven(draw, streams) if late_clocks else recorded
        envelopes = {}
        clocks = _Clocks(subject=subject, history=history)
        for event in recorded:
            at += timedelta(seconds=1)
            envelopes[id(event)] = history.say(subject, event, at=at, origin=origin)
            if not late_clocks:
                clocks.hear(envelopes[id(event)], event, at=at + timedelta(milliseconds=1))
        if late_clocks:
            for event in heard:
                at += timedelta(seconds=1)
                clocks.hear(envelopes[id(event)], event, at=at)
    return history


def _woven(draw: st.DrawFn, streams: Sequence[Sequence[Event]]) -> list[Event]:
    left = [list(events) for events in streams]
    return [left[number].pop(0) for number in draw(st.permutations([n for n, events in enumerate(streams) for _ in events]))]


@dataclass
class _Clocks:
    """Deadlines, hearing one case."""

    subject: str
    history: History
    facts: Facts = field(default_factory=Facts)
    clocks: Clocks = field(default_factory=lambda: NO_CLOCKS)

    def hear(self, envelope: Envelope, event: Event, *, at: datetime) -> None:
        self.facts = learn(self.facts, envelope, event)
        for each in decide_case(self.clocks, Judge(facts=self.facts), at):
            self.clocks = evolve_case(self.clocks, each)
            self.history.say(self.subject, each, at=at, origin=envelope.origin)


@dataclass
class Walked:
    """One case on a day, as known at an instant."""

    received: NotificationReceived
    said: Notification
    kind: str
    grade: str | None
    duplicate: bool
    withdrawn: bool
    out_of_scope: bool
    verdicts: dict[Clock, str]
    days_taken: int | None
    review: ReviewSubmitted | None
    place: str
    requested: bool
    iar_decision: str | None
    quality: str | None

    def shows(self, item: str) -> bool:
        return self.review is not None and any(
            each.item == item and each.value == "evidenced" for each in self.review.review.checks
        )

    def is_a(self, kind: str) -> bool:
        return self.review is not None and self.review.review.counts_as == kind


def walk(said: Iterable[Said], *, as_at: date, known_at: datetime) -> Walked | None:
    """What is true of one case."""
    known = [(envelope, event) for envelope, _, event in said if envelope.recordedtime <= known_at]
    received = next((event for _, event in known if isinstance(event, NotificationReceived)), None)
    if received is None or received.received_on > as_at:
        return None
    now, kind = _said_now([event for _, event in known], received, as_at)
    looks = [event for _, event in known if isinstance(event, CaseTriaged)]
    events = [(envelope, event) for envelope, event in known if getattr(event, "on", as_at) <= as_at]
    by_then = [event for _, event in events]
    reopened = max((event.on for event in by_then if isinstance(event, CaseReopened)), default=date.min)
    sound = [look for look in looks if look.on <= as_at and look.outcome != "duplicate"]
    withdrawn = [event.on for event in by_then if isinstance(event, NotificationWithdrawn) and event.on > reopened]
    last = max((place for place, event in enumerate(by_then) if isinstance(event, CaseReopened)), default=-1)
    since = [event for event in by_then[last + 1 :] if isinstance(event, CaseTriaged)]
    out = [
        look.on
        for look in sound[-1:]
        if look.outcome == "out_of_scope" and (look.on > reopened or any(look is each for each in since))
    ]
    decided = [event for event in by_then if isinstance(event, SogDecided)]
    scr = [
        max(event.on, received.received_on) for event in decided if event.decision == "scr" and event.on > reopened and now.mappa
    ]
    fallen = min(withdrawn + out + scr, default=None)
    review = next((event for event in by_then if isinstance(event, ReviewSubmitted)), None)
    held = now.mappa is not None and not any(event.decision == "no_scr" for event in decided)
    judged = sorted((event for event in by_then if isinstance(event, ReviewAssessed)), key=lambda event: event.on)
    verdicts = _verdicts(events, received, now, fallen, as_at)
    return Walked(
        received=received,
        said=now,
        kind=kind,
        grade=now.signed_off_by.grade if now.signed_off_by else None,
        duplicate=bool(looks) and looks[-1].outcome == "duplicate",
        withdrawn=bool(withdrawn),
        out_of_scope=bool(out) and not withdrawn,
        verdicts=verdicts,
        days_taken=_days_taken(now, received),
        review=review,
        place=_place(review, withdrawn + out, scr, verdicts[Clock.REVIEW], held=held),
        requested=any(isinstance(event, InformationRequested) for event in by_then),
        iar_decision=next((each.iar_decision for each in reversed(judged) if each.iar_decision), None),
        quality=next((each.quality for each in reversed(judged) if each.quality), None),
    )


def _said_now(known: Sequence[Event], received: NotificationReceived, as_at: date) -> tuple[Notification, str]:
    """What the council says, and of what type the incident is."""
    now, kind = received.notification, received.notification.incident_type
    found: list[tuple[date, str]] = []
    for event in known:
        match event:
            case NotificationCorrected() | NotificationAmended():
                now = event.after
                if event.before.incident_type != event.after.incident_type:
                    kind, found = event.after.incident_type, []
            case IncidentReclassified(on=on, after=after) if on <= as_at:
                found.append((on, after))
    return now, found[-1][1] if found else kind


def _place(review: ReviewSubmitted | None, gone: Sequence[date], scr: Sequence[date], verdict: str, *, held: bool) -> str:
    if review is not None:
        return "received"
    if gone:
        return "not_required"
    if scr:
        return "closed_mappa_scr"
    if held:
        return "held_for_sog"
    return "overdue" if verdict == "missed" else "not_yet_due"


def _verdicts(
    events: Sequence[tuple[Envelope, Event]], received: NotificationReceived, now: Notification, fallen: date | None, as_at: date
) -> dict[Clock, str]:
    def days_of(*kinds: type[Event]) -> list[tuple[date, Origin]]:
        return [(event.on, envelope.origin) for envelope, event in events if isinstance(event, kinds)]  # type: ignore[attr-defined]

    receipt = [(received.received_on, Origin.LIVE)]
    told = [
        (event.informed_on, envelope.origin) for envelope, event in events if isinstance(event, GovernmentNotified | CopyRecorded)
    ]
    reviews, letters = days_of(ReviewSubmitted)[:1], days_of(FeedbackSent)
    occurred = now.occurred_on if now.occurred_on_precision == "day" else None
    verdicts = {
        Clock.NOTIFY: _verdict(_worked_on(occurred, 5), receipt, fallen, as_at),
        Clock.NOTIFY_FROM_AWARENESS: _verdict(_worked_on(now.became_aware_on, 5), receipt, fallen, as_at),
        Clock.GOVERNMENT_COPY: _verdict(_worked_on(received.received_on, 2), told, fallen, as_at),
        Clock.REVIEW: _verdict(received.received_on + relativedelta(months=3), reviews, fallen, as_at),
        Clock.FEEDBACK: "none",
        Clock.ACCEPTANCE: "none",
    }
    if reviews:
        responses = [*days_of(InformationRequested), *letters]
        verdicts[Clock.FEEDBACK] = _verdict(reviews[0][0] + relativedelta(months=1), responses, fallen, as_at)
    if letters:
        due = letters[0][0] + timedelta(days=14)
        verdicts[Clock.ACCEPTANCE] = _verdict(due, days_of(FeedbackAnswered), fallen, as_at)
    if now.mappa is not None:
        decisions = [event for _, event in events if isinstance(event, SogDecided)]
        verdicts[Clock.REVIEW] = _reviewed_under_mappa(decisions, received.received_on, reviews, fallen, as_at)
    return verdicts


def _reviewed_under_mappa(
    decisions: Sequence[SogDecided],
    received_on: date,
    reviews: Sequence[tuple[date, Origin]],
    fallen: date | None,
    as_at: date,
) -> str:
    left = [each.on for each in decisions if each.decision == "no_scr"]
    if not left or (reviews and reviews[0][0] <= max(received_on, left[0])):
        verdict = _verdict(date.max, reviews, fallen, as_at)
        return "held" if verdict == "open" else verdict
    return _verdict(max(received_on, left[0]) + relativedelta(months=3), reviews, fallen, as_at)


def _worked_on(day_zero: date | None, length: int) -> date | None:
    """The last of so many working days."""
    if day_zero is None or day_zero < SCOTLAND.first:
        return None
    due, left = day_zero, length
    while left:
        due += timedelta(days=1)
        left -= SCOTLAND.is_working(due)
    return due


def _verdict(due: date | None, stops: Sequence[tuple[date, Origin]], fallen: date | None, as_at: date) -> str:
    if due is None:
        return "not_measurable"
    stopped = [on for on, origin in stops if on <= as_at and (fallen is None or on <= fallen or origin is Origin.IMPORT)]
    if stopped:
        return "met" if min(stopped) <= due else "missed"
    if fallen is not None:
        return "cancelled"
    return "missed" if as_at > due else "open"


def _days_taken(now: Notification, received: NotificationReceived) -> int | None:
    occurred = now.occurred_on if now.occurred_on_precision == "day" else None
    return None if occurred is None or occurred.year < 1950 else _worked(occurred, received.received_on)


def _worked(day_zero: date, received_on: date) -> int:
    while not SCOTLAND.is_working(received_on):
        received_on += timedelta(days=1)
    return sum(SCOTLAND.is_working(day_zero + timedelta(days=n)) for n in range(1, (received_on - day_zero).days + 1))


def expected(history: History, *, first: date, last: date, as_at: date, known_at: datetime) -> dict[str, Any]:
    """Every figure, from walks."""
    subjects = dict.fromkeys(envelope.subject for envelope, _, _ in history.said)
    walked = [walk([s for s in history.said if s[0].subject == subject], as_at=as_at, known_at=known_at) for subject in subjects]
    cases = [case for case in walked if case is not None and first <= case.received.received_on <= last]
    counted = [case for case in cases if not case.duplicate]
    out, gone = sum(case.out_of_scope for case in counted), sum(case.withdrawn for case in counted)
    councils = {case.received.council for case in counted}
    late = [case for case in counted if case.verdicts[Clock.NOTIFY] == "missed"]
    taken = [case.days_taken for case in late if case.days_taken is not None]
    plain = [(case.received.received_on - case.said.occurred_on).days for case in late if case.said.occurred_on]
    return {
        "ST-01": {
            "value": len(counted),
            "duplicates": len(cases) - len(counted),
            "withdrawn": gone,
            "out_of_scope": out,
            "met_criteria": len(counted) - out - gone,
        },
        "ST-04": {"value": len(councils), "none": 32 - len(councils)},
        "ST-07": _timely(counted, Clock.NOTIFY, "not_measurable"),
        "ST-07b": _timely(counted, Clock.NOTIFY_FROM_AWARENESS, "not_measurable"),
        "ST-08": {
            "count": len(late),
            "min": min(taken, default=None),
            "max": max(taken, default=None),
            "median": median(taken) if taken else None,
            "mean": _rounded(Decimal(sum(taken)) / len(taken), "0.01") if taken else None,
            "calendar_min": min(plain, default=None),
            "calendar_max": max(plain, default=None),
            "calendar_median": median(plain) if plain else None,
        },
        "ST-12": _share(sum(case.grade in HIGH_GRADES for case in counted), len(counted)),
        "ST-13": _timely(counted, Clock.GOVERNMENT_COPY, "open"),
        **_of_reviews(counted),
        "councils": {
            code: (
                sum(case.received.council == code for case in counted),
                *(
                    sum(case.received.council == code and case.verdicts[Clock.NOTIFY] == verdict for case in counted)
                    for verdict in ("met", "missed", "not_measurable")
                ),
            )
            for code in councils
        },
        "types": {kind: sum(case.kind == kind for case in counted) for kind in {case.kind for case in counted}},
    }


def _of_reviews(counted: Sequence[Walked]) -> dict[str, Any]:
    received = [case for case in counted if case.place == "received"]
    iars, crs = [case for case in received if case.is_a("IAR")], [case for case in received if case.is_a("CR")]
    places = ("not_yet_due", "overdue", "held_for_sog", "closed_mappa_scr", "not_required")
    judged = [case for case in iars if case.iar_decision]
    assessed = [case for case in crs if case.quality]
    completed = [case for case in received if case.shows("risk_assessment_completed")]
    up_to_date = [case for case in received if case.shows("risk_assessment_up_to_date")]
    planned = [case for case in received if case.shows("risk_management_plan")]
    of = len(received)

    def signed(case: Walked) -> bool:
        by = case.review.review.signed_off_by if case.review else None
        return by is not None and by.grade in HEADS

    return {
        "ST-20": {"value": of} | {place: sum(case.place == place for case in counted) for place in places},
        "ST-22": _share(len(iars), of),
        "ST-23": _share(len(crs), of),
        "ST-24": _share(sum(case.verdicts[Clock.REVIEW] == "met" for case in received), of),
        "ST-24b": _timely(counted, Clock.REVIEW, "open", "held"),
        "ST-25": _share(sum(case.iar_decision == "appropriate" for case in judged), len(judged)),
        "ST-26": _share(sum(case.iar_decision == "comprehensive_required" for case in judged), len(judged)),
        "ST-27": _share(sum(case.requested for case in iars), len(iars)),
        "ST-28": _share(sum(case.quality == "high" for case in assessed), len(assessed)),
        "ST-29": _share(sum(map(signed, received)), of),
        "ST-30": _share(len(completed), of),
        "ST-31": _share(len(up_to_date), of)
        | {"of_completed": _share(sum(case in up_to_date for case in completed), len(completed))},
        "ST-32": _share(len(planned), of),
        "ST-33": _share(of - len(planned), of),
        "ST-34": _share(sum(case.shows("plan_informed_by_assessment") for case in planned), len(planned)),
        "ST-35": _share(sum(case.shows("order_reviews") for case in received), of),
        "ST-37": _share(sum(case.verdicts[Clock.FEEDBACK] == "met" for case in received), of)
        | {"open": sum(case.verdicts[Clock.FEEDBACK] == "open" for case in received)},
        "ST-38": _timely(counted, Clock.ACCEPTANCE, "open"),
    }


def _timely(cases: Sequence[Walked], clock: Clock, *beside: str) -> dict[str, Any]:
    verdicts = [case.verdicts[clock] for case in cases]
    met, missed = verdicts.count("met"), verdicts.count("missed")
    return _share(met, met + missed) | {each: verdicts.count(each) for each in beside}


def _share(numerator: int, denominator: int) -> dict[str, Any]:
    percent = _rounded(Decimal(100) * numerator / denominator, "0.1") if denominator else None
    return {"numerator": numerator, "denominator": denominator, "percent": percent}


def _rounded(value: Decimal, step: str) -> float:
    return float(value.quantize(Decimal(step), ROUND_HALF_UP))

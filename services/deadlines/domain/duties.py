"""Which duties follow from what is known of a case, until when, and how each has ended, if it has."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from contracts.calendars import OutsideCalendar, calendar
from contracts.clocks import Clock, due_on, policy
from contracts.codes import IarDecision, SogDecision
from contracts.envelope import Origin
from services.deadlines.domain.clock import Terms
from services.deadlines.domain.facts import Anchor, Facts, Stop

Key = tuple[Clock, int]
"""A duty of a case: its clock, and which of several of that clock."""

CANCELLING: Final = frozenset({"out_of_scope", "duplicate"})
"""Outcomes of triage after which nothing more is owed."""

WITHDRAWN: Final = "withdrawn"
MAPPA_SCR: Final = "mappa_scr"
JUDGED_APPROPRIATE: Final = "judged_appropriate"
NOT_MEASURABLE: Final = "not_measurable"
NOT_OWED: Final = "not_owed"
"""Why a duty fell away; from triage, its outcome says so."""

MAPPA: Final = "mappa"
DATE_CORRECTED: Final = "date_corrected"
"""Why a clock is held, or was counted again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Nothing is owed, from a day on, for a reason."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Owed, but not running: since a day, for a reason."""

    since: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What is owed, from when, and how it ended: done, lapsed, or not yet.

    `target_on` is the last day in time where somebody named one; `because` says why other terms than before follow.
    """

    clock: Clock
    anchor: Anchor
    end: Stop | Lapse | None
    target_on: date | None = None
    held: Hold | None = None
    because: str = DATE_CORRECTED

    def terms(self, version: str | None = None) -> Terms:
        """Its terms by the anchor's calendar, or by another version; OutsideCalendar where that does not reach."""
        day, counted_by = self.anchor.day, version or self.anchor.calendar
        last = self.target_on or due_on(self.clock, day, policy(self.anchor.policy), calendar(counted_by))
        return Terms(day_zero=day, due_on=last, policy=self.anchor.policy, calendar=counted_by)


def duties(facts: Facts) -> Mapping[Key, Duty | Lapse]:
    """Every duty of a case that was received; a bare lapse where its days cannot be counted (domain 1.6, rule 7).

    Raises:
        UnknownVersion: a policy or calendar that this release does not hold.
    """
    if facts.received is None or facts.receipt is None:
        return {}
    uncounted = Lapse(on=facts.received.day, reason=NOT_MEASURABLE)
    owed = [*_at_receipt(facts, facts.received, facts.receipt), *_of_reviews(facts, facts.received)]
    return {key: duty if duty is not None and _countable(duty) else uncounted for key, duty in owed}


Owed = Iterator[tuple[Key, Duty | None]]
"""Duties by key; None where there is no day to count from."""


def _at_receipt(facts: Facts, received: Anchor, receipt: Stop) -> Owed:
    lapse = _lapse(facts, received)
    for clock, anchor in ((Clock.NOTIFY, facts.occurred), (Clock.NOTIFY_FROM_AWARENESS, facts.aware)):
        yield (clock, 1), _duty(clock, anchor, [receipt], lapse)
    yield (Clock.GOVERNMENT_COPY, 1), _duty(Clock.GOVERNMENT_COPY, received, facts.informed, lapse)
    notices = [*facts.told_sog, *([facts.said_to_sog] if facts.said_to_sog else [])]
    # Whether a register's case was told to the group is unknown, not late, unless somebody says so.
    if facts.mappa and (notices or receipt.origin is Origin.LIVE):
        yield (Clock.SOG_NOTICE, 1), _duty(Clock.SOG_NOTICE, facts.occurred, notices, lapse)
    yield (Clock.REVIEW, 1), _review(facts, received, lapse)


def _review(facts: Facts, received: Anchor, lapse: Lapse | None) -> Duty:
    """Under MAPPA held until the group decides: day 0 is that day, or that of a review which did not wait for it (D-4)."""
    end = _end(facts.reviews, lapse)
    if not facts.mappa:
        return Duty(clock=Clock.REVIEW, anchor=received, end=end)
    decided = [facts.sog.on] if facts.sog is not None and facts.sog.outcome == SogDecision.NO_SCR else []
    freed = [*decided, *([end.on] if isinstance(end, Stop) else [])]
    if not freed:
        hold = Hold(since=received.day, reason=MAPPA)
        return Duty(clock=Clock.REVIEW, anchor=received, end=end, held=hold, because=MAPPA)
    from_day = replace(received, day=max(received.day, min(freed)))
    return Duty(clock=Clock.REVIEW, anchor=from_day, end=end, because=MAPPA)


def _of_reviews(facts: Facts, received: Anchor) -> Owed:
    """What follows from a review: the inspectorate's answer, what it asks for, what the council says to its letter."""
    lapse = _lapse(facts, received)
    if facts.reviews:
        yield from _feedback(facts, received, lapse)
    for request in facts.requests:
        supplied = [supply.given for supply in facts.supplies if supply.request == request.number]
        key = (Clock.INFORMATION, request.number)
        yield key, _duty(Clock.INFORMATION, _from(received, request.asked.on), supplied, lapse, request.target_on)
    if facts.letters:
        sent = _from(received, _first(facts.letters))
        yield (Clock.ACCEPTANCE, 1), _duty(Clock.ACCEPTANCE, sent, facts.answers, lapse)
    if facts.iar is not None and facts.required_on is not None:
        came = [review for review in facts.comprehensive if review.on >= facts.required_on]
        judged = Lapse(on=facts.iar.on, reason=JUDGED_APPROPRIATE) if facts.iar.outcome == IarDecision.APPROPRIATE else None
        required = _from(received, facts.required_on)
        yield (Clock.COMPREHENSIVE_REVIEW, 1), _duty(Clock.COMPREHENSIVE_REVIEW, required, came, _sooner(lapse, judged))


def _feedback(facts: Facts, received: Anchor, lapse: Lapse | None) -> Owed:
    """A month from the first review; once more from each supply, which no figure counts (D-5)."""

    def answered(since: date, after: int) -> list[Stop]:
        asked = [request.asked for request in facts.requests if request.number > after]
        return [stop for stop in (*asked, *facts.letters) if stop.on >= since]

    first = _first(facts.reviews)
    yield (Clock.FEEDBACK, 1), _duty(Clock.FEEDBACK, _from(received, first), answered(first, 0), lapse)
    for number in sorted({supply.request for supply in facts.supplies}):
        supplied = _first(supply.given for supply in facts.supplies if supply.request == number)
        key = (Clock.FEEDBACK, number + 1)
        yield key, _duty(Clock.FEEDBACK, _from(received, supplied), answered(supplied, number), lapse)


def _duty(
    clock: Clock, anchor: Anchor | None, stops: Iterable[Stop], lapse: Lapse | None, target_on: date | None = None
) -> Duty | None:
    return None if anchor is None else Duty(clock=clock, anchor=anchor, end=_end(stops, lapse), target_on=target_on)


def _countable(duty: Duty) -> bool:
    try:
        duty.terms()
    except OutsideCalendar:
        return False
    return True


def _end(stops: Iterable[Stop], lapse: Lapse | None) -> Stop | Lapse | None:
    """The first stop that counts, else the lapse. What a register says was done was done, whatever its outcome."""
    counting = [stop for stop in stops if lapse is None or stop.on <= lapse.on or stop.origin is Origin.IMPORT]
    return min(counting, key=lambda stop: stop.on, default=lapse)


def _lapse(facts: Facts, received: Anchor) -> Lapse | None:
    """The first day on which the case fell away and was not reopened after; each service's reason stands beside the others'."""
    lapses = [Lapse(on=day, reason=WITHDRAWN) for day in facts.withdrawn]
    if facts.triage is not None and facts.triage.outcome in CANCELLING:
        lapses.append(Lapse(on=facts.triage.on, reason=facts.triage.outcome))
    if facts.mappa and facts.sog is not None and facts.sog.outcome == SogDecision.SCR:
        # The group may have decided before the council notified: nothing falls away before it is there.
        lapses.append(Lapse(on=max(facts.sog.on, received.day), reason=MAPPA_SCR))
    return min((lapse for lapse in lapses if not _void(facts, lapse)), key=lambda lapse: lapse.on, default=None)


def _void(facts: Facts, lapse: Lapse) -> bool:
    if lapse.reason in CANCELLING:
        return False  # its own stream says whether it came before the reopening
    return facts.reopened_on is not None and lapse.on <= facts.reopened_on


def _sooner(one: Lapse | None, other: Lapse | None) -> Lapse | None:
    return min((lapse for lapse in (one, other) if lapse is not None), key=lambda lapse: lapse.on, default=None)


def _first(stops: Iterable[Stop]) -> date:
    return min(stop.on for stop in stops)


def _from(received: Anchor, day: date) -> Anchor:
    """What comes later in a case is counted by the versions of its receipt."""
    return replace(received, day=day)

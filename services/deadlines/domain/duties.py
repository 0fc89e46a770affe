"""Which duties follow from what is known of a case, until when, and how each has ended, if it has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.calendars import OutsideCalendar, calendar
from contracts.clocks import Clock, due_on, policy
from contracts.envelope import Origin
from services.deadlines.domain.clock import Terms
from services.deadlines.domain.facts import Anchor, Facts, Stop

WITHDRAWN: Final = "withdrawn"
NOT_MEASURABLE: Final = "not_measurable"
CANCELLING: Final = frozenset({"out_of_scope", "duplicate"})
"""Outcomes of triage after which nothing more is owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Nothing is owed, from a day on, for a reason."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What is owed, and how it ended: done, lapsed, or not yet."""

    terms: Terms
    end: Stop | Lapse | None


def duties(facts: Facts) -> Mapping[Clock, Duty | Lapse]:
    """Every duty of a case that was received; a bare lapse where its days cannot be counted (domain 1.6, rule 7).

    Raises:
        UnknownVersion: a policy or calendar that this release does not hold.
    """
    if facts.received is None or facts.receipt is None:
        return {}
    receipt = (facts.receipt,)
    owed = {
        Clock.NOTIFY: (facts.occurred, receipt),
        Clock.NOTIFY_FROM_AWARENESS: (facts.aware, receipt),
        Clock.GOVERNMENT_COPY: (facts.received, facts.informed),
    }
    uncounted = Lapse(on=facts.received.day, reason=NOT_MEASURABLE)
    lapse = _lapse(facts)
    return {clock: _duty(clock, anchor, _end(stops, lapse)) or uncounted for clock, (anchor, stops) in owed.items()}


def _duty(clock: Clock, anchor: Anchor | None, end: Stop | Lapse | None) -> Duty | None:
    if anchor is None:
        return None
    try:
        last = due_on(clock, anchor.day, policy(anchor.policy), calendar(anchor.calendar))
    except OutsideCalendar:
        return None
    return Duty(terms=Terms(day_zero=anchor.day, due_on=last, policy=anchor.policy, calendar=anchor.calendar), end=end)


def _end(stops: Iterable[Stop], lapse: Lapse | None) -> Stop | Lapse | None:
    """The first stop that counts, else the lapse. What a register says was done was done, whatever its outcome."""
    counting = [stop for stop in stops if lapse is None or stop.on <= lapse.on or stop.origin is Origin.IMPORT]
    return min(counting, key=lambda stop: stop.on, default=lapse)


def _lapse(facts: Facts) -> Lapse | None:
    """The first day on which the case fell away; a withdrawal stands whatever is triaged after it."""
    lapses = []
    if facts.withdrawn_on is not None:
        lapses.append(Lapse(on=facts.withdrawn_on, reason=WITHDRAWN))
    if facts.triage is not None and facts.triage.outcome in CANCELLING:
        lapses.append(Lapse(on=facts.triage.on, reason=facts.triage.outcome))
    return min(lapses, key=lambda lapse: lapse.on, default=None)

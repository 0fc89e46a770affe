"""The rules of a notification (domain 1.8): what is refused, and what is accepted with a flag. Pure."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Final

from contracts.calendars import CURRENT_CALENDAR, OutsideCalendar, calendar
from contracts.clocks import Clock, due_on, policy_on
from contracts.codes import OUT_OF_SCOPE, SIGNS_NOTIFICATIONS, Grade, OrderType, Precision, RoleOfPerson
from contracts.envelope import Fault, Origin
from contracts.intake import Flag, Notification

HARMED: Final = frozenset(
    {RoleOfPerson.DECEASED_SELF, RoleOfPerson.DECEASED_UNEXPLAINED, RoleOfPerson.INJURED, RoleOfPerson.VICTIM}
)
CHARGED: Final = "C1"
DIED_OR_INJURED: Final = "C3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a notification is judged by besides its own words."""

    received_on: date
    today: date
    origin: Origin
    same_person_lately: bool = False
    same_day_already: bool = False


def refusals(said: Notification, around: Circumstances) -> list[Fault]:
    """Why it cannot be accepted."""
    return [*_scope(said), *_order_of_dates(said, around), *_age(said, around), *_late_without_reason(said, around)]


def changed_in(faults: list[Fault], changed: tuple[str, ...]) -> tuple[Fault, ...]:
    """The faults of a changed notification, each pointing into the change that brought it."""

    def moved(fault: Fault) -> Fault:
        place = fault.pointer.removeprefix("#/")
        return replace(fault, pointer=f"#/changes/{place}" if place.split("/")[0] in changed else "#/changes")

    return tuple(map(moved, faults))


def flags(said: Notification, around: Circumstances) -> tuple[Flag, ...]:
    """What is not as the guidance wants, accepted all the same. An import is not flagged for what a register cannot hold."""
    live = around.origin is Origin.LIVE
    return (*_sign_off(said), *_excluded(said, around), *_alike(around), *(_unsaid(said) if live else ()))


def is_late(occurred_on: date | None, precision: str, received_on: date) -> bool:
    """Whether the notify clock was missed (clock 1); never where it cannot be measured."""
    if occurred_on is None or precision != Precision.DAY:
        return False
    try:
        return received_on > due_on(Clock.NOTIFY, occurred_on, policy_on(received_on), calendar(CURRENT_CALENDAR))
    except OutsideCalendar:
        return False


def person_mark(secret: bytes, council: str, said: Notification) -> bytes | None:
    """What tells two notifications of one person (R-13): an HMAC, since the identifier itself is sealed."""
    identifier = said.person.council_person_id.reveal() if said.person.council_person_id else None
    return hmac.digest(secret, f"{council}/{identifier}".encode(), sha256) if identifier else None


def _scope(said: Notification) -> Iterator[Fault]:
    if not said.criteria:
        yield Fault(pointer="#/criteria", code="criterion_required", detail="At least one of C1, C2, C3 holds.", rule="R-02")
    for number, order in enumerate(said.orders):
        if OrderType(order.type) in OUT_OF_SCOPE:
            detail = "This is not statutory supervision after final disposal: it is not notified."
            yield Fault(pointer=f"#/orders/{number}/type", code="out_of_scope", detail=detail, rule="R-01")


def _order_of_dates(said: Notification, around: Circumstances) -> Iterator[Fault]:
    if around.received_on > around.today:
        yield _when("#/notified_on", "in_the_future", "This is in the future.")
    dated = {
        "occurred_on": said.occurred_on,
        "became_aware_on": said.became_aware_on,
        "charged_on": said.charged_on,
        "recalled_on": said.recalled_on,
        "mappa/sog_notified_on": said.mappa.sog_notified_on if said.mappa else None,
        "signed_off_by/signed_on": said.signed_off_by.signed_on if said.signed_off_by else None,
    }
    yield from (
        _when(f"#/{field}", "in_the_future", "This is in the future.")
        for field, day in dated.items()
        if day and day > around.today
    )
    occurred, aware = said.occurred_on, said.became_aware_on
    if (occurred is None) != (said.occurred_on_precision == Precision.UNKNOWN):
        yield _when("#/occurred_on_precision", "precision", "A date is known to the day, month or year; no date is unknown.")
    yield from (
        _when(f"#/{field}", "before_occurred", "This is before the incident.")
        for field, day in dated.items()
        if occurred and day and day < occurred
    )
    for field, day in (("occurred_on", occurred), ("became_aware_on", aware)):
        if day and around.received_on < day <= around.today:
            yield _when(f"#/{field}", "after_notified", "This is after the notification.")
    for number, order in enumerate(said.orders):
        if order.start_date and order.start_date > around.today:
            yield _when(f"#/orders/{number}/start_date", "in_the_future", "This is in the future.")
        if order.start_date and order.end_date and order.end_date < order.start_date:
            yield _when(f"#/orders/{number}/end_date", "before_start", "An order ends after it starts.")


def _age(said: Notification, around: Circumstances) -> Iterator[Fault]:
    born = said.person.year_of_birth.reveal() if said.person.year_of_birth else None
    if born is not None and born > (said.occurred_on or around.received_on).year:
        yield _when("#/person/year_of_birth", "after_occurred", "The person was born after the incident.")


def _when(pointer: str, code: str, detail: str) -> Fault:
    return Fault(pointer=pointer, code=code, detail=detail, rule="R-05")


def _late_without_reason(said: Notification, around: Circumstances) -> Iterator[Fault]:
    if (
        around.origin is Origin.LIVE
        and said.late_reason is None
        and is_late(said.occurred_on, said.occurred_on_precision, around.received_on)
    ):
        detail = "The five working days are over: say why it is late."
        yield Fault(pointer="#/late_reason", code="late_reason_required", detail=detail, rule="R-08")


def _sign_off(said: Notification) -> Iterator[Flag]:
    grade = said.signed_off_by.grade if said.signed_off_by else None
    if grade is None:
        yield Flag(rule="R-07", detail="Not signed off.")
    elif not Grade(grade).at_least(SIGNS_NOTIFICATIONS):
        yield Flag(rule="R-07", detail="Signed off below service manager.")


def _excluded(said: Notification, around: Circumstances) -> Iterator[Flag]:
    if said.mappa and said.mappa.category == 1 and policy_on(around.received_on).excludes_registered_sex_offenders:
        yield Flag(rule="R-12", detail="The guidance of its date left out registered sex offenders.")


def _alike(around: Circumstances) -> Iterator[Flag]:
    if around.same_person_lately:
        yield Flag(rule="R-13", detail="The same person was notified for a date within seven days: possibly a duplicate.")
    elif around.same_day_already:
        yield Flag(
            rule="R-14", detail="Another person was notified for the same day: if it is the same incident, the two are linked."
        )


def _unsaid(said: Notification) -> Iterator[Flag]:
    if CHARGED in said.criteria and not (said.charged_on or said.recalled_on):
        yield Flag(rule="R-03", detail="C1 goes with a date of charge or recall.")
    if DIED_OR_INJURED in said.criteria and said.role_of_person not in HARMED:
        yield Flag(rule="R-03", detail="C3 goes with a person who died or was injured.")
    if said.mappa and said.mappa.sog_notified_on is None:
        yield Flag(rule="R-09", detail="Managed under MAPPA: the strategic oversight group is notified too.")

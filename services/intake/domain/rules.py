"""The rules of domain 1.8 that a notification is held to: faults refuse it, flags go with it to the inspector."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from contracts.calendars import Calendar, OutsideCalendar
from contracts.clocks import Clock, Policy, due_on, london_date, noon_london
from contracts.codes import SIGNS_NOTIFICATIONS, Criterion, Grade, MappaCategory, OrderType, Precision, RoleOfPerson
from contracts.envelope import Fault
from contracts.intake import Flag, Mappa, Notification

Said = date | datetime | None
"""When something happened, as the registrar says it: a day, an instant, or nothing, which is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a notification is judged by: its day of receipt and that day's versions, the day of judging, and whether it is live."""

    on: date
    today: date
    policy: Policy
    calendar: Calendar
    live: bool


def instant(said: Said, at: datetime) -> datetime:
    """The instant meant; a day is its noon, nothing is `at`."""
    if said is None:
        return at
    return said if isinstance(said, datetime) else noon_london(said)


def day(said: Said, at: datetime) -> date:
    """The Europe/London date meant."""
    if said is None:
        return london_date(at)
    return london_date(said) if isinstance(said, datetime) else said


def future(said: Said, at: datetime, pointer: str) -> list[Fault]:
    """R-05: nothing is said of what has not happened."""
    later = said > at if isinstance(said, datetime) else said is not None and said > london_date(at)
    return [_misdated(pointer, "in_future", "This is in the future.")] if later else []


def faults(told: Notification, receipt: Receipt) -> tuple[Fault, ...]:
    """Everything for which it is refused."""
    return (*_out_of_scope(told), *_no_criterion(told), *_order_of_dates(told, receipt), *_person(told, receipt), *_unexplained(told, receipt))


def flags(told: Notification, receipt: Receipt) -> tuple[Flag, ...]:
    """Everything with which it is accepted all the same. What a register cannot hold is never missed in it."""
    found = [*_signed_off(told), *_excluded(told, receipt.policy)]
    if receipt.live:
        found += [*_evidence(told), *_sog_notice(told.mappa)]
    return tuple(sorted(found, key=lambda flag: flag.rule))


def late(told: Notification, receipt: Receipt) -> bool:
    """Whether it came after the due day of clock `notify`; never where that cannot be measured."""
    if told.occurred_on is None or told.occurred_on_precision != Precision.DAY:
        return False
    try:
        return receipt.on > due_on(Clock.NOTIFY, told.occurred_on, receipt.policy, receipt.calendar)
    except OutsideCalendar:
        return False


def changed(faults: tuple[Fault, ...], names: tuple[str, ...]) -> tuple[Fault, ...]:
    """The faults of a changed notification, pointing into the change that brought them."""

    def moved(fault: Fault) -> Fault:
        place = fault.pointer.removeprefix("#/")
        return replace(fault, pointer=f"#/changes/{place}" if place.split("/")[0] in names else "#/changes")

    return tuple(map(moved, faults))


def _out_of_scope(told: Notification) -> Iterator[Fault]:
    for place, order in enumerate(told.orders):
        if not OrderType(order.type).in_scope:
            detail = "This is not statutory supervision or licence after final disposal."
            yield Fault(pointer=f"#/orders/{place}/type", code="out_of_scope", detail=detail, rule="R-01")


def _no_criterion(told: Notification) -> Iterator[Fault]:
    if not told.criteria:
        yield Fault(pointer="#/criteria", code="no_criterion", detail="At least one criterion must hold: C1, C2 or C3.", rule="R-02")


_FIELDS: Final = {"occurred_on": "the incident", "became_aware_on": "the day of awareness"}


def _order_of_dates(told: Notification, receipt: Receipt) -> Iterator[Fault]:
    for pointer, said in _dates(told):
        if said > receipt.today:
            yield _misdated(pointer, "in_future", "This is in the future.")
        elif told.occurred_on and said < told.occurred_on:
            yield _misdated(pointer, "before_incident", "This is before the incident.")
    for name, words in _FIELDS.items():
        said = getattr(told, name)
        if said is not None and receipt.on < said <= receipt.today:
            yield _misdated(f"#/{name}", "after_receipt", f"The notification cannot be received before {words}.")
    if (told.occurred_on is None) != (told.occurred_on_precision == Precision.UNKNOWN):
        yield _misdated("#/occurred_on_precision", "precision", "A day without a date is unknown, and a date is not.")
    for place, order in enumerate(told.orders):
        if order.start_date and order.start_date > receipt.today:
            yield _misdated(f"#/orders/{place}/start_date", "in_future", "This is in the future.")
        if order.start_date and order.end_date and order.end_date < order.start_date:
            yield _misdated(f"#/orders/{place}/end_date", "before_start", "The order ends before it starts.")


def _dates(told: Notification) -> Iterator[tuple[str, date]]:
    found = {
        "#/occurred_on": told.occurred_on,
        "#/became_aware_on": told.became_aware_on,
        "#/charged_on": told.charged_on,
        "#/recalled_on": told.recalled_on,
        "#/mappa/sog_notified_on": told.mappa.sog_notified_on if told.mappa else None,
        "#/signed_off_by/signed_on": told.signed_off_by.signed_on if told.signed_off_by else None,
    }
    yield from ((pointer, said) for pointer, said in found.items() if said is not None)


def _person(told: Notification, receipt: Receipt) -> Iterator[Fault]:
    born = told.person.year_of_birth.reveal() if told.person.year_of_birth else None
    if born is not None and born > (told.occurred_on or receipt.on).year:
        yield _misdated("#/person/year_of_birth", "after_incident", "The person was born after the incident.")


def _unexplained(told: Notification, receipt: Receipt) -> Iterator[Fault]:
    if receipt.live and told.late_reason is None and late(told, receipt):
        yield Fault(pointer="#/late_reason", code="late_reason_required", detail="It is after the due day: say why.", rule="R-08")


def _misdated(pointer: str, code: str, detail: str) -> Fault:
    return Fault(pointer=pointer, code=code, detail=detail, rule="R-05")


def _evidence(told: Notification) -> Iterator[Flag]:
    if Criterion.C1 in told.criteria and not (told.charged_on or told.recalled_on):
        yield Flag(rule="R-03", detail="Criterion C1 without a day of charge or recall.")
    if Criterion.C3 in told.criteria and told.role_of_person == RoleOfPerson.PERPETRATOR_SUSPECTED:
        yield Flag(rule="R-03", detail="Criterion C3 for a person who neither died nor was injured.")


def _signed_off(told: Notification) -> Iterator[Flag]:
    grade = told.signed_off_by.grade if told.signed_off_by else None
    if grade is None:
        yield Flag(rule="R-07", detail="Not signed off.")
    elif not Grade(grade).at_least(SIGNS_NOTIFICATIONS):
        yield Flag(rule="R-07", detail="Signed off below service manager.")


def _sog_notice(mappa: Mappa | None) -> Iterator[Flag]:
    if mappa is not None and mappa.sog_notified_on is None:
        yield Flag(rule="R-09", detail="Managed under MAPPA, and no notice to the Strategic Oversight Group.")


def _excluded(told: Notification, policy: Policy) -> Iterator[Flag]:
    if policy.excludes_registered_sex_offenders and told.mappa and told.mappa.category == MappaCategory.REGISTERED_SEX_OFFENDER:
        yield Flag(rule="R-12", detail=f"The guidance of {policy.version} leaves registered sex offenders out.")

"""From what was sent to what is said: a body's fields as the published notification's. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from contracts.clocks import noon_london
from contracts.codes import Precision
from contracts.councils import council_named
from contracts.envelope import Fault, Value
from contracts.intake import Mappa, Notification, Order, Person, SignedOff
from contracts.personal import Personal
from services.chassis.commands import Body
from services.intake.bodies import MappaBody, Notify, OrderBody, PersonBody, Said, SignedOffBody

COMPULSORY: Final = ("criteria", "incident_type", "role_of_person", "person", "orders", "summary")
OF_A_REGISTRAR: Final = ("council", "council_reference", "notified_on", "criteria", "incident_type")
REGISTRARS_OWN: Final = ("notified_on", "register_row", "occurred_at")
_PUBLISHED: Final = frozenset(Notification.model_fields)


def missing(body: Notify, *, registrar: bool) -> Iterator[Fault]:
    """Compulsory fields that were not sent (`occurred_on` may be null, but is said)."""
    for field in OF_A_REGISTRAR if registrar else COMPULSORY:
        if field == "criteria" and field in body.model_fields_set:
            continue  # an empty list is a matter of R-02
        if not getattr(body, field):
            yield _required(f"#/{field}")
    if not registrar and "occurred_on" not in body.model_fields_set:
        yield Fault(pointer="#/occurred_on", code="required", detail="This field is required; null if the day is not known.")


def not_yours(body: Body, *, registrar: bool) -> Iterator[Fault]:
    """Fields that only a registrar may send."""
    for field in () if registrar else REGISTRARS_OWN:
        if getattr(body, field, None) is not None:
            yield Fault(pointer=f"#/{field}", code="unknown_field", detail="This field is a registrar's.")


def taken_back(changes: Said, *, registrar: bool) -> Iterator[Fault]:
    """Compulsory fields that a change would empty."""
    for field in ("incident_type",) if registrar else COMPULSORY:
        if field in changes.model_fields_set and field != "criteria" and not getattr(changes, field):
            yield _required(f"#/changes/{field}")


def _required(pointer: str) -> Fault:
    return Fault(pointer=pointer, code="required", detail="This field is required.")


def council_of(said: str | None, own: str | None) -> tuple[str, None] | tuple[None, Fault]:
    """The council that speaks: the caller's own, or the one that a registrar names (R-06)."""
    named = council_named(said) if said is not None else None
    if own is None:
        return (named.gss_code, None) if named else (None, _council("unknown_council", "There is no such council."))
    known = council_named(own)
    if known is None:
        return None, _council("unknown_council", "Your token's council is unknown.")
    if said is not None and named != known:
        return None, _council("council_mismatch", "A council speaks for itself.")
    return known.gss_code, None


def _council(code: str, detail: str) -> Fault:
    return Fault(pointer="#/council", code=code, detail=detail, rule="R-06")


def instant_of(when: date | datetime | None) -> datetime | None:
    """An instant as given; a day stands for its noon in Scotland."""
    if when is None or isinstance(when, datetime):
        return when
    return noon_london(when)


def notification(body: Said) -> Notification:
    """The whole notification."""
    return Notification(**fields(body, Said.model_fields))


def fields(body: Said, names: Any) -> dict[str, Any]:
    """Some fields of a body as the notification's; a precision that was not sent follows from the date."""
    said = {name: _said(getattr(body, name)) for name in names if name in _PUBLISHED}
    if "occurred_on" in said:
        said |= _precisely(said["occurred_on"], said.get("occurred_on_precision"))
    elif said.get("occurred_on_precision", ...) is None:
        del said["occurred_on_precision"]
    if "person" in said and said["person"] is None:
        said["person"] = Person()
    if said.get("summary") is not None:
        said["summary"] = Personal(said["summary"])
    return said


def _precisely(day: date | None, precision: Precision | None) -> dict[str, Any]:
    """An imprecise day counts as the earliest that it can have been (api 4)."""
    match day, precision:
        case date(), Precision.MONTH:
            day = day.replace(day=1)
        case date(), Precision.YEAR:
            day = day.replace(month=1, day=1)
        case _:
            precision = precision or (Precision.DAY if day else Precision.UNKNOWN)
    return {"occurred_on": day, "occurred_on_precision": precision}


def signed(body: SignedOffBody | None) -> SignedOff | None:
    """Who signed, if that was said."""
    if body is None:
        return None
    name = Personal(body.name) if body.name is not None else None
    return SignedOff(name=name, grade=body.grade.value if body.grade else None, signed_on=body.signed_on)


def _said(value: Any) -> Any:
    say = _SAYING.get(type(value))
    return say(value) if say else value


def _person(body: PersonBody) -> Person:
    return Person(**{name: Personal(each) for name, each in body if each is not None})


def _order(body: OrderBody) -> Order:
    requirements = tuple(map(str, body.requirements))
    return Order(type=body.type.value, start_date=body.start_date, end_date=body.end_date, requirements=requirements)


_SAYING: Final[Mapping[type, Callable[[Any], Any]]] = {
    PersonBody: _person,
    OrderBody: _order,
    MappaBody: lambda body: Mappa(**dict(body)),
    SignedOffBody: signed,
    list: lambda values: tuple(map(_said, values)),
}
"""By the exact type: a `match` asks pydantic's metaclass four times for each field, which took most of a request's thought."""


def told(said: Value, *, personal: bool) -> dict[str, Any]:
    """What was said as JSON; personal values for who may see them, null for others, "[erased]" where the key is gone."""

    def shown(value: Any) -> Any:
        match value:
            case Personal():
                return ("[erased]" if value.erased else value.reveal()) if personal else None
            case dict():
                return {name: shown(each) for name, each in value.items()}
            case list() | tuple():
                return [shown(each) for each in value]
            case _:
                return value

    return {name: shown(value) for name, value in said.model_dump(mode="python").items()}

"""From what was sent to what is said: a body's fields as the published notification's. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from contracts.clocks import noon_london
from contracts.codes import Precision
from contracts.councils import council_named
from contracts.envelope import Fault
from contracts.intake import Mappa, Notification, Order, Person, SignedOff
from contracts.personal import Personal
from services.intake.bodies import MappaBody, Notify, OrderBody, PersonBody, Said, SignedOffBody

COMPULSORY: Final = ("criteria", "incident_type", "role_of_person", "person", "orders", "summary")
OF_A_REGISTRAR: Final = ("council", "council_reference", "notified_on", "criteria", "incident_type")


def missing(body: Notify, *, registrar: bool) -> Iterator[Fault]:
    """Compulsory fields that were not sent (`occurred_on` may be null, but is said)."""
    for field in OF_A_REGISTRAR if registrar else COMPULSORY:
        if field == "criteria" and field in body.model_fields_set:
            continue  # an empty list is a matter of R-02
        if not getattr(body, field):
            yield Fault(pointer=f"#/{field}", code="required", detail="This field is required.")
    if not registrar and "occurred_on" not in body.model_fields_set:
        yield Fault(pointer="#/occurred_on", code="required", detail="This field is required; null if the day is not known.")
    if not registrar:
        for field in ("notified_on", "register_row"):
            if field in body.model_fields_set:
                yield Fault(pointer=f"#/{field}", code="unknown_field", detail="This field is a registrar's.")


def council_of(body: Notify, own: str | None) -> tuple[str | None, Fault | None]:
    """The council that notifies: the caller's own, or the one that a registrar names (R-06)."""
    named = council_named(body.council) if body.council is not None else None
    if own is not None:
        known = council_named(own)
        if body.council is not None and (named is None or known is None or named.gss_code != known.gss_code):
            return None, Fault(pointer="#/council", code="council_mismatch", detail="A council notifies for itself.", rule="R-06")
        return (
            (known.gss_code, None)
            if known
            else (None, Fault(pointer="#/council", code="unknown_council", detail="Your token's council is unknown.", rule="R-06"))
        )
    if named is None:
        return None, Fault(pointer="#/council", code="unknown_council", detail="There is no such council.", rule="R-06")
    return named.gss_code, None


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
    said = {name: _said(getattr(body, name)) for name in names if name in Notification.model_fields}
    if "occurred_on" in said and said.get("occurred_on_precision") is None:
        said["occurred_on_precision"] = (Precision.DAY if said["occurred_on"] else Precision.UNKNOWN).value
    if "person" in said and said["person"] is None:
        said["person"] = Person()
    return said


def _said(value: Any) -> Any:
    match value:
        case PersonBody():
            return Person(**{name: Personal(each) for name, each in _sent(value).items()})
        case OrderBody():
            return Order(
                type=value.type.value, start_date=value.start_date, end_date=value.end_date, requirements=tuple(map(str, value.requirements))
            )
        case MappaBody():
            return Mappa(**value.model_dump())
        case SignedOffBody():
            name = Personal(value.name) if value.name is not None else None
            return SignedOff(name=name, grade=value.grade.value if value.grade else None, signed_on=value.signed_on)
        case list():
            return tuple(_said(each) for each in value)
        case _:
            return value


def _sent(body: PersonBody) -> Mapping[str, Any]:
    return {name: value for name, value in body.model_dump(mode="json").items() if value is not None}


def told(said: Notification, *, personal: bool) -> dict[str, Any]:
    """A notification as JSON; personal values for who may see them, null for others, "[erased]" where the key is gone."""

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

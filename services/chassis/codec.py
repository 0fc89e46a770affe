"""Events to bytes and back: stored data, database rows, Kafka headers, and what a reader may see."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec
import orjson
from pydantic_core import PydanticSerializationError

from contracts.envelope import Envelope, Event, Origin
from contracts.personal import SEALED, Open
from services.chassis.keys import Box, KeyUnusableError

Catalogue = Mapping[tuple[str, int], type[Event]]
"""(type, version) -> class."""

Upcasters = Mapping[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]]
"""(type, version) -> stored data of that version to data of the next; pure and total."""

CONTENT_TYPE: Final = b"application/json"
MAX_DATA: Final = 256 * 1024
"""Larger data is refused at append, so that no event can be unsendable."""

COLUMNS: Final = (
    "subject, version, id, type, schema, time, recorded, role, actor, council, origin, policy, calendar, "
    "correlation, causation, traceparent, data, prev_hash, hash"
)
"""The event table's columns in the order that `from_row` expects."""

QUALIFIED: Final = ", ".join(f"e.{name}" for name in COLUMNS.split(", "))
"""The same, for the event table named `e` in a join."""


class UnknownEventError(Exception):
    """A type that this reader names, in a version that it does not know."""


class TooLargeError(Exception):
    """Data above MAX_DATA."""


def encode(event: Event, box: Box | None) -> bytes:
    """The bytes to store, hash and publish; personal fields sealed with `box`.

    Raises:
        KeyUnusableError: there is something to seal, and the key is destroyed.
        TooLargeError: it is above MAX_DATA.
    """
    try:
        data = event.model_dump_json(context={"seal": box.seal} if box else None).encode()
    except PydanticSerializationError:  # the library hides what was raised in it
        if box is not None and not box.usable:
            raise KeyUnusableError(event.type) from None
        raise
    if len(data) > MAX_DATA:
        raise TooLargeError(event.type)
    return data


def decode(
    kind: str, version: int, data: bytes, *, catalogue: Catalogue, upcasters: Upcasters, opener: Open | None = None
) -> Event:
    """The event behind stored bytes, old shapes passed through the upcasters.

    Raises:
        UnknownEventError: no class and no upcaster for this version.
        ValueError: the bytes are not what the class says.
    """
    context = {"open": opener} if opener else None
    if (kind, version) not in upcasters:
        known = catalogue.get((kind, version))
        if known is None:
            msg = f"{kind} version {version}"
            raise UnknownEventError(msg)
        return known.model_validate_json(data, context=context)
    shape: dict[str, Any] = orjson.loads(data)
    while (upcast := upcasters.get((kind, version))) is not None:
        shape, version = upcast(shape), version + 1
    known = catalogue.get((kind, version))
    if known is None:
        msg = f"{kind} version {version}"
        raise UnknownEventError(msg)
    return known.model_validate_json(orjson.dumps(shape), context=context)


def from_row(source: str, row: Any) -> tuple[Envelope, bytes]:
    """Envelope and data of a database row of COLUMNS."""
    envelope = Envelope(
        source=source,
        subject=row[0],
        streamversion=row[1],
        id=UUID(int=row[2].int),
        type=row[3],
        schemaversion=row[4],
        time=row[5],
        recordedtime=row[6],
        role=row[7],
        actor=row[8],
        council=row[9],
        origin=Origin(row[10]),
        policy=row[11],
        calendar=row[12],
        correlationid=UUID(int=row[13].int),
        causationid=UUID(int=row[14].int) if row[14] else None,
        traceparent=row[15],
        prevhash=row[17],
        hash=row[18],
    )
    return envelope, row[16]


def headers(envelope: Envelope) -> list[tuple[str, bytes]]:
    """CloudEvents 1.0, binary mode on Kafka; absent fields have no header."""
    fields: list[tuple[str, str | None]] = [
        ("ce_specversion", "1.0"),
        ("ce_id", str(envelope.id)),
        ("ce_source", envelope.source),
        ("ce_type", envelope.type),
        ("ce_schemaversion", str(envelope.schemaversion)),
        ("ce_subject", envelope.subject),
        ("ce_streamversion", str(envelope.streamversion)),
        ("ce_time", envelope.time.isoformat()),
        ("ce_recordedtime", envelope.recordedtime.isoformat()),
        ("ce_role", envelope.role),
        ("ce_actor", envelope.actor),
        ("ce_council", envelope.council),
        ("ce_origin", envelope.origin),
        ("ce_policy", envelope.policy),
        ("ce_calendar", envelope.calendar),
        ("ce_correlationid", str(envelope.correlationid)),
        ("ce_causationid", str(envelope.causationid) if envelope.causationid else None),
        ("ce_traceparent", envelope.traceparent),
        ("ce_prevhash", envelope.prevhash.hex()),
        ("ce_hash", envelope.hash.hex()),
    ]
    return [("content-type", CONTENT_TYPE), *((name, value.encode()) for name, value in fields if value is not None)]


def from_headers(raw: Iterable[tuple[str, bytes]]) -> Envelope:
    """The envelope of a record.

    Raises:
        KeyError, ValueError: a header is missing or not what it should be.
    """
    of: dict[str, Any] = _ABSENT | {_FIELDS[name]: value.decode() for name, value in raw if name in _FIELDS}
    for name, made in _MADE:
        of[name] = made(of[name])
    try:
        return msgspec.convert(of, Envelope)
    except msgspec.ValidationError as fault:
        raise ValueError(str(fault)) from None


def _instant(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        msg = "an instant without an offset"
        raise ValueError(msg)
    return moment.astimezone(UTC)


_FIELDS: Final = {f"ce_{each.name}": each.name for each in fields(Envelope)}
_ABSENT: Final = dict.fromkeys(("council", "policy", "calendar", "causationid", "traceparent"))
_MADE: Final[Sequence[tuple[str, Callable[[str], Any]]]] = (
    ("time", _instant),
    ("recordedtime", _instant),
    ("schemaversion", int),
    ("streamversion", int),
    ("prevhash", bytes.fromhex),
    ("hash", bytes.fromhex),
)
"""What conversion would not make of a text; it makes the rest in a fraction of the time of a constructor."""


def visible(data: Any, opener: Open | None) -> Any:
    """Stored JSON as a reader may see it: personal values opened, `"[erased]"`, or left out (None) without an opener."""
    if isinstance(data, dict):
        if data.keys() == {SEALED}:
            return _opened(data[SEALED], opener)
        return {name: visible(value, opener) for name, value in data.items()}
    if isinstance(data, list):
        return list(map(partial(visible, opener=opener), data))
    return data


def _opened(sealed: dict[str, str], opener: Open | None) -> Any:
    if opener is None:
        return None
    clear = opener(sealed)
    return "[erased]" if clear is None else orjson.loads(clear)

"""The chain and the codec: what is hashed, sealed, sent and read back."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import Envelope, Origin
from contracts.personal import Personal
from services.chassis import codec
from services.chassis.chain import link
from services.chassis.keys import Box
from tests.toy.language import PING, Pinged

IDENTITY = UUID("019a6f3e-0000-7000-8000-000000000001")
ENVELOPE = Envelope(
    id=IDENTITY, source="ping", type="sir.ping.pinged", schemaversion=1, subject="a", streamversion=2, time=datetime(2026, 1, 1, tzinfo=UTC),
    recordedtime=datetime(2026, 1, 2, tzinfo=UTC), role="council", actor="someone", council="S12000033", origin=Origin.LIVE, policy=None,
    calendar=None, correlationid=IDENTITY, causationid=None, traceparent=None, prevhash=b"\1" * 32, hash=b"\2" * 32,
)  # fmt: skip
OTHER: dict[str, Any] = {
    "id": UUID(int=1), "source": "pong", "type": "x", "schemaversion": 2, "subject": "b", "streamversion": 3, "time": datetime(2026, 1, 3, tzinfo=UTC),
    "recordedtime": datetime(2026, 1, 3, tzinfo=UTC), "role": "x", "actor": "x", "council": None, "origin": Origin.IMPORT, "policy": "",
    "calendar": "x", "correlationid": UUID(int=1), "causationid": UUID(int=1), "traceparent": "x", "prevhash": b"",
}  # fmt: skip


@pytest.mark.parametrize("field", OTHER)
def test_every_field_is_in_the_hash(field: str) -> None:
    assert link(replace(ENVELOPE, **{field: OTHER[field]}), b"{}") != link(ENVELOPE, b"{}")


def test_the_hash_itself_is_not() -> None:
    assert link(replace(ENVELOPE, hash=b""), b"{}") == link(ENVELOPE, b"{}")


def test_a_character_moved_to_the_next_field_changes_the_hash() -> None:
    one, two = replace(ENVELOPE, role="ab", actor="c"), replace(ENVELOPE, role="a", actor="bc")
    assert link(one, b"{}") != link(two, b"{}")


def test_headers_bring_the_whole_envelope_back() -> None:
    assert codec.from_headers(codec.headers(ENVELOPE)) == ENVELOPE
    assert link(codec.from_headers(codec.headers(ENVELOPE)), b"{}") == link(ENVELOPE, b"{}")


def test_what_comes_back_has_the_types_of_the_envelope() -> None:
    full = replace(ENVELOPE, **{name: value for name, value in OTHER.items() if value is not None})
    for envelope in (ENVELOPE, full):
        found = codec.from_headers(codec.headers(envelope))
        assert [type(getattr(found, each.name)) for each in fields(found)] == [
            type(getattr(envelope, each.name)) for each in fields(envelope)
        ]


def test_an_instant_of_another_offset_is_the_same_instant_in_utc() -> None:
    moved = dict(codec.headers(ENVELOPE)) | {"ce_time": b"2026-01-01T01:00:00+01:00"}
    assert codec.from_headers(moved.items()).time.isoformat() == ENVELOPE.time.isoformat()


def test_headers_of_others_are_passed_over() -> None:
    assert codec.from_headers([*codec.headers(ENVELOPE), ("my_hash", b"ff"), ("hash", b"ff"), ("x", b"")]) == ENVELOPE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_id", b"not-an-id"),
        ("ce_correlationid", b"7"),
        ("ce_time", b"2026-01-01T00:00:00"),
        ("ce_recordedtime", b"yesterday"),
        ("ce_origin", b"replayed"),
        ("ce_schemaversion", b"1.5"),
        ("ce_streamversion", b""),
        ("ce_hash", b"xyz"),
        ("ce_actor", b"\xff"),
    ],
)
def test_a_header_that_is_not_what_it_should_be_is_an_error(name: str, value: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever its words, it is this kind that callers answer
        codec.from_headers((dict(codec.headers(ENVELOPE)) | {name: value}).items())


@pytest.mark.parametrize("name", ["ce_id", "ce_subject", "ce_time", "ce_hash", "ce_origin", "ce_streamversion"])
def test_a_header_that_is_missing_is_an_error(name: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        codec.from_headers([header for header in codec.headers(ENVELOPE) if header[0] != name])


@given(secret=st.text(max_size=50))
def test_a_sealed_value_opens_only_where_it_was_sealed(secret: str) -> None:
    cipher = AESGCM(b"k" * 32)
    data = codec.encode(Pinged(number=2, secret=Personal(secret)), Box(cipher, IDENTITY.bytes))
    opened = codec.decode(Pinged.type, 1, data, catalogue=PING, upcasters={}, opener=Box(cipher, IDENTITY.bytes).open)
    assert isinstance(opened, Pinged)
    assert opened.secret is not None
    assert opened.secret.reveal() == secret
    with pytest.raises(InvalidTag):
        codec.decode(Pinged.type, 1, data, catalogue=PING, upcasters={}, opener=Box(cipher, UUID(int=1).bytes).open)


def test_the_same_value_is_never_sealed_the_same() -> None:
    box = Box(AESGCM(b"k" * 32), IDENTITY.bytes)
    assert len({box.seal("secret", b'"x"')["box"][:16] for _ in range(9)}) == 9


def test_a_sealed_value_cannot_move_to_another_field() -> None:
    cipher = AESGCM(b"k" * 32)
    box = Box(cipher, IDENTITY.bytes)
    sealed = box.seal("secret", b'"x"')
    with pytest.raises(InvalidTag):
        box.open(sealed | {"field": "other"})


def test_an_erased_value_reads_as_erased_and_not_as_an_error() -> None:
    data = codec.encode(Pinged(number=2, secret=Personal("x")), Box(AESGCM(b"k" * 32), IDENTITY.bytes))
    opened = codec.decode(Pinged.type, 1, data, catalogue=PING, upcasters={}, opener=Box(None, IDENTITY.bytes).open)
    assert isinstance(opened, Pinged)
    assert opened.secret is not None
    assert opened.secret.erased
    assert codec.visible(json.loads(data), Box(None, b"").open)["secret"] == "[erased]"


def test_a_personal_value_is_an_error_unsealed_and_never_printed() -> None:
    event = Pinged(number=2, secret=Personal("PLANTED"))
    with pytest.raises(ValueError, match="must be sealed"):
        codec.encode(event, None)
    assert "PLANTED" not in repr(event) + str(event)


def test_an_old_shape_passes_through_the_upcasters() -> None:
    upcasters = {("sir.ping.pinged", 0): lambda shape: {"number": shape["n"]}}
    event = codec.decode("sir.ping.pinged", 0, b'{"n":4}', catalogue=PING, upcasters=upcasters)
    assert event == Pinged(number=4)
    with pytest.raises(codec.UnknownEventError):
        codec.decode("sir.ping.pinged", 9, b"{}", catalogue=PING, upcasters=upcasters)

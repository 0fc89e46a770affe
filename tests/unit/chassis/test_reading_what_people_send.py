"""Bodies, texts and cursors: what is refused, and that a refusal never repeats what was sent."""

import sys
from typing import Annotated, Any
from unicodedata import category
from uuid import UUID

import orjson
import pytest
from pydantic import TypeAdapter, ValidationError

from services.chassis.commands import Body, validated
from services.chassis.moments import AnyDay, Day, Instant, Occurred
from services.chassis.problems import ProblemError
from services.chassis.reading import Cursors, identifier
from services.chassis.text import Line, Prose


class Words(Body):
    number: int
    words: Annotated[str, Line(10)]


class Which(Body):
    one: UUID | None = None
    when: Occurred | None = None


@pytest.mark.parametrize(
    "sent", [b'{"number":"12","words":"a"}', b'{"number":true,"words":"a"}', b'{"number":1e3,"words":"a"}', b'{"number":1,"words":"PLANTED\\u0000"}',
             b'{"number":1,"words":"a","PLANTED":1}', b'{"number":1,"words":"\\ud800"}', b"[]", b"null", b'{"number":9223372036854775808000,"words":""}'],
)  # fmt: skip
def test_a_wrong_body_is_refused_without_its_values(sent: bytes) -> None:
    with pytest.raises(ProblemError) as refused:
        validated(Words, sent)
    told = [(fault.code, fault.detail) for fault in refused.value.faults]
    assert told
    assert "PLANTED" not in str(told)


@pytest.mark.parametrize(
    ("sent", "pointers"),
    [
        (b"[]", ["#"]),
        (b'{"one":"zz7c0f3e-0000-7000-8000-000000000001"}', ["#/one"]),
        (b'{"when":"2026-13-01T00:00:00Z"}', ["#/when"]),
        (b'{"a/b~c":1}', ["#/a~1b~0c"]),
        (b'{"' + b"x" * 5000 + b'":1}', ["#/" + "x" * 100]),
    ],
)
def test_a_fault_points_at_its_place(sent: bytes, pointers: list[str]) -> None:
    with pytest.raises(ProblemError) as refused:
        validated(Which, sent)
    assert [fault.pointer for fault in refused.value.faults] == pointers
    assert "z" not in refused.value.faults[0].detail, "the library tells the character that it did not like"


def test_an_answer_is_not_longer_than_what_was_sent() -> None:
    with pytest.raises(ProblemError) as refused:
        validated(Which, orjson.dumps({str(n): n for n in range(10_000)}))
    assert len(refused.value.faults) == 100


@pytest.mark.parametrize(
    ("kind", "taken", "refused"),
    [
        (Day, ["2014-03-21", "1900-01-01"], ["1899-12-31", "2101-01-01", "20140321", "2014-W12-5", "2014-3-21", "2014-02-30", 0, "0"]),
        (AnyDay, ["0001-01-01", "9999-12-31"], ["10000-01-01", "2014-03-21T00:00:00Z", "\u0662\u0660\u0661\u0664-03-21"]),
        (Instant, ["2014-03-21T10:15:00Z", "2014-03-21T10:15:00.123456 01:00"], ["2014-03-21", "2014-03-21T10:15:00", "1395396900",
            "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2014-03-21T24:00:00Z", "2014-03-21T10:15:60Z"]),
        (Occurred, ["2014-03-21", "2014-03-21T10:15:00+01:00"], ["1899-01-01T00:00:00Z", "2200-01-01T00:00:00Z", 1395396900, None]),
    ],
)  # fmt: skip
def test_a_moment_has_one_form(kind: Any, taken: list[str], refused: list[Any]) -> None:
    for said in taken:
        TypeAdapter[Any](kind).validate_python(said)
    for said in refused:
        with pytest.raises(ValidationError):
            TypeAdapter[Any](kind).validate_python(said)


@pytest.mark.parametrize("character", ["\u0000", "\u0007", "\u007f", "\u0085", "\u2028", "\u202e", "\u2066"])
def test_a_character_that_cannot_be_seen_is_refused(character: str) -> None:
    for kind in (TypeAdapter[str](Annotated[str, Line(100)]), TypeAdapter[str](Annotated[str, Prose(100)])):
        with pytest.raises(ValidationError):
            kind.validate_python(f"a{character}b")


def test_what_is_refused_is_every_control_separator_and_turn_of_direction() -> None:
    turns = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
    unseen = {each for each in map(chr, range(sys.maxunicode + 1)) if category(each) in {"Cc", "Zl", "Zp"}} | turns
    assert {each for each in map(chr, range(sys.maxunicode + 1)) if Line.unseen.search(each)} == unseen
    assert {each for each in map(chr, range(sys.maxunicode + 1)) if Prose.unseen.search(each)} == unseen - {*"\t\n\r"}


def test_line_breaks_belong_to_prose_only() -> None:
    assert TypeAdapter[str](Annotated[str, Prose(100)]).validate_python("a\nb") == "a\nb"
    with pytest.raises(ValidationError):
        TypeAdapter[str](Annotated[str, Line(100)]).validate_python("a\nb")


def test_text_is_kept_in_one_form() -> None:
    assert TypeAdapter[str](Annotated[str, Line(100)]).validate_python(" e\u0301 ") == "\u00e9"


def test_a_cursor_is_ours_or_refused() -> None:
    cursors = Cursors(b"secret", "one")
    cursor = cursors.write(["2026-01-01", "a"])
    assert cursors.read(cursor) == ["2026-01-01", "a"]
    for other in (
        cursor[:-2] + "AA",
        "",
        "x",
        "%%%",
        Cursors(b"other", "one").write([1]),
        Cursors(b"secret", "another").write([1]),
        "\u00e9",
    ):
        with pytest.raises(ProblemError):
            cursors.read(other)


def test_an_identifier_is_a_uuid_or_nothing() -> None:
    assert identifier("019a6f3e-0000-7000-8000-000000000001") is not None
    for other in ("", "x", "019a6f3e000070008000000000000001", "\0" * 36, "{019a6f3e-0000-7000-8000-00000000000}"):
        assert identifier(other) is None

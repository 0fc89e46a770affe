"""The fast readers see what the published language says, no more, and refuse what they do not know."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contracts.catalogue import CATALOGUE
from contracts.envelope import Event
from services.chassis.codec import UnknownEventError
from services.statistics.readers import READERS, read

HISTORY = Path(__file__).parents[3] / "contracts" / "history"


def same(read_value: Any, published: Any) -> bool:
    """Whether every field that is read holds the published value."""
    if isinstance(read_value, tuple):
        return all(same(*pair) for pair in zip(read_value, published, strict=True))
    names = getattr(type(read_value), "__struct_fields__", None)
    if names is None:
        return bool(read_value == published)
    return all(same(getattr(read_value, name), getattr(published, name)) for name in names)


@pytest.mark.parametrize(("kind", "version"), sorted(READERS))
def test_a_reader_agrees_with_the_contract(kind: str, version: int) -> None:
    data = (HISTORY / f"{kind}.v{version}.json").read_bytes()
    published: Event = CATALOGUE[kind, version].model_validate_json(data)
    assert same(read(kind, version, data), published)


@pytest.mark.parametrize(("kind", "version"), sorted(READERS))
def test_defaults_agree_too(kind: str, version: int) -> None:
    reader, contract = READERS[kind, version], CATALOGUE[kind, version]
    optional = {name for name, said in contract.model_fields.items() if not said.is_required()}
    for name, default in zip(reversed(reader.__struct_fields__), reversed(reader.__struct_defaults__), strict=False):
        assert name in optional
        assert contract.model_fields[name].default == default


def test_every_version_of_a_used_type_is_read() -> None:
    used = {kind for kind, _ in READERS}
    assert {each for each in CATALOGUE if each[0] in used} == set(READERS)


def test_a_type_that_no_figure_uses_is_never_decoded() -> None:
    assert read("sir.feedback.letter-sent", 7, b"not even JSON") is None


def test_an_unknown_version_of_a_used_type_is_not_guessed_at() -> None:
    with pytest.raises(UnknownEventError):
        read("sir.intake.notification-withdrawn", 2, b'{"on": "2026-01-01"}')


def test_personal_values_are_passed_over() -> None:
    found = read(
        "sir.intake.notification-withdrawn", 1, b'{"on": "2026-01-01", "reason": {"$sealed": {"field": "reason", "box": "AAAA"}}}'
    )
    assert found.on == date(2026, 1, 1)  # type: ignore[union-attr]
    assert not hasattr(found, "reason")

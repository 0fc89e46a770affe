"""What Government is promised: committed schemas that have not drifted, examples that fit them, and no room for free text."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from contracts import government
from contracts.government import EVENTS, Data, files

ROOT = Path(government.__file__).parents[1]
ENVELOPE = ROOT / "government" / "cloudevent.schema.json"


def committed(event: type[Data], name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "government" / event.name / "v1" / name).read_bytes())
    return found


def texts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every part of a schema that describes a text."""
    if schema.get("type") == "string":
        yield schema
    for part in schema.values():
        for each in part if isinstance(part, list) else part.values() if isinstance(part, dict) else ():
            if isinstance(each, dict):
                yield from texts(each)
        if isinstance(part, dict):
            yield from texts(part)


@pytest.mark.parametrize(("path", "content"), list(files()))
def test_the_committed_file_is_what_the_code_says(path: str, content: str) -> None:
    assert (ROOT / path).read_text() == content


@pytest.mark.parametrize("event", EVENTS)
def test_the_example_fits_the_schemas(event: type[Data]) -> None:
    example = committed(event, "example.json")
    Draft202012Validator(json.loads(ENVELOPE.read_bytes())).validate(example)
    Draft202012Validator(committed(event, "schema.json")).validate(example["data"])
    assert example["type"] == event.kind()


@pytest.mark.parametrize("event", EVENTS)
def test_no_field_can_hold_free_text(event: type[Data]) -> None:
    loose = [text for text in texts(committed(event, "schema.json")) if not text.keys() & {"pattern", "enum", "const", "format"}]
    assert loose == []

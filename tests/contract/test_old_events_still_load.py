"""One stored sample of every event type and version ever published: each still loads, and none is missing."""

import json
from pathlib import Path

import pytest

from contracts.catalogue import CATALOGUE
from contracts.personal import SEALED
from services.chassis import codec

HISTORY = Path(__file__).parents[2] / "contracts" / "history"


def samples() -> list[Path]:
    return sorted(HISTORY.glob("*.json"))


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.stem)
def test_a_sample_loads(path: Path) -> None:
    kind, _, version = path.stem.rpartition(".v")
    event = codec.decode(kind, int(version), path.read_bytes(), catalogue=CATALOGUE, upcasters={})
    assert event.type == kind


def test_every_event_has_a_sample() -> None:
    assert {path.stem for path in samples()} >= {f"{kind}.v{version}" for kind, version in CATALOGUE}


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.stem)
def test_personal_fields_are_sealed_in_the_sample(path: Path) -> None:
    kind, _, version = path.stem.rpartition(".v")
    if '"x-personal"' in json.dumps(CATALOGUE[kind, int(version)].model_json_schema()):
        assert SEALED in path.read_text(), "the sample shows how personal values are stored"

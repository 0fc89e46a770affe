"""What the AsyncAPI documents promise: sound by the specification's own shape, and true of what is really on the topics."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]  # it ships no types

from contracts.asyncapi import HEADERS
from contracts.catalogue import CATALOGUE
from contracts.envelope import NO_HASH, Envelope, Origin
from services.chassis import codec
from tests.contract.describe import DECLARED, HEARS, SERVICES
from tests.contract.test_the_described_http_holds import ROOT, found, references

FOLDER = ROOT / "asyncapi"
SOME = UUID("019a6f3e-0000-7000-8000-000000000001")
NOW = datetime(2026, 11, 18, 10, 15, tzinfo=UTC)
FULL = Envelope(
    id=SOME, source="intake", type="sir.intake.notification-received", schemaversion=1, subject=str(SOME), streamversion=1,
    time=NOW, recordedtime=NOW, role="council", actor="someone", council="S12000049", origin=Origin.LIVE, policy="2022",
    calendar="GB-SCT/2026.1", correlationid=SOME, causationid=SOME, traceparent=f"00-{'1' * 32}-{'2' * 16}-01", prevhash=NO_HASH,
    hash=b"\x01" * 32,
)  # fmt: skip


def committed(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_bytes())
    return told


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_it_has_the_shape_of_asyncapi_3(path: Path) -> None:
    document = committed(path)
    ApplicationSchema.model_validate(document)
    for reference in references(document):
        if reference.startswith("#"):
            assert found(document, reference), reference
        else:
            assert committed(FOLDER / reference), reference


def test_every_event_is_said_by_one_service_and_heard_by_some() -> None:
    documents = {path.stem: committed(path) for path in FOLDER.glob("*.json")}
    said = [told for document in documents.values() for told in document["operations"].get("say", {}).get("messages", ())]
    names = [reference["$ref"].rpartition("/")[2] for reference in said]
    assert sorted(names) == sorted(f"{kind}.v{version}" for kind, version in CATALOGUE)
    heard = {told["$ref"].rpartition("/")[2] for told in documents["statistics"]["operations"]["hear"]["messages"]}
    assert heard == set(names)


@pytest.mark.parametrize("envelope", [FULL, replace(FULL, council=None, policy=None, causationid=None, prevhash=b"\x02" * 32)])
def test_the_headers_are_those_that_are_sent(envelope: Envelope) -> None:
    sent = {name: value.decode() for name, value in codec.headers(envelope)}
    Draft202012Validator(HEADERS | {"additionalProperties": False}, format_checker=FormatChecker()).validate(sent)
    assert envelope is not FULL or sent.keys() == HEADERS["properties"].keys()


@pytest.mark.parametrize("path", sorted((ROOT / "history").glob("*.json")), ids=lambda path: path.stem)
def test_every_stored_event_fits_its_payload(path: Path) -> None:
    Draft202012Validator(committed(ROOT / "schemas" / path.name)).validate(committed(path))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_hears_what_it_is_described_to_hear(service: str) -> None:
    definition, settings = DECLARED[service]
    desk: Any = SimpleNamespace(store=None, settings=settings)
    listener = definition.listener(desk)
    assert {(kind, version) for kind, version in CATALOGUE if listener.names(kind)} == set(HEARS[service])

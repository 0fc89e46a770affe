"""What /openapi.json promises: every call with a summary, who may, its problems, and a body to copy that is taken as it stands."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from services.chassis.commands import validated
from tests.contract.describe import DEFINITIONS, PRODUCERS, application

ROOT = Path(__file__).parents[2] / "contracts"
APPLICATIONS = {definition.name: application(definition) for definition in DEFINITIONS}
PUBLIC = {
    "/health/live",
    "/health/ready",
    "/metrics",
    "/version",
    "/v1/when-due",
    "/v1/calendars",
    "/v1/register-template/{file}",
    "/contracts/{name}/v1/schema.json",
}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def references(part: Any) -> Iterator[str]:
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for each in inner:
        yield from references(each)
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        yield part["$ref"]


def found(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


@pytest.mark.parametrize("producer", PRODUCERS, ids=lambda producer: producer.owns)
def test_the_committed_file_is_what_the_code_says(producer: Any) -> None:
    made = dict(producer.make())
    assert made == {str(path.relative_to(ROOT)): path.read_text() for path in ROOT.glob(producer.owns)}


@pytest.mark.parametrize("app", list(APPLICATIONS.values()), ids=APPLICATIONS)
def test_every_call_says_what_it_does_who_may_and_what_can_go_wrong(app: FastAPI) -> None:
    names = []
    for method, path, operation in operations(app.openapi()):
        names.append(operation["operationId"])
        assert operation["summary"], path
        expected = {"default"} | (set() if path in PUBLIC else {"401", "403", "503"}) | ({"404"} if "{" in path else set())
        expected |= {"400", "409", "415", "422"} if method == "post" else set()
        assert expected <= operation["responses"].keys(), (method, path)
        assert ("security" in operation) is ((method, path) not in {("get", each) for each in PUBLIC}), path
        assert path in {*PUBLIC, "/v1/status"} or operation["x-roles"], path
        declared = {(each["in"], each["name"]) for each in operation.get("parameters", ())}
        assert {("path", part[1:-1]) for part in path.split("/") if part.startswith("{")} <= declared, path
        assert method != "post" or ("header", "Idempotency-Key") in declared, path
    assert len(names) == len(set(names))


@pytest.mark.parametrize("app", list(APPLICATIONS.values()), ids=APPLICATIONS)
def test_every_reference_leads_somewhere(app: FastAPI) -> None:
    document = app.openapi()
    for reference in references(document):
        assert found(document, reference), reference


def examples() -> Iterator[Any]:
    for name, app in APPLICATIONS.items():
        for _, path, operation in operations(app.openapi()):
            if "requestBody" in operation:
                reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                yield pytest.param(app, reference, id=f"{name}{path}")


@pytest.mark.parametrize(("app", "reference"), list(examples()))
def test_every_body_has_an_example_that_is_taken_as_it_stands(app: FastAPI, reference: str) -> None:
    document = app.openapi()
    schema, name = found(document, reference), reference.rpartition("/")[2]
    models = {route.endpoint.body.__name__: route.endpoint.body for route in bodies(app)}
    assert schema["examples"]
    for example in schema["examples"]:
        Draft202012Validator({**document, "$ref": reference}).validate(example)
        validated(models[name], json.dumps(example).encode())


def bodies(app: FastAPI) -> list[Any]:
    definition = next(each for each in DEFINITIONS if APPLICATIONS[each.name] is app)
    return [
        route for router in definition.routers for route in router.routes if hasattr(getattr(route, "endpoint", None), "body")
    ]

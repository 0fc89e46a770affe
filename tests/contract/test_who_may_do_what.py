"""Every call of every service is open to whom api.md 3 says: the committed descriptions and the code against a table of its own."""

import json
from typing import Any

import pytest

from contracts.codes import Role
from tests.conftest import ROOT
from tests.contract.describe import DEFINITIONS, application
from tests.contract.who_may import EVERY, MAY, Call, Roles


def described(service: str, document: dict[str, Any]) -> dict[Call, Roles | None]:
    """Who may make each call, by what the document says: nobody is named where a token of any role does."""
    return {
        (service, method.upper(), path): frozenset(operation.get("x-roles", EVERY)) if "security" in operation else None
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_the_table_knows_every_role() -> None:
    assert {str(role) for role in Role} == EVERY


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.name)
def test_every_call_is_open_to_whom_the_table_says(definition: Any) -> None:
    name = definition.name
    committed = json.loads((ROOT / "contracts" / "openapi" / f"{name}.json").read_bytes())
    table = {call: roles for call, roles in MAY.items() if call[0] == name}
    assert described(name, committed) == table
    assert described(name, application(definition).openapi()) == table

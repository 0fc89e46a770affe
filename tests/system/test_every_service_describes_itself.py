"""Each service answers its own description, its pages and its health without a token, and asks no other host for anything."""

import json
import re

import httpx2
import pytest

from tests.conftest import ROOT
from tests.system.conftest import Running

SERVICES = ("intake", "deadlines", "notification", "feedback", "statistics")


@pytest.mark.parametrize("service", SERVICES)
async def test_what_is_served_is_what_is_committed(stack: Running, client: httpx2.AsyncClient, service: str) -> None:
    served = await client.get(f"{stack.services[service]}/openapi.json")
    assert served.json() == json.loads((ROOT / "contracts" / "openapi" / f"{service}.json").read_bytes())


@pytest.mark.parametrize("service", SERVICES)
async def test_its_page_names_every_call_and_loads_nothing(stack: Running, client: httpx2.AsyncClient, service: str) -> None:
    page = (await client.get(f"{stack.services[service]}/docs")).text
    document = (await client.get(f"{stack.services[service]}/openapi.json")).json()
    assert all(f"<code>{path}</code>" in page for path in document["paths"])
    assert re.findall(r"<(?:script|link|img|iframe|style|base|object|embed)\b|\b(?:src|action)=|url\(|@import|//", page) == []
    assert set(re.findall(r'href="([^"]*)"', page)) == {"/openapi.json"}

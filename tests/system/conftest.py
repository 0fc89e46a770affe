"""One running stack for the session, on the session's parts; tokens of the development issuer; ways to kill."""

import asyncio
import json
import os
import shutil
import signal
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from deploy.local.environment import inherited
from deploy.local.stack import ISSUER, Addresses, read
from deploy.local.supervisor import DEATHS, WITHIN_SECONDS
from services.chassis.clock import new_id, seconds
from tests.conftest import ROOT, Parts
from tests.processes import DidNotStartError, local_stack, pause

STATE = ROOT / ".sir" / "test-system"
GLASGOW, ABERDEEN = "S12000049", "S12000033"


@dataclass(frozen=True)
class Running:
    """A running stack, as its users see it."""

    state: Path
    services: dict[str, str]
    kafka: str
    kills: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def token(self, role: str, council: str | None = None, *, sub: str = "someone") -> str:
        """A token of the development issuer."""
        key = OKPKey.import_key(json.loads((self.state / "issuer.key").read_text()))
        now = int(seconds())
        claims = {"sub": sub, "role": role, "council": council, "aud": "sir", "iss": ISSUER, "iat": now, "exp": now + 3600}
        return jwt.encode({"alg": "EdDSA", "kid": "development", "typ": "JWT"}, claims, key, algorithms=["EdDSA"])

    def headers(self, role: str = "council", council: str | None = GLASGOW, **more: str) -> dict[str, str]:
        """Headers of a command or a query; a fresh key."""
        named = council if role.startswith("council") else None
        return {"Authorization": f"Bearer {self.token(role, named)}", "Idempotency-Key": str(new_id())} | more

    @property
    def addresses(self) -> Addresses:
        """As the console and the conservation check know it."""
        found = read(self.state)
        assert found is not None
        return found

    def kill(self, service: str) -> None:
        """Kill -9; the stack starts it again. Not so often in a minute that the stack stops, as it would for a service that fails."""
        while sum(time.monotonic() - killed < WITHIN_SECONDS for killed in self.kills[service]) >= DEATHS - 1:
            pause()
        self.kills[service].append(time.monotonic())
        os.kill(json.loads((self.state / "stack.json").read_text())["pids"][service], signal.SIGKILL)

    async def settled(self, client: httpx2.AsyncClient) -> None:
        """Wait until every service has caught up, in two successive rounds."""
        before: list[Any] = []
        async with asyncio.timeout(60):
            while True:
                try:
                    told = [
                        (await client.get(f"{url}/v1/status", headers=self.headers("operator"))).json()
                        for url in self.services.values()
                    ]
                    events = [each["events"] for each in told]
                    if all(each["behind"] == 0 and each["outbox"] == 0 for each in told) and events == before:
                        return
                    before = events
                except (httpx2.HTTPError, KeyError):
                    before = []
                await asyncio.sleep(0.1)


@pytest.fixture(scope="session")
def stack(parts: Parts) -> Iterator[Running]:
    """The stack."""
    if not {"DATABASE_URL", "KAFKA_BOOTSTRAP"} <= inherited().keys():
        shutil.rmtree(STATE, ignore_errors=True)  # given servers know the stack that they were used by first
    environment = inherited() | {"DATABASE_URL": parts.postgres, "KAFKA_BOOTSTRAP": parts.kafka}
    try:
        with local_stack("up", STATE, environment) as found:
            yield Running(STATE, found.services, found.kafka)
    except DidNotStartError as said:
        pytest.exit(f"the stack did not start:\n{said}", returncode=3)


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """An HTTP client."""
    async with httpx2.AsyncClient(timeout=40) as one:
        yield one


@pytest.fixture
def body() -> dict[str, Any]:
    """A notification that nothing is wrong with."""
    return invented()


def invented() -> dict[str, Any]:
    """A notification about nobody."""
    return {
        "council_reference": str(new_id()),
        "occurred_on": "2026-11-02",
        "became_aware_on": "2026-11-03",
        "awareness_source": "police",
        "criteria": ["C1"],
        "charged_on": "2026-11-03",
        "role_of_person": "perpetrator_suspected",
        "offence_codes": ["S4"],
        "incident_type": "T02",
        "outcome_of_harm": "serious",
        "person": {"council_person_id": "P-1", "initials": "QZ", "year_of_birth": 1988, "sex": "male"},
        "orders": [{"type": "CPO", "start_date": "2026-02-02", "end_date": None, "requirements": ["offender_supervision"]}],
        "late_reason": "not_aware",
        "signed_off_by": {"name": "C. Manager", "grade": "service_manager", "signed_on": "2026-11-04"},
        "summary": "An invented incident.",
    }

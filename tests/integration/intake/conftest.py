"""Intake, running, and what a council might send to it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from contracts.clocks import london_date
from services.chassis.clock import now
from tests.integration.telling.stage import Stage, stage


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def intake(postgres_url: str, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Intake, running."""
    folder: Path = tmp_path_factory.mktemp("intake")
    async with stage("intake", postgres_url, kafka_bootstrap, folder) as made:
        await made.start()
        yield made


@pytest.fixture
def body() -> dict[str, Any]:
    """The example of the public contract, on recent days."""
    today = london_date(now())
    return {
        "council_reference": "GCC-2026-0117",
        "occurred_on": str(today - timedelta(days=2)),
        "became_aware_on": str(today - timedelta(days=1)),
        "awareness_source": "police",
        "criteria": ["C1"],
        "charged_on": str(today - timedelta(days=1)),
        "recalled_on": None,
        "role_of_person": "perpetrator_suspected",
        "offence_codes": ["S4"],
        "incident_type": "T02",
        "outcome_of_harm": "serious",
        "person": {"council_person_id": "P-88121", "initials": "AB", "year_of_birth": 1988, "sex": "male"},
        "orders": [{"type": "CPO", "start_date": "2020-02-02", "end_date": None, "requirements": ["offender_supervision"]}],
        "mappa": {"category": 1, "level": 1, "sog_notified_on": str(today - timedelta(days=1))},
        "domestic_abuse_element": "unknown",
        "child_protection": "no",
        "adult_protection": "no",
        "drug_related_suspected": False,
        "post_mortem_pending": False,
        "retrospective": False,
        "media_interest": "none",
        "ministerial_interest": "none",
        "late_reason": None,
        "signed_off_by": {"name": "C. Manager", "grade": "service_manager", "signed_on": str(today)},
        "summary": "What happened.",
    }

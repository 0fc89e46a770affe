"""A fresh stage for each test: the service's parts, or the whole process."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.deadlines.stage import Stage, roles, stage
from tests.integration.telling import stage as whole


@pytest.fixture
async def deadlines(postgres_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """The service on a database of its own."""
    async with stage(postgres_url, tmp_path) as made:
        yield made


@pytest.fixture
async def process(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[whole.Stage]:
    """Deadlines, not started yet, with intake's voice on its topic."""
    await roles(postgres_url)
    async with whole.stage("deadlines", postgres_url, kafka_bootstrap, tmp_path) as made:
        yield made

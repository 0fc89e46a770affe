"""Stages for the tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.telling.stage import Stage, stage


@pytest.fixture
async def government(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Notification, not started yet."""
    async with stage("notification", postgres_url, kafka_bootstrap, tmp_path) as made:
        yield made


@pytest.fixture
async def inspectorate(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Feedback, running."""
    async with stage("feedback", postgres_url, kafka_bootstrap, tmp_path) as made:
        await made.start()
        yield made

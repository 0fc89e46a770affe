"""A fresh stage for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.deadlines.stage import Stage, stage


@pytest.fixture
async def deadlines(postgres_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """The service on a database of its own."""
    async with stage(postgres_url, tmp_path) as made:
        yield made

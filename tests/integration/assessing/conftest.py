"""The desk for the tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.assessing.desk import Desk
from tests.integration.telling.stage import stage


@pytest.fixture
async def desk(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """Feedback, running."""
    async with stage("feedback", postgres_url, kafka_bootstrap, tmp_path) as made:
        await made.start()
        yield Desk(stage=made)

"""Whatever is sent, the answer is never a fault of ours."""

import asyncio

from tests.integration.telling.stage import Stage
from tests.integration.telling.test_no_input_breaks_it import walk


async def test_deadlines_has_no_faults(process: Stage) -> None:
    await process.start()
    case = await process.notify()
    await process.caught_up()
    for role in ("lead_officer", "operator"):
        assert await asyncio.to_thread(walk, process, role, {"case_id": case}) == []

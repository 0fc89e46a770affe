"""The writer of Government's topic is killed at each step: every event stands on the topic once, in order, with its evidence."""

import orjson
import pytest

from tests.integration.telling.stage import Stage

STEPS = ("feed.before_send", "feed.after_send", "feed.after_mark")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("nth", [1, 2])
async def test_every_event_is_on_the_topic_once(government: Stage, step: str, nth: int) -> None:
    await government.start(SIR_FAILPOINT=f"{step}:kill:{nth}")
    for _ in range(nth):
        await government.notify()
        if nth > 1:
            await government.on_topic(least=0)
    await government.died()
    await government.start()
    await government.notify()
    records = await government.on_topic(least=nth + 1)
    told = await government.told()
    assert [orjson.loads(record.value)["id"] for record in records] == [event["id"] for event in told]
    await _has_evidence(government, len(records))


async def test_a_topic_that_was_made_anew_is_noticed_and_the_feed_goes_on(government: Stage) -> None:
    await government.start()
    await government.notify()
    await government.on_topic(least=1)
    await government.kill()
    owner = await government.owner()
    await owner.execute('update delivery set "offset" = 1000')
    await owner.close()
    await government.start()
    await government.notify()
    assert len(await government.on_topic(least=2)) == 2
    assert "feed.topic_recreated" in government.log()


async def _has_evidence(government: Stage, count: int) -> None:
    owner = await government.owner()
    rows = await owner.fetch('select "offset", broker_time from delivery order by sequence')
    await owner.close()
    assert [row["offset"] for row in rows] == list(range(count))
    assert all(row["broker_time"] is not None for row in rows)

"""The queue stands by due day: whose it is, what it waits for, what is late and why."""

from datetime import timedelta
from typing import Any

from contracts.deadlines import ClockRecalculated, ClockSatisfied
from tests.integration.assessing.desk import INSPECTOR, Desk, started, submitted, today
from tests.integration.telling.stage import EDINBURGH, GLASGOW

DAY = today()
PAST, SOON, BETWEEN, LATER = [DAY + timedelta(days=days) for days in (-3, 2, 9, 30)]


async def listed(desk: Desk, query: str = "", **who: Any) -> list[dict[str, Any]]:
    answer = await desk.get(f"/v1/queue{query}", **who)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["cases"]
    return found


async def names(desk: Desk, query: str = "", **who: Any) -> list[str]:
    return [case["case_id"] for case in await listed(desk, query, **who)]


async def test_by_due_day_and_by_what_it_waits_for(desk: Desk) -> None:
    undated, later, late, soon = [await desk.stage.notify(mappa=None) for _ in range(4)]
    other = await desk.stage.notify(mappa=None, council=EDINBURGH)
    for case, clock, due in ((later, "review", LATER), (late, "review", PAST), (soon, "review", LATER), (soon, "feedback", SOON)):
        await desk.stage.say(started(clock, due), subject=case)
    await desk.stage.caught_up()
    assert await names(desk) == [late, soon, later, undated, other]
    assert (await listed(desk, "?late=true"))[0]["late"] == [
        {"clock": "review", "instance": 1, "whose": "council", "due_on": PAST.isoformat(), "days_late": 3}
    ]
    assert await names(desk, "?late=true") == [late]
    await _whose(desk, late, later, other)
    await _page_by_page(desk, [late, soon, later, undated, other])
    await desk.stage.say(ClockSatisfied(clock="feedback", on=DAY, due_on=SOON), subject=soon)
    moved = {"due_on": BETWEEN, "due_on_before": LATER, "reason": "date_corrected", "policy": "2022", "calendar": "GB-SCT/2026.1"}
    await desk.hear(later, ClockRecalculated(clock="review", day_zero=DAY, **moved))
    assert await names(desk) == [late, later, soon, undated, other]
    await desk.hear(soon, submitted())
    assert await names(desk, "?state=scrutiny") == [soon]
    assert await names(desk, "?state=review") == [late, later, undated, other]
    await desk.done(late, "triage", outcome="out_of_scope")
    assert late not in await names(desk)


async def _whose(desk: Desk, mine: str, same_council: str, elsewhere: str) -> None:
    await desk.done(mine, "triage", outcome="in_scope")
    assert await names(desk, "?whose=mine") == []
    await desk.done(elsewhere, "allocation", inspector="somebody-else")
    await desk.done(mine, "allocation", inspector=INSPECTOR)
    assert await names(desk, "?whose=mine") == [mine]
    own_councils = await names(desk, "?whose=my_councils")
    assert same_council in own_councils
    assert elsewhere not in own_councils
    assert await names(desk, "?whose=mine", by="somebody-else") == [elsewhere]
    assert await names(desk, f"?council={EDINBURGH}&whose=my_councils") == []
    assert mine in await names(desk, f"?council={GLASGOW}")
    await desk.done(mine, "allocation", inspector="somebody-else")
    assert await names(desk, "?whose=mine") == []


async def _page_by_page(desk: Desk, expected: list[str]) -> None:
    found, address = [], "/v1/queue?limit=2"
    while address:
        answer = await desk.get(address)
        found += [case["case_id"] for case in answer.json()["cases"]]
        address = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert found == expected

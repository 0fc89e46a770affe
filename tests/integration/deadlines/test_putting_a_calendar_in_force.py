"""A proclaimed holiday, over HTTP: a dry run lists what would move, then one event says it and each open clock moves visibly."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest

from contracts.calendars import CURRENT_CALENDAR, calendar
from contracts.feedback import InformationRequested
from contracts.notification import GovernmentNotified
from services.chassis.clock import new_id
from services.deadlines import activating
from services.deadlines.queries import calendar_in_force
from tests.calendars import NEXT, PROCLAIMED, proclaimed
from tests.integration.deadlines.stage import EDINBURGH, TODAY, Stage, copy_due

COPY = "government_copy"
HOLIDAY = calendar(CURRENT_CALENDAR).after(TODAY, 1)


@pytest.fixture(autouse=True)
def _release(tmp_path: Path) -> Iterator[None]:
    """A release in which the next working day is a holiday."""
    folder = tmp_path / "calendars"
    folder.mkdir()
    with proclaimed(folder, HOLIDAY):
        yield


def later(day: date) -> str:
    return calendar(NEXT).after(day, 1).isoformat()


async def activate(
    deadlines: Stage, *, role: str = "operator", dry_run: bool = False, version: str = NEXT, key: str = ""
) -> httpx2.Response:
    async with deadlines.client(role) as client:
        headers = {"X-Dry-Run": "true"} if dry_run else {}
        if key:
            headers["Idempotency-Key"] = key
        return await client.post("/v1/calendars", json={"calendar": version}, headers=headers)


async def said(deadlines: Stage) -> list[dict[str, Any]]:
    """What stands in the calendar's own stream."""
    rows = await deadlines.service.pool.fetch("select data from event where subject = 'calendar/GB-SCT' order by version")
    return [json.loads(row["data"]) for row in rows]


async def test_a_dry_run_lists_the_clocks_that_move_and_changes_nothing(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    await deadlines.say(subject, InformationRequested(request=1, on=TODAY))
    done = await deadlines.notify()
    await deadlines.say(done, GovernmentNotified(informed_on=TODAY, sequence=1, outward_id=new_id()))
    events = await deadlines.service.pool.fetchval("select count(*) from event")
    answer = await activate(deadlines, dry_run=True)
    moved = answer.json()
    assert (answer.status_code, moved["calendar"], moved["moved"]) == (200, NEXT, 2)
    assert {(each["case_id"], each["clock"], each["instance"]) for each in moved["clocks"]} == {
        (subject, COPY, 1),
        (subject, "information", 1),
    }
    (copy,) = (each for each in moved["clocks"] if each["clock"] == COPY)
    assert (copy["due_on_before"], copy["due_on"]) == (copy_due(TODAY).isoformat(), later(copy_due(TODAY)))
    assert await deadlines.service.pool.fetchval("select count(*) from event") == events


async def test_it_does_what_the_dry_run_said(deadlines: Stage) -> None:
    subjects = [await deadlines.notify() for _ in range(3)]
    listed = (await activate(deadlines, dry_run=True)).json()
    answer = await activate(deadlines)
    assert answer.status_code == 201
    assert sorted(answer.json()["clocks"], key=str) == sorted(listed["clocks"], key=str)
    assert await said(deadlines) == [{"calendar": NEXT, "before": CURRENT_CALENDAR, "moved": 3}]
    for subject in subjects:
        assert await deadlines.recorded(subject, COPY) == ["started", "recalculated"]
    rows = await deadlines.service.pool.fetch(
        "select distinct role, actor, origin, council from event where type like '%recalculated'"
    )
    assert [tuple(row) for row in rows] == [("operator", "someone", "live", EDINBURGH)]


async def test_what_moved_is_shown_with_its_reason_and_breached_by_its_new_day_only(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    await activate(deadlines)
    async with deadlines.client("inspector") as client:
        clocks = (await client.get(f"/v1/cases/{subject}/clocks")).json()["clocks"]
    (copy,) = (each for each in clocks if each["clock"] == COPY)
    assert (copy["due_on"], copy["calendar"], copy["state"]) == (later(copy_due(TODAY)), NEXT, "running")
    assert PROCLAIMED in copy["why"]
    assert "before: a newer calendar was put in force" in copy["why"]
    days = (date.fromisoformat(copy["due_on"]) - TODAY).days
    assert (await deadlines.ticker(days=days).tick()).breaches == 0
    assert (await deadlines.ticker(days=days + 2).tick()).breaches == 1


async def test_from_then_on_new_clocks_and_answers_count_by_it(deadlines: Stage) -> None:
    async with deadlines.client(None) as client:
        asked = {"clock": COPY, "from": TODAY.isoformat()}
        before = (await client.get("/v1/when-due", params=asked)).json()
        await activate(deadlines)
        after = (await client.get("/v1/when-due", params=asked)).json()
        assert (await client.get("/v1/calendars")).json()["current"] == NEXT
    assert (before["calendar"], after["calendar"]) == (CURRENT_CALENDAR, NEXT)
    assert after["due_on"] == later(date.fromisoformat(before["due_on"]))
    assert await deadlines.recorded(await deadlines.notify(), COPY) == ["started", "recalculated"]


async def test_it_waits_for_those_who_count_and_they_for_it(deadlines: Stage) -> None:
    pool = deadlines.service.pool
    async with pool.acquire() as connection, connection.transaction():
        await calendar_in_force(connection)  # as a consumer in the middle of its batch
        activation = asyncio.create_task(activate(deadlines))
        await asyncio.sleep(0.3)
        assert not activation.done()
        heard = asyncio.create_task(deadlines.notify())
        await asyncio.sleep(0.3)
        assert not heard.done()
    assert (await activation).status_code == 201
    assert await deadlines.recorded(await heard, COPY) == ["started", "recalculated"]


async def test_many_cases_are_counted_again_chunk_by_chunk(deadlines: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activating, "CHUNK", 2)
    for _ in range(5):
        await deadlines.notify()
    assert (await activate(deadlines)).json()["moved"] == 5


async def test_the_same_request_twice_is_answered_as_the_first_time(deadlines: Stage) -> None:
    await deadlines.notify()
    first, second = [await activate(deadlines, key="once") for _ in range(2)]
    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(await said(deadlines)) == 1


async def test_again_or_back_is_refused_and_changes_nothing(deadlines: Stage) -> None:
    await activate(deadlines)
    for version in (NEXT, CURRENT_CALENDAR):
        answer = await activate(deadlines, version=version)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:sir:problem:transition_not_allowed")
    assert (await activate(deadlines, dry_run=True)).status_code == 409
    assert len(await said(deadlines)) == 1


@pytest.mark.parametrize("version", ["GB-SCT/2099.1", "", "../index"])
async def test_a_calendar_that_nobody_published_is_refused(deadlines: Stage, version: str) -> None:
    answer = await activate(deadlines, version=version)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_calendar")


@pytest.mark.parametrize("role", ["inspector", "administrator", "registrar", "analyst", "government"])
async def test_only_the_lead_officer_and_the_operator_may(deadlines: Stage, role: str) -> None:
    assert (await activate(deadlines, role=role)).status_code == 403
    assert (await activate(deadlines, role="lead_officer")).status_code == 201

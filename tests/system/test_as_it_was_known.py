"""A case corrected twelve times: asked as of each instant, every service answers what was known then, and nothing that came later."""

from datetime import date, datetime, timedelta
from typing import Any

import httpx2

from contracts.calendars import CURRENT_CALENDAR, calendar
from contracts.clocks import Clock, due_on, london_date, policy_on
from tests.system.conftest import Running
from tests.system.road import Road

MOMENT = timedelta(milliseconds=1)
UNDATED: dict[str, Any] = {"charged_on": None, "signed_off_by": None}
"""So that the incident may be corrected to any day."""
DAYS: list[str | None] = [
    "2026-11-20", "2026-11-02", None, "2026-11-19", "2026-10-01", "2026-11-18",
    None, "2026-09-01", "2026-11-17", "2026-11-16", "2026-11-03", "2026-11-20",
]  # fmt: skip
"""The incident's day as each correction says it; not known at all where it says none."""


async def corrected(road: Road, day: str | None) -> None:
    precision = {"occurred_on_precision": "unknown"} if day is None else {}
    changes = {"occurred_on": day, "became_aware_on": None, "late_reason": "not_aware"} | precision
    await road.council_says("corrections", {"changes": changes, "reason": "A slip of the pen."})


def due(day: str | None, received_on: date) -> str | None:
    if day is None:
        return None
    last = due_on(Clock.NOTIFY, date.fromisoformat(day), policy_on(received_on), calendar(CURRENT_CALENDAR))
    return last.isoformat()


def measured(day: str | None, received_on: date) -> tuple[int, int]:
    """(in time, measurable) of ST-07."""
    last = due(day, received_on)
    return (0, 0) if last is None else (int(received_on.isoformat() <= last), 1)


async def at(road: Road, when: datetime, received_on: date) -> dict[str, Any]:
    """What the three services say was known."""
    known_at = {"known_at": when.isoformat()}
    case = await road.shown("intake", **known_at)
    clocks = (await road.shown("deadlines", "/clocks", **known_at))["clocks"]
    figure = (await road.shown("statistics", role="analyst", **known_at))["figures"]["ST-07"]
    notify = next((each for each in clocks if each["clock"] == "notify" and each["state"] != "cancelled"), None)
    return {
        "occurred_on": case["occurred_on"],
        "due_on": notify["due_on"] if notify else None,
        "figure": (figure["numerator"], figure["denominator"]),
    }


async def test_twelve_corrections(stack: Running, client: httpx2.AsyncClient, body: dict[str, Any]) -> None:
    road = await Road.begun(stack, client, body, occurred_on="2026-11-05", became_aware_on=None, **UNDATED)
    said: list[str | None] = ["2026-11-05"]
    for day in DAYS:
        await corrected(road, day)
        said.append(day)
    history = (await road.shown("intake", "/history"))["events"]
    assert len(history) == 13
    received_on = london_date(datetime.fromisoformat(history[0]["time"]))
    wrong = {}
    for place, (event, day) in enumerate(zip(history, said, strict=True)):
        following = history[place + 1]["recordedtime"] if place + 1 < len(history) else None
        # A little before the next correction: deadlines has heard of this one by then, since each waited for all to settle.
        when = datetime.fromisoformat(following or event["recordedtime"]) + (-MOMENT if following else timedelta(seconds=30))
        known = await at(road, when, received_on)
        expected = {"occurred_on": day, "due_on": due(day, received_on), "figure": measured(day, received_on)}
        if known != expected:
            wrong[place] = (known, expected)
    assert wrong == {}


async def test_a_correction_changes_the_latest_figure_and_not_the_earlier_one(
    stack: Running, client: httpx2.AsyncClient, body: dict[str, Any]
) -> None:
    road = await Road.begun(stack, client, body, occurred_on="2026-11-02", **UNDATED)
    await stack.settled(client)
    before = (await road.shown("intake"))["known_at"]
    await corrected(road, london_date(datetime.fromisoformat(before)).isoformat())
    assert (await road.shown("statistics", role="analyst"))["figures"]["ST-07"]["numerator"] == 1
    earlier = (await road.shown("statistics", role="analyst", known_at=before))["figures"]["ST-07"]
    assert (earlier["numerator"], earlier["denominator"]) == (0, 1)


async def test_facts_dated_later_had_not_happened(stack: Running, client: httpx2.AsyncClient, body: dict[str, Any]) -> None:
    past = {
        "council": "Glasgow City Council",
        "council_reference": body["council_reference"],
        "notified_on": "2014-03-07",
        "occurred_on": "2014-03-03",
        "criteria": ["C1"],
        "incident_type": "T01",
        "mappa": {"category": 1},
    }
    answer = await client.post(f"{stack.services['intake']}/v1/notifications", json=past, headers=stack.headers("registrar"))
    road = Road(stack, client, answer.json()["case_id"], answer.json()["reference"])
    await road.registrar_says("intake", "sog-decision", {"decision": "no_scr", "occurred_at": "2014-04-01"})
    await road.registrar_says("intake", "reviews", {"kind": "CR", "occurred_at": "2014-06-30"})
    states = {}
    for day in ("2014-03-31", "2014-04-01", "2014-06-29", "2014-06-30"):
        clocks = (await road.shown("deadlines", "/clocks", as_at=day))["clocks"]
        review = next(each for each in clocks if each["clock"] == "review")
        states[day] = (review["state"], review["due_on"])
    assert states == {
        "2014-03-31": ("held", "2014-06-07"),
        "2014-04-01": ("running", "2014-07-01"),
        "2014-06-29": ("running", "2014-07-01"),
        "2014-06-30": ("met", "2014-07-01"),
    }

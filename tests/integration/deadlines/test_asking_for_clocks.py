"""What deadlines answers: when something is due and why, a case's clocks, lists by what became of them, and to whom."""

import json
from datetime import date, timedelta
from uuid import UUID

import pytest

from contracts.clocks import Clock, months_after
from contracts.feedback import CaseTriaged
from contracts.intake import Review, ReviewSubmitted, SogDecided, TransferAccepted
from contracts.notification import GovernmentNotified
from services.chassis.clock import new_id
from tests.integration.deadlines.stage import EDINBURGH, GLASGOW, TODAY, Stage, copy_due

LATE = TODAY - timedelta(days=30)


def copied_on(day: date) -> GovernmentNotified:
    return GovernmentNotified(informed_on=day, sequence=1, outward_id=new_id())


async def test_when_due_says_why_without_a_token(deadlines: Stage) -> None:
    async with deadlines.client(None) as client:
        answer = await client.get("/v1/when-due", params={"clock": "notify", "from": "2014-11-28", "council": "S12000036"})
    assert answer.json() == {
        "clock": "notify",
        "from": "2014-11-28",
        "due_on": "2014-12-08",
        "counted": ["2014-12-02", "2014-12-03", "2014-12-04", "2014-12-05", "2014-12-08"],
        "skipped": [
            {"date": "2014-11-29", "reason": "Saturday"},
            {"date": "2014-11-30", "reason": "Sunday"},
            {"date": "2014-12-01", "reason": "St Andrew's Day (substitute day)"},
            {"date": "2014-12-06", "reason": "Saturday"},
            {"date": "2014-12-07", "reason": "Sunday"},
        ],
        "calendar": "GB-SCT/2026.1",
    }


@pytest.mark.parametrize("clock", Clock)
async def test_every_clock_has_a_due_day(deadlines: Stage, clock: Clock) -> None:
    async with deadlines.client(None) as client:
        answer = await client.get("/v1/when-due", params={"clock": clock, "from": "2014-11-30"})
    due = {"review": "2015-02-28", "feedback": "2014-12-30", "acceptance": "2014-12-14", "comprehensive_review": "2014-12-30"}
    told = answer.json()
    assert answer.status_code == 200
    assert told["due_on"] == due.get(clock, told["due_on"])
    assert (told["counted"] == []) == (clock in due)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"clock": "nothing", "from": "2014-11-28"}, "invalid"),
        ({"clock": "notify"}, "invalid"),
        ({"clock": "notify", "from": "28/11/2014"}, "invalid"),
        ({"clock": "notify", "from": "2014-02-30"}, "invalid"),
        ({"clock": "notify", "from": "1417132800"}, "invalid"),
        ({"clock": "notify", "from": "2014-11-28", "council": "S99999999"}, "invalid"),
        ({"clock": "notify", "from": "1949-12-31"}, "outside_calendar"),
        ({"clock": "review", "from": "9999-12-31"}, "outside_calendar"),
        ({"clock": "acceptance", "from": "9999-12-31"}, "outside_calendar"),
        ({"clock": "feedback", "from": "2030-12-15"}, "outside_calendar"),
    ],
)
async def test_what_cannot_be_answered_is_refused_with_its_reason(deadlines: Stage, asked: dict[str, str], code: str) -> None:
    async with deadlines.client(None) as client:
        answer = await client.get("/v1/when-due", params=asked)
    assert answer.status_code == 422
    assert answer.json()["type"] == f"urn:sir:problem:{code}"
    assert answer.json()["errors"][0]["pointer"] in {"#/clock", "#/from", "#/council"}


async def test_calendars_are_public(deadlines: Stage) -> None:
    async with deadlines.client(None) as client:
        told = (await client.get("/v1/calendars")).json()
    (first,) = told["calendars"]
    assert (first["version"], first["first"], first["last"]) == (told["current"], "1950-01-01", "2030-12-31")
    assert {"date": "2026-06-15", "name": "World Cup"}.keys() == first["holidays"][0].keys()
    assert len(first["sha256"]) == 64


async def test_the_clocks_of_a_case(deadlines: Stage) -> None:
    subject = await deadlines.notify(occurred_on=TODAY)
    async with deadlines.client("council", council=EDINBURGH) as client:
        answer = await client.get(f"/v1/cases/{subject}/clocks")
    copy, notify, review = answer.json()["clocks"]
    assert copy.pop("why").startswith("Two working days after ")
    assert copy == {
        "clock": "government_copy", "instance": 1, "state": "running", "due_on": copy_due(TODAY).isoformat(), "stopped_on": None,
        "started_on": TODAY.isoformat(), "calendar": "GB-SCT/2026.1", "policy": "2022",
    }  # fmt: skip
    assert (notify["state"], notify["stopped_on"]) == ("met", TODAY.isoformat())
    assert (review["state"], review["due_on"]) == ("running", months_after(TODAY, 3).isoformat())
    assert answer.headers["etag"] == '"4"'


async def test_a_clock_past_its_due_day_is_shown_as_missed_before_its_breach_is_recorded(deadlines: Stage) -> None:
    assert await _state(deadlines, await deadlines.notify(on=LATE)) == "missed"


async def test_a_clock_stopped_late_is_shown_as_missed(deadlines: Stage) -> None:
    subject = await deadlines.notify(on=LATE)
    await deadlines.say(subject, copied_on(TODAY))
    assert await _state(deadlines, subject) == "missed"


async def test_a_clock_that_fell_away_is_shown_as_cancelled_and_restored_as_running(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    await deadlines.say(subject, CaseTriaged(outcome="out_of_scope", on=TODAY))
    assert await _state(deadlines, subject) == "cancelled"
    await deadlines.say(subject, CaseTriaged(outcome="in_scope", on=TODAY))
    assert await _state(deadlines, subject) == "running"


async def test_under_mappa_the_review_is_shown_as_held_and_in_time_if_it_comes_before_the_decision(deadlines: Stage) -> None:
    held, waiting = (
        await deadlines.notify(on=LATE, mappa=True),
        await deadlines.notify(on=TODAY - timedelta(days=200), mappa=True),
    )
    came = ReviewSubmitted(number=1, on=TODAY, review=Review(kind="CR", counts_as="CR"))
    assert [await _state(deadlines, subject, "review") for subject in (held, waiting)] == ["held", "held"]
    await deadlines.say(waiting, came)
    await deadlines.say(held, SogDecided(on=TODAY, decision="no_scr"))
    assert [await _state(deadlines, subject, "review") for subject in (held, waiting)] == ["running", "met"]


async def test_lists_by_what_became_of_the_clocks(deadlines: Stage) -> None:
    running, overdue, met, missed = [await deadlines.notify(on=day) for day in (TODAY, LATE, LATE, LATE)]
    await deadlines.say(met, copied_on(LATE))
    await deadlines.say(missed, copied_on(TODAY))
    assert {state: await _listed(deadlines, state) for state in ("open", "due_soon", "overdue", "met", "missed")} == {
        "open": {running},
        "due_soon": {running},
        "overdue": {overdue},
        "met": {met},
        "missed": {overdue, missed},
    }


async def test_a_list_goes_on_page_by_page(deadlines: Stage) -> None:
    subjects = {await deadlines.notify() for _ in range(5)}
    pages: list[list[str]] = []
    address = "/v1/clocks?state=open&clock=review&limit=2"
    async with deadlines.client("inspector") as client:
        while address and len(pages) < 9:
            answer = await client.get(address)
            pages.append([each["case_id"] for each in answer.json()["clocks"]])
            address = answer.links["next"]["url"] if "next" in answer.links else ""
    assert list(map(len, pages)) == [2, 2, 1]
    assert {subject for page in pages for subject in page} == subjects


async def test_a_council_sees_its_own_only(deadlines: Stage) -> None:
    own, other = await deadlines.notify(), await deadlines.notify(council=GLASGOW)
    async with deadlines.client("council", council=EDINBURGH) as client:
        listed = (await client.get("/v1/clocks")).json()["clocks"]
        asked = (await client.get("/v1/clocks", params={"council": GLASGOW})).json()["clocks"]
        unknown = await client.get(f"/v1/cases/{UUID(int=1)}")
        answers = [await client.get(f"/v1/cases/{other}{path}") for path in ("", "/clocks", "/history")]
    assert {each["case_id"] for each in listed} == {own}
    assert asked == []
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, unknown.text)}


async def test_a_case_that_was_transferred_is_seen_by_the_new_council_only(deadlines: Stage) -> None:
    subject = await deadlines.notify(council=EDINBURGH)
    transfer = TransferAccepted(on=TODAY, from_council=EDINBURGH, to_council=GLASGOW)
    await deadlines.say(subject, transfer, ReviewSubmitted(number=1, on=TODAY, review=Review(kind="IAR", counts_as="IAR")))
    seen = {}
    for council in (EDINBURGH, GLASGOW):
        async with deadlines.client("council", council=council) as client:
            listed = {each["clock"] for each in (await client.get("/v1/clocks")).json()["clocks"]}
            seen[council] = ((await client.get(f"/v1/cases/{subject}/clocks")).status_code, listed)
    assert seen == {EDINBURGH: (404, set()), GLASGOW: (200, {"government_copy", "review", "feedback"})}
    councils = await deadlines.service.pool.fetch("select type, data, council from event where subject = $1", subject)
    assert {row["council"] for row in councils if json.loads(row["data"])["clock"] == "feedback"} == {GLASGOW}


async def test_the_topic_may_bring_a_clock_after_the_transfer_of_its_case(deadlines: Stage) -> None:
    subject = await deadlines.notify(council=EDINBURGH)
    await deadlines.say(subject, TransferAccepted(on=TODAY, from_council=EDINBURGH, to_council=GLASGOW))
    service = deadlines.service
    async with service.pool.acquire() as connection, connection.transaction():
        await connection.execute("update clock set subject = 'another'")
        await service.definition.project(connection, await service.store.history(connection, subject))
        assert {row["council"] for row in await connection.fetch("select council from clock where subject = $1", subject)} == {
            GLASGOW
        }


@pytest.mark.parametrize("role", ["government", "operator"])
async def test_who_has_no_business_with_clocks_is_refused(deadlines: Stage, role: str) -> None:
    subject = await deadlines.notify()
    async with deadlines.client(role) as client:
        assert {(await client.get(path)).status_code for path in ("/v1/clocks", f"/v1/cases/{subject}")} == {403}


async def test_without_a_token_clocks_are_not_told(deadlines: Stage) -> None:
    async with deadlines.client(None) as client:
        assert (await client.get("/v1/clocks")).status_code == 401


@pytest.mark.parametrize("asked", ["state=none", "clock=x", "limit=0", "limit=201", "cursor=abc", "council=S00000000"])
async def test_a_question_that_makes_no_sense_is_refused(deadlines: Stage, asked: str) -> None:
    async with deadlines.client("analyst") as client:
        assert (await client.get(f"/v1/clocks?{asked}")).status_code == 422


async def test_a_cursor_of_another_list_is_refused(deadlines: Stage) -> None:
    cursor = deadlines.service.cursors.write(["SIR-2026-0001"])
    async with deadlines.client("analyst") as client:
        assert (await client.get("/v1/clocks", params={"cursor": cursor})).status_code == 422


async def test_the_history_is_the_services_own_stream(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    await deadlines.say(subject, copied_on(TODAY))
    async with deadlines.client("lead_officer") as client:
        answer = await client.get(f"/v1/cases/{subject}/history")
    events = answer.json()["events"]
    assert [event["type"].removeprefix("sir.deadlines.clock-") for event in events] == ["started", "started", "satisfied"]
    assert {event["stream"] for event in events} == {f"deadlines/{subject}"}
    assert answer.headers["etag"] == '"3"'


async def test_the_rows_follow_from_the_events_alone(deadlines: Stage) -> None:
    subjects = [await deadlines.notify(on=day, occurred_on=day - timedelta(days=9)) for day in (TODAY, LATE)]
    await deadlines.say(subjects[1], copied_on(TODAY))
    service = deadlines.service
    theirs = "select * from clock where subject = any($1) order by subject, clock, instance"
    before = await service.pool.fetch(theirs, subjects)
    async with service.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        records = [record for subject in subjects for record in await service.store.history(connection, subject)]
        await connection.execute("update clock set subject = 'another ' || subject where subject = any($1)", subjects)
        for record in records:
            await service.definition.project(connection, [record])
        after = await connection.fetch(theirs, subjects)
        await transaction.rollback()
    assert after == before


async def _state(deadlines: Stage, subject: str, name: str = "government_copy") -> str:
    async with deadlines.client("inspector") as client:
        clocks = (await client.get(f"/v1/cases/{subject}/clocks")).json()["clocks"]
        return str(next(clock["state"] for clock in clocks if clock["clock"] == name))


async def _listed(deadlines: Stage, state: str) -> set[str]:
    async with deadlines.client("inspector") as client:
        asked = {"state": state, "clock": Clock.GOVERNMENT_COPY.value}
        return {each["case_id"] for each in (await client.get("/v1/clocks", params=asked)).json()["clocks"]}

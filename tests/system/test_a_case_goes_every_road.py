"""Every road of a case from its notification to its end, over real Kafka: where it stands, what its clocks say, where it is counted."""

from typing import Any

import httpx2

from tests.system.conftest import ABERDEEN, GLASGOW, Running
from tests.system.road import INSPECTOR, REVIEW, Road

Body = dict[str, Any]
MAPPA = {"category": 1, "level": 1, "sog_notified_on": "2026-11-17"}


async def looked_at(road: Road) -> None:
    await road.inspectorate_says("triage", {"outcome": "in_scope"})
    await road.inspectorate_says("allocation", {"inspector": INSPECTOR})


async def judged(road: Road, **found: Any) -> None:
    await road.inspectorate_says("assessment", found, role="inspector")
    await road.inspectorate_says("feedback", {"text": "An invented letter."}, role="inspector")


async def test_an_initial_analysis_that_is_enough(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    road = await Road.begun(stack, client, body)
    await looked_at(road)
    await road.council_says("reviews", REVIEW)
    assert await road.status() == ("review_submitted", "review_submitted")
    await road.inspectorate_says("scrutiny", {}, role="inspector")
    await judged(road, iar_decision="appropriate", quality="high")
    assert await road.status() == ("feedback_sent", "feedback_sent")
    await road.council_says("feedback-response", {"response": "accepted"})
    assert await road.status() == ("accepted", "accepted")
    await road.inspectorate_says("closure", {"reason": "All is done."})
    assert await road.status() == ("closed", "closed")
    clocks = await road.clocks()
    assert {name: clocks[name] for name in ("government_copy", "review", "feedback", "acceptance")} == {
        "government_copy": ["met"],
        "review": ["met"],
        "feedback": ["met"],
        "acceptance": ["met"],
    }
    figures = (await road.shown("statistics", role="analyst"))["figures"]
    for name in ("ST-22", "ST-24", "ST-25", "ST-29", "ST-30", "ST-37", "ST-38"):
        assert (figures[name]["numerator"], figures[name]["denominator"]) == (1, 1), name


async def test_an_initial_analysis_that_is_not_enough(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    road = await Road.begun(stack, client, body)
    await looked_at(road)
    await road.council_says("reviews", REVIEW)
    await road.inspectorate_says("assessment", {"iar_decision": "comprehensive_required"}, role="inspector")
    assert (await road.status())[0] == "cr_required_by_inspector"
    assert (await road.clocks())["comprehensive_review"] == ["running"]
    await road.council_says("reviews", REVIEW | {"kind": "CR", "conclusion": None})
    assert (await road.clocks())["comprehensive_review"] == ["met"]
    await judged(road, quality="satisfactory")
    await road.council_says("feedback-response", {"response": "accepted_with_comments", "comments": "Invented words."})
    assert await road.status() == ("accepted", "accepted")
    figures = (await road.shown("statistics", role="analyst"))["figures"]
    assert (figures["ST-22"]["numerator"], figures["ST-23"]["numerator"], figures["ST-26"]["numerator"]) == (1, 0, 1)


async def test_information_is_requested_twice(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    road = await Road.begun(stack, client, body)
    await looked_at(road)
    await road.council_says("reviews", REVIEW)
    for number in (1, 2):
        asked = await road.inspectorate_says("information-requests", {"items": ["What of the plan?"]}, role="inspector")
        assert asked["request"] == number
        assert (await road.status())[0] == "information_requested"
        answers = [{"item": 1, "text": "Invented words."}]
        await road.council_says("information", {"request": number, "answers": answers})
        assert (await road.status())[0] == "information_supplied"
    clocks = await road.clocks()
    assert (clocks["information"], clocks["feedback"]) == (["met", "met"], ["met", "met", "running"])
    await judged(road, iar_decision="appropriate")
    assert (await road.clocks())["feedback"] == ["met", "met", "met"]
    figures = (await road.shown("statistics", role="analyst"))["figures"]
    assert (figures["ST-27"]["numerator"], figures["ST-37"]["numerator"]) == (1, 1)


async def test_a_mappa_review_takes_its_place(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    road = await Road.begun(stack, client, body, mappa=MAPPA)
    await road.inspectorate_says("triage", {"outcome": "in_scope"})
    assert (await road.status())[0] == "awaiting_sog_decision"
    assert (await road.clocks())["review"] == ["held"]
    await road.council_says("sog-decision", {"decision": "scr"})
    assert await road.status() == ("closed_mappa_scr", "closed_mappa_scr")
    assert (await road.clocks())["review"] == ["cancelled"]
    refused = await road.council_says("reviews", REVIEW, expected=httpx2.codes.CONFLICT)
    assert "sog-decision" in str(refused)
    assert (await road.shown("statistics", role="analyst"))["figures"]["ST-20"]["closed_mappa_scr"] == 1


async def test_the_group_leaves_it_to_the_council(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    road = await Road.begun(stack, client, body, mappa=MAPPA)
    await looked_at(road)
    await road.council_says("sog-decision", {"decision": "no_scr"})
    assert (await road.status())[0] == "review_in_progress"
    assert (await road.clocks())["review"] == ["running"]
    await road.council_says("reviews", REVIEW)
    assert (await road.clocks())["review"] == ["met"]


async def test_out_of_scope(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    road = await Road.begun(stack, client, body)
    await stack.settled(client)
    await road.inspectorate_says("triage", {"outcome": "out_of_scope", "reason": "No order."}, role="administrator")
    assert await road.status() == ("out_of_scope", "out_of_scope")
    clocks = await road.clocks()
    assert (clocks["review"], clocks["government_copy"]) == (["cancelled"], ["met"])
    await road.council_says("reviews", REVIEW, expected=httpx2.codes.CONFLICT)


async def test_a_duplicate(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    first = await Road.begun(stack, client, body)
    road = await Road.begun(stack, client, body, council_reference=f"{body['council_reference']}-again")
    await road.inspectorate_says("triage", {"outcome": "duplicate", "duplicate_of": first.case_id}, role="administrator")
    assert await road.status() == ("duplicate", "duplicate")
    assert (await road.shown("statistics", role="analyst"))["figures"]["ST-01"] | {"label": "", "note": ""} == {
        "label": "", "note": "", "value": 0, "duplicates": 1, "withdrawn": 0, "out_of_scope": 0, "met_criteria": 0,
    }  # fmt: skip


async def test_withdrawn_and_reopened(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    road = await Road.begun(stack, client, body)
    await road.inspectorate_says("triage", {"outcome": "in_scope"})
    due = {each["clock"]: each["due_on"] for each in (await road.shown("deadlines", "/clocks"))["clocks"]}["review"]
    await road.council_says("withdrawal", {"reason": "Sent in error."})
    assert await road.status() == ("withdrawn", "withdrawn")
    assert (await road.clocks())["review"] == ["cancelled"]
    await road.inspectorate_says("reopening", {"reason": "A new charge."})
    assert (await road.clocks())["review"] == ["running"]
    again = {each["clock"]: each["due_on"] for each in (await road.shown("deadlines", "/clocks"))["clocks"]}["review"]
    assert again == due
    await road.council_says("reviews", REVIEW)
    assert (await road.status())[0] == "review_submitted"


async def test_disputed_and_resolved(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    road = await Road.begun(stack, client, body)
    await looked_at(road)
    await road.council_says("reviews", REVIEW)
    await judged(road, iar_decision="appropriate")
    await road.council_says("feedback-response", {"response": "disputed", "comments": "Invented words."})
    assert await road.status() == ("disputed", "disputed")
    assert (await road.clocks())["acceptance"] == ["met"]
    await road.inspectorate_says("dispute-resolution", {"outcome": "changed", "reason": "Invented words."})
    letter = await road.inspectorate_says("feedback", {"text": "A corrected letter.", "corrects": 1}, role="inspector")
    assert letter["letter"] == 2
    await road.council_says("feedback-response", {"response": "accepted"})
    assert await road.status() == ("accepted", "accepted")


async def test_closed_and_reopened(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    road = await Road.begun(stack, client, body)
    await looked_at(road)
    await road.council_says("reviews", REVIEW)
    await judged(road, iar_decision="appropriate")
    await road.council_says("feedback-response", {"response": "accepted"})
    await road.inspectorate_says("closure", {"reason": "All is done."})
    await road.inspectorate_says("reopening", {"reason": "A post mortem."})
    assert (await road.status())[0] in {"reopened", "review_in_progress"}
    await road.council_says("reviews", REVIEW | {"kind": "CR", "conclusion": None})
    assert (await road.status())[0] == "review_submitted"


async def test_transferred(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    road = await Road.begun(stack, client, body)
    await road.council_says("transfer", {"to_council": ABERDEEN, "reason": "The person moved."})
    await stack.settled(client)
    url = f"{stack.services['intake']}/v1/cases/{road.case_id}"
    proposed = (await client.get(url, headers=stack.headers(council=ABERDEEN))).json()
    assert "summary" not in proposed
    assert proposed["reference"] == road.reference
    await road.council_says("transfer", {"to_council": ABERDEEN}, council=ABERDEEN)
    road.council = ABERDEEN
    await road.council_says("reviews", REVIEW)
    assert (await road.clocks())["review"] == ["met"]
    for service, address in stack.services.items():
        theirs = await client.get(f"{address}/v1/cases/{road.case_id}", headers=stack.headers(council=ABERDEEN))
        assert (service, theirs.status_code) == (service, httpx2.codes.OK)
        for path in ("", "/history"):
            before = await client.get(f"{address}/v1/cases/{road.case_id}{path}", headers=stack.headers())
            assert (service, path, before.status_code) == (service, path, httpx2.codes.NOT_FOUND)
    clocks = await client.get(f"{stack.services['deadlines']}/v1/cases/{road.case_id}/clocks", headers=stack.headers())
    assert clocks.status_code == httpx2.codes.NOT_FOUND
    said = await client.post(f"{url}/withdrawal", json={"reason": "x"}, headers=stack.headers(**{"If-Match": '"4"'}))
    assert said.status_code == httpx2.codes.NOT_FOUND
    for service, name in (("intake", "cases"), ("deadlines", "clocks")):
        assert road.case_id in await listed(stack, client, service, name, ABERDEEN), "the positive control"
        assert road.case_id not in await listed(stack, client, service, name, GLASGOW), name


async def listed(stack: Running, client: httpx2.AsyncClient, service: str, name: str, council: str) -> set[str]:
    """The cases that a council finds in a list, to its last page."""
    found: set[str] = set()
    address = f"{stack.services[service]}/v1/{name}?limit=200"
    while address:
        answer = await client.get(address, headers=stack.headers(council=council))
        found |= {each["case_id"] for each in answer.json()[name]}
        address = answer.links.get("next", {}).get("url", "")
    return found

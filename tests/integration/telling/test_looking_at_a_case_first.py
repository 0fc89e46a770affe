"""What waits for the first look, and what may be said of it."""

import asyncio
from typing import Any

import httpx2

from contracts.envelope import Origin
from services.chassis.clock import new_id
from tests.integration.telling.stage import EDINBURGH, GLASGOW, Stage

REASON = "planted-reason-4411"


async def say(client: httpx2.AsyncClient, case: str, outcome: str, *, version: int = 0, **more: Any) -> httpx2.Response:
    headers = {"Idempotency-Key": str(new_id()), "If-Match": f'"{version}"'}
    return await client.post(f"/v1/cases/{case}/triage", json={"outcome": outcome} | more, headers=headers)


def codes(answer: httpx2.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def waiting(client: httpx2.AsyncClient, query: str = "") -> list[str]:
    return [case["case_id"] for case in (await client.get(f"/v1/queue{query}")).json()["cases"]]


async def test_a_case_waits_until_somebody_has_looked(inspectorate: Stage) -> None:
    first, second, withdrawn = [await inspectorate.notify() for _ in range(3)]
    imported = await inspectorate.notify(origin=Origin.IMPORT)
    await inspectorate.withdraw(withdrawn)
    await inspectorate.caught_up()
    async with inspectorate.client("administrator") as client:
        assert await waiting(client) == [first, second]
        assert await waiting(client, "?origin=import") == [imported]
        assert await waiting(client, f"?council={EDINBURGH}") == []
        answer = await say(client, first, "in_scope")
        assert (answer.status_code, answer.headers["etag"]) == (201, '"1"'), answer.text
        assert await waiting(client, "?state=triage") == [second]
        shown = await client.get(f"/v1/cases/{first}")
        assert (shown.headers["etag"], shown.json()["status"], shown.json()["triage"]["outcome"]) == (
            '"1"',
            "awaiting_sog_decision",
            "in_scope",
        )
        assert (await client.get(f"/v1/cases/{withdrawn}")).json()["status"] == "withdrawn"


async def test_the_queue_is_read_page_by_page(inspectorate: Stage) -> None:
    cases = [await inspectorate.notify() for _ in range(5)]
    await inspectorate.caught_up()
    found, address = [], "/v1/queue?limit=2"
    async with inspectorate.client("inspector") as client:
        while address:
            answer = await client.get(address)
            found += [case["case_id"] for case in answer.json()["cases"]]
            address = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
        assert (await client.get("/v1/queue?cursor=bm90IG9uZSBvZiBvdXJz")).status_code == 422
    assert found == cases


async def test_the_same_look_again_changes_nothing_and_another_replaces_it(inspectorate: Stage) -> None:
    case = await inspectorate.notify()
    await inspectorate.caught_up()
    async with inspectorate.client("lead_officer") as client:
        assert (await say(client, case, "out_of_scope", reason=REASON)).headers["etag"] == '"1"'
        assert (await say(client, case, "out_of_scope", reason=REASON, version=1)).headers["etag"] == '"1"'
        assert (await say(client, case, "in_scope", version=1)).headers["etag"] == '"2"'
        assert (await say(client, case, "in_scope", version=1)).status_code == 412
        events = (await client.get(f"/v1/cases/{case}/history")).json()["events"]
    assert [(event["data"]["outcome"], event["data"]["reason"]) for event in events] == [
        ("out_of_scope", REASON),
        ("in_scope", None),
    ]


async def test_a_duplicate_is_of_a_known_other_case_that_is_none_itself(inspectorate: Stage) -> None:
    first, second, third = [await inspectorate.notify() for _ in range(3)]
    await inspectorate.caught_up()
    async with inspectorate.client("administrator") as client:
        assert codes(await say(client, first, "duplicate")) == [("#/duplicate_of", "required")]
        assert codes(await say(client, first, "duplicate", duplicate_of=str(new_id()))) == [("#/duplicate_of", "unknown_case")]
        assert codes(await say(client, first, "duplicate", duplicate_of=first)) == [("#/duplicate_of", "itself")]
        assert codes(await say(client, first, "in_scope", duplicate_of=second)) == [("#/duplicate_of", "not_allowed")]
        assert (await say(client, first, "duplicate", duplicate_of=second)).status_code == 201
        assert codes(await say(client, third, "duplicate", duplicate_of=first)) == [("#/duplicate_of", "is_duplicate")]
        assert codes(await say(client, second, "duplicate", duplicate_of=third)) == [("#/outcome", "has_duplicates")]


async def test_two_looks_at_once_do_not_make_a_ring(inspectorate: Stage) -> None:
    pairs = [(await inspectorate.notify(), await inspectorate.notify()) for _ in range(10)]
    await inspectorate.caught_up()
    async with inspectorate.client("administrator") as client:
        asked = [say(client, a, "duplicate", duplicate_of=b) for pair in pairs for a, b in (pair, pair[::-1])]
        answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [422] * 10


async def test_only_a_registrar_says_when(inspectorate: Stage) -> None:
    case = await inspectorate.notify()
    await inspectorate.caught_up()
    async with inspectorate.client("administrator") as client:
        assert codes(await say(client, case, "in_scope", occurred_at="2014-03-21")) == [("#/occurred_at", "registrar_only")]
    async with inspectorate.client("registrar") as client:
        assert codes(await say(client, case, "in_scope", occurred_at="2014-03-21")) == [("#/occurred_at", "before_receipt")]
        assert codes(await say(client, case, "in_scope", occurred_at="2099-03-21")) == [("#/occurred_at", "in_the_future")]
    async with inspectorate.client("council", council=GLASGOW) as client:
        assert (await say(client, case, "in_scope")).status_code == 403


async def test_a_council_sees_its_own_case_and_never_anothers(inspectorate: Stage) -> None:
    mine, other = await inspectorate.notify(council=GLASGOW), await inspectorate.notify(council=EDINBURGH)
    await inspectorate.caught_up()
    async with inspectorate.client("administrator") as client:
        assert (await say(client, mine, "duplicate", duplicate_of=other, reason=REASON)).status_code == 201
    async with inspectorate.client("council", council=GLASGOW) as client:
        shown, history = await client.get(f"/v1/cases/{mine}"), await client.get(f"/v1/cases/{mine}/history")
        assert shown.json()["triage"]["reason"] == REASON
        assert other not in shown.text + history.text
        assert (await client.get(f"/v1/cases/{other}")).status_code == 404
        assert (await client.get("/v1/queue")).status_code == 403
    async with inspectorate.client("analyst") as client:
        assert REASON not in (await client.get(f"/v1/cases/{mine}")).text + (await client.get(f"/v1/cases/{mine}/history")).text
    assert REASON not in inspectorate.log()


async def test_a_rebuild_gives_the_same_tables(inspectorate: Stage) -> None:
    cases = [await inspectorate.notify() for _ in range(4)]
    await inspectorate.amend(cases[0])
    await inspectorate.withdraw(cases[1])
    await inspectorate.caught_up()
    async with inspectorate.client("administrator") as client:
        await say(client, cases[2], "duplicate", duplicate_of=cases[3])
    await inspectorate.caught_up()
    assert "the same as before" in " ".join((await inspectorate.word("rebuild")).split())
    async with inspectorate.client("administrator") as client:
        assert await waiting(client) == [cases[0], cases[3]]

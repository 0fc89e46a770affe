"""Each live notification reaches Government once, on every channel with the same bytes; what was brought in reaches nobody."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from contracts import government as published
from contracts.clocks import london_date
from contracts.envelope import Origin
from contracts.intake import TransferAccepted
from services.chassis.clock import new_id, now
from services.notification.feed import LOCK
from tests.integration.telling.stage import EDINBURGH, GLASGOW, INITIALS, SECRET, Stage

NAMES = ["notification-copied", "notification-amended", "notification-amended", "notification-withdrawn"]
PUBLISHED = Path(published.__file__).parent
ENVELOPE = Draft202012Validator(json.loads((PUBLISHED / "cloudevent.schema.json").read_bytes()))
PLANTED = (SECRET, INITIALS, "planted-person-91", "planted-reference-55")


async def test_a_case_is_told_from_receipt_to_withdrawal_in_order(government: Stage) -> None:
    await government.start()
    case = await government.notify()
    await government.amend(case)
    await government.amend(case, corrected=True)
    await government.withdraw(case)
    records = await government.on_topic(least=4)
    told = await government.told()
    assert [event["type"] for event in told] == [f"scot.gov.careinspectorate.sir.{name}.v1" for name in NAMES]
    assert [int(event["sequence"]) for event in told] == [1, 2, 3, 4]
    assert [orjson.loads(record.value) for record in records] == told
    assert {record.key for record in records} == {case.encode()}
    for event in told:
        ENVELOPE.validate(event)
        name = event["type"].split(".")[-2]
        Draft202012Validator(json.loads((PUBLISHED / name / "v1" / "schema.json").read_bytes())).validate(event["data"])
    async with government.client("government") as client:
        for record, event in zip(records, told, strict=True):
            answer = await client.get(f"/v1/events/{event['id']}")
            assert answer.content == record.value


async def test_a_case_that_was_handed_over_is_told_of_by_the_council_that_notified(government: Stage) -> None:
    # Everything is there before the consumer is, so that receipt and transfer come as one batch.
    case = await government.notify(council=GLASGOW)
    accepted = TransferAccepted(on=london_date(now()), from_council=GLASGOW, to_council=EDINBURGH)
    await government.say(accepted, subject=case, council=EDINBURGH)
    await government.start()
    await government.on_topic(least=1)
    await government.amend(case)
    await government.withdraw(case)
    await government.on_topic(least=3)
    named = [event["data"]["council"]["gss_code"] for event in await government.told()]
    assert named == [GLASGOW, GLASGOW, GLASGOW], "who notified, whoever answers for it since"
    async with government.client("council", council=GLASGOW) as before, government.client("council", council=EDINBURGH) as after:
        assert [(await client.get(f"/v1/cases/{case}")).status_code for client in (before, after)] == [404, 200]


async def test_what_is_not_carried_yet_is_measured_and_has_no_evidence(government: Stage) -> None:
    """Another writer leads, and carries nothing."""
    other = await government.owner()
    await other.execute(f"select pg_advisory_lock({LOCK})")
    await government.start()
    case = await government.notify()
    await government.amend(case)
    await government.caught_up()
    told = await government.told()
    async with government.client("government") as client:
        assert await undelivered(client) == 2
        assert [await evidence(client, event) for event in told] == [[], []]
        await other.close()
        records = await government.on_topic(least=2)
        async with asyncio.timeout(10):
            while await undelivered(client):
                await asyncio.sleep(0.05)
        found = [await evidence(client, event) for event in told]
        assert [[each["offset"] for each in one] for one in found] == [[record.offset] for record in records]
        assert (await client.get(f"/v1/events/{new_id()}/deliveries")).status_code == 404


async def undelivered(client: httpx2.AsyncClient) -> int:
    metrics = (await client.get("/metrics")).text
    return next(int(float(line.split()[1])) for line in metrics.splitlines() if line.startswith("sir_feed_undelivered "))


async def evidence(client: httpx2.AsyncClient, event: dict[str, Any]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = (await client.get(f"/v1/events/{event['id']}/deliveries")).json()["deliveries"]
    return told


async def test_what_a_register_brings_in_is_not_told(government: Stage) -> None:
    await government.start()
    old = await government.notify(origin=Origin.IMPORT)
    await government.amend(old, origin=Origin.IMPORT)
    await government.amend(old)
    new = await government.notify()
    await government.on_topic(least=1)
    assert [event["subject"] for event in await government.told()] == [new]


async def test_a_change_of_a_case_whose_copy_is_recorded_is_told(government: Stage) -> None:
    await government.start()
    case = await government.notify(origin=Origin.IMPORT)
    await government.caught_up()
    async with government.client("registrar") as client:
        headers = {"Idempotency-Key": "copy", "If-Match": '"0"'}
        answer = await client.post(f"/v1/cases/{case}/copies", json={"informed_on": str(london_date(now()))}, headers=headers)
        assert (answer.status_code, answer.headers["etag"]) == (201, '"1"'), answer.text
    assert await government.told() == []
    await government.amend(case)
    await government.on_topic(least=1)
    assert [(event["type"].split(".")[-2], event["sequence"][-1]) for event in await government.told()] == [
        ("notification-amended", "1")
    ]


async def test_a_change_that_is_no_news_leaves_no_hole_in_the_feed(government: Stage) -> None:
    # Everything is there before the consumer is, so that it comes as one batch.
    for _ in range(5):
        await government.amend(await government.notify(origin=Origin.IMPORT))
        await government.notify()
    await government.start()
    await government.on_topic(least=5)
    assert [int(event["sequence"]) for event in await government.told()] == [1, 2, 3, 4, 5]


async def test_no_personal_value_leaves(government: Stage) -> None:
    await government.start()
    case = await government.notify()
    await government.amend(case)
    records = await government.on_topic(least=2)
    async with government.client("analyst") as client:
        shown = (await client.get(f"/v1/cases/{case}")).text
    everything = (
        b"".join(record.value for record in records).decode() + government.log() + shown.replace("planted-reference-55", "")
    )
    assert [planted for planted in PLANTED if planted in everything] == []


async def test_government_reads_what_was_notified_unchanged_and_each_reading_is_recorded(government: Stage) -> None:
    await government.start()
    case = await government.notify(council=GLASGOW)
    await government.amend(case)
    await government.on_topic(least=2)
    async with government.client("government") as client:
        answer = await client.get(f"/v1/cases/{case}")
        assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
        shown = answer.json()
        assert (shown["summary"], shown["person"]["initials"], shown["incident_type"], shown["status"]) == (
            SECRET,
            INITIALS,
            "T02",
            "notified",
        )
        history = (await client.get(f"/v1/cases/{case}/history")).json()["events"]
        assert [event["type"] for event in history] == [
            "sir.notification.government-notified",
            "sir.notification.government-told",
        ]
    async with government.client("council", council=GLASGOW) as client:
        assert (await client.get(f"/v1/cases/{case}")).json()["summary"] == SECRET
    async with government.client("council", council=EDINBURGH) as client:
        other, unknown = await client.get(f"/v1/cases/{case}"), await client.get(f"/v1/cases/{new_id()}")
        assert (other.status_code, other.content) == (404, unknown.content)
    owner = await government.owner()
    read = await owner.fetch("select role from audit where action = 'disclosure' and subject = $1 order by id", case)
    await owner.close()
    assert [row["role"] for row in read] == ["government", "council"]


async def test_government_does_not_see_a_case_that_it_was_not_told_of(government: Stage) -> None:
    await government.start()
    case = await government.notify(origin=Origin.IMPORT)
    await government.caught_up()
    async with government.client("government") as client:
        assert (await client.get(f"/v1/cases/{case}")).status_code == 404
    async with government.client("registrar") as client:
        answer = await client.get(f"/v1/cases/{case}")
        assert (answer.status_code, answer.headers["etag"], answer.json()["summary"]) == (200, '"0"', None)


async def test_a_receipt_is_kept_once(government: Stage) -> None:
    await government.start()
    case = await government.notify()
    await government.on_topic(least=1)
    [event] = await government.told()
    async with government.client("government") as client:
        answers = await asyncio.gather(*[client.put(f"/v1/events/{event['id']}/receipt") for _ in range(5)])
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["acknowledged_at"] for answer in answers}) == 1
        assert (await client.put(f"/v1/events/{new_id()}/receipt")).status_code == 404
        assert (await client.get(f"/v1/cases/{case}")).headers["etag"] == '"2"'


async def test_who_waits_is_answered_when_something_comes(government: Stage) -> None:
    await government.start()
    loop = asyncio.get_running_loop()
    async with government.client("government") as client:
        assert (await client.get("/v1/events?wait=1")).json() == []
        waiting = [asyncio.create_task(client.get("/v1/events?wait=30")) for _ in range(15)]
        await asyncio.sleep(1)
        began = loop.time()
        assert (await client.get("/v1/status")).status_code == 200, "waiting holds no connection"
        await government.notify()
        answers = await asyncio.gather(*waiting)
        assert loop.time() - began < 3
        assert {len(answer.json()) for answer in answers} == {1}


async def test_the_feed_is_read_page_by_page(government: Stage) -> None:
    await government.start()
    for _ in range(5):
        await government.notify()
    await government.on_topic(least=5)
    found, address = [], "/v1/events?limit=2"
    async with government.client("government") as client:
        while address:
            answer = await client.get(address)
            assert answer.headers["content-type"] == "application/cloudevents-batch+json"
            found += [int(event["sequence"]) for event in answer.json()]
            address = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
        again = await client.get("/v1/events?after=4", headers={"If-None-Match": '"5"'})
        assert again.status_code == 304
    assert found == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"informed_on": -1}, "#/informed_on", "before_receipt"),
        ({"informed_on": 1}, "#/informed_on", "in_the_future"),
        ({"informed_on": 0, "occurred_at": "2014-03-21"}, "#/occurred_at", "another_day"),
        ({}, "#/informed_on", "required"),
    ],
)
async def test_a_copy_of_an_impossible_day_is_refused(
    government: Stage, body: dict[str, object], pointer: str, code: str
) -> None:
    await government.start()
    case = await government.notify(origin=Origin.IMPORT)
    await government.caught_up()
    if isinstance(shift := body.get("informed_on"), int):
        body = body | {"informed_on": str(london_date(now()) + timedelta(days=shift))}
    async with government.client("registrar") as client:
        answer = await client.post(f"/v1/cases/{case}/copies", json=body, headers={"Idempotency-Key": "copy", "If-Match": '"0"'})
    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]

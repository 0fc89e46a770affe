"""From a council's notification to Government's feed and topic, by HTTP and Kafka only."""

import json
from typing import Any

import httpx2

from contracts.topics import CASE_EVENTS, GOVERNMENT
from tests.conservation import everything
from tests.system.conftest import Running

Body = dict[str, Any]


async def notified(stack: Running, client: httpx2.AsyncClient, body: Body, **headers: str) -> httpx2.Response:
    return await client.post(f"{stack.services['intake']}/v1/notifications", json=body, headers=stack.headers() | headers)


async def feed(stack: Running, client: httpx2.AsyncClient, subject: str) -> list[Body]:
    told = (await client.get(f"{stack.services['notification']}/v1/events?limit=200", headers=stack.headers("government"))).json()
    return [event for event in told if event["subject"] == subject]


async def test_it_is_in_the_feed_and_on_the_topic_with_the_same_bytes(
    stack: Running, client: httpx2.AsyncClient, body: Body
) -> None:
    answer = await notified(stack, client, body)
    assert answer.status_code == 201, answer.text
    subject = answer.json()["case_id"]
    await stack.settled(client)
    (event,) = await feed(stack, client, subject)
    assert event["type"].endswith("notification-copied.v1")
    assert event["data"]["reference"] == answer.json()["reference"]
    on_topic = [json.loads(value) for value in await government(stack.kafka) if subject.encode() in value]
    assert on_topic == [event]


async def test_nothing_personal_goes_out(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    body["person"] |= {"council_person_id": "PLANTED-ID", "initials": "PLANTED"}
    body["summary"], body["signed_off_by"]["name"] = "PLANTED-SUMMARY", "PLANTED-NAME"
    answer = await notified(stack, client, body)
    subject = answer.json()["case_id"]
    await stack.settled(client)
    assert "PLANTED" not in json.dumps(await feed(stack, client, subject))
    assert not [value for value in await government(stack.kafka) if b"PLANTED" in value]
    records = await everything(stack.kafka, CASE_EVENTS)
    assert any(subject.encode() in record.key for record in records), "the positive control: the case's events are there"
    assert not [record for record in records if b"PLANTED" in record.value + str(record.headers).encode()]
    for log in (stack.state / "logs").glob("*.log"):
        assert b"PLANTED" not in log.read_bytes(), log.name
    for url in stack.services.values():
        assert "PLANTED" not in (await client.get(f"{url}/metrics")).text


async def test_a_registrars_case_sends_nothing(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    past = {
        "council": "Glasgow City Council",
        "council_reference": body["council_reference"],
        "notified_on": "2013-07-01",
        "occurred_on": "2013-06-28",
    }
    past |= {"criteria": ["C1"], "incident_type": "T01", "register_row": {}}
    answer = await client.post(f"{stack.services['intake']}/v1/notifications", json=past, headers=stack.headers("registrar"))
    assert answer.status_code == 201, answer.text
    assert answer.json()["reference"].startswith("SIR-2013-")
    await stack.settled(client)
    assert await feed(stack, client, answer.json()["case_id"]) == []


async def test_the_same_key_gives_the_same_answer_and_one_event(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    headers = stack.headers()
    url = f"{stack.services['intake']}/v1/notifications"
    first, again = await client.post(url, json=body, headers=headers), await client.post(url, json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    other = await client.post(url, json=body | {"incident_type": "T01"}, headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "urn:sir:problem:idempotency_key_reused")
    await stack.settled(client)
    assert len(await feed(stack, client, first.json()["case_id"])) == 1


async def test_a_correction_moves_the_clock_and_is_told_as_a_correction(
    stack: Running, client: httpx2.AsyncClient, body: Body
) -> None:
    subject = (await notified(stack, client, body)).json()["case_id"]
    url = f"{stack.services['intake']}/v1/cases/{subject}"
    words = {"changes": {"occurred_on": "2026-11-01"}, "reason": "A slip of the pen."}
    assert (await client.post(f"{url}/corrections", json=words, headers=stack.headers())).status_code == 428
    assert (await client.post(f"{url}/corrections", json=words, headers=stack.headers(**{"If-Match": '"7"'}))).status_code == 412
    done = await client.post(f"{url}/corrections", json=words, headers=stack.headers(**{"If-Match": '"1"'}))
    assert (done.status_code, done.headers["etag"]) == (201, '"2"')
    await stack.settled(client)
    clocks = (await client.get(f"{stack.services['deadlines']}/v1/cases/{subject}/clocks", headers=stack.headers())).json()[
        "clocks"
    ]
    (notify,) = [clock for clock in clocks if clock["clock"] == "notify"]
    assert notify["started_on"] == "2026-11-01"
    assert [event["type"].split(".")[-2] for event in await feed(stack, client, subject)] == [
        "notification-copied",
        "notification-amended",
    ]


async def test_every_service_may_be_killed_on_the_way(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    subjects = []
    for number in range(6):
        headers, changed = stack.headers(), body | {"council_reference": f"{body['council_reference']}-{number}"}
        while True:
            try:
                answer = await client.post(f"{stack.services['intake']}/v1/notifications", json=changed, headers=headers)
                if answer.status_code == 201:
                    break
            except httpx2.HTTPError:
                continue
        subjects.append(answer.json()["case_id"])
        if number < len(stack.services):
            stack.kill(list(stack.services)[number])
    await stack.settled(client)
    for subject in subjects:
        assert len(await feed(stack, client, subject)) == 1
    for service in stack.services:
        status = (await client.get(f"{stack.services[service]}/v1/status", headers=stack.headers("operator"))).json()
        assert (status["parked"], status["halted"]) == (0, [])


async def government(kafka: str) -> list[bytes]:
    return [record.value for record in await everything(kafka, GOVERNMENT)]

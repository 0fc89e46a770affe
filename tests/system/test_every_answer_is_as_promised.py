"""Section 2 of the public contract, sentence by sentence, in every service that it is said of."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import httpx2
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from services.chassis.clock import new_id
from services.chassis.problems import SCHEMA
from tests.system.conftest import ABERDEEN, GLASGOW, Running, invented

Body = dict[str, Any]
MARK = "planted4711"
SERVICES = ("intake", "deadlines", "notification", "feedback", "statistics")
READER = "inspector"


class Command(NamedTuple):
    """A command on a case: who gives it, who may not, and what it says."""

    service: str
    role: str
    stranger: str
    name: str
    body: Body


COMMANDS = [
    Command("intake", "council", "inspector", "corrections", {"changes": {"outcome_of_harm": "death"}, "reason": "A slip."}),
    Command("notification", "registrar", "council", "copies", {"informed_on": "2014-03-21"}),
    Command("feedback", "lead_officer", "analyst", "triage", {"outcome": "in_scope"}),
]
each_service = pytest.mark.parametrize("service", SERVICES)
each_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)


class List(NamedTuple):
    """A list, who reads it, and what stands in it."""

    service: str
    path: str
    role: str
    items: str | None
    key: tuple[str, ...]


LISTS = [
    List("intake", "/v1/cases", READER, "cases", ("case_id",)),
    List("deadlines", "/v1/clocks", READER, "clocks", ("case_id", "clock", "instance")),
    List("notification", "/v1/events", "government", None, ("sequence",)),
    List("feedback", "/v1/queue", READER, "cases", ("case_id",)),
    List("statistics", "/v1/ledger", "operator", "records", ("number",)),
]
each_list = pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.path)


def problem(answer: httpx2.Response, status: int, *pointers: str) -> Body:
    """The answer is a problem as promised, and gives nothing back that was sent."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    told: Body = answer.json()
    Draft202012Validator(SCHEMA).validate(told)
    assert told["status"] == status
    assert told["type"].startswith("urn:sir:problem:")
    assert MARK not in answer.text
    assert all(each["pointer"] == "#" or each["pointer"].startswith("#/") for each in told["errors"])
    assert not pointers or {each["pointer"] for each in told["errors"]} == set(pointers)
    return told


async def notified(stack: Running, client: httpx2.AsyncClient, body: Body, *, service: str = "intake") -> str:
    """A case that all five know; for a copy of long ago, a case of long ago."""
    role, said = "council", body | {"council_reference": str(new_id())}
    if service == "notification":
        days = dict.fromkeys(("occurred_on", "became_aware_on", "charged_on", "notified_on"), "2014-03-20")
        role, said = "registrar", said | days | {"council": GLASGOW, "signed_off_by": None, "orders": []}
    answer = await client.post(f"{stack.services['intake']}/v1/notifications", json=said, headers=stack.headers(role))
    assert answer.status_code == 201, answer.text
    await stack.settled(client)
    case: str = answer.json()["case_id"]
    return case


@pytest.fixture(scope="module")
def case(stack: Running) -> str:
    """One of three cases that no test here changes."""

    async def made() -> str:
        async with httpx2.AsyncClient(timeout=40) as client:
            return [await notified(stack, client, invented()) for _ in range(3)][-1]

    return asyncio.run(made())


async def version(stack: Running, client: httpx2.AsyncClient, service: str, case: str) -> str:
    answer = await client.get(f"{stack.services[service]}/v1/cases/{case}", headers=stack.headers(READER))
    assert answer.status_code == 200, answer.text
    return str(answer.headers["etag"])


def raw(stack: Running, role: str, **more: str) -> dict[str, str]:
    return stack.headers(role, **{"Content-Type": "application/json"} | more)


@each_service
async def test_a_service_shows_a_case_from_its_own_stream(
    stack: Running, client: httpx2.AsyncClient, body: Body, service: str
) -> None:
    url = f"{stack.services[service]}/v1/cases/{await notified(stack, client, body)}"
    case = await client.get(url, headers=stack.headers(READER))
    history = (await client.get(f"{url}/history", headers=stack.headers(READER))).json()["events"]
    said = {"intake": 1, "feedback": 0, "statistics": 0, "notification": 1}.get(service, len(history))
    assert (len(history), case.headers["etag"], case.json()["version"]) == (said, f'"{said}"', said)
    assert all(event["stream"].startswith(f"{service}/") for event in history)
    assert [event["version"] for event in history] == list(range(1, said + 1))
    assert all({"stream", "version", "id", "type", "time", "recordedtime", "actor", "data"} <= event.keys() for event in history)


@each_service
async def test_a_read_is_judged_in_order(stack: Running, client: httpx2.AsyncClient, service: str) -> None:
    listed = next(each for each in LISTS if each.service == service)
    url = f"{stack.services[service]}{listed.path}?limit={MARK}"
    stranger = "government" if listed.role != "government" else "registrar"
    stranger = {"intake": "operator", "statistics": "council"}.get(service, stranger)
    problem(await client.get(url), 401)
    problem(await client.get(url, headers=stack.headers(stranger)), 403)
    problem(await client.get(url, headers=stack.headers(listed.role)), 422, "#/limit")
    for name in (MARK, new_id(), "%00", "%ff", "{019a6f3e-0000-7000-8000-00000000000}", "x" * 1500):
        for path in ("", "/history"):
            case = f"{stack.services[service]}/v1/cases/{name}{path}?known_at={MARK}"
            problem(await client.get(case), 401)
            problem(await client.get(case, headers=stack.headers(READER)), 404)


@each_command
async def test_a_command_is_judged_in_order(stack: Running, client: httpx2.AsyncClient, body: Body, command: Command) -> None:
    case = await notified(stack, client, body, service=command.service)
    url = f"{stack.services[command.service]}/v1/cases/{case}/{command.name}"
    keyless = {name: value for name, value in raw(stack, command.role).items() if name != "Idempotency-Key"}
    seen = {"If-Match": await version(stack, client, command.service, case)}
    wrong = json.dumps({MARK: MARK}).encode()
    problem(await client.post(url, content=b"{" + MARK.encode()), 401)
    problem(await client.post(url, content=b"{", headers=raw(stack, command.stranger)), 403)
    unknown = url.replace(case, str(new_id()))
    problem(await client.post(unknown, content=b"{", headers=raw(stack, command.role)), 404)
    problem(await client.post(url, content=b"{", headers=raw(stack, command.role)), 400)
    problem(await client.post(url, content=wrong, headers=keyless), 400)
    problem(await client.post(url, json={"x": 1}, headers=raw(stack, command.role)), 428)
    for stale in ('"99"', "99", 'W/"1"', "*", '""', '"-1"', '"1", "2"', f'"{10**30}"', MARK):
        told = await client.post(url, json={"x": 1}, headers=raw(stack, command.role, **{"If-Match": stale}))
        problem(told, 412)
        assert told.headers["etag"] == seen["If-Match"]
    refused = problem(await client.post(url, json={"x": 1}, headers=raw(stack, command.role, **seen)), 422)
    assert "#/x" in {each["pointer"] for each in refused["errors"]}
    done = await client.post(url, json=command.body, headers=raw(stack, command.role, **seen))
    assert (done.status_code, done.headers["etag"]) == (201, f'"{int(seen["If-Match"].strip(chr(34))) + 1}"'), done.text


async def test_what_the_state_forbids_comes_before_what_the_words_do(
    stack: Running, client: httpx2.AsyncClient, body: Body
) -> None:
    url = f"{stack.services['intake']}/v1/cases/{await notified(stack, client, body)}"
    await client.post(f"{url}/withdrawal", json={"reason": "A mistake."}, headers=stack.headers(**{"If-Match": '"1"'}))
    told = await client.post(f"{url}/amendments", json={MARK: 1}, headers=stack.headers(**{"If-Match": '"2"'}))
    assert "corrections" in problem(told, 409)["allowed"]


@each_command
async def test_a_key_gives_its_first_answer_again(
    stack: Running, client: httpx2.AsyncClient, body: Body, command: Command
) -> None:
    case = await notified(stack, client, body, service=command.service)
    url = f"{stack.services[command.service]}/v1/cases/{case}/{command.name}"
    seen = {"If-Match": await version(stack, client, command.service, case)}
    first = raw(stack, command.role, **seen)
    refused = await client.post(url, json={"x": 1}, headers=first)
    tried = await client.post(url, json=command.body, headers=first | {"X-Dry-Run": "true"})
    assert (refused.status_code, tried.status_code, "etag" in tried.headers) == (422, 200, False)
    assert await version(stack, client, command.service, case) == seen["If-Match"], "a dry run keeps nothing"
    done = await client.post(url, json=command.body, headers=first)
    again = await client.post(url, content=json.dumps(command.body, indent=3), headers=first)
    assert (done.status_code, again.content, again.headers["etag"]) == (201, done.content, done.headers["etag"])
    assert again.headers["idempotent-replayed"] == "true"
    now = {"If-Match": done.headers["etag"]}
    reused = problem(await client.post(url, json=command.body | {"reason": "B"}, headers=first | now), 422)
    assert reused["type"] == "urn:sir:problem:idempotency_key_reused"
    other = url.replace(case, await notified(stack, client, body, service=command.service))
    assert problem(await client.post(other, json=command.body, headers=first), 422)["type"] == reused["type"]


async def test_keys_belong_to_one_client(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    url, key = f"{stack.services['intake']}/v1/notifications", {"Idempotency-Key": str(new_id())}
    clients = [
        stack.headers(council=GLASGOW) | key,
        stack.headers(council=ABERDEEN) | key,
        stack.headers("council_manager") | key,
        key | {"Authorization": f"Bearer {stack.token('council', GLASGOW, sub='someone else')}"},
    ]
    cases = {(await client.post(url, json=body, headers=headers)).json()["case_id"] for headers in clients}
    assert len(cases) == len(clients)


@each_command
async def test_a_key_is_needed_and_one(stack: Running, client: httpx2.AsyncClient, case: str, command: Command) -> None:
    headers = [(name.encode(), value.encode()) for name, value in raw(stack, command.role).items() if name != "Idempotency-Key"]
    url = f"{stack.services[command.service]}/v1/cases/{case}/{command.name}"
    for keys in ([], [b""], [b"x" * 256], [b"\xe9"], [b"a", b"b"]):
        sent = headers + [(b"Idempotency-Key", key) for key in keys]
        problem(await client.post(url, json=command.body, headers=sent), 400)


UNREADABLE = {
    "nothing": b"", "half": b"{", "twice": b'{"reason":"a","reason":"b"}', "twice below": b'{"a":{"b":1,"b":2}}', "NaN": b'{"reason":NaN}',
    "infinite": b'{"reason":-Infinity}', "5000 digits": b'{"reason":1' + b"0" * 5000 + b"}", "deep": b"[" * 100_000, "17 deep": b"[" * 17 + b"]" * 17,
    "900 deep": b'{"reason":' + b'{"a":' * 900 + b"1" + b"}" * 901, "not UTF-8": b'{"reason":"\xff"}', "a mark before": b'\xef\xbb\xbf{"reason":"a"}',
    "UTF-16": '{"reason":"a"}'.encode("utf-16"), "comment": b'{"reason":"a"} // b', "two": b"{}{}", "single quotes": b"{'reason':'a'}",
}  # fmt: skip
KINDS = (
    "",
    "text/plain",
    "application/problem+json",
    "application/json; charset=iso-8859-1",
    "application/jsonp",
    "multipart/form-data",
)
UNUSABLE = {
    "null": b"null", "list": b"[]", "text": b'"planted4711"', "number": b"4711", "NUL": b'{"reason":"a\\u0000planted4711"}',
    "half a pair": b'{"reason":"\\ud800planted4711"}', "huge": b'{"reason":1' + b"0" * 400 + b"}", "beyond": b'{"reason":1e999}',
    "2 to the 63": b'{"reason":9223372036854775808}', "unknown": b'{"unknown":"planted4711"}', "bidi": b'{"reason":"a\\u202eplanted4711"}',
    "too long": b'{"reason":"' + b"planted4711" * 2000 + b'"}', "no text": b'{"reason":{"planted":"planted4711"}}', "ten thousand": json.dumps(
        {str(number): number for number in range(10_000)}).encode(),
}  # fmt: skip


@each_command
async def test_what_cannot_be_read_is_400(stack: Running, client: httpx2.AsyncClient, case: str, command: Command) -> None:
    url = f"{stack.services[command.service]}/v1/cases/{case}/{command.name}"
    for content in UNREADABLE.values():
        problem(await client.post(url, content=content, headers=raw(stack, command.role)), 400)


@each_command
async def test_what_can_be_read_and_not_used_is_422_with_a_pointer(
    stack: Running, client: httpx2.AsyncClient, case: str, command: Command
) -> None:
    url = f"{stack.services[command.service]}/v1/cases/{case}/{command.name}"
    seen = {"If-Match": await version(stack, client, command.service, case)}
    for content in UNUSABLE.values():
        told = problem(await client.post(url, content=content, headers=raw(stack, command.role, **seen)), 422)
        assert 0 < len(told["errors"]) <= 100


@each_command
async def test_only_json_in_utf_8_is_taken(stack: Running, client: httpx2.AsyncClient, case: str, command: Command) -> None:
    url = f"{stack.services[command.service]}/v1/cases/{case}/{command.name}"
    for kind in KINDS:
        of_kind = raw(stack, command.role, **{"Content-Type": kind})
        problem(await client.post(url, content=json.dumps(command.body), headers=of_kind), 415)


@each_command
async def test_a_body_is_bounded_however_it_comes(
    stack: Running, client: httpx2.AsyncClient, case: str, command: Command
) -> None:
    url = f"{stack.services[command.service]}/v1/cases/{case}/{command.name}"

    async def in_pieces() -> Any:
        for _ in range(30):
            yield MARK.encode() * 1000

    problem(await client.post(url, content=b"x" * 262_145, headers=raw(stack, command.role)), 413)
    problem(await client.post(url, content=in_pieces(), headers=raw(stack, command.role)), 413)
    problem(await client.post(url, content=b"x", headers=raw(stack, command.role, **{"Content-Encoding": "gzip"})), 415)


@each_list
async def test_a_list_has_a_limit_and_a_next(stack: Running, client: httpx2.AsyncClient, case: str, listed: List) -> None:
    url, headers = stack.services[listed.service] + listed.path, stack.headers(listed.role)
    for wrong in ("201", "0", "-1", MARK, "", "1e2", "99999999999999999999"):
        problem(await client.get(f"{url}?limit={wrong}", headers=headers), 422, "#/limit")
    whole = await every_page(client, f"{url}?limit=200", headers)
    assert len(whole[0]) <= 200
    small = await every_page(client, f"{url}?limit=2", headers)
    assert [len(one) for one in small[:-1]] == [2] * (len(small) - 1)
    keys = [[tuple(item[part] for part in listed.key) for pages in found for item in pages] for found in (whole, small)]
    assert keys[0] == keys[1]
    assert len(set(keys[1])) == len(keys[1]) >= 3


async def every_page(client: httpx2.AsyncClient, url: str, headers: Mapping[str, str]) -> list[Sequence[Body]]:
    pages: list[Sequence[Body]] = []
    following: str | None = url
    while following:
        answer = await client.get(following, headers=dict(headers))
        assert answer.status_code == 200, answer.text
        told = answer.json()
        pages.append(told if isinstance(told, list) else next(value for value in told.values() if isinstance(value, list)))
        following = answer.links.get("next", {}).get("url")
    return pages


async def test_a_cursor_is_its_own_lists(stack: Running, client: httpx2.AsyncClient, case: str) -> None:
    with_cursors = [each for each in LISTS if each.service in {"intake", "deadlines", "feedback"}]
    cursors = {}
    for each in with_cursors:
        answer = await client.get(f"{stack.services[each.service]}{each.path}?limit=1", headers=stack.headers(each.role))
        cursors[each.service] = httpx2.URL(answer.links["next"]["url"]).params["cursor"]
    for each in with_cursors:
        url = stack.services[each.service] + each.path
        others = [cursor for service, cursor in cursors.items() if service != each.service]
        for cursor in (*others, cursors[each.service][:-3] + "AAA", "", MARK, "%00", "x" * 513):
            answer = await client.get(url, params={"cursor": cursor}, headers=stack.headers(each.role))
            problem(answer, 422, "#/cursor")


@each_service
async def test_what_everyone_may_ask(stack: Running, client: httpx2.AsyncClient, service: str) -> None:
    url = stack.services[service]
    for path in ("/health/live", "/health/ready", "/metrics", "/version", "/openapi.json", "/docs"):
        assert (await client.get(url + path)).status_code == 200, path
    assert (await client.get(f"{url}/version")).json().keys() == {"service", "version"}
    problem(await client.get(f"{url}/v1/status"), 401)
    problem(await client.get(f"{url}/v1/{MARK}", headers=stack.headers(READER)), 404)
    problem(await client.get(f"{url}/{MARK}"), 404)
    wrong = await client.request("PATCH", f"{url}/v1/status", headers=stack.headers(READER))
    problem(wrong, 405)
    assert wrong.headers["allow"] == "GET"


@each_service
async def test_a_service_says_how_far_it_is(stack: Running, client: httpx2.AsyncClient, service: str) -> None:
    told = (await client.get(f"{stack.services[service]}/v1/status", headers=stack.headers("operator"))).json()
    assert told.keys() >= {"service", "events", "behind", "parked", "outbox", "position", "projections"}
    assert told["service"] == service
    assert all(isinstance(told[name], int) for name in ("events", "behind", "parked", "outbox"))
    assert set(told["position"]) == {str(number) for number in range(12)}
    assert all("name" in each for each in told["projections"])


@each_service
async def test_metrics_name_no_case_and_no_one(stack: Running, client: httpx2.AsyncClient, case: str, service: str) -> None:
    await client.get(f"{stack.services[service]}/v1/cases/{case}", headers=stack.headers(READER))
    text = (await client.get(f"{stack.services[service]}/metrics")).text
    assert "sir_http_requests_total" in text
    assert "/v1/cases/{case_id}" in text
    assert not any(each in text for each in (case, case.replace("-", ""), "someone", GLASGOW, "SIR-20", "QZ"))


@each_service
async def test_a_header_is_no_way_in(stack: Running, client: httpx2.AsyncClient, case: str, service: str) -> None:
    listed = next(each for each in LISTS if each.service == service)
    url = f"{stack.services[service]}{listed.path}?limit=1&council_reference="
    forged = {
        "X-Forwarded-Host": MARK,
        "X-Forwarded-Proto": MARK,
        "X-HTTP-Method-Override": "DELETE",
        "X-Request-ID": f"{MARK};a=b",
    }
    answer = await client.get(url, headers=stack.headers(listed.role) | forged)
    assert answer.status_code == 200
    assert MARK not in str(answer.headers)
    split = await client.get(
        f"{stack.services[service]}{listed.path}?limit=1&x=%0d%0aSet-Cookie:%20{MARK}", headers=stack.headers(listed.role)
    )
    assert "set-cookie" not in split.headers
    twice = [("Authorization", "Bearer a"), ("Authorization", "Bearer b")]
    problem(await client.get(f"{stack.services[service]}/v1/status", headers=twice), 400)
    in_address = f"{stack.services[service]}/v1/status?access_token={stack.token(READER)}"
    problem(await client.get(in_address), 401)
    problem(await client.get(f"{stack.services[service]}/v1/status?{'x' * 3000}", headers=stack.headers(READER)), 414)
    problem(await client.get(f"{stack.services[service]}/v1/status", headers=stack.headers(READER, X=MARK * 2000)), 431)
    many = stack.headers(READER) | {f"X-{number}": "1" for number in range(120)}
    problem(await client.get(f"{stack.services[service]}/v1/status", headers=many), 431)


@each_service
async def test_a_request_names_one_host_and_is_framed_one_way(stack: Running, service: str) -> None:
    url = httpx2.URL(stack.services[service])
    for head in ("", "Host: a\r\nHost: b\r\n", "Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n", "Host : a\r\n"):
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(f"GET /v1/status HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        assert answer.startswith(b"HTTP/1.1 400 "), head
        assert answer.count(b"HTTP/1.1") == 1


async def test_a_trace_that_is_none_goes_no_further(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    """It would stand in the event, on Kafka and in what Government is told, where it is no trace and the case would wait."""
    url = f"{stack.services['intake']}/v1/notifications"
    body["council_reference"] = str(new_id())
    told = await client.post(url, json=body, headers=stack.headers(traceparent=MARK))
    good = f"00-{'a' * 32}-{'b' * 16}-01"
    traced = await client.post(url, json=body, headers=stack.headers(traceparent=good))
    assert (told.status_code, traced.status_code) == (201, 201)
    await stack.settled(client)
    feed = (await client.get(f"{stack.services['notification']}/v1/events", headers=stack.headers("government"))).json()
    traces = {event["subject"]: event.get("traceparent") for event in feed}
    assert traces[told.json()["case_id"]] is None
    assert traces[traced.json()["case_id"]] == good


async def test_where_nothing_is_to_be_said_nothing_needs_to_be_sent(
    stack: Running, client: httpx2.AsyncClient, body: Body
) -> None:
    drafts = f"{stack.services['intake']}/v1/drafts"
    draft = (await client.post(drafts, json=body, headers=stack.headers())).json()["draft_id"]
    key = stack.headers()
    done = await client.post(f"{drafts}/{draft}/submit", headers=key)
    assert done.status_code == 201, done.text
    assert (await client.post(f"{drafts}/{draft}/submit", json={}, headers=key)).content == done.content, (
        "the same as an empty object"
    )
    draft = (await client.post(drafts, json=body, headers=stack.headers())).json()["draft_id"]
    problem(await client.post(f"{drafts}/{draft}/submit", content=b"{", headers=raw(stack, "council")), 400)
    problem(await client.post(f"{drafts}/{draft}/submit", json={"x": 1}, headers=stack.headers()), 422, "#/x")


async def test_a_draft_is_saved_in_the_same_order(stack: Running, client: httpx2.AsyncClient) -> None:
    made = await client.post(f"{stack.services['intake']}/v1/drafts", json={}, headers=stack.headers())
    url, stale = f"{stack.services['intake']}/v1/drafts/{made.json()['draft_id']}", {"If-Match": '"9"'}
    problem(await client.put(url, content=b"{"), 401)
    problem(await client.put(url, content=b"{", headers=raw(stack, "inspector")), 403)
    problem(await client.put(f"{url[:-1]}", content=b"{", headers=raw(stack, "council")), 404)
    problem(await client.put(url, content=b"{", headers=raw(stack, "council", **stale)), 400)
    problem(await client.put(url, json={MARK: 1}, headers=stack.headers(**stale)), 412)
    problem(await client.put(url, json={"x": 1}, headers=stack.headers()), 422, "#/x")


async def test_a_hundred_at_once_with_one_key_are_one(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    url, headers = f"{stack.services['intake']}/v1/notifications", stack.headers()
    answers = await asyncio.gather(*[client.post(url, json=body, headers=headers) for _ in range(100)])
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["case_id"] for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert problem(answer, 409)["type"] == "urn:sir:problem:request_in_progress"
            assert answer.headers["retry-after"] == "1"

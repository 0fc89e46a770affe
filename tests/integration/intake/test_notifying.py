"""A council notifies: what is answered, what is refused, what is only tried, and that a case is one however often it is sent."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest

from contracts.clocks import london_date
from services.chassis.clock import new_id, now
from tests.integration.telling.stage import EDINBURGH, GLASGOW, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")
NOTIFICATIONS = "/v1/notifications"


def key(**more: str) -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())} | more


def pointers(answer: httpx2.Response) -> set[tuple[str, str | None]]:
    assert answer.status_code == 422, answer.text
    return {(fault["pointer"], fault.get("rule")) for fault in answer.json()["errors"]}


async def test_a_receipt_says_what_is_due(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        answer = await client.post(NOTIFICATIONS, json=body | {"mappa": None}, headers=key())
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    told = answer.json()
    received_at = datetime.fromisoformat(told["received_at"])
    assert told["reference"].startswith(f"SIR-{london_date(received_at).year}-")
    assert told["version"] == 1
    due = {each["clock"]: each for each in told["due"]}
    assert list(due) == ["notify", "notify_from_awareness", "government_copy", "review"]
    assert len(due["notify"]["counted"]) == 5
    assert due["notify"]["counted"][-1] == due["notify"]["due_on"]
    assert {"Saturday", "Sunday"} <= {each["reason"] for each in due["notify"]["skipped"]}
    assert due["review"]["counted"] == []


async def test_with_mappa_the_review_waits(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        told = (await client.post(NOTIFICATIONS, json=body, headers=key())).json()
    [review] = [each for each in told["due"] if each["clock"] == "review"]
    assert (review["due_on"], review["held"]) == (None, "sog_decision")


async def test_sent_twice_it_is_one_case(intake: Stage, body: dict[str, Any]) -> None:
    once = key()
    async with intake.client("council", council=GLASGOW) as client:
        answers = await asyncio.gather(*(client.post(NOTIFICATIONS, json=body, headers=once) for _ in range(10)))
        again = await client.post(NOTIFICATIONS, json=dict(reversed(body.items())), headers=once)
        other = await client.post(NOTIFICATIONS, json=body | {"summary": "Else."}, headers=once)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["case_id"] for answer in answers if answer.status_code == 201}) == 1
    assert again.headers["idempotent-replayed"] == "true"
    assert other.json()["type"] == "urn:sir:problem:idempotency_key_reused"


async def test_references_are_unique_and_rise(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        first = (await client.post(NOTIFICATIONS, json=body, headers=key())).json()["reference"]
        many = await asyncio.gather(*(client.post(NOTIFICATIONS, json=body, headers=key()) for _ in range(40)))
        last = (await client.post(NOTIFICATIONS, json=body, headers=key())).json()["reference"]
    references = [answer.json()["reference"] for answer in many]
    assert len(set(references)) == len(references)
    assert first < min(references) <= max(references) < last


async def test_a_dry_run_answers_the_same_and_keeps_nothing(intake: Stage, body: dict[str, Any]) -> None:
    body["council_reference"] = str(new_id())
    async with intake.client("council", council=GLASGOW) as client:
        tried = await client.post(NOTIFICATIONS, json=body, headers={"X-Dry-Run": "true"})
        listed = await client.get("/v1/cases", params={"council_reference": body["council_reference"]})
        once = key()
        await client.post(NOTIFICATIONS, json=body, headers=once | {"X-Dry-Run": "true"})
        real = await client.post(NOTIFICATIONS, json=body, headers=once)
        late = await client.post(NOTIFICATIONS, json=body | {"occurred_on": "2026-01-05"}, headers={"X-Dry-Run": "true"})
    assert tried.status_code == 200
    assert (tried.json()["case_id"], tried.json()["reference"]) == (None, None)
    assert tried.json().keys() == real.json().keys()
    assert listed.json()["cases"] == []
    assert real.status_code == 201
    assert pointers(late) == {("#/late_reason", "R-08")}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"criteria": []}, ("#/criteria", "R-02")),
        ({"criteria": ["C9"]}, ("#/criteria/0", None)),
        ({"orders": [{"type": "diversion"}]}, ("#/orders/0/type", "R-01")),
        ({"orders": []}, ("#/orders", None)),
        ({"occurred_on": str(london_date(now()) + timedelta(days=1))}, ("#/occurred_on", "R-05")),
        ({"became_aware_on": "2020-01-01"}, ("#/became_aware_on", "R-05")),
        ({"occurred_on": "2026-01-05"}, ("#/late_reason", "R-08")),
        ({"council": EDINBURGH}, ("#/council", "R-06")),
        ({"person": {"year_of_birth": london_date(now()).year + 1}}, ("#/person/year_of_birth", "R-05")),
        ({"notified_on": "2026-01-01"}, ("#/notified_on", None)),
        ({"register_row": {}}, ("#/register_row", None)),
        ({"occurred_on": "0"}, ("#/occurred_on", None)),
        ({"occurred_on": 0}, ("#/occurred_on", None)),
        ({"occurred_on": "2026-11-16T00:00:00Z"}, ("#/occurred_on", None)),
        ({"mappa": {"category": True}}, ("#/mappa/category", None)),
        ({"mappa": {"category": 1.0}}, ("#/mappa/category", None)),
        ({"summary": "a\u0000b"}, ("#/summary", None)),
        ({"summary": {"$sealed": {"field": "summary", "box": "AAAA"}}}, ("#/summary", None)),
        ({"received_at": "2026-01-01T00:00:00Z"}, ("#/received_at", None)),
        ({"incident_type": None}, ("#/incident_type", None)),
        ({"signed_off_by": {"grade": "boss"}}, ("#/signed_off_by/grade", None)),
    ],
)
async def test_what_is_refused_is_pointed_at(
    intake: Stage, body: dict[str, Any], changes: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        answer = await client.post(NOTIFICATIONS, json=body | changes, headers=key())
    assert expected in pointers(answer)


@pytest.mark.parametrize(
    "raw", [b'{"summary": "\\ud800"}', b'{"person": {"year_of_birth": 99999999999999999999}}', b'{"a": 1e999}']
)
async def test_what_json_can_say_and_nobody_can_mean_is_not_a_fault_of_ours(intake: Stage, raw: bytes) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        answer = await client.post(NOTIFICATIONS, content=raw, headers=key() | {"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}, answer.text


async def test_the_longest_texts_fit_an_event_that_has_them_twice(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        told = await client.post(NOTIFICATIONS, json=body | {"summary": "\U0001f600" * 5000}, headers=key())
        change = {"changes": {"summary": "\U0001f601" * 5000}, "reason": "\U0001f602" * 2000}
        changed = await client.post(
            f"/v1/cases/{told.json()['case_id']}/amendments", json=change, headers=key(**{"If-Match": '"1"'})
        )
    assert (told.status_code, changed.status_code) == (201, 201)


async def test_what_is_wanting_is_flagged_and_accepted(intake: Stage, body: dict[str, Any]) -> None:
    body |= {"charged_on": None, "signed_off_by": None, "mappa": {"category": 2}, "occurred_on": None, "became_aware_on": None}
    async with intake.client("council", council=GLASGOW) as client:
        answer = await client.post(NOTIFICATIONS, json=body, headers=key())
    assert answer.status_code == 201
    assert {flag["rule"] for flag in answer.json()["flags"]} == {"R-03", "R-07", "R-09"}


async def test_the_same_person_within_a_week_is_flagged(intake: Stage, body: dict[str, Any]) -> None:
    body["person"] = {"council_person_id": str(new_id())}
    async with intake.client("council", council=GLASGOW) as client:
        first = await client.post(NOTIFICATIONS, json=body, headers=key())
        second = await client.post(NOTIFICATIONS, json=body, headers=key())
    async with intake.client("council", council=EDINBURGH) as other:
        elsewhere = await other.post(NOTIFICATIONS, json=body, headers=key())
    assert "R-13" not in {flag["rule"] for flag in first.json()["flags"]}
    assert "R-13" in {flag["rule"] for flag in second.json()["flags"]}
    assert "R-13" not in {flag["rule"] for flag in elsewhere.json()["flags"]}, "another council's identifiers are its own"


async def test_the_same_person_notified_several_times_at_once_is_flagged_but_for_the_first(
    intake: Stage, body: dict[str, Any]
) -> None:
    body["person"] = {"council_person_id": str(new_id())}
    async with intake.client("council", council=GLASGOW) as client:
        answers = await asyncio.gather(*(client.post(NOTIFICATIONS, json=body, headers=key()) for _ in range(12)))
    assert ["R-13" in {flag["rule"] for flag in answer.json()["flags"]} for answer in answers].count(False) == 1


async def test_a_registrar_brings_in_what_happened(intake: Stage) -> None:
    said: dict[str, Any] = {
        "council": "Fife", "council_reference": str(new_id()), "notified_on": "2014-12-24", "criteria": ["C3"], "incident_type": "T03",
        "occurred_on": "2013-05-01", "occurred_on_precision": "month", "register_row": {"council": "1a2b"},
    }  # fmt: skip
    async with intake.client("registrar") as client:
        answer = await client.post(NOTIFICATIONS, json=said, headers=key())
        listed = await client.get("/v1/cases", params={"council": "S12000015", "council_reference": said["council_reference"]})
        history = await client.get(f"/v1/cases/{answer.json()['case_id']}/history")
        incomplete = await client.post(NOTIFICATIONS, json={"council": "Fife"}, headers=key())
        ahead = await client.post(
            NOTIFICATIONS, json=said | {"notified_on": str(london_date(now()) + timedelta(days=1))}, headers=key()
        )
    assert answer.status_code == 201, answer.text
    assert answer.json()["reference"] == "SIR-2014-0001"
    assert datetime.fromisoformat(answer.json()["received_at"]) == datetime(2014, 12, 24, 12, tzinfo=UTC)
    assert {flag["rule"] for flag in answer.json()["flags"]} == {"R-07"}
    [row] = listed.json()["cases"]
    assert (row["council"], row["register_row"]) == ("S12000047", {"council": "1a2b"})
    [event] = history.json()["events"]
    assert event["origin"] == "import"
    assert date.fromisoformat(event["recordedtime"][:10]) > date(2014, 12, 24)
    assert ("#/notified_on", None) in pointers(incomplete)
    assert ("#/notified_on", "R-05") in pointers(ahead)


async def test_the_year_of_a_reference_is_that_of_the_receipt_in_scotland(intake: Stage) -> None:
    said = {
        "council": GLASGOW,
        "council_reference": "x",
        "notified_on": "2010-12-31T23:30:00-01:00",
        "criteria": ["C1"],
        "incident_type": "T01",
    }
    async with intake.client("registrar") as client:
        answer = await client.post(NOTIFICATIONS, json=said, headers=key())
    assert answer.json()["reference"] == "SIR-2011-0001"


async def test_an_incident_that_was_not_notified_is_kept_with_its_reason(intake: Stage) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        answer = await client.post(
            "/v1/considerations", json={"reason": "Not serious harm.", "decided_by": "service_manager"}, headers=key()
        )
        case = await client.get(f"/v1/cases/{answer.json()['consideration_id']}")
        ahead = {"reason": "x", "considered_on": str(london_date(now()) + timedelta(days=1))}
        refused = await client.post("/v1/considerations", json=ahead, headers=key())
    assert answer.status_code == 201
    assert case.status_code == 404
    assert pointers(refused) == {("#/considered_on", "R-05")}

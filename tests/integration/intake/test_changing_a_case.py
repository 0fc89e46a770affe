"""After the notification: what is new, what was wrong, what is taken back; and what was known when."""

from typing import Any

import httpx2
import pytest

from services.chassis.clock import new_id, now
from tests.integration.telling.stage import GLASGOW, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


def at(version: int, **more: str) -> dict[str, str]:
    return {"Idempotency-Key": str(new_id()), "If-Match": f'"{version}"'} | more


async def notified(client: httpx2.AsyncClient, body: dict[str, Any]) -> str:
    answer = await client.post("/v1/notifications", json=body, headers={"Idempotency-Key": str(new_id())})
    assert answer.status_code == 201, answer.text
    return f"/v1/cases/{answer.json()['case_id']}"


async def test_an_amendment_gives_the_next_version_and_the_case_as_it_is_now(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        case = await notified(client, body)
        between = now()
        change = {"changes": {"outcome_of_harm": "death", "summary": "He died.", "charged_on": None}, "reason": "Hospital."}
        answer = await client.post(f"{case}/amendments", json=change, headers=at(1))
        after = await client.get(case)
        before = await client.get(case, params={"known_at": between.isoformat()})
        never = await client.get(case, params={"known_at": "2020-01-01T00:00:00Z"})
        history = (await client.get(f"{case}/history")).json()["events"]
    assert (answer.status_code, answer.headers["etag"], answer.json()["version"]) == (201, '"2"', 2)
    assert {flag["rule"] for flag in answer.json()["flags"]} >= {"R-03"}
    assert (after.json()["outcome_of_harm"], after.json()["summary"], after.headers["etag"]) == ("death", "He died.", '"2"')
    assert (before.json()["outcome_of_harm"], before.json()["summary"], before.json()["version"]) == (
        "serious",
        "What happened.",
        1,
    )
    assert never.status_code == 404
    assert [event["type"] for event in history] == ["sir.intake.notification-received", "sir.intake.notification-amended"]
    assert history[1]["data"]["changed"] == ["charged_on", "outcome_of_harm", "summary"]
    assert history[1]["data"]["reason"] == "Hospital."


async def test_what_changes_nothing_is_answered_and_not_kept(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        case = await notified(client, body)
        same = {"changes": {"person": body["person"], "mappa": body["mappa"], "criteria": ["C1", "C1"]}, "reason": "x"}
        answer = await client.post(f"{case}/corrections", json=same, headers=at(1))
        again = await client.post(f"{case}/reclassifications", json={"incident_type": "T02", "basis": "x"}, headers=at(1))
        history = (await client.get(f"{case}/history")).json()["events"]
    assert (answer.status_code, answer.json()["version"]) == (201, 1)
    assert (again.status_code, again.json()["version"]) == (201, 1)
    assert len(history) == 1


@pytest.mark.parametrize(
    ("changes", "pointer", "rule"),
    [
        ({"occurred_on": "2199-01-01"}, "#/changes/occurred_on", None),
        ({"occurred_on": "2099-01-01"}, "#/changes/occurred_on", "R-05"),
        ({"became_aware_on": "2020-01-01"}, "#/changes/became_aware_on", "R-05"),
        ({"occurred_on": "2026-01-05"}, "#/changes", "R-08"),
        ({"criteria": []}, "#/changes/criteria", "R-02"),
        ({"orders": []}, "#/changes/orders", None),
        ({"incident_type": None}, "#/changes/incident_type", None),
        ({"summary": None}, "#/changes/summary", None),
        ({"reference": "SIR-2000-0001"}, "#/changes/reference", None),
        (
            {"orders": [{"type": "CPO", "start_date": "2021-02-02", "end_date": "2020-02-02"}]},
            "#/changes/orders/0/end_date",
            "R-05",
        ),
    ],
)
async def test_a_change_is_held_to_the_rules(
    intake: Stage, body: dict[str, Any], changes: dict[str, Any], pointer: str, rule: str | None
) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        case = await notified(client, body)
        answer = await client.post(f"{case}/corrections", json={"changes": changes, "reason": "x"}, headers=at(1))
        assert answer.status_code == 422, answer.text
        assert (pointer, rule) in {(fault["pointer"], fault.get("rule")) for fault in answer.json()["errors"]}
        assert (await client.get(case)).headers["etag"] == '"1"'


async def test_a_dry_run_of_a_change_keeps_nothing(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        case = await notified(client, body)
        tried = await client.post(f"{case}/withdrawal", json={"reason": "x"}, headers={"If-Match": '"1"', "X-Dry-Run": "true"})
        assert (tried.status_code, tried.json()["status"]) == (200, "withdrawn")
        assert (await client.get(case)).json()["status"] == "notified"


async def test_a_withdrawn_case_may_only_be_put_right(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council_manager", council=GLASGOW) as client:
        case = await notified(client, body)
        assert (await client.post(f"{case}/withdrawal", json={"reason": "Another person."}, headers=at(1))).status_code == 201
        for path, words in {
            "amendments": {"changes": {"retrospective": True}, "reason": "x"},
            "withdrawal": {"reason": "x"},
            "reclassifications": {"incident_type": "T01", "basis": "x"},
        }.items():
            refused = await client.post(f"{case}/{path}", json=words, headers=at(2))
            assert (refused.status_code, refused.json()["allowed"]) == (409, ["corrections"])
        malformed = await client.post(f"{case}/withdrawal", json={}, headers=at(2))
        assert malformed.status_code == 409, "what the state forbids comes before what the words do"
        change = {"changes": {"retrospective": True}, "reason": "x"}
        assert (await client.post(f"{case}/corrections", json=change, headers=at(2))).json()["status"] == "withdrawn"
        [listed] = [
            each for each in (await client.get("/v1/cases?limit=200&status=withdrawn")).json()["cases"] if each["case_id"] in case
        ]
    assert (listed["status"], listed["version"]) == ("withdrawn", 3)


async def test_a_reclassification_holds_from_its_day_and_only_a_registrar_dates_it(intake: Stage, body: dict[str, Any]) -> None:
    words = {"incident_type": "T04", "basis": "Post mortem.", "occurred_at": body["occurred_on"]}
    async with intake.client("council", council=GLASGOW) as client, intake.client("registrar") as registrar:
        case = await notified(client, body)
        mine = await client.post(f"{case}/reclassifications", json=words, headers=at(1))
        early = await registrar.post(f"{case}/reclassifications", json=words, headers=at(1))
        good = await registrar.post(
            f"{case}/reclassifications", json={"incident_type": "T04", "basis": "Post mortem."}, headers=at(1)
        )
        assert (await client.get(case)).json()["incident_type"] == "T04"
    assert [fault["pointer"] for fault in mine.json()["errors"]] == ["#/occurred_at"]
    assert [(fault["pointer"], fault["rule"]) for fault in early.json()["errors"]] == [("#/occurred_at", "R-05")]
    assert good.status_code == 201


async def test_a_version_that_was_not_seen_is_refused(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        case = await notified(client, body)
        path, words = f"{case}/withdrawal", {"reason": "x"}
        assert (await client.post(path, json=words, headers={"Idempotency-Key": "a"})).status_code == 428
        assert (await client.post(path, json=words, headers=at(0))).status_code == 412

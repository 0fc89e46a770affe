"""Who sees what: councils their own, the others all, and what is personal only for who may."""

from typing import Any

import pytest

from contracts.feedback import FeedbackSent, InformationRequested, Item
from contracts.personal import Personal
from services.chassis.clock import new_id
from tests.integration.intake.steps import IAR, TODAY, done, hears
from tests.integration.telling.stage import EDINBURGH, GLASGOW, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLANTED = "planted-in-intake"


async def planted(intake: Stage, body: dict[str, Any]) -> str:
    body["summary"] = body["person"]["initials"] = body["signed_off_by"]["name"] = PLANTED[:10]
    body["person"]["council_person_id"] = PLANTED
    async with intake.client("council", council=GLASGOW) as client:
        answer = await client.post("/v1/notifications", json=body, headers={"Idempotency-Key": str(new_id())})
    return str(answer.json()["case_id"])


async def test_another_councils_case_is_like_none(intake: Stage, body: dict[str, Any]) -> None:
    case = await planted(intake, body)
    async with intake.client("council", council=EDINBURGH) as other, intake.client("council", council="S12000046") as mine:
        for path in ("", "/history"):
            foreign, unknown = await other.get(f"/v1/cases/{case}{path}"), await other.get(f"/v1/cases/{new_id()}{path}")
            assert (foreign.status_code, foreign.content) == (404, unknown.content)
            assert (await mine.get(f"/v1/cases/{case}{path}")).status_code == 200, "a former code is the same council"
        headers = {"Idempotency-Key": str(new_id()), "If-Match": '"1"'}
        assert (await other.post(f"/v1/cases/{case}/withdrawal", json={"reason": "x"}, headers=headers)).status_code == 404
        assert (await other.get("/v1/cases", params={"council": GLASGOW})).json()["cases"] == []


@pytest.mark.parametrize("role", ["council", "inspector", "lead_officer", "administrator", "registrar"])
async def test_who_may_see_it_reads_what_is_personal(intake: Stage, body: dict[str, Any], role: str) -> None:
    case = await planted(intake, body)
    async with intake.client(role, council=GLASGOW) as client:
        for path in ("", "/history"):
            assert PLANTED in (await client.get(f"/v1/cases/{case}{path}")).text


@pytest.mark.parametrize("role", ["analyst", "government"])
async def test_who_may_not_does_not(intake: Stage, body: dict[str, Any], role: str) -> None:
    case = await planted(intake, body)
    async with intake.client(role) as client:
        for path in ("", "/history"):
            answer = await client.get(f"/v1/cases/{case}{path}")
            assert answer.status_code == 200
            assert PLANTED[:10] not in answer.text
        headers = {"Idempotency-Key": str(new_id())}
        assert (await client.post("/v1/notifications", json=body, headers=headers)).status_code == 403


async def test_every_reading_of_a_history_is_recorded(intake: Stage, body: dict[str, Any]) -> None:
    case = await planted(intake, body)
    async with intake.client("inspector", sub="reader-of-histories") as client:
        await client.get(f"/v1/cases/{case}/history")
    owner = await intake.owner()
    try:
        rows = await owner.fetch("select role, action from audit where actor = 'reader-of-histories' and subject = $1", case)
    finally:
        await owner.close()
    assert [(row["role"], row["action"]) for row in rows] == [("inspector", "history")]


async def test_a_list_comes_in_pages_without_gaps(intake: Stage, body: dict[str, Any]) -> None:
    for _ in range(5):
        await planted(intake, body)
    async with intake.client("inspector") as client:
        whole = [each["case_id"] for each in (await client.get("/v1/cases?limit=200")).json()["cases"]]
        paged, address = [], "/v1/cases?limit=2"
        while address:
            answer = await client.get(address)
            paged += [each["case_id"] for each in answer.json()["cases"]]
            address = answer.links["next"]["url"] if "next" in answer.links else ""
            if len(paged) >= len(whole):
                break
    assert paged[: len(whole)] == whole


async def said_with_words(intake: Stage, case: str) -> None:
    """Every step that takes words, with the planted ones in each."""
    passages = [PLANTED]
    review = IAR | {
        "reviewer": {"name": PLANTED, "relationship": "manages_case"},
        "checks": [each | {"note": PLANTED} for each in IAR["checks"]],
        "signed_off_by": {"name": PLANTED, "grade": "cswo"},
        "actions": [{"text": PLANTED, "owner": PLANTED}],
        **dict.fromkeys(("strengths", "good_practice", "areas_for_improvement"), passages),
        **dict.fromkeys(("summary", "reason_to_stay", "objectivity_exception"), PLANTED),
    }
    words = Personal(PLANTED)
    async with intake.client("council", council=GLASGOW) as client, intake.client("lead_officer") as officer:
        await done(client, case, "reviews", review)
        await done(client, case, "review-withdrawals", {"reason": PLANTED})
        await done(client, case, "reviews", review)
        asked = InformationRequested(request=1, on=TODAY, review=2, items=(Item(text=words),))
        await hears(intake, case, asked, FeedbackSent(letter=1, on=TODAY, review=2, text=words))
        await done(client, case, "information", {"answers": [{"item": 1, "text": PLANTED}]})
        await done(client, case, "feedback-response", {"response": "disputed", "comments": PLANTED})
        await done(client, case, "actions", {"number": 2, "owner": PLANTED, "evidence": PLANTED})
        await done(client, case, "reclassifications", {"incident_type": "T04", "basis": PLANTED})
        await done(client, case, "transfer", {"to_council": EDINBURGH, "reason": PLANTED})
        await done(client, case, "transfer", {"accept": False, "reason": PLANTED})
        await done(officer, case, "legal-hold", {"reason": PLANTED})
        assert (await client.get(f"/v1/cases/{case}")).text.count(PLANTED) > 20


async def test_nothing_personal_is_in_the_database_or_the_log(intake: Stage, body: dict[str, Any]) -> None:
    await said_with_words(intake, await planted(intake, body))
    owner = await intake.owner()
    try:
        tables = await owner.fetch(
            "select schemaname || '.' || tablename as name from pg_tables where schemaname in ('public', 'read')"
        )
        for table in tables:
            rows = await owner.fetch(
                f"select t::text as row, encode(convert_to(t::text, 'UTF8'), 'escape') as raw from {table['name']} t"
            )
            assert not [row for row in rows if PLANTED in row["row"] or PLANTED.encode().hex() in row["row"]], table["name"]
    finally:
        await owner.close()
    assert PLANTED not in intake.log()

"""A legal hold, and the end of what is personal: the key is gone, and everything still verifies, rebuilds and counts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from contracts.feedback import FeedbackSent
from contracts.personal import Personal
from services.chassis.clock import new_id
from tests.integration.intake.steps import IAR, TODAY, ask, done, hears, notified, shown
from tests.integration.telling.stage import GLASGOW, Stage
from tests.toy.harness import on_database

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLANTED = "planted-to-forget"


async def key_destroyed(intake: Stage, case: str) -> None:
    keys = await asyncpg.connect(on_database(intake.postgres, f"sir_keys__{intake.suffix}"))
    try:
        async with asyncio.timeout(10):
            while not await keys.fetchval("select wrapped is null from subject_key where subject = $1", case):
                await asyncio.sleep(0.05)
    finally:
        await keys.close()


@asynccontextmanager
async def no_key_destroyed(intake: Stage) -> AsyncIterator[None]:
    """The key database ends, as it were, whenever a key is to be destroyed."""
    keys = await asyncpg.connect(on_database(intake.postgres, f"sir_keys__{intake.suffix}"))
    try:
        await keys.execute(
            "create function away() returns trigger language plpgsql as"
            " $$ begin raise exception 'away' using errcode = 'admin_shutdown'; end $$;"
            " create trigger away before update on subject_key execute function away()"
        )
        yield
        await keys.execute("drop trigger away on subject_key; drop function away()")
    finally:
        await keys.close()


async def test_what_is_erased_cannot_be_read_and_everything_else_stays(intake: Stage, body: dict[str, Any]) -> None:
    async with (
        intake.client("council", council=GLASGOW) as council,
        intake.client("lead_officer") as officer,
    ):
        case = await notified(council, body | {"summary": PLANTED, "mappa": None})
        kept = await notified(council, body | {"summary": PLANTED})
        await done(council, case, "reviews", IAR | {"summary": PLANTED})
        await hears(intake, case, FeedbackSent(letter=1, on=TODAY, review=1, text=Personal(PLANTED)))
        before = await shown(council, case)
        erased = await done(officer, case, "erasure", {"basis": "retention_ended"})
        assert erased["version"] == before["version"] + 1
        await key_destroyed(intake, case)
        after = await shown(council, case)
        history = (await council.get(f"/v1/cases/{case}/history")).text
        for text in (str(after), history):
            assert PLANTED not in text
            assert "[erased]" in text
        assert after["inspectorate"]["letters"][0]["text"] == "[erased]"
        assert (after["status"], after["reviews"][0]["kind"], after["erased_on"]) == ("feedback_sent", "IAR", str(TODAY))
        assert (await ask(council, case, "corrections", {"changes": {"retrospective": True}, "reason": "x"})).status_code == 409
        assert PLANTED in str(await shown(council, kept))
        await intake.caught_up()
        assert " 0 faults" in await intake.word("verify")
        assert "the same as before" in await intake.word("rebuild")
        assert (await shown(council, case))["status"] == "feedback_sent"
        listed = {each["case_id"]: each for each in (await council.get("/v1/cases?limit=200")).json()["cases"]}
        assert listed[case]["version"] == after["version"]


async def test_a_hold_keeps_everything_until_it_is_lifted(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as council, intake.client("administrator") as administrator:
        case = await notified(council, body)
        for step in ("legal-hold", "legal-hold-end", "erasure"):
            assert (await ask(council, case, step, {})).status_code == 403
        await done(administrator, case, "legal-hold", {"reason": "An inquiry."})
        assert (await shown(council, case))["legal_hold"] == {"on": str(TODAY), "reason": "An inquiry."}
        refused = await ask(administrator, case, "erasure", {"basis": "data_subject_request"})
        assert (refused.status_code, refused.json()["allowed"]) == (409, ["legal-hold-end"])
        await done(administrator, case, "legal-hold-end")
        await done(administrator, case, "erasure", {"basis": "data_subject_request"})
        await key_destroyed(intake, case)


async def test_the_draft_that_a_case_was_made_from_goes_with_it(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as council, intake.client("lead_officer") as officer:
        saved = (
            await council.post("/v1/drafts", json=body, headers={"Idempotency-Key": f"draft-{body['occurred_on']}-e"})
        ).json()
        submitted = await council.post(f"/v1/drafts/{saved['draft_id']}/submit", json={}, headers={"Idempotency-Key": "submit-e"})
        case = submitted.json()["case_id"]
        await done(officer, case, "erasure", {"basis": "received_in_error"})
        await key_destroyed(intake, saved["draft_id"])
        await key_destroyed(intake, case)
    owner = await intake.owner()
    try:
        assert not await owner.fetchval("select exists (select from draft where case_id::text = $1)", case)
        assert await owner.fetchval("select person is null from notified where subject = $1", case)
    finally:
        await owner.close()


async def test_a_draft_is_not_lost_sight_of_while_its_key_cannot_be_destroyed(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as council, intake.client("lead_officer") as officer:
        made, dropped = [
            (await council.post("/v1/drafts", json=body, headers={"Idempotency-Key": f"away-{number}-e"})).json()["draft_id"]
            for number in range(2)
        ]
        submitted = await council.post(f"/v1/drafts/{made}/submit", json={}, headers={"Idempotency-Key": "submit-away-e"})
        async with no_key_destroyed(intake):
            await done(officer, submitted.json()["case_id"], "erasure", {"basis": "received_in_error"})
            assert (await council.delete(f"/v1/drafts/{dropped}")).status_code == 503
            async with asyncio.timeout(10):
                while "forgetting.waits" not in intake.log():
                    await asyncio.sleep(0.05)
        await key_destroyed(intake, made)
        await key_destroyed(intake, submitted.json()["case_id"])
        assert (await council.delete(f"/v1/drafts/{dropped}")).status_code == 204
        await key_destroyed(intake, dropped)


async def test_a_key_of_nobody_is_swept_once_it_is_old(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as council:
        case = await notified(council, body)
        waiting, dropped = [
            (
                await council.post("/v1/drafts", json=body | {"criteria": []}, headers={"Idempotency-Key": f"nobody-{number}"})
            ).json()["draft_id"]
            for number in range(2)
        ]
        owner, keys = await intake.owner(), await asyncpg.connect(on_database(intake.postgres, f"sir_keys__{intake.suffix}"))
        becoming, nobody = [
            await owner.fetchval("select case_id::text from draft where draft_id = $1", d) for d in (waiting, dropped)
        ]
        for draft in (waiting, dropped):
            refused = await council.post(f"/v1/drafts/{draft}/submit", json={}, headers={"Idempotency-Key": f"submit-{draft}"})
            assert refused.status_code == 422
        await council.delete(f"/v1/drafts/{dropped}")
        fresh = str(new_id())
        await keys.execute("insert into subject_key (subject, wrapped) values ($1, 'made just now')", fresh)
        aged = await keys.execute(
            "update subject_key set created = created - interval '2 hours' where subject = any($1) and wrapped is not null",
            [case, waiting, becoming, nobody],
        )
        assert aged == "UPDATE 4"
        await intake.kill()
        await intake.start()
        await key_destroyed(intake, nobody)
        kept = [case, waiting, becoming, fresh]
        assert await keys.fetchval("select count(wrapped) from subject_key where subject = any($1)", kept) == 4
        await keys.close()
        await owner.close()
        await council.put(f"/v1/drafts/{waiting}", json=body)
        submitted = await council.post(f"/v1/drafts/{waiting}/submit", json={}, headers={"Idempotency-Key": "submit-nobody"})
        assert (submitted.status_code, submitted.json()["case_id"]) == (201, becoming)


async def test_a_key_that_came_back_with_an_old_copy_is_destroyed_again(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as council, intake.client("lead_officer") as officer:
        case = await notified(council, body)
        await done(officer, case, "erasure", {"basis": "retention_ended"})
        await key_destroyed(intake, case)
        keys = await asyncpg.connect(on_database(intake.postgres, f"sir_keys__{intake.suffix}"))
        await keys.execute("update subject_key set wrapped = 'restored', destroyed = null where subject = $1", case)
        await keys.close()
        await intake.kill()
        await intake.start()
        await key_destroyed(intake, case)

"""A draft: saved, returned to by the council's own people, submitted as one case, forgotten; never in clear."""

from typing import Any

import pytest

from services.chassis.clock import new_id
from tests.integration.telling.stage import EDINBURGH, GLASGOW, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


async def test_it_is_saved_and_returned_to(intake: Stage) -> None:
    once = key()
    async with intake.client("council", council=GLASGOW) as client, intake.client("council_manager", council=GLASGOW) as manager:
        saved = await client.post("/v1/drafts", json={"summary": "So far."}, headers=once)
        again = await client.post("/v1/drafts", json={"summary": "So far."}, headers=once)
        path = f"/v1/drafts/{saved.json()['draft_id']}"
        assert (saved.status_code, again.json(), again.headers["idempotent-replayed"]) == (201, saved.json(), "true")
        replaced = await manager.put(path, json={"summary": "Further.", "criteria": ["C1"]}, headers={"If-Match": '"1"'})
        stale = await client.put(path, json={}, headers={"If-Match": '"1"'})
        found = await client.get(path)
    assert (replaced.status_code, replaced.headers["etag"], stale.status_code) == (200, '"2"', 412)
    assert (found.json()["summary"], found.json()["criteria"], found.json()["version"]) == ("Further.", ["C1"], 2)


async def test_another_council_does_not_know_of_it(intake: Stage) -> None:
    async with intake.client("council", council=GLASGOW) as client, intake.client("council", council=EDINBURGH) as other:
        path = f"/v1/drafts/{(await client.post('/v1/drafts', json={}, headers=key())).json()['draft_id']}"
        assert (await other.get(path)).status_code == 404
        assert (await other.put(path, json={})).status_code == 404
        assert (await other.delete(path)).status_code == 404
        assert (await other.post(f"{path}/submit", json={}, headers=key())).status_code == 404
        assert (await client.get(path)).status_code == 200
    async with intake.client("inspector") as inspector:
        assert (await inspector.get(path)).status_code == 403


async def test_submitted_it_is_one_case_and_a_draft_no_more(intake: Stage, body: dict[str, Any]) -> None:
    once = key()
    async with intake.client("council", council=GLASGOW) as client:
        path = f"/v1/drafts/{(await client.post('/v1/drafts', json=body | {'criteria': []}, headers=key())).json()['draft_id']}"
        refused = await client.post(f"{path}/submit", json={}, headers=once)
        assert [fault["rule"] for fault in refused.json()["errors"]] == ["R-02"]
        await client.put(path, json=body)
        tried = await client.post(f"{path}/submit", json={}, headers=key() | {"X-Dry-Run": "true"})
        assert (tried.status_code, tried.json()["reference"]) == (200, None)
        submitted = await client.post(f"{path}/submit", json={}, headers=once)
        assert submitted.status_code == 201, submitted.text
        assert (await client.post(f"{path}/submit", json={}, headers=once)).json() == submitted.json()
        assert (await client.post(f"{path}/submit", json={}, headers=key())).status_code == 409
        assert (await client.get(path)).status_code == 404
        case = await client.get(f"/v1/cases/{submitted.json()['case_id']}")
    assert case.json()["summary"] == body["summary"]


async def test_dropped_it_is_gone_with_its_key(intake: Stage) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        path = f"/v1/drafts/{(await client.post('/v1/drafts', json={'summary': 'x'}, headers=key())).json()['draft_id']}"
        assert (await client.delete(path)).status_code == 204
        assert (await client.get(path)).status_code == 404
        assert (await client.delete(path)).status_code == 404


async def test_it_lies_sealed_and_for_28_days(intake: Stage) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        draft_id = (await client.post("/v1/drafts", json={"summary": "planted-in-a-draft"}, headers=key())).json()["draft_id"]
        owner = await intake.owner()
        try:
            row = await owner.fetchrow(
                "select t::text as whole, expires_at - saved_at as kept from draft t where draft_id = $1", draft_id
            )
            assert row is not None
            assert ("planted" in row["whole"], row["kept"].days) == (False, 28)
            await owner.execute("update draft set expires_at = clock_timestamp() where draft_id = $1", draft_id)
        finally:
            await owner.close()
        assert (await client.get(f"/v1/drafts/{draft_id}")).status_code == 404

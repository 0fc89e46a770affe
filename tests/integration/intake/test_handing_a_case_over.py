"""A case goes to another council: who sees what before, and after."""

from typing import Any

import pytest

from services.chassis.clock import new_id
from tests.integration.intake.steps import IAR, ask, done, notified, shown
from tests.integration.telling.stage import EDINBURGH, GLASGOW, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")
FIFE = "S12000047"
PROPOSAL = {"to_council": EDINBURGH, "reason": "planted reason"}


async def test_the_named_council_sees_reference_and_reason_and_nothing_else(intake: Stage, body: dict[str, Any]) -> None:
    async with (
        intake.client("council", council=GLASGOW) as glasgow,
        intake.client("council", council=EDINBURGH) as edinburgh,
        intake.client("council", council=FIFE) as fife,
    ):
        case = await notified(glasgow, body)
        assert (await edinburgh.get(f"/v1/cases/{case}")).status_code == 404
        answer = await done(glasgow, case, "transfer", PROPOSAL)
        assert (answer["council"], answer["to_council"], answer["version"]) == (GLASGOW, EDINBURGH, 2)
        small = await shown(edinburgh, case)
        assert set(small) == {"case_id", "reference", "status", "proposed_by", "proposed_on", "reason", "version"}
        assert (small["reason"], small["proposed_by"], small["status"]) == ("planted reason", GLASGOW, "transfer_proposed")
        asked = [each["case_id"] for each in (await edinburgh.get("/v1/transfers?limit=200")).json()["transfers"]]
        assert case in asked
        assert case in [each["case_id"] for each in (await glasgow.get("/v1/transfers?limit=200")).json()["transfers"]]
        assert (await fife.get("/v1/transfers")).json()["transfers"] == []
        unknown = await edinburgh.get(f"/v1/cases/{new_id()}/history")
        assert (await edinburgh.get(f"/v1/cases/{case}/history")).content == unknown.content
        headers = {"Idempotency-Key": str(new_id()), "If-Match": '"2"'}
        assert (await edinburgh.post(f"/v1/cases/{case}/reviews", json=IAR, headers=headers)).status_code == 404
        assert (await edinburgh.post(f"/v1/cases/{case}/reviews", content="{", headers=headers)).status_code == 404
        assert (await edinburgh.get("/v1/cases?limit=200")).json()["cases"] == []


async def test_what_both_agreed_moves_the_case(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as glasgow, intake.client("council", council=EDINBURGH) as edinburgh:
        case = await notified(glasgow, body)
        await done(glasgow, case, "transfer", PROPOSAL)
        assert (await ask(glasgow, case, "transfer", {"accept": True})).status_code == 422
        assert (await done(edinburgh, case, "transfer", {"accept": True}))["council"] == EDINBURGH
        assert (await glasgow.get(f"/v1/cases/{case}")).status_code == 404
        assert (await ask(glasgow, case, "transfer", PROPOSAL)).status_code == 404
        whole = await shown(edinburgh, case)
        assert (whole["council"], whole["notified_by"], whole["transfer"]) == (EDINBURGH, GLASGOW, None)
        [listed] = [each for each in (await edinburgh.get("/v1/cases?limit=200")).json()["cases"] if each["case_id"] == case]
        assert (listed["council"], listed["notified_by"]) == (EDINBURGH, GLASGOW)
        assert case not in [each["case_id"] for each in (await glasgow.get("/v1/cases?limit=200")).json()["cases"]]
        assert case not in [each["case_id"] for each in (await edinburgh.get("/v1/transfers?limit=200")).json()["transfers"]]
        await done(edinburgh, case, "reviews", IAR)
    owner = await intake.owner()
    try:
        rows = await owner.fetch("select council from event where subject = $1 order by version", case)
    finally:
        await owner.close()
    assert [row["council"] for row in rows] == [GLASGOW, GLASGOW, EDINBURGH, EDINBURGH], "who took it over answers for that"


@pytest.mark.parametrize("who", [EDINBURGH, GLASGOW])
async def test_declined_or_taken_back_it_is_as_before(intake: Stage, body: dict[str, Any], who: str) -> None:
    async with intake.client("council", council=GLASGOW) as glasgow, intake.client("council", council=EDINBURGH) as edinburgh:
        case = await notified(glasgow, body)
        await done(glasgow, case, "transfer", PROPOSAL)
        await done(edinburgh if who == EDINBURGH else glasgow, case, "transfer", {"accept": False, "reason": "No."})
        assert (await edinburgh.get(f"/v1/cases/{case}")).status_code == 404
        assert (await shown(glasgow, case))["council"] == GLASGOW
        assert (await glasgow.get(f"/v1/cases/{case}/history")).json()["events"][-1]["data"]["declined"] is (who == EDINBURGH)


async def test_proposals_come_in_pages(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as glasgow, intake.client("council", council=FIFE) as fife:
        cases = {await notified(glasgow, body) for _ in range(3)}
        for case in cases:
            await done(glasgow, case, "transfer", {"to_council": FIFE, "reason": "x"})
        first = await fife.get("/v1/transfers?limit=2")
        second = await fife.get(first.links["next"]["url"])
    found = [each["case_id"] for each in (*first.json()["transfers"], *second.json()["transfers"])]
    assert (set(found), len(found), "next" in second.links) == (cases, 3, False)

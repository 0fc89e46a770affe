"""Every step is taken by who may take it and by nobody else; an interest in a council bars an inspector (R-32)."""

from contracts.codes import COUNCIL_ROLES, Role
from tests.integration.assessing.desk import COLLEAGUE, INSPECTOR, Desk, moved, submitted
from tests.integration.telling.stage import EDINBURGH, GLASGOW, INITIALS

PEOPLE = frozenset({"administrator", "inspector", "lead_officer"})
STEPS = {
    **dict.fromkeys(("triage", "allocation", "scrutiny", "information-requests", "assessment"), PEOPLE | {"registrar"}),
    **dict.fromkeys(("feedback-draft", "second-read", "feedback", "closure", "reopening"), PEOPLE | {"registrar"}),
    **dict.fromkeys(("dispute-resolution", "good-practice"), frozenset({"lead_officer", "registrar"})),
}
READS = {
    "/v1/queue": PEOPLE | {"registrar"},
    "/v1/conflicts": PEOPLE | {"registrar"},
    "/v1/cases/{case_id}": PEOPLE | COUNCIL_ROLES | {"analyst", "registrar"},
    "/v1/cases/{case_id}/history": PEOPLE | COUNCIL_ROLES | {"analyst", "registrar"},
}


async def test_every_route_is_open_to_whom_it_says_and_to_nobody_else(desk: Desk) -> None:
    case = await desk.reviewed()
    for role in Role:
        async with desk.stage.client(role, council=GLASGOW if role in COUNCIL_ROLES else None) as client:
            for step, allowed in STEPS.items():
                # No key: whoever may is told so, and nothing is done.
                answer = await client.post(f"/v1/cases/{case}/{step}", json={})
                assert answer.status_code == (400 if role in allowed else 403), (role, step)
            assert (await client.post("/v1/conflicts", json={})).status_code == (400 if role in PEOPLE else 403), role
            for path, allowed in READS.items():
                answer = await client.get(path.format(case_id=case))
                assert answer.status_code == (200 if role in allowed else 403), (role, path)


async def test_every_route_is_in_the_table(desk: Desk) -> None:
    async with desk.stage.client("operator") as client:
        document = (await client.get("/openapi.json")).json()
    routes = {(method, path) for path, methods in document["paths"].items() for method in methods if path.startswith("/v1/")}
    steps = {("post", f"/v1/cases/{{case_id}}/{step}") for step in STEPS} | {("post", "/v1/conflicts")}
    assert routes == steps | {("get", path) for path in READS} | {("get", "/v1/status")}


async def test_an_interest_bars_an_inspector_until_the_lead_officer_says_why_not(desk: Desk) -> None:
    case, elsewhere = await desk.reviewed(), await desk.reviewed(council=EDINBURGH)
    lead = {"role": "lead_officer", "by": "lead-1"}
    async with desk.stage.client("inspector", sub=INSPECTOR) as client:
        for key, council, status in (("a", GLASGOW, 201), ("b", "nowhere", 422)):
            answer = await client.post("/v1/conflicts", json={"council": council}, headers={"Idempotency-Key": key})
            assert answer.status_code == status
        other = {"council": GLASGOW, "inspector": COLLEAGUE}
        assert (await client.post("/v1/conflicts", json=other, headers={"Idempotency-Key": "c"})).status_code == 422
        [declared] = (await client.get("/v1/conflicts")).json()["conflicts"]
    assert (declared["inspector"], declared["council"]) == (INSPECTOR, GLASGOW)
    assert await desk.unfit(case, "allocation", **lead, inspector=INSPECTOR) == [("#/inspector", "conflict_of_interest")]
    assert "scrutiny" not in await desk.refused(case, "scrutiny")
    assert "scrutiny" not in (await desk.get(f"/v1/cases/{case}")).json()["allowed"]
    await desk.done(elsewhere, "scrutiny")
    await desk.done(case, "scrutiny", by=COLLEAGUE)
    await desk.done(case, "allocation", **lead, inspector=INSPECTOR, exception="Nobody else is there.")
    await desk.done(case, "assessment", iar_decision="appropriate")
    assert "exception" not in (await desk.get(f"/v1/cases/{case}", role="council", council=GLASGOW)).text


async def test_a_text_to_be_shared_names_nobody_of_the_case(desk: Desk) -> None:
    case = await desk.reviewed()
    lead = {"role": "lead_officer", "by": "lead-1", "found_by": "council"}
    answer = await desk.ask(case, "good-practice", **lead, text=f"The worker met {INITIALS} each week.", anonymised=True)
    assert [fault["code"] for fault in answer.json()["errors"]] == ["identifies"]
    assert INITIALS not in answer.text
    for told in ("planted-person-91", "planted-reference-55", "1988"):
        assert await desk.unfit(case, "good-practice", **lead, text=f"See {told}.", anonymised=True) == [("#/text", "identifies")]
    plain = {"text": "The worker met the person each week."}
    assert await desk.unfit(case, "good-practice", **lead, **plain) == [("#/anonymised", "required")]
    await desk.done(case, "good-practice", **lead, **plain, anonymised=True)


async def test_after_a_transfer_the_other_council_sees_the_case_and_the_first_no_more(desk: Desk) -> None:
    case = await desk.reviewed()
    await desk.done(case, "information-requests", items=["The plan."])
    await desk.hear(case, moved())
    for council, status in ((GLASGOW, 404), (EDINBURGH, 200)):
        for path in ("", "/history"):
            assert (await desk.get(f"/v1/cases/{case}{path}", role="council", council=council)).status_code == status
    await desk.hear(case, submitted(2), council=EDINBURGH)
    await desk.done(case, "scrutiny")
    await desk.stage.caught_up()
    owner = await desk.stage.owner()
    councils = await owner.fetch("select council from event where subject = $1 order by version", case)
    await owner.close()
    assert [row["council"] for row in councils] == [GLASGOW, EDINBURGH]

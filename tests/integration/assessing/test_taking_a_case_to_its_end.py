"""A case goes over the desk from the first look to its reopening; each step says what may follow, and a council sees only what is its own."""

from contracts.envelope import NO_HASH
from tests.integration.assessing.desk import COLLEAGUE, INSPECTOR, Desk, answered, submitted, supplied
from tests.integration.telling.stage import EDINBURGH, GLASGOW

LETTER, BETTER = "planted-letter-31", "planted-correction-32"
DRAFT, REMARK, EXCEPTION = "planted-draft-33", "planted-remark-34", "planted-exception-35"
INTERNAL = (DRAFT, REMARK, EXCEPTION)
LEAD = {"by": "lead-1", "role": "lead_officer"}


async def test_from_the_first_look_to_a_reopening(desk: Desk) -> None:
    case = await desk.notified()
    assert await desk.refused(case, "assessment", quality="high") == ["triage", "allocation"]
    assert (await desk.done(case, "triage", role="administrator", outcome="in_scope"))["status"] == "review_in_progress"
    await desk.done(case, "allocation", **LEAD, inspector=INSPECTOR, exception=EXCEPTION)
    await desk.hear(case, submitted())
    assert (await desk.done(case, "scrutiny"))["status"] == "under_scrutiny"
    asked = await desk.done(case, "information-requests", items=["planted-question-36"])
    assert (asked["request"], asked["status"]) == (1, "information_requested")
    await desk.hear(case, supplied())
    assert await desk.status(case) == "information_supplied"
    assert "feedback" not in await desk.refused(case, "feedback", text=LETTER)
    await desk.done(case, "assessment", iar_decision="appropriate", quality="high", comments=REMARK)
    await desk.done(case, "feedback-draft", text=DRAFT)
    assert (await desk.ask(case, "second-read", agreed=True)).json()["type"] == "urn:sir:problem:own_draft"
    await desk.done(case, "second-read", by=COLLEAGUE, agreed=True, comments=REMARK)
    sent = await desk.done(case, "feedback", text=LETTER)
    assert (sent["letter"], sent["status"]) == (1, "feedback_sent")
    await desk.hear(case, answered("disputed"))
    assert await desk.status(case) == "disputed"
    assert (await desk.ask(case, "dispute-resolution", outcome="changed", reason="x")).status_code == 403
    await desk.done(case, "dispute-resolution", **LEAD, outcome="changed", reason="planted-reason-37")
    assert (await desk.done(case, "feedback", text=BETTER, corrects=1))["letter"] == 2
    await desk.hear(case, answered("accepted", letter=2))
    assert await desk.status(case) == "accepted"
    closed = await desk.done(case, "closure", reason="Done.")
    assert (closed["status"], closed["allowed"]) == ("closed", ["triage", "reopening"])
    assert (await desk.done(case, "reopening", reason="A new charge."))["status"] == "reopened"
    await _everybody_sees_what_is_theirs(desk, case)
    await _nothing_is_in_clear(desk, case)
    assert "the same as before" in " ".join((await desk.stage.word("rebuild")).split())
    assert await desk.status(case) == "reopened"


async def _everybody_sees_what_is_theirs(desk: Desk, case: str) -> None:
    ours, theirs = [
        [(await desk.get(f"/v1/cases/{case}{path}", role=role, council=council)) for path in ("", "/history")]
        for role, council in (("inspector", None), ("council", GLASGOW))
    ]
    for word in (*INTERNAL[1:], LETTER, BETTER):
        assert all(word in answer.text for answer in ours), word
    assert DRAFT in ours[1].text
    assert EXCEPTION in ours[0].text
    for answer in theirs:
        assert LETTER in answer.text
        assert BETTER in answer.text
        assert not [word for word in INTERNAL if word in answer.text]
        assert "feedback-drafted" not in answer.text
        assert "feedback-read" not in answer.text
    assert theirs[0].json()["letters"][0]["response"] == "disputed"
    assert "allowed" not in theirs[0].json()
    versions = [event["version"] for event in ours[1].json()["events"]]
    assert versions == list(range(1, 13))
    for path in ("", "/history"):
        assert (await desk.get(f"/v1/cases/{case}{path}", role="council", council=EDINBURGH)).status_code == 404
        for role in ("analyst", "registrar"):
            assert "planted" not in (await desk.get(f"/v1/cases/{case}{path}", role=role)).text


async def _nothing_is_in_clear(desk: Desk, case: str) -> None:
    await desk.stage.caught_up()
    assert "planted-" not in desk.stage.log()
    owner = await desk.stage.owner()
    for table in ("known_case", "standing", "clock", "telling", "triaged"):
        assert "planted-l" not in str([tuple(row.values()) for row in await owner.fetch(f"select * from {table}")])
    stored = await owner.fetch("select data, prev_hash from event where subject = $1 order by version", case)
    assert not [row for row in stored if b"planted" in row["data"]]
    assert stored[0]["prev_hash"] == NO_HASH
    await owner.close()


async def test_what_the_case_does_not_allow_is_said_before_what_the_words_are_not(desk: Desk) -> None:
    case = await desk.notified()
    for step, body in (("feedback", {"text": 1}), ("assessment", {}), ("closure", {"reason": ""})):
        assert (await desk.ask(case, step, **body)).status_code == 409, step
    assert (await desk.ask(case, "allocation", inspector="")).status_code == 422


async def test_a_dry_run_says_what_would_be_and_keeps_nothing(desk: Desk) -> None:
    case = await desk.reviewed()
    headers = {"If-Match": '"0"', "X-Dry-Run": "true"}
    async with desk.stage.client("lead_officer") as client:
        for step, body in (("triage", {"outcome": "out_of_scope"}), ("assessment", {"quality": "high"}), ("scrutiny", {})):
            answer = await client.post(f"/v1/cases/{case}/{step}", json=body, headers=headers)
            assert (answer.status_code, answer.json()["version"]) == (200, 1), answer.text
        answer = await client.post("/v1/conflicts", json={"council": GLASGOW}, headers={"X-Dry-Run": "true"})
        assert answer.status_code == 200, answer.text
        assert (await client.get("/v1/conflicts")).json() == {"conflicts": []}
        shown = await client.get(f"/v1/cases/{case}")
    assert (shown.headers["etag"], shown.json()["status"]) == ('"0"', "review_submitted")

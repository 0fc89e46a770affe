"""From a notification to an accepted letter and its closure, as a council lives it; and what crosses on the way."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.feedback import (
    CaseClosed,
    CaseReopened,
    CaseTriaged,
    FeedbackSent,
    InformationRequested,
    Item,
    ReviewAssessed,
    ScrutinyStarted,
)
from contracts.personal import Personal
from services.chassis.clock import now
from tests.integration.intake.steps import EVIDENCED, IAR, TODAY, ask, done, hears, notified, shown
from tests.integration.telling.stage import GLASGOW, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

IN_SCOPE = CaseTriaged(outcome="in_scope", on=TODAY)
ASKED = InformationRequested(
    request=1, on=TODAY, review=1, items=(Item(text=Personal("planted question")), Item(text=Personal("Another.")))
)
LETTER = FeedbackSent(letter=1, on=TODAY, review=2, text=Personal("planted letter"))


async def test_from_the_notification_to_accepted_feedback(intake: Stage, body: dict[str, Any]) -> None:
    body["mappa"] = None
    seen = []
    async with intake.client("council", council=GLASGOW) as client:
        case = await notified(client, body)

        async def note() -> None:
            seen.append((await shown(client, case))["status"])

        await note()
        await hears(intake, case, IN_SCOPE)
        await note()
        sent = await done(client, case, "reviews", IAR | {"conclusion": "cr_needed"})
        assert (sent["number"], sent["flags"], sent["comprehensive_proposed"]) == (1, [], [])
        await note()
        await done(client, case, "reviews", {k: v for k, v in IAR.items() if k != "conclusion"} | {"kind": "CR"})
        await note()
        await hears(intake, case, ScrutinyStarted(on=TODAY, review=2), ASKED.model_copy(update={"review": 2}))
        await note()
        await done(client, case, "information", {"answers": [{"item": 1, "text": "planted answer"}]})
        await note()
        await hears(intake, case, ReviewAssessed(on=TODAY, review=2, kind="CR", quality="high"), LETTER)
        await note()
        await done(client, case, "feedback-response", {"response": "accepted"})
        await note()
        await done(client, case, "actions", {"number": 1, "status": "done", "evidence": "Seen."})
        await hears(intake, case, CaseClosed(on=TODAY))
        await note()
        await hears(intake, case, CaseReopened(on=TODAY, reason=Personal("A new charge.")))
        await note()
        whole = await shown(client, case)
        [listed] = [each for each in (await client.get("/v1/cases?limit=200")).json()["cases"] if each["case_id"] == case]
    assert seen == [
        "notified",
        "review_in_progress",
        "cr_in_progress",
        "review_submitted",
        "information_requested",
        "information_supplied",
        "feedback_sent",
        "accepted",
        "closed",
        "reopened",
    ]
    assert (listed["status"], listed["version"]) == ("reopened", whole["version"])
    assert [(each["number"], each["kind"]) for each in whole["reviews"]] == [(1, "IAR"), (2, "CR")]
    assert whole["actions"][0] | {"text": ""} == {
        "number": 1, "text": "", "owner": "A. Owner", "due_on": "2020-01-01", "status": "done"
    }  # fmt: skip
    assert whole["information"][0]["answers"] == [{"item": 1, "text": "planted answer"}]
    assert whole["responses"][0]["response"] == "accepted"
    said = whole["inspectorate"]
    assert said["requests"][0]["items"] == ["planted question", "Another."]
    assert said["letters"][0]["text"] == "planted letter"
    assert said["assessment"] == {"on": str(TODAY), "kind": "CR", "iar_decision": None, "quality": "high"}


async def test_an_open_item_past_its_day_is_overdue(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        case = await notified(client, body)
        await done(client, case, "reviews", IAR)
        assert [each["status"] for each in (await shown(client, case))["actions"]] == ["overdue"]


async def test_what_the_state_forbids_comes_before_what_the_words_do(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        case = await notified(client, body)
        for step in ("information", "feedback-response", "review-withdrawals"):
            refused = await ask(client, case, step, {"nonsense": 1})
            assert refused.status_code == 409, step
            assert "reviews" in refused.json()["allowed"]
            assert step not in refused.json()["allowed"]
        await hears(intake, case, ASKED, LETTER)
        for step in ("information", "feedback-response"):
            assert (await ask(client, case, step, {"nonsense": 1})).status_code == 422
        await hears(intake, case, CaseTriaged(outcome="out_of_scope", on=TODAY))
        assert (await ask(client, case, "reviews", {"nonsense": 1})).status_code == 409


async def test_a_mappa_review_ends_the_councils_own_until_it_is_reopened(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client, intake.client("registrar") as registrar:
        case = await notified(client, body)
        await done(client, case, "sog-notice")
        assert (await done(client, case, "sog-decision", {"decision": "scr"}))["status"] == "closed_mappa_scr"
        assert (await ask(client, case, "reviews", IAR)).status_code == 409
        assert (await shown(client, case))["sog"] == {
            "notified_on": str(TODAY), "area": "Glasgow", "decision": "scr", "decided_on": str(TODAY)
        }  # fmt: skip
        assert (await done(registrar, case, "reviews", {"kind": "IAR", "occurred_at": str(TODAY)}))["number"] == 1
        await hears(intake, case, CaseReopened(on=TODAY, reason=Personal("x")))
        assert (await done(client, case, "reviews", IAR))["number"] == 2


async def test_without_mappa_there_is_no_group(intake: Stage, body: dict[str, Any]) -> None:
    body["mappa"] = None
    async with intake.client("council", council=GLASGOW) as client, intake.client("registrar") as registrar:
        case = await notified(client, body)
        for who in (client, registrar):
            refused = await ask(who, case, "sog-decision", {"decision": "scr"})
            assert (refused.status_code, "MAPPA" in refused.json()["detail"]) == (409, True)
        assert (await shown(client, case))["sog"] is None


async def test_a_withdrawn_case_lives_again_when_it_is_reopened(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        case = await notified(client, body)
        await done(client, case, "withdrawal", {"reason": "x"})
        assert (await ask(client, case, "reviews", IAR)).status_code == 409
        await hears(intake, case, IN_SCOPE, CaseReopened(on=TODAY, reason=Personal("x")))
        assert (await done(client, case, "reviews", IAR))["status"] == "review_submitted"


async def test_a_register_brings_its_rows_in_phases(intake: Stage, body: dict[str, Any]) -> None:
    day = str(TODAY - timedelta(days=30))
    row = {
        "council": GLASGOW,
        "council_reference": "R-1",
        "notified_on": day,
        "criteria": ["C1"],
        "incident_type": "T02",
        "mappa": {"category": 1},
    }
    async with intake.client("registrar") as client:
        case = await notified(client, row | {"register_row": {}})
        early = str(TODAY - timedelta(days=60))
        assert (await done(client, case, "sog-decision", {"decision": "no_scr", "occurred_at": early}))["version"] == 2
        for number, kind in enumerate(("IAR", "CR"), start=1):
            said = {"kind": kind, "occurred_at": str(TODAY - timedelta(days=20 - number))}
            assert (await done(client, case, "reviews", said))["number"] == number
        # Before anything of the inspectorate's is known here.
        await done(client, case, "information", {"occurred_at": str(TODAY - timedelta(days=10))})
        await done(client, case, "feedback-response", {"response": "disputed", "occurred_at": str(TODAY - timedelta(days=5))})
        await done(client, case, "withdrawal", {"reason": "As the register says.", "occurred_at": day})
        history = (await client.get(f"/v1/cases/{case}/history")).json()["events"]
    assert {event["origin"] for event in history} == {"import"}
    assert [event["data"].get("on") for event in history[1:4]] == [
        early,
        str(TODAY - timedelta(days=19)),
        str(TODAY - timedelta(days=18)),
    ]
    assert history[2]["data"]["flags"] == [{"rule": "R-23", "detail": "Not signed off."}]


async def test_a_day_is_a_registrars_to_give(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:
        case = await notified(client, body)
        refused = await ask(client, case, "reviews", IAR | {"occurred_at": str(TODAY)})
        assert [fault["pointer"] for fault in refused.json()["errors"]] == ["#/occurred_at"]


async def test_as_it_was_known_and_as_it_was_on_a_day(intake: Stage, body: dict[str, Any]) -> None:
    days = {name: str(TODAY - timedelta(days=ago)) for name, ago in (("notified", 40), ("reviewed", 20), ("reclassified", 10))}
    row = {
        "council": GLASGOW,
        "council_reference": "R-2",
        "notified_on": days["notified"],
        "criteria": ["C1"],
        "incident_type": "T02",
    }
    async with intake.client("registrar") as client:
        case = await notified(client, row | {"register_row": {}})
        known = now()
        await done(client, case, "reviews", {"kind": "IAR", "occurred_at": days["reviewed"]})
        await done(client, case, "reclassifications", {"incident_type": "T04", "basis": "x", "occurred_at": days["reclassified"]})
        await done(client, case, "corrections", {"changes": {"outcome_of_harm": "death"}, "reason": "x"})
        await hears(intake, case, FeedbackSent(letter=1, on=TODAY - timedelta(days=5), review=1))

        async def told(**parameters: Any) -> tuple[str, str, str | None, int]:
            found = await shown(client, case, **parameters)
            return found["status"], found["incident_type"], found["outcome_of_harm"], len(found["reviews"])

        assert await told() == ("feedback_sent", "T04", "death", 1)
        assert await told(as_at=str(TODAY - timedelta(days=6))) == ("review_submitted", "T04", "death", 1)
        assert await told(as_at=str(TODAY - timedelta(days=15))) == ("review_submitted", "T02", "death", 1)
        assert await told(as_at=days["notified"]) == ("notified", "T02", "death", 0)
        assert await told(known_at=known.isoformat()) == ("notified", "T02", None, 0)
        before = str(TODAY - timedelta(days=41))
        assert (await client.get(f"/v1/cases/{case}", params={"as_at": before})).status_code == 404
        for said in ("soon", "2026-11-20T00:00:00", "20261120", ""):
            assert (await client.get(f"/v1/cases/{case}", params={"as_at": said})).status_code == 422, said


@pytest.mark.parametrize(
    ("role", "words", "letter"),
    [
        ("council", True, True), ("inspector", True, True), ("registrar", True, False),
        ("analyst", False, False), ("government", False, False),
    ],
)  # fmt: skip
async def test_words_are_for_those_who_may_read_them(
    intake: Stage, body: dict[str, Any], role: str, *, words: bool, letter: bool
) -> None:
    async with intake.client("council", council=GLASGOW) as client, intake.client(role, council=GLASGOW) as reader:
        case = await notified(client, body)
        await done(client, case, "reviews", IAR)
        original = "019a6f3e-0000-7000-8000-00000000000f"
        await hears(intake, case, LETTER, CaseTriaged(outcome="duplicate", on=TODAY, duplicate_of=original))
        text = (await reader.get(f"/v1/cases/{case}")).text
        history = (await reader.get(f"/v1/cases/{case}/history")).text
    assert ("planted finding" in text, "planted strength" in history, "planted letter" in text) == (words, words, letter)
    assert "[erased]" not in text, "what somebody may not read is not said to be gone"
    assert (original in text) == (role != "council"), "it may be another council's case"


async def test_a_dry_run_of_a_review_keeps_nothing(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council_head", council=GLASGOW) as client:
        case = await notified(client, body)
        headers = {"If-Match": '"1"', "X-Dry-Run": "true"}
        near = IAR | {"reviewer": {"relationship": "manages_case"}, "checks": EVIDENCED[:-1], "reason_to_stay": "x"}
        tried = await client.post(f"/v1/cases/{case}/reviews", json=near, headers=headers)
        assert (tried.status_code, tried.json()["comprehensive_proposed"]) == (200, ["non_compliance"])
        assert [flag["rule"] for flag in tried.json()["flags"]] == ["R-22"]
        assert (await shown(client, case))["reviews"] == []

"""Both sides say what they say at once: every case ends where its two histories put it, in the list as on its own page."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from contracts.envelope import Event
from contracts.feedback import CaseClosed, CaseReopened, CaseTriaged, FeedbackSent, InformationRequested, ScrutinyStarted
from contracts.personal import Personal
from services.chassis.clock import new_id
from services.chassis.decider import Record
from services.intake.standings import moved_by_us
from tests.integration.intake.steps import IAR, TODAY, ask, notified, shown
from tests.integration.telling.stage import GLASGOW, Stage
from tests.unit.intake.cases import received

pytestmark = pytest.mark.asyncio(loop_scope="session")

HEARD: dict[str, tuple[Event, ...]] = {
    "read": (CaseTriaged(outcome="in_scope", on=TODAY), ScrutinyStarted(on=TODAY, review=1)),
    "asked": (InformationRequested(request=1, on=TODAY, review=1),),
    "closed": (FeedbackSent(letter=1, on=TODAY, review=1), CaseClosed(on=TODAY)),
    "set aside and reopened": (
        CaseTriaged(outcome="out_of_scope", on=TODAY),
        CaseReopened(on=TODAY, reason=Personal("x")),
    ),
}
SAID: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "withdrawn": (("reviews", IAR), ("withdrawal", {"reason": "x"})),
    "reviewed twice": (("reviews", IAR), ("reviews", IAR | {"summary": "Again."})),
    "for a MAPPA review": (("sog-notice", {}), ("sog-decision", {"decision": "scr"})),
    "answered": (("reviews", IAR), ("information", {"answers": [{"item": 1, "text": "x"}]})),
}


async def test_they_cross_in_every_pair_and_the_list_says_what_the_case_says(intake: Stage, body: dict[str, Any]) -> None:
    async with intake.client("council", council=GLASGOW) as client:

        async def live(said: tuple[tuple[str, dict[str, Any]], ...], heard: tuple[Event, ...]) -> str:
            case = await notified(client, body)

            async def say() -> None:
                for step, words in said:
                    await ask(client, case, step, words)

            async def hear() -> None:
                for event in heard:
                    await intake.say(event, subject=case, council=None)

            await asyncio.gather(say(), hear())
            return case

        cases = await asyncio.gather(*(live(said, heard) for said in SAID.values() for heard in HEARD.values()))
        await intake.caught_up()
        await agree(intake, cases)
        assert "the same as before" in await intake.word("rebuild")
        await agree(intake, cases)


async def agree(intake: Stage, cases: list[str]) -> None:
    async with intake.client("inspector") as client:
        listed: dict[str, str] = {}
        address = "/v1/cases?limit=200"
        while address:
            answer = await client.get(address)
            listed |= {each["case_id"]: each["status"] for each in answer.json()["cases"]}
            address = answer.links["next"]["url"] if "next" in answer.links else ""
        told = {case: (await shown(client, case))["status"] for case in cases}
    assert {case: listed[case] for case in cases} == told
    assert len(set(told.values())) > 3, "the pairs end in different places"


async def test_what_is_heard_before_the_case_is_there_counts_once_it_is(intake: Stage) -> None:
    """A rebuild may read the inspectorate's partition first."""
    case = str(new_id())
    looked = await intake.say(CaseTriaged(outcome="out_of_scope", on=TODAY), subject=case, council=None)
    await intake.caught_up()
    owner = await intake.owner()
    try:
        envelope = replace(looked, source="intake", council=GLASGOW)
        await moved_by_us(owner, [Record(envelope=envelope, event=received())], secret=b"secret")
        assert await owner.fetchval("select status from notified where subject = $1", case) == "out_of_scope"
    finally:
        await owner.execute("delete from notified where subject = $1", case)
        await owner.close()

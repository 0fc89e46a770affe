"""When a case's people were erased its words are gone, it takes no more of them, and everything else still stands."""

from contracts.intake import PersonalDataErased
from tests.integration.assessing.desk import Desk, today


async def test_words_are_gone_and_the_case_still_stands(desk: Desk) -> None:
    case = await desk.reviewed()
    await desk.done(case, "assessment", iar_decision="appropriate", comments="planted-remark-41")
    await desk.done(case, "feedback", text="planted-letter-42")
    await desk.hear(case, PersonalDataErased(on=today(), basis="retention_ended"))
    await desk.stage.keyring.destroy(case)
    await desk.stage.kill()
    await desk.stage.start()
    shown = await desk.get(f"/v1/cases/{case}")
    assert shown.json()["letters"][0]["text"] == "[erased]"
    assert "planted" not in shown.text + (await desk.get(f"/v1/cases/{case}/history")).text
    allowed = await desk.refused(case, "feedback", text="Another.", corrects=1)
    assert allowed == ["triage", "allocation", "assessment", "closure"]
    assert (await desk.ask(case, "triage", outcome="in_scope", reason="Words.")).json()["type"] == "urn:sir:problem:erased"
    assert (await desk.done(case, "closure"))["status"] == "closed"
    assert "0 faults" in await desk.stage.word("verify")
    await desk.stage.caught_up()
    assert "the same as before" in " ".join((await desk.stage.word("rebuild")).split())

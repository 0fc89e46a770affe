"""A register's rows come in phases, so that a registrar waits for nobody; only days out of order are refused."""

from datetime import date, timedelta
from typing import Any

from contracts.envelope import Origin
from tests.integration.assessing.desk import Desk, answered, submitted, today

DAY = today()


def registrar(on: date = DAY, **body: Any) -> dict[str, Any]:
    return {"role": "registrar", "by": "registrar-1", "occurred_at": on.isoformat(), **body}


async def test_steps_come_in_the_order_of_the_register_whatever_was_heard(desk: Desk) -> None:
    case = await desk.stage.notify(origin=Origin.IMPORT)
    await desk.stage.caught_up()
    await desk.done(case, "information-requests", **registrar())
    await desk.done(case, "assessment", **registrar(review=1, iar_decision="comprehensive_required", quality="high"))
    assert (await desk.done(case, "feedback", **registrar()))["letter"] == 1
    await desk.done(case, "triage", **registrar(outcome="out_of_scope"))
    for event in (submitted(), submitted(2, "CR"), answered("accepted")):
        await desk.hear(case, event)
    await desk.done(case, "closure", **registrar())
    await desk.stage.withdraw(case)
    await desk.stage.caught_up()
    assert await desk.status(case) == "withdrawn"
    events = (await desk.get(f"/v1/cases/{case}/history")).json()["events"]
    assert {event["origin"] for event in events} == {"import"}
    assert {event["time"][:10] for event in events} == {DAY.isoformat()}
    assert {event["data"]["on"] for event in events} == {DAY.isoformat()}


async def test_a_step_is_not_before_what_it_follows_nor_in_the_future(desk: Desk) -> None:
    case = await desk.reviewed()
    tomorrow, yesterday = DAY + timedelta(days=1), DAY - timedelta(days=1)
    steps: dict[str, dict[str, Any]] = {
        "triage": {"outcome": "in_scope"},
        "allocation": {"inspector": "somebody"},
        "scrutiny": {},
        "information-requests": {},
        "assessment": {"quality": "high"},
        "feedback": {},
        "closure": {},
        "reopening": {"reason": "words"},
    }
    for step, body in steps.items():
        assert ("#/occurred_at", "in_the_future") in await desk.unfit(case, step, **registrar(tomorrow, **body)), step
        assert ("#/occurred_at", "before_receipt") in await desk.unfit(case, step, **registrar(yesterday, **body)), step
        live = await desk.ask(case, step, **{"occurred_at": DAY.isoformat()} | body)
        assert live.status_code == 409 or live.json()["errors"][0]["code"] == "registrar_only", step

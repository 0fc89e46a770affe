"""The service as a process on real parts: what it answers, to whom, and what it keeps."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

import asyncpg
import httpx2
import pytest

from contracts.clocks import london_date
from contracts.deadlines import ClockSatisfied, ClockStarted
from contracts.envelope import Origin
from contracts.feedback import CaseTriaged
from contracts.intake import NotificationWithdrawn
from contracts.personal import Personal
from services.chassis import codec
from services.chassis.clock import new_id, now
from tests.integration.counting.cases import History
from tests.integration.counting.conftest import make_roles
from tests.integration.telling.stage import EDINBURGH, GLASGOW, INITIALS, SECRET, Stage, stage

PERIODS = [
    "from=2026-02-30",
    "from=2026-2-3",
    "from=20260203",
    "from=2026-W05-1",
    "from=0",
    "from=2026-02-02&to=2026-02-01",
    "to=",
    "as_at=yesterday",
    "known_at=2026-02-01",
    "known_at=0001-01-01T00:00:00%2B00:00",
    "known_at=1770000000",
]


@pytest.fixture
async def service(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Stage]:
    await make_roles(postgres_url)
    async with stage("statistics", postgres_url, kafka_bootstrap, tmp_path) as made:
        await made.start()
        yield made


async def figures(service: Stage, query: str = "", **who: Any) -> dict[str, Any]:
    async with service.client(**({"role": "analyst"} | who)) as client:
        answer = await client.get(f"/v1/figures{query}")
        assert answer.status_code == httpx2.codes.OK, answer.text
        told: dict[str, Any] = answer.json()
        return told


async def send(service: Stage, history: History, order: list[int] | None = None) -> None:
    """Put records on the topic, in an order."""
    for number in order or range(len(history.said)):
        envelope, data, _ = history.said[number]
        await service.producer.send_and_wait(service.topic, data, key=envelope.subject.encode(), headers=codec.headers(envelope))


async def test_a_notification_is_counted_when_it_has_been_heard(service: Stage) -> None:
    await service.notify()
    await service.caught_up()
    told = await figures(service)
    assert told["figures"]["ST-01"]["value"] == 1
    assert told["figures"]["ST-07"] | {"note": "", "label": ""} == {
        "label": "", "note": "", "numerator": 0, "denominator": 0, "percent": None, "not_measurable": 1,
    }  # fmt: skip
    assert sum(told["position"].values()) == 1
    assert told["calendar"] == "GB-SCT/2026.1"
    today = london_date(now())
    assert (told["period"], told["as_at"]) == ({"from": "2012-01-01", "to": str(today)}, str(today))


async def test_councils_and_types_have_all_their_rows(service: Stage) -> None:
    await service.notify(council=EDINBURGH)
    await service.caught_up()
    async with service.client("council", council=GLASGOW) as client:
        councils = (await client.get("/v1/councils")).json()["councils"]
        types = (await client.get("/v1/incident-types")).json()["incident_types"]
    assert len(councils) == 32
    assert {row["gss_code"]: row["notifications"] for row in councils if row["notifications"]} == {EDINBURGH: 1}
    assert [row["code"] for row in types] == [f"T{number:02}" for number in range(1, 19)]
    assert {row["code"]: (row["notifications"], row["percent"]) for row in types if row["notifications"]} == {"T02": (1, 100.0)}


async def test_who_may_ask_for_what(service: Stage) -> None:
    roles = ("council", "inspector", "analyst", "government", "registrar", "operator")
    answers = {}
    for role in roles:
        async with service.client(role, council=GLASGOW) as client:
            answers[role] = tuple(
                [(await client.get(path)).status_code for path in ("/v1/figures", "/v1/councils", "/v1/ledger")]
            )
    assert answers == dict.fromkeys(roles, (200, 200, 403)) | {"government": (403, 403, 403), "operator": (403, 403, 200)}
    async with httpx2.AsyncClient(base_url=service.base) as nobody:
        assert (await nobody.get("/v1/figures")).status_code == httpx2.codes.UNAUTHORIZED


async def test_a_question_that_makes_no_sense_is_refused_with_a_pointer(service: Stage) -> None:
    async with service.client("analyst") as client:
        for query in PERIODS:
            answer = await client.get(f"/v1/figures?{query}")
            assert (answer.status_code, query) == (422, query)
            assert answer.json()["errors"][0]["pointer"] in {"#/from", "#/to", "#/as_at", "#/known_at"}
        for query in ("from=0001-01-01&to=9999-12-31", "as_at=9999-12-31", "as_at=0001-01-01", "known_at=9999-12-31T00:00:00Z"):
            assert ((await client.get(f"/v1/figures?{query}")).status_code, query) == (200, query)
        assert (await client.get("/v1/figures?known_at=2026-02-01T10:00:00+00:00")).json()[
            "known_at"
        ] == "2026-02-01T10:00:00+00:00"


async def test_a_case_has_its_place_in_every_figure_and_another_councils_is_unknown(service: Stage) -> None:
    case = await service.notify(council=EDINBURGH)
    await service.notify(council=EDINBURGH)
    await service.caught_up()
    async with service.client("council", council=EDINBURGH) as own, service.client("council", council=GLASGOW) as other:
        answer = await own.get(f"/v1/cases/{case}")
        told = answer.json()
        assert (told["case_id"], told["version"], answer.headers["etag"]) == (case, 0, '"0"')
        places = [count for name, count in told["figures"]["ST-20"].items() if name not in {"label", "note"}]
        assert (told["figures"]["ST-01"]["value"], sorted(places)) == (1, [0, 0, 0, 0, 0, 1])
        before = (await own.get(f"/v1/cases/{case}?known_at=2020-01-01T00:00:00Z")).json()
        assert before["figures"]["ST-01"]["value"] == 0
        assert (await own.get(f"/v1/cases/{case}/history")).json() == {"events": []}
        foreign, unknown = await other.get(f"/v1/cases/{case}"), await other.get(f"/v1/cases/{new_id()}")
    assert foreign.status_code == unknown.status_code == httpx2.codes.NOT_FOUND
    assert foreign.json() == unknown.json()
    owner = await service.owner()
    read = await owner.fetch("select role, council, action from audit where subject = $1", case)
    await owner.close()
    assert [tuple(row) for row in read] == [("council", EDINBURGH, "case")] * 2, "each reading is recorded"


async def test_the_ledger_pages_in_order_and_shows_no_personal_value(service: Stage) -> None:
    for _ in range(5):
        await service.notify()
    await service.caught_up()
    seen: list[dict[str, Any]] = []
    async with service.client("operator") as client:
        following: str | None = "/v1/ledger?limit=2"
        while following:
            answer = await client.get(following)
            assert SECRET not in answer.text
            assert INITIALS not in answer.text
            seen += answer.json()["records"]
            following = answer.links.get("next", {}).get("url")
        assert (await client.get(f"/v1/ledger?after={seen[-1]['number']}")).json() == {"records": []}
    assert [each["number"] for each in seen] == sorted({each["number"] for each in seen})
    assert {each["stream"] for each in seen} == set(service.heads)
    assert {each["hash"] for each in seen} == {head.hash.hex() for head in service.heads.values()}


async def test_a_late_filler_changes_neither_the_figures_nor_a_rebuild(service: Stage) -> None:
    """The last of a case comes first and waits; a rebuild folds what waited in the order of its stream all the same."""
    case, at = await service.notify(), now()
    history, day = History(), london_date(at)
    rules = {"policy": "2022", "calendar": "GB-SCT/2026.1"}
    history.say(case, ClockStarted(clock="government_copy", day_zero=day, due_on=day, **rules), at=at, origin=Origin.LIVE)
    history.say(case, ClockSatisfied(clock="government_copy", on=day, due_on=day, days_taken=0), at=now(), origin=Origin.LIVE)
    history.say(case, CaseTriaged(outcome="out_of_scope", on=day), at=now(), origin=Origin.LIVE)
    await send(service, history, order=[1, 2])
    await service.caught_up()
    assert (await figures(service))["figures"]["ST-13"]["denominator"] == 0
    await send(service, history, order=[0])
    await service.caught_up()
    told = (await figures(service))["figures"]
    assert (told["ST-13"]["numerator"], told["ST-13"]["denominator"], told["ST-01"]["out_of_scope"]) == (1, 1, 1)
    assert "the same as before" in await service.word("rebuild")
    assert (await figures(service))["figures"] == told


async def test_an_unknown_version_of_a_used_type_waits_with_its_case_alone(service: Stage) -> None:
    class Later(NotificationWithdrawn):
        version: ClassVar[int] = 2

    case = await service.notify()
    await service.say(Later(on=london_date(now()), reason=Personal(SECRET)), subject=case)
    await service.notify()
    await service.caught_up()
    assert (await figures(service))["figures"]["ST-01"] | {"label": "", "note": ""} == {
        "label": "", "note": "", "value": 2, "duplicates": 0, "withdrawn": 0, "out_of_scope": 0, "met_criteria": 2,
    }  # fmt: skip
    async with service.client("operator") as client:
        assert (await client.get("/v1/status")).json()["parked"] == 1


async def test_another_event_under_an_earlier_version_is_a_fork(service: Stage) -> None:
    """Only the ledger remembers the hash of a version that is not the last."""
    case = await service.notify()
    first = service.heads[f"intake/{case}"]
    await service.amend(case)
    await service.caught_up()
    service.heads.pop(f"intake/{case}")
    rival = await service.say(NotificationWithdrawn(on=london_date(now()), reason=Personal(SECRET)), subject=case)
    assert (rival.streamversion, rival.hash == first.hash) == (1, False)
    await service.caught_up()
    async with service.client("operator") as client:
        assert (await client.get("/v1/status")).json()["halted"] == ["intake"]


async def test_what_is_in_the_ledger_stays_as_it_is(service: Stage) -> None:
    await service.notify()
    await service.caught_up()
    owner = await service.owner()
    for change in ("update ledger set role = 'x'", "delete from ledger", "truncate ledger"):
        with pytest.raises(asyncpg.RaiseError):
            await owner.execute(change)
    await owner.close()

"""Clocks as a calendar: with a token, or at a secret address that a newer one ends; one's own council's only; alive to what happens."""

from datetime import timedelta

import httpx2
import pytest

from contracts.clocks import months_after
from contracts.feedback import CaseTriaged
from contracts.intake import Mappa, Notification, NotificationCorrected, Review, ReviewSubmitted
from contracts.personal import Personal
from tests.integration.deadlines.stage import EDINBURGH, GLASGOW, TODAY, Stage

PATH = "/v1/clocks.ics"


async def secret(deadlines: Stage, *, council: str = EDINBURGH, key: str = "") -> str:
    """A new address of one's own."""
    async with deadlines.client("council", council=council) as client:
        answer = await client.post(PATH, json={}, headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code == 201
    return str(answer.json()["address"])


async def fetched(deadlines: Stage, address: str) -> httpx2.Response:
    """What a calendar program gets, without any token."""
    async with deadlines.client(None) as client:
        return await client.get(address)


def entries(answer: httpx2.Response) -> list[dict[str, str]]:
    """Each entry's lines by name."""
    text = answer.text.replace("\r\n ", "")
    blocks = [block.split("END:VEVENT")[0] for block in text.split("BEGIN:VEVENT")[1:]]
    return [
        {line.split(":")[0].split(";")[0]: line.partition(":")[2] for line in block.split("\r\n") if line} for block in blocks
    ]


async def test_with_a_token_or_at_the_secret_address_the_same_stands(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    at_address = await fetched(deadlines, await secret(deadlines))
    async with deadlines.client("council", council=EDINBURGH) as client:
        with_token = await client.get(PATH)
    assert at_address.headers["content-type"] == "text/calendar; charset=utf-8"
    assert at_address.text == with_token.text
    (copy, review) = entries(at_address)
    assert copy["UID"] == f"{subject}.government_copy.1@deadlines.sir"
    assert review["DTSTART"] == f"{months_after(TODAY, 3):%Y%m%d}"
    assert review["STATUS"] == "CONFIRMED"


async def test_a_council_gets_its_own_only(deadlines: Stage) -> None:
    own, _ = await deadlines.notify(), await deadlines.notify(council=GLASGOW)
    assert {entry["UID"].partition(".")[0] for entry in entries(await fetched(deadlines, await secret(deadlines)))} == {own}


async def test_a_newer_address_ends_the_one_before(deadlines: Stage) -> None:
    first = await secret(deadlines)
    second = await secret(deadlines)
    assert first != second
    assert [(await fetched(deadlines, each)).status_code for each in (first, second)] == [404, 200]


async def test_a_retry_gives_the_same_address_and_brings_no_ended_one_back(deadlines: Stage) -> None:
    first = await secret(deadlines, key="a")
    assert await secret(deadlines, key="a") == first
    second = await secret(deadlines, key="b")
    assert await secret(deadlines, key="a") == first
    assert [(await fetched(deadlines, each)).status_code for each in (first, second)] == [404, 200]


async def test_another_council_s_address_is_another(deadlines: Stage) -> None:
    edinburgh = await secret(deadlines, key="a")
    glasgow = await secret(deadlines, key="a", council=GLASGOW)
    await deadlines.notify()
    assert [len(entries(await fetched(deadlines, each))) for each in (edinburgh, glasgow)] == [2, 0]


@pytest.mark.parametrize("key", ["", "a", "x" * 64])
async def test_a_guess_is_an_address_that_does_not_exist(deadlines: Stage, key: str) -> None:
    await secret(deadlines)
    assert (await fetched(deadlines, f"{PATH}?key={key}")).status_code == 404


async def test_no_secret_stands_in_the_database(deadlines: Stage) -> None:
    key = (await secret(deadlines)).rpartition("=")[2]
    tables = ("calendar_address", "idempotency", "audit")
    rows = [str(dict(row)) for table in tables for row in await deadlines.service.pool.fetch(f"select * from {table}")]
    assert rows
    assert not [row for row in rows if key in row]


async def test_without_either_nothing_is_told(deadlines: Stage) -> None:
    assert (await fetched(deadlines, PATH)).status_code == 401


@pytest.mark.parametrize("role", ["government", "operator"])
async def test_who_has_no_business_with_clocks_gets_no_calendar(deadlines: Stage, role: str) -> None:
    async with deadlines.client(role) as client:
        assert {(await client.get(PATH)).status_code, (await client.post(PATH, json={})).status_code} == {403}


async def test_what_happens_to_a_clock_shows_under_the_same_name(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    address = await secret(deadlines)

    seen: list[tuple[int, str]] = []

    async def look() -> None:
        uid = f"{subject}.review.1@deadlines.sir"
        (entry,) = [each for each in entries(await fetched(deadlines, address)) if each["UID"] == uid]
        assert entry["DTSTART"] == f"{months_after(TODAY, 3):%Y%m%d}"
        seen.append((int(entry["SEQUENCE"]), entry["STATUS"]))

    await look()
    review = ReviewSubmitted(number=1, on=TODAY, review=Review(kind="IAR", counts_as="IAR"))
    for event in (CaseTriaged(outcome="duplicate", on=TODAY), CaseTriaged(outcome="in_scope", on=TODAY), review):
        await deadlines.say(subject, event)
        await look()
    assert [status for _, status in seen] == ["CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED"]
    assert len({number for number, _ in seen}) == 4
    assert seen == sorted(seen)


async def test_a_day_that_moves_shows_under_a_higher_number(deadlines: Stage) -> None:
    subject = await deadlines.notify(mappa=True, occurred_on=TODAY)
    address = await secret(deadlines)
    (before,) = [each for each in entries(await fetched(deadlines, address)) if "sog_notice" in each["UID"]]
    earlier = TODAY - timedelta(days=7)
    about = Notification(occurred_on=earlier, criteria=("C1",), incident_type="T02", mappa=Mappa(category=1))
    said = {"before": about, "after": about, "reason": Personal(sealed={}), "policy": "2022", "calendar": "GB-SCT/2026.1"}
    await deadlines.say(subject, NotificationCorrected(changed=("occurred_on",), **said))
    (notice,) = [each for each in entries(await fetched(deadlines, address)) if "sog_notice" in each["UID"]]
    assert int(notice["SEQUENCE"]) > int(before["SEQUENCE"])
    assert notice["DTSTART"] < before["DTSTART"]
    assert "a date was corrected" in notice["DESCRIPTION"]


async def test_what_was_over_long_ago_is_left_out(deadlines: Stage) -> None:
    subject = await deadlines.notify(occurred_on=TODAY - timedelta(days=100), on=TODAY - timedelta(days=95))
    names = {entry["UID"] for entry in entries(await fetched(deadlines, await secret(deadlines)))}
    assert names == {f"{subject}.government_copy.1@deadlines.sir", f"{subject}.review.1@deadlines.sir"}

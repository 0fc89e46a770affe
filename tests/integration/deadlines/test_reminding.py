"""Reminders on a real database: once each however the ticker runs, late ones say so, none of what is past, and what is sent of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest

from contracts.clocks import end_of_day_london, london_date, months_after
from contracts.envelope import Origin
from contracts.intake import Review, ReviewSubmitted
from contracts.notification import GovernmentNotified
from services.chassis.clock import new_id
from services.chassis.failpoints import StagedFaultError, arm
from services.deadlines.post import Folder
from services.deadlines.ticker import Passed
from services.deadlines.words import written
from tests.integration.deadlines.mailbox import Mailbox, mailbox
from tests.integration.deadlines.stage import EDINBURGH, GLASGOW, TODAY, Reader, Stage, copy_due, days_until, stage

COPY, REVIEW = "government_copy", "review"
FORTNIGHT = 14.0
BOTH = [("due", "on_the_day"), ("due", "1_day_after")]


def copied_on(day: date) -> GovernmentNotified:
    return GovernmentNotified(informed_on=day, sequence=1, outward_id=new_id())


def reviewed_on(day: date) -> ReviewSubmitted:
    return ReviewSubmitted(number=1, on=day, review=Review(kind="IAR", counts_as="IAR"))


# Once, whatever the ticker does


async def test_a_ticker_that_slept_says_each_once_and_when_it_should_have_been(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    ticker = deadlines.ticker(days=FORTNIGHT)
    assert [(await ticker.tick()).reminders for _ in range(3)] == [2, 0, 0]
    assert await deadlines.reminders(subject, COPY) == BOTH
    rows = await deadlines.service.pool.fetch("select data, recorded from event where type like '%reminder-due'")
    due = copy_due(TODAY)
    assert [json.loads(row["data"])["remind_on"] for row in rows] == [str(due), str(due + timedelta(days=1))]
    assert {london_date(row["recorded"]) for row in rows} == {TODAY + timedelta(days=FORTNIGHT)}


async def test_under_a_clock_that_jumps_back_and_forth_each_is_said_once(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    due = end_of_day_london(copy_due(TODAY) - timedelta(days=1))
    for hours in (-30, 2, -30, 2, 40, 0, 400, -400, 400):
        await deadlines.ticker(days=days_until(due + timedelta(hours=hours))).tick()
    assert await deadlines.reminders(subject, COPY) == BOTH
    assert await deadlines.recorded(subject, COPY) == ["started", "breached"]


async def test_two_tickers_at_once_say_each_once(deadlines: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.deadlines.ticker._LEAD", "select true")  # the lock spares work; it must not be needed
    subjects = [await deadlines.notify() for _ in range(4)]
    tickers = [deadlines.ticker(days=FORTNIGHT) for _ in range(3)]
    passes = await asyncio.gather(*(ticker.tick() for ticker in tickers))
    assert sum(each.reminders for each in passes) == 8
    assert [await deadlines.reminders(subject, COPY) for subject in subjects] == [BOTH] * 4


@pytest.mark.parametrize(("place", "before_restart"), [("ticker.before_commit", []), ("ticker.after_commit", BOTH)])
async def test_a_ticker_that_dies_is_made_up_for(deadlines: Stage, place: str, before_restart: list[tuple[str, str]]) -> None:
    subject = await deadlines.notify()
    arm(f"{place}:raise")
    with pytest.raises(StagedFaultError):
        await deadlines.ticker(days=FORTNIGHT).tick()
    assert await deadlines.reminders(subject, COPY) == before_restart
    await deadlines.ticker(days=FORTNIGHT).tick()
    assert await deadlines.reminders(subject, COPY) == BOTH


async def test_a_ticker_ahead_of_its_consumer_says_nothing(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    assert await deadlines.ticker(days=FORTNIGHT, reader=Reader(there=False)).tick() == Passed()
    await deadlines.say(subject, copied_on(TODAY))
    await deadlines.ticker(days=FORTNIGHT).tick()
    assert await deadlines.reminders(subject, COPY) == []


async def test_of_a_case_with_something_set_aside_nothing_is_said(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    first, second = deadlines.record(subject, copied_on(TODAY)), deadlines.record(subject, copied_on(TODAY))
    await deadlines.take([second])
    await deadlines.ticker(days=FORTNIGHT).tick()
    assert await deadlines.reminders(subject, COPY) == []
    await deadlines.take([first])
    await deadlines.ticker(days=FORTNIGHT).tick()
    assert await deadlines.reminders(subject, COPY) == []


async def test_what_was_heard_late_is_told_late_unless_a_register_brought_it(deadlines: Stage) -> None:
    late = TODAY - timedelta(days=30)
    heard, brought = await deadlines.notify(on=late), await deadlines.notify(on=late, origin=Origin.IMPORT)
    await deadlines.ticker(days=0).tick()
    assert [await deadlines.reminders(subject, COPY) for subject in (heard, brought)] == [BOTH, []]


# What a register brings in


async def test_of_a_day_that_had_passed_when_it_was_brought_in_nothing_is_ever_said(deadlines: Stage) -> None:
    past = TODAY - timedelta(days=400)
    subject = await deadlines.notify(on=past, occurred_on=past, origin=Origin.IMPORT)
    assert await deadlines.ticker(days=FORTNIGHT).tick() == Passed()
    await deadlines.say(subject, reviewed_on(past), origin=Origin.IMPORT)
    await deadlines.ticker(days=FORTNIGHT).tick()
    assert await deadlines.service.pool.fetchval("select count(*) from event where type like '%reminder%'") == 0


async def test_later_days_of_a_case_that_was_brought_in_and_is_still_open_are_said(deadlines: Stage) -> None:
    begun = TODAY - timedelta(days=80)
    due = months_after(begun, 3)
    subject = await deadlines.notify(on=begun, origin=Origin.IMPORT)
    await deadlines.ticker(days=days_until(end_of_day_london(due + timedelta(days=10)))).tick()
    said = [("due", "7_days_before"), ("due", "on_the_day"), ("due", "1_day_after"), ("due", "7_days_after")]
    assert await deadlines.reminders(subject, REVIEW) == said
    assert await deadlines.reminders(subject, COPY) == []


async def test_evidence_that_comes_after_takes_back_what_was_said(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    await deadlines.ticker(days=FORTNIGHT).tick()
    await deadlines.say(subject, copied_on(copy_due(TODAY)))
    await deadlines.say(subject, copied_on(copy_due(TODAY)))
    assert await deadlines.reminders(subject, COPY) == [*BOTH, ("corrected", "1_day_after")]


# What is sent of it


@pytest.fixture
async def posting(postgres_url: str, tmp_path: Path) -> AsyncIterator[tuple[Stage, Mailbox, Path]]:
    """The service with a folder and a mail server to send to."""
    addresses = {"inspectorate": "sir@inspectorate.example", EDINBURGH: "justice@edinburgh.example"}
    (tmp_path / "addresses.json").write_text(json.dumps(addresses))
    said = {
        "addresses": tmp_path / "addresses.json",
        "public_url": "https://deadlines.example",
        "mail_from": "no-reply@sir.example",
    }
    async with mailbox() as box:
        folder = tmp_path / "out"
        async with stage(postgres_url, tmp_path, smtp=box.address, reminder_folder=folder, **said) as made:
            yield made, box, folder


async def _carried(deadlines: Stage) -> None:
    courier = deadlines.courier()
    while await courier.carry():
        pass


async def test_each_way_out_carries_it_with_reference_and_link_and_keeps_the_proof(
    posting: tuple[Stage, Mailbox, Path],
) -> None:
    deadlines, box, folder = posting
    begun = TODAY - timedelta(days=85)
    due = months_after(begun, 3)
    subject = await deadlines.notify(on=begun, origin=Origin.IMPORT)
    await deadlines.ticker(days=days_until(end_of_day_london(due))).tick()
    await _carried(deadlines)
    texts = [message.get_payload() for _, message in box.taken]
    assert {to for to, _ in box.taken} == {"justice@edinburgh.example"}
    assert all(f"https://deadlines.example/v1/cases/{subject}/clocks" in text for text in texts)
    named = f"SIR-{begun.year}-0001: Submit the review, due on {written(due)}"
    assert {message["Subject"] for _, message in box.taken} == {named}
    in_files = sorted(message_from_bytes(file.read_bytes())["Message-ID"] for file in folder.iterdir())
    assert in_files == sorted(message["Message-ID"] for _, message in box.taken)
    rows = await deadlines.service.pool.fetch(
        "select channel, delivered, evidence, attempts from message order by channel, queued"
    )
    assert all(row["delivered"] is not None and row["attempts"] == 1 for row in rows)
    assert [row["evidence"] for row in rows if row["channel"] == "smtp"] == [f"250 queued as {n + 1}" for n in range(len(texts))]
    assert [row["evidence"].endswith(".eml") for row in rows if row["channel"] == "folder"] == [True] * len(texts)


async def test_what_a_server_refuses_for_now_is_sent_again_later_and_only_to_it(posting: tuple[Stage, Mailbox, Path]) -> None:
    deadlines, box, folder = posting
    box.refusing = 1
    await deadlines.notify()
    await deadlines.ticker(days=days_until(end_of_day_london(copy_due(TODAY)))).tick()
    await _carried(deadlines)
    assert (len(box.taken), len(list(folder.iterdir()))) == (0, 1)
    assert await deadlines.service.pool.fetchval("select fault from message where channel = 'smtp'") == "SMTPResponseException"
    assert not await deadlines.courier().carry()
    await deadlines.service.pool.execute("update message set next_attempt = clock_timestamp() where delivered is null")
    await _carried(deadlines)
    assert ([to for to, _ in box.taken], len(list(folder.iterdir()))) == (["sir@inspectorate.example"], 1)
    await deadlines.service.pool.execute("update message set next_attempt = clock_timestamp()")
    assert not await deadlines.courier().carry()


async def test_a_courier_that_dies_after_sending_sends_it_again_under_the_same_name(posting: tuple[Stage, Mailbox, Path]) -> None:
    deadlines, box, _ = posting
    await deadlines.notify()
    await deadlines.ticker(days=days_until(end_of_day_london(copy_due(TODAY)))).tick()
    await deadlines.service.pool.execute("update message set delivered = clock_timestamp() where channel = 'folder'")
    arm("courier.after_send:raise")
    with pytest.raises(StagedFaultError):
        await deadlines.courier().carry()
    await deadlines.service.pool.execute("update message set next_attempt = clock_timestamp()")
    await _carried(deadlines)
    assert len(box.taken) == 2
    assert len({message["Message-ID"] for _, message in box.taken}) == 1


async def test_a_council_whose_address_nobody_knows_is_waited_for(posting: tuple[Stage, Mailbox, Path]) -> None:
    deadlines, box, folder = posting
    begun = TODAY - timedelta(days=85)
    await deadlines.notify(on=begun, council=GLASGOW, origin=Origin.IMPORT)
    await deadlines.ticker(days=days_until(end_of_day_london(months_after(begun, 3)))).tick()
    await _carried(deadlines)
    assert box.taken == []
    assert {message_from_bytes(file.read_bytes())["To"] for file in folder.iterdir()} == {"S12000049@sir.invalid"}
    assert await deadlines.service.pool.fetchval("select distinct fault from message where channel = 'smtp'") == "NoAddress"


async def test_whoever_was_told_wrongly_is_told_that(posting: tuple[Stage, Mailbox, Path]) -> None:
    deadlines, box, _ = posting
    subject = await deadlines.notify()
    await deadlines.ticker(days=FORTNIGHT).tick()
    await deadlines.say(subject, copied_on(copy_due(TODAY)))
    await _carried(deadlines)
    subjects = [message["Subject"] for _, message in box.taken]
    assert sorted("no longer to be done" in said for said in subjects) == [False, False, True]


async def test_a_rebuild_queues_nothing(posting: tuple[Stage, Mailbox, Path]) -> None:
    deadlines, _, _ = posting
    subject = await deadlines.notify()
    await deadlines.ticker(days=FORTNIGHT).tick()
    service = deadlines.service
    async with service.pool.acquire() as connection, connection.transaction():
        before = await connection.fetchval("select count(*) from message")
        await connection.execute("update message set event_id = gen_random_uuid()")
        await service.definition.project(connection, await service.store.history(connection, subject))
        assert await connection.fetchval("select count(*) from message") == before > 0


async def test_without_a_way_out_reminders_are_recorded_and_none_waits(deadlines: Stage) -> None:
    await deadlines.notify()
    assert (await deadlines.ticker(days=FORTNIGHT).tick()).reminders == 2
    assert await deadlines.service.pool.fetchval("select count(*) from message") == 0


def test_a_folder_holds_whole_messages_only(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out")
    mail = EmailMessage()
    mail["Subject"] = "a"
    assert [folder.carry(mail, "one"), folder.carry(mail, "one")] == ["one.eml", "one.eml"]
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["one.eml"]

"""The ticker: late, doubled, dying, ahead of its consumer, with evidence that comes after; one breach, never a wrong one."""

import asyncio
from datetime import date, timedelta

import pytest

from contracts.clocks import end_of_day_london
from contracts.envelope import Origin
from contracts.notification import CopyRecorded, GovernmentNotified
from services.chassis.clock import new_id
from services.chassis.failpoints import StagedFaultError, arm
from services.deadlines.ticker import BATCH, Passed
from tests.integration.deadlines.stage import TODAY, Reader, Stage, copy_due, days_until

COPY = "government_copy"
WEEK = 14.0


def copied_on(day: date) -> GovernmentNotified:
    return GovernmentNotified(informed_on=day, sequence=1, outward_id=new_id())


async def test_a_breach_waits_one_hour_after_the_due_day(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    over = end_of_day_london(copy_due(TODAY))
    assert (await deadlines.ticker(days=days_until(over + timedelta(minutes=59))).tick()).breaches == 0
    assert (await deadlines.ticker(days=days_until(over + timedelta(minutes=61))).tick()).breaches == 1
    assert await deadlines.recorded(subject, COPY) == ["started", "breached"]


async def test_a_ticker_that_slept_a_week_records_each_breach_once(deadlines: Stage) -> None:
    subjects = [await deadlines.notify() for _ in range(3)]
    ticker = deadlines.ticker(days=WEEK)
    assert [(await ticker.tick()).breaches, (await ticker.tick()).breaches] == [3, 0]
    assert [await deadlines.recorded(subject, COPY) for subject in subjects] == [["started", "breached"]] * 3


async def test_two_tickers_at_once_record_one_breach(deadlines: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.deadlines.ticker._LEAD", "select true")  # the lock spares work; it must not be needed
    subjects = [await deadlines.notify() for _ in range(5)]
    tickers = [deadlines.ticker(days=WEEK) for _ in range(3)]
    assert sum(each.breaches for each in await asyncio.gather(*(ticker.tick() for ticker in tickers))) == 5
    assert [await deadlines.recorded(subject, COPY) for subject in subjects] == [["started", "breached"]] * 5


@pytest.mark.parametrize(("place", "before_restart"), [("ticker.before_commit", []), ("ticker.after_commit", ["breached"])])
async def test_a_ticker_that_dies_is_made_up_for_by_the_next(deadlines: Stage, place: str, before_restart: list[str]) -> None:
    subject = await deadlines.notify()
    arm(f"{place}:raise")
    with pytest.raises(StagedFaultError):
        await deadlines.ticker(days=WEEK).tick()
    assert await deadlines.recorded(subject, COPY) == ["started", *before_restart]
    await deadlines.ticker(days=WEEK).tick()
    assert await deadlines.recorded(subject, COPY) == ["started", "breached"]


async def test_a_ticker_ahead_of_its_consumer_records_nothing(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    assert await deadlines.ticker(days=WEEK, reader=Reader(there=False)).tick() == Passed()
    await deadlines.say(subject, copied_on(TODAY))
    assert await deadlines.ticker(days=WEEK).tick() == Passed()
    assert await deadlines.recorded(subject, COPY) == ["started", "satisfied"]


async def test_evidence_that_comes_after_the_breach_corrects_it(deadlines: Stage) -> None:
    subject = await deadlines.notify()
    await deadlines.ticker(days=WEEK).tick()
    await deadlines.say(subject, copied_on(TODAY))
    assert await deadlines.recorded(subject, COPY) == ["started", "breached", "corrected"]


async def test_a_case_with_something_set_aside_is_not_judged(deadlines: Stage) -> None:
    subject, other = await deadlines.notify(), await deadlines.notify()
    first = deadlines.record(subject, copied_on(TODAY))
    second = deadlines.record(subject, CopyRecorded(informed_on=TODAY))
    await deadlines.take([second])
    assert (await deadlines.ticker(days=WEEK).tick()).breaches == 1
    await deadlines.take([first])
    await deadlines.ticker(days=WEEK).tick()
    assert await deadlines.recorded(subject, COPY) == ["started", "satisfied"]
    assert await deadlines.recorded(other, COPY) == ["started", "breached"]


async def test_a_clock_brought_in_after_its_due_day_is_judged_only_at_its_stop(deadlines: Stage) -> None:
    past = TODAY - timedelta(days=400)
    subject = await deadlines.notify(on=past, origin=Origin.IMPORT)
    assert await deadlines.ticker(days=WEEK).tick() == Passed()
    await deadlines.say(subject, CopyRecorded(informed_on=past + timedelta(days=30)), origin=Origin.IMPORT)
    assert await deadlines.recorded(subject, COPY) == ["started", "breached", "satisfied"]


async def test_a_clock_brought_in_before_its_due_day_is_judged_like_any_other(deadlines: Stage) -> None:
    subject = await deadlines.notify(origin=Origin.IMPORT)
    assert (await deadlines.ticker(days=WEEK).tick()).breaches == 1
    assert await deadlines.recorded(subject, COPY) == ["started", "breached"]


async def test_the_soonest_due_are_judged_first(deadlines: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.deadlines.ticker.BATCH", 1)
    days = [TODAY - timedelta(days=days) for days in (0, 30, 10)]
    latest, soonest, middle = [await deadlines.notify(on=day) for day in days]
    ticker = deadlines.ticker(days=WEEK)
    order = []
    while (await ticker.tick()).breaches:
        order.append([subject for subject in (latest, soonest, middle) if "breached" in await deadlines.recorded(subject, COPY)])
    assert order == [[soonest], [soonest, middle], [latest, soonest, middle]]


async def test_more_than_one_batch_is_worked_through_pass_by_pass(deadlines: Stage) -> None:
    for _ in range(BATCH + 1):
        await deadlines.notify()
    ticker = deadlines.ticker(days=WEEK)
    assert [(await ticker.tick()).breaches for _ in range(3)] == [BATCH, 1, 0]

"""Whatever was said, in whatever order it was heard: the database counts what a plain walk over the cases counts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.hearing import Heard
from services.statistics import queries
from services.statistics.domain.figures import figures
from services.statistics.ledger import Ledger
from services.statistics.queries import EVERYTHING, Question
from tests.integration.counting.cases import BEGAN, DAY_ONE, History, Said, days, expected, histories

WORKED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@asynccontextmanager
async def heard(connection: asyncpg.Connection, said: Sequence[Said], cuts: Sequence[int]) -> AsyncIterator[None]:
    """Hear records in batches that end at `cuts`; undone at the end."""
    ledger = Ledger()
    records = [
        Heard(envelope=envelope, data=data, event=ledger.read(envelope, data), partition=0, offset=offset)
        for offset, (envelope, data, _) in enumerate(said)
    ]
    transaction = connection.transaction()
    await transaction.start()
    try:
        for start, end in zip([0, *cuts], [*cuts, len(records)], strict=True):
            if start < end:
                await ledger.hear(connection, records[start:end])
        yield
    finally:
        await transaction.rollback()


async def counted(connection: asyncpg.Connection, question: Question) -> dict[str, Any]:
    """What the service answers, in the shape of `expected`."""
    found = await queries.counts(connection, question, topic="none")
    told = {
        name: {key: value for key, value in figure.items() if key not in {"label", "note"}}
        for name, figure in figures(found.counts).items()
    }
    councils = await queries.by_council(connection, question)
    return told | {
        "councils": {code: (each.notifications, each.in_time, each.late, each.not_measurable) for code, each in councils.items()},
        "types": await queries.by_type(connection, question),
    }


def cuts(data: st.DataObject, count: int) -> list[int]:
    """Where batches end."""
    return sorted(data.draw(st.lists(st.integers(0, count), max_size=4)))


@WORKED
@given(history=histories(), as_at=days(-2, 260), span=st.tuples(days(-2, 32), days(-2, 32)).map(sorted), data=st.data())
async def test_as_at_any_day(
    connection: asyncpg.Connection, history: History, as_at: Any, span: Any, data: st.DataObject
) -> None:
    async with heard(connection, history.said, cuts(data, len(history.said))):
        question = Question(first=span[0], last=span[1], as_at=as_at, known_at=None)
        assert await counted(connection, question) == expected(
            history, first=span[0], last=span[1], as_at=as_at, known_at=EVERYTHING
        )


@WORKED
@given(history=histories(late_clocks=False), as_at=days(-2, 260), data=st.data())
async def test_as_known_at_any_instant(connection: asyncpg.Connection, history: History, as_at: Any, data: st.DataObject) -> None:
    """One walk through time: at each second what had been recorded by then, and nothing that came later."""
    async with heard(connection, history.said, cuts(data, len(history.said))):
        for second in range(len({s[0].recordedtime.replace(microsecond=0) for s in history.said}) + 2):
            known_at = BEGAN + timedelta(seconds=second, milliseconds=500)
            question = Question(first=DAY_ONE, last=DAY_ONE + timedelta(days=40), as_at=as_at, known_at=known_at)
            assert await counted(connection, question) == expected(
                history, first=question.first, last=question.last, as_at=as_at, known_at=known_at
            )


@WORKED
@given(history=histories(), as_at=days(0, 260), data=st.data())
async def test_streams_may_interleave_in_any_way(
    connection: asyncpg.Connection, history: History, as_at: Any, data: st.DataObject
) -> None:
    question = Question(first=DAY_ONE, last=DAY_ONE + timedelta(days=40), as_at=as_at, known_at=None)
    async with heard(connection, history.said, []):
        straight = await counted(connection, question)
    left: dict[tuple[str, str], list[Said]] = {}
    for one in history.said:
        left.setdefault((one[0].source, one[0].subject), []).append(one)
    order = data.draw(st.permutations([stream for stream, said in left.items() for _ in said]))
    woven = [left[stream].pop(0) for stream in order]
    async with heard(connection, woven, cuts(data, len(woven))):
        assert await counted(connection, question) == straight

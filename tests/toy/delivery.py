"""A topic between what was said and pong, as Hypothesis drives it: relays that lose and repeat, batches that die, members that are dead."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from services.chassis.clock import new_id
from services.chassis.partition import Fenced
from tests.toy.bench import Bench, Made, relinked, stored

HEARD = ("ping", "other")
SAYING = (*HEARD, "whispering")
"""`whispering` says nothing that pong hears; its versions are counted all the same, and so are pong's own."""

CASES, POISON = 2, 666  # a number of the first case may be poison
A_CASE, BATCH = st.integers(0, CASES - 1), st.integers(1, 5)
Said = tuple[int, str, list[int]]
SAID = st.tuples(A_CASE, st.sampled_from(SAYING), st.lists(st.sampled_from([2, 4, 6, POISON, -2, -4]), min_size=1, max_size=4))
"""By one source about a case: numbers, of which the negative ones are lost on the way."""
Stream = tuple[str, str]


@dataclass
class Delivery:
    """One topic; `streams` is what was said, `carried` how far a relay has come with each."""

    bench: Bench
    cases: list[str] = field(default_factory=lambda: [str(new_id()) for _ in range(CASES)])
    topic: list[Made] = field(default_factory=list)
    streams: dict[Stream, list[Made]] = field(default_factory=dict)
    carried: Counter[Stream] = field(default_factory=Counter)

    async def say(self, source: str, case: str, *numbers: int) -> None:
        """More of a stream, in its store only."""
        if source == "ping":
            self.streams[source, case] = self.streams.get((source, case), []) + await self.bench.say(case, *numbers)
            return
        shadow = f"{case} of {source}"
        await self.bench.say(shadow, *numbers)
        changes = {"source": source, "subject": case} | ({"type": "sir.whispered"} if source == "whispering" else {})
        self.streams[source, case] = relinked(await stored(self.bench.ping, "ping", shadow), **changes)

    async def carry(self, stream: Stream, count: int, *, lost: bool = False) -> None:
        """A relay goes on with a stream; what it loses is not on the topic, and it does not know."""
        if stream[0] == "pong":
            self.streams[stream] = await stored(self.bench.pong, *stream)
        sent = self.streams.get(stream, [])[self.carried[stream] :][:count]
        self.carried[stream] += len(sent)
        if not lost:
            self.topic += sent

    def repeat(self, stream: Stream, since: int, count: int) -> None:
        """What was carried once is carried again."""
        self.topic += self.streams.get(stream, [])[: self.carried[stream]][since:][:count]

    async def take(self, count: int) -> None:
        """pong's next batch; if it fails on data, record by record, as the consumer does."""
        at = await self.bench.bookmark()
        if records := self.topic[at:][:count]:
            try:
                await self.bench.take(records)
            except ValueError:
                await self.bench.take(records, careful=True)

    async def die(self, count: int) -> None:
        """A batch is taken in, and its transaction does not commit."""
        transaction = self.bench.pong.transaction()
        await transaction.start()
        await self.take(count)
        await transaction.rollback()

    async def wake(self, at: int, count: int) -> None:
        """A member that was thought dead offers a batch from somewhere else."""
        bookmark = await self.bench.bookmark()
        if at != bookmark and (records := self.topic[at : at + count]):
            assert await self.bench.take(records, at=at) == Fenced(bookmark)

    async def holds(self) -> None:
        """What was taken in is a prefix of each stream, once each, as far as the topic allows where nothing is poison."""
        marks = await self._marks()
        taken = await self._numbers("select source, subject, number from taken where subject = any($1) order by n")
        seen = await self._numbers("select source, subject, number from seen where subject = any($1) order by number")
        for stream in ((source, case) for source in HEARD for case in self.cases):
            said = [_number(made) for made in self.streams.get(stream, [])[: marks.get(stream, 0)]]
            assert taken.get(stream, []) == said, f"not what was said, or not in that order: {stream}"
            assert seen.get(stream, []) == sorted(said), f"the read model differs: {stream}"
        for case in self.cases:
            heard = [number for source in HEARD for number in seen.get((source, case), [])]
            assert Counter(seen.get(("pong", case), [])) == Counter(heard), "an echo is missing or doubled"
        read = self.topic[: await self.bench.bookmark()]
        for case in self.cases[1:]:  # of the first, something may be poison
            mine = {stream: version for stream, version in marks.items() if stream[1] == case}
            assert mine == _reached(read, case), "what could be taken in was not"

    async def drains(self) -> None:
        """Everything is published again, what was poison is repaired: it all comes in."""
        self.bench.repaired = True
        for _ in range(2):  # what was heard now is echoed, and the echoes come back
            for case in self.cases:
                for source in (*SAYING, "pong"):
                    await self.carry((source, case), POISON)
                    self.repeat((source, case), 0, POISON)
            while await self.bench.bookmark() < len(self.topic):
                await self.take(7)
            await self.bench.retry(self.cases[0])
        assert await self.bench.parked() == []
        assert await self.bench.halted() == []
        assert await self._marks() == {stream: len(said) for stream, said in self.streams.items() if said}
        await self.holds()

    async def _numbers(self, query: str) -> dict[Stream, list[int]]:
        found: dict[Stream, list[int]] = {}
        for row in await self.bench.pong.fetch(query, self.cases):
            found.setdefault((row["source"], row["subject"]), []).append(row["number"])
        return found

    async def _marks(self) -> dict[Stream, int]:
        rows = await self.bench.pong.fetch("select source, subject, version from watermark where subject = any($1)", self.cases)
        return {(row["source"], row["subject"]): row["version"] for row in rows}


def _number(made: Made) -> int:
    return int(made[1].partition(b'"number":')[2].split(b",")[0].strip(b"}"))


def _reached(records: list[Made], case: str) -> dict[Stream, int]:
    """How far each stream of a case is on a topic without a hole."""
    there = {(each.source, case, each.streamversion) for each, _ in records if each.subject == case}
    reached: Counter[Stream] = Counter()
    for source, subject, version in sorted(there):
        if version == reached[source, subject] + 1:
            reached[source, subject] += 1
    return dict(reached)


class Delivering(RuleBasedStateMachine):
    """Each example has a topic and cases of its own, all on one bench."""

    bench: ClassVar[Bench]
    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        self.it = Delivery(replace(self.bench, topic=str(new_id())))
        self.runner.run(self.it.bench.pong.execute("insert into bookmark values ($1, 0, 0, '')", self.it.bench.topic))

    @initialize(all_=st.lists(SAID, min_size=5, max_size=8))
    def began(self, all_: list[Said]) -> None:
        for said in all_:
            self.said(said)

    @rule(said=SAID)
    def said(self, said: Said) -> None:
        case, source, numbers = said
        self.runner.run(
            self.it.say(source, self.it.cases[case], *(abs(min(number, 8) if case else number) for number in numbers))
        )
        for number in numbers:
            self.runner.run(self.it.carry((source, self.it.cases[case]), 1, lost=number < 0))

    @rule(case=A_CASE, lost=st.booleans())
    def echoed(self, case: int, *, lost: bool) -> None:
        self.runner.run(self.it.carry(("pong", self.it.cases[case]), 2, lost=lost))

    @rule(case=A_CASE, source=st.sampled_from((*SAYING, "pong")), since=st.integers(0, 4), count=BATCH)
    def repeated(self, case: int, source: str, since: int, count: int) -> None:
        self.it.repeat((source, self.it.cases[case]), since, count)

    @rule(count=st.integers(1, 9))
    def taken(self, count: int) -> None:
        self.runner.run(self.it.take(count))
        self.runner.run(self.it.holds())

    @rule(count=BATCH)
    def died(self, count: int) -> None:
        self.runner.run(self.it.die(count))
        self.runner.run(self.it.holds())

    @rule(at=st.integers(0, 12), count=BATCH)
    def woke(self, at: int, count: int) -> None:
        self.runner.run(self.it.wake(at, count))

    @rule(repaired=st.booleans())
    def deployed(self, *, repaired: bool) -> None:
        self.it.bench.repaired = repaired
        self.runner.run(self.it.bench.retry(self.it.cases[0]))
        self.runner.run(self.it.holds())

    def teardown(self) -> None:
        self.runner.run(self.it.drains())


def machine(runner: asyncio.Runner, bench: Bench) -> type[Delivering]:
    """The machine over a bench whose connections live in `runner`."""
    return type("Machine", (Delivering,), {"runner": runner, "bench": bench})

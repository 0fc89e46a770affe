"""A long invented history, made quickly: some cases are told by the published language, then told again under other names.

Bodies are as large as real ones, personal fields sealed, clocks decided by deadlines' own rules; the order is that of recording, so
that cases interleave. Hashes link but are not computed: no reader of these rows recomputes them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import count, islice
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.calendars import CURRENT_CALENDAR
from contracts.clocks import policy_on
from contracts.codes import Grade, IncidentType
from contracts.councils import COUNCILS
from contracts.envelope import NO_HASH, Envelope, Event
from contracts.feedback import CaseTriaged
from contracts.intake import (
    IncidentReclassified,
    Mappa,
    Notification,
    NotificationAmended,
    NotificationReceived,
    NotificationWithdrawn,
    Order,
    Person,
    SignedOff,
)
from contracts.notification import GovernmentNotified, GovernmentTold
from contracts.personal import Personal
from services.chassis import codec
from services.chassis.keys import Box
from services.deadlines.domain.case_clocks import NO_CLOCKS, Clocks, Judge, decide_case, evolve_case
from services.deadlines.domain.facts import Facts, learn

PARTITIONS: Final = 12
CASES_TOLD: Final = 192
BETWEEN_CASES: Final = timedelta(minutes=5)
"""Some 290 cases a day: what comes a day later is some 2,600 records later."""
DAY: Final = timedelta(days=1)
MOMENT: Final = timedelta(milliseconds=5)
MINUTE: Final = timedelta(minutes=1)
_BEGAN: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
_FIRST_ID: Final = 0x0197_0000_0000_7000_8000_0000_0000_0000
_EVENTS_OF_A_CASE: Final = 64
_SUMMARY: Final = "An invented incident, described at the length at which such things are described. " * 6
_COUNCILS: Final = tuple(council.gss_code for council in COUNCILS)


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a case, at its place in its stream, and how long after the case began."""

    place: int
    source: str
    role: str
    version: int
    before: int | None
    cause: int | None
    after: timedelta
    event: Event
    data: bytes


@dataclass(slots=True)
class _Telling:
    """One case while it is told."""

    lines: list[Line] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    clocks: Clocks = field(default_factory=lambda: NO_CLOCKS)
    box: Box = field(default_factory=lambda: Box(AESGCM(bytes(32)), bytes(16)))

    def say(self, event: Event, *, after: timedelta, cause: int | None = None) -> int:
        """The event, and what deadlines says when it hears it."""
        place = self._add(event, after, cause)
        self.facts = learn(self.facts, _envelope(self.lines[place]), event)
        for each in decide_case(self.clocks, Judge(facts=self.facts), _BEGAN + after):
            self.clocks = evolve_case(self.clocks, each)
            self._add(each, after + MOMENT, place)
        return place

    def _add(self, event: Event, after: timedelta, cause: int | None) -> int:
        source = event.type.split(".")[1]
        earlier = [line for line in self.lines if line.source == source]
        line = Line(
            place=len(self.lines), source=source, role="council" if source == "intake" else "service", version=len(earlier) + 1, before=earlier[-1].place if earlier else None,
            cause=cause, after=after, event=event, data=codec.encode(event, self.box),
        )  # fmt: skip
        self.lines.append(line)
        return line.place


@cache
def cases() -> Sequence[Sequence[Line]]:
    """The cases that are told again and again: one in ten amended, one in fifty withdrawn, one in fifty of another type later."""
    return [_case(number) for number in range(CASES_TOLD)]


def rows(events: int) -> Iterator[tuple[Any, ...]]:
    """So many records as the ledger keeps them: partition, offset, source, then `codec.COLUMNS`."""
    offsets = [count() for _ in range(PARTITIONS)]
    for number, line, at in islice(_lines(), events):
        partition = number % PARTITIONS
        yield partition, next(offsets[partition]), line.source, *_stored(number, line, at)


def _lines() -> Iterator[tuple[int, Line, datetime]]:
    """Case, line and instant, for ever; what a case says later stands among the cases of then."""
    later: dict[int, list[tuple[int, Line]]] = defaultdict(list)
    for slot in count():
        at = _BEGAN + slot * BETWEEN_CASES
        for number, line in later.pop(slot, ()):
            yield number, line, at + line.after % MINUTE
        for line in cases()[slot % CASES_TOLD]:
            if line.after < MINUTE:
                yield slot, line, at + line.after
            else:
                later[slot + line.after // BETWEEN_CASES].append((slot, line))


def _stored(number: int, line: Line, at: datetime) -> tuple[Any, ...]:
    event, first = line.event, number * _EVENTS_OF_A_CASE
    return (
        _subject(number), line.version, _identity(first + line.place), event.type, event.version, at, at, line.role, line.source,
        _COUNCILS[number % len(_COUNCILS)], "live", *event.rules(), _identity(first),
        None if line.cause is None else _identity(first + line.cause), None, line.data,
        NO_HASH if line.before is None else _hash(first + line.before), _hash(first + line.place),
    )  # fmt: skip


@lru_cache(maxsize=10_000)
def _subject(number: int) -> str:
    return str(UUID(int=_FIRST_ID + number))


def _identity(number: int) -> UUID:
    return UUID(int=_FIRST_ID + number)


def _hash(number: int) -> bytes:
    return (number + 1).to_bytes(32)


def _envelope(line: Line) -> Envelope:
    return codec.from_row(line.source, _stored(0, line, _BEGAN))[0]


def _case(number: int) -> Sequence[Line]:
    received_on = date(2026, 1, 5) + timedelta(days=number // 8)
    said = _notification(number, received_on)
    policy = policy_on(received_on).version
    case = _Telling()
    first = case.say(
        NotificationReceived(
            reference=f"SIR-2026-{number:04}", council=COUNCILS[number % len(COUNCILS)].gss_code, received_at=_BEGAN,
            received_on=received_on, policy=policy, calendar=CURRENT_CALENDAR, notification=said,
        ), after=timedelta(0),
    )  # fmt: skip
    outward = UUID(int=number)
    case.say(GovernmentNotified(informed_on=received_on, sequence=number, outward_id=outward), after=2 * MOMENT, cause=first)
    case.say(CaseTriaged(outcome="out_of_scope" if number % 40 == 3 else "in_scope", on=received_on + DAY), after=DAY)
    if number % 10 == 1:
        after = said.model_copy(update={"occurred_on": received_on - 2 * DAY, "incident_type": "T03"})
        amended = NotificationAmended(
            changed=("occurred_on", "incident_type"), before=said, after=after, reason=Personal("It was another day."),
            policy=policy, calendar=CURRENT_CALENDAR,
        )  # fmt: skip
        cause = case.say(amended, after=3 * DAY)
        case.say(GovernmentTold(told="amended", sequence=number, outward_id=outward), after=3 * DAY + MOMENT, cause=cause)
    if number % 50 == 2:
        case.say(NotificationWithdrawn(on=received_on + 5 * DAY, reason=Personal("It was another person.")), after=5 * DAY)
    if number % 50 == 4:
        found = IncidentReclassified(on=received_on + 9 * DAY, before=said.incident_type, after="T01", basis=Personal("Found."))
        case.say(found, after=9 * DAY)
    return case.lines


def _notification(number: int, received_on: date) -> Notification:
    happened = received_on - timedelta(days=number % 13)
    types, grades = list(IncidentType), list(Grade)
    return Notification(
        council_reference=f"REF-{number:05}", occurred_on=happened, became_aware_on=happened + DAY, awareness_source="police",
        criteria=("C1", "C2"), charged_on=happened + DAY, role_of_person="perpetrator_suspected", offence_codes=("S4", "S7"),
        incident_type=types[number % len(types)].value, outcome_of_harm="serious",
        person=Person(
            council_person_id=Personal("P-1234"), initials=Personal("QZ"), year_of_birth=Personal(1988), sex=Personal("male"),
        ),
        orders=(Order(type="CPO", start_date=happened - 200 * DAY, requirements=("offender_supervision", "unpaid_work")),),
        mappa=Mappa(category=1, level=1), late_reason="not_aware",
        signed_off_by=SignedOff(name=Personal("C. Manager"), grade=grades[number % len(grades)].value, signed_on=received_on),
        summary=Personal(_SUMMARY),
    )  # fmt: skip

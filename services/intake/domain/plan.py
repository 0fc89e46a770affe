"""The council's plan: what it will do, by whom and when; each item has a number within the case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from types import MappingProxyType
from typing import Any

from contracts.codes import ActionStatus
from contracts.envelope import Decision, Fault
from contracts.intake import Action, ActionRecorded
from contracts.personal import Personal
from services.intake.domain.around import Around
from services.intake.domain.days import day_of, misdated, refused
from services.intake.domain.state import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A new item, or some fields of the one of that number."""

    values: Mapping[str, Any]
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An item is new, or stands otherwise, with what shows it."""

    item: Item
    evidence: str | None = None
    on: date | None = None
    around: Around


def record(case: Case, command: Record, at: datetime) -> Decision:
    """An item is new, or stands otherwise."""
    if faults := (*misdated(command.on, at, {"notified": case.received_on}), *faulty(case, (command.item,))):
        return refused(*faults)
    (after,) = planned(case, (command.item,))
    if after in case.plan and command.evidence is None:
        return []
    evidence = Personal(command.evidence) if command.evidence is not None else None
    return [ActionRecorded(on=day_of(command.on, at), action=after, evidence=evidence)]


def planned(case: Case, items: Sequence[Item]) -> tuple[Action, ...]:
    """The items as they stand then, the new ones with numbers of their own."""
    there = {each.number: each for each in case.plan}
    following = count(_next(case))
    return tuple(
        there[each.number].model_copy(update=each.values) if each.number else Action(number=next(following), **each.values)
        for each in items
    )


def faulty(case: Case, items: Sequence[Item], place: str | None = None) -> Iterator[Fault]:
    """What is wrong with items, each in its place of a list where they come in one."""
    known = {each.number for each in case.plan}
    for index, each in enumerate(items):
        pointer = "#" if place is None else f"{place}/{index}"
        if each.number is not None and each.number not in known:
            yield Fault(pointer=f"{pointer}/number", code="unknown_item", detail="The plan has no item of that number.")
        if each.number is None and "text" not in each.values:
            yield Fault(pointer=f"{pointer}/text", code="required", detail="A new item says what is to be done.")


def shown(plan: Sequence[Action], on: date) -> Sequence[Action]:
    """The plan on a day: what is open past its day is overdue."""
    late = MappingProxyType({"status": ActionStatus.OVERDUE.value})
    return [
        each.model_copy(update=late) if each.status == ActionStatus.OPEN and each.due_on and each.due_on < on else each
        for each in plan
    ]


def _next(case: Case) -> int:
    """Never a number that was given before, even to an item of a review that was taken back."""
    given = (action.number for review in case.reviews for action in review.review.actions)
    return max((*given, *(each.number for each in case.plan)), default=0) + 1

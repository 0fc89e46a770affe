"""Good practice to be shared: approved after somebody checked that nobody can be known by it (R-27, R-40)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.codes import FoundBy
from contracts.envelope import Decision, Fault
from contracts.feedback import GoodPracticeApproved
from contracts.personal import Personal
from services.feedback.domain.case import Case
from services.feedback.domain.days import day_of, misdated, refused
from services.feedback.domain.standing import Around

_WORD: Final = re.compile(r"\w+")
_INITIALS: Final = re.compile(r"\b(?:\w\b[.\s]*)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a person of the case could be known by: initials are compared as capitals, everything else in either case."""

    initials: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve:
    """Let an example be shared. `anonymised`: somebody says that nobody can be known by it."""

    around: Around
    text: str
    found_by: FoundBy
    anonymised: bool
    telling: Telling


def approve(case: Case, command: Approve, at: datetime) -> Decision:
    """What follows from approving; the same example again changes nothing."""
    text = Personal(command.text)
    if any((each.text, each.found_by) == (text, command.found_by) for each in case.practices):
        return []
    if faults := (*_faults(command), *misdated(command.around, at, {})):
        return refused(faults)
    return [GoodPracticeApproved(on=day_of(command.around, at), found_by=command.found_by, text=text)]


def _faults(command: Approve) -> Iterator[Fault]:
    if not command.anonymised:
        detail = "Confirm that no individual, family or victim can be identified."
        yield Fault(pointer="#/anonymised", code="required", detail=detail, rule="R-40")
    if identifies(command.text, command.telling):
        detail = "The text holds initials, a name, a year of birth or an identifier of this case: write it without."
        yield Fault(pointer="#/text", code="identifies", detail=detail, rule="R-40")


def identifies(text: str, telling: Telling) -> bool:
    """Whether a person of the case could be known by the text."""
    spoken = _plain(text)
    if any(name and f" {name} " in f" {spoken} " for name in map(_plain, telling.names)):
        return True
    letters = {"".join(_WORD.findall(found)) for found in _INITIALS.findall(text)} | set(_WORD.findall(text))
    return any("".join(_WORD.findall(each)).upper() in letters for each in telling.initials if _WORD.search(each))


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))

"""What a council answers to the inspectorate: the information that it was asked for, and what it says to a letter."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from contracts.codes import FeedbackResponse
from contracts.envelope import Decision, Fault
from contracts.intake import Answer, FeedbackAnswered, InformationSupplied
from contracts.personal import Personal
from services.intake.domain.around import Around
from services.intake.domain.days import day_of, misdated, refused
from services.intake.domain.state import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Answer a request for information, the latest unless one is named, item by item."""

    answers: tuple[Answer, ...] = ()
    request: int | None = None
    on: date | None = None
    around: Around


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """Accept or dispute a letter, the latest unless one is named."""

    response: str
    comments: str | None = None
    letter: int | None = None
    on: date | None = None
    around: Around


def supply(case: Case, command: Supply, at: datetime) -> Decision:
    """An answer to a request; there may be several, and the first one stops the clock."""
    around, known = command.around, {each.request: each for each in command.around.heard.requests}
    number = command.request or max(known, default=1)
    asked = known.get(number)
    faults = [*misdated(command.on, at, {"notified": case.received_on, "request": asked.on if asked else None})]
    if around.live and asked is None:
        faults.append(Fault(pointer="#/request", code="unknown_request", detail="There is no such request."))
    if around.live and not command.answers:
        faults.append(Fault(pointer="#/answers", code="required", detail="Say what you supply."))
    faults += _unasked(command.answers, len(asked.items) if asked else 0)
    if faults:
        return refused(*faults)
    event = InformationSupplied(request=number, on=day_of(command.on, at), answers=command.answers)
    return [] if event in case.supplied else [event]


def respond(case: Case, command: Respond, at: datetime) -> Decision:
    """An answer to a letter; a later one takes its place, and the first one stops the clock."""
    around, known = command.around, {each.letter: each for each in command.around.heard.letters}
    number = command.letter or max(known, default=1)
    sent = known.get(number)
    faults = [*misdated(command.on, at, {"notified": case.received_on, "letter": sent.on if sent else None})]
    if around.live and sent is None:
        faults.append(Fault(pointer="#/letter", code="unknown_letter", detail="There is no such letter."))
    if around.live and command.comments is None and command.response != FeedbackResponse.ACCEPTED:
        faults.append(Fault(pointer="#/comments", code="required", detail="Say what your comments are, or what you dispute."))
    if faults:
        return refused(*faults)
    comments = Personal(command.comments) if command.comments is not None else None
    event = FeedbackAnswered(letter=number, on=day_of(command.on, at), response=command.response, comments=comments)
    before = next((each for each in reversed(case.answers) if each.letter == number), None)
    same = before is not None and (before.response, before.comments) == (event.response, event.comments)
    return [] if same and before is not None and command.on in {None, before.on} else [event]


def _unasked(answers: tuple[Answer, ...], asked: int) -> Iterator[Fault]:
    """Answers to items that were not in the request, where it is known what was."""
    return (
        Fault(pointer=f"#/answers/{place}/item", code="unknown_item", detail="The request has no such item.")
        for place, each in enumerate(answers)
        if asked and each.item > asked
    )

"""What the council is told: drafted, read twice, sent and frozen, corrected by a new letter; and what it disputes, resolved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from contracts.codes import DisputeOutcome
from contracts.envelope import Decision, Fault, Refused
from contracts.feedback import DisputeResolved, FeedbackDrafted, FeedbackRead, FeedbackSent
from contracts.personal import Personal
from services.feedback.domain.case import Case, Sent
from services.feedback.domain.days import day_of, misdated, refused
from services.feedback.domain.standing import DRAFT, Around


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Put the letter as it stands in place of the draft before; no council sees it (R-31)."""

    around: Around
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A second person read the draft."""

    around: Around
    agreed: bool
    comments: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send a letter: these words, or the draft's. One that corrects names the letter before."""

    around: Around
    text: str | None
    corrects: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """Decide on what the council disputed; None: the latest letter."""

    around: Around
    letter: int | None
    outcome: DisputeOutcome
    reason: str


def draft(case: Case, command: Draft, at: datetime) -> Decision:
    """What follows from writing."""
    text = Personal(command.text)
    if case.draft is not None and case.draft.text == text:
        return []
    if faults := tuple(misdated(command.around, at, {})):
        return refused(faults)
    return [FeedbackDrafted(on=day_of(command.around, at), author=command.around.actor, text=text)]


def read(case: Case, command: Read, at: datetime) -> Decision:
    """What follows from a second reading."""
    around = command.around
    if case.draft is not None and case.draft.author == around.actor:
        detail = "Whoever wrote the draft is not its second reader."
        return Refused(status=409, code="own_draft", detail=detail, allowed=(DRAFT,))
    comments = None if command.comments is None else Personal(command.comments)
    done = case.reading
    if done is not None and (done.reader, done.agreed, done.comments) == (around.actor, command.agreed, comments):
        return []
    if faults := tuple(misdated(around, at, {})):
        return refused(faults)
    return [FeedbackRead(on=day_of(around, at), reader=around.actor, agreed=command.agreed, comments=comments)]


def send(case: Case, command: Send, at: datetime) -> Decision:
    """What follows from sending. What was sent is never changed."""
    around = command.around
    drafted = case.draft.text if case.draft is not None else None
    text = Personal(command.text) if command.text is not None else drafted
    if _said_so(case, command, text):
        return []
    asked_on = case.requests[-1].on if case.requests else None
    after = {"review": around.known.first_review_on, "request": asked_on}
    if faults := (*_letter_faults(case, command, text), *misdated(around, at, after)):
        return refused(faults)
    return [
        FeedbackSent(
            letter=len(case.letters) + 1,
            on=day_of(around, at),
            review=_taken_in(case, command, at),
            corrects=command.corrects,
            text=text,
        )
    ]


def resolve(case: Case, command: Resolve, at: datetime) -> Decision:
    """What follows from the lead officer's decision."""
    around, letter, reason = command.around, command.letter or len(case.letters), Personal(command.reason)
    told = [(each.letter, each.outcome, each.reason) for each in case.disputes[-1:]]
    if told == [(letter, command.outcome, reason)]:
        return []
    sent = next((each for each in case.letters if each.letter == letter), None)
    answer = around.known.answer(letter)
    after = {"feedback": sent.on if sent else None, "response": answer.on if answer else None}
    unknown = [] if sent else [Fault(pointer="#/letter", code="unknown_letter", detail="There is no such letter.")]
    if faults := (*unknown, *misdated(around, at, after)):
        return refused(faults)
    return [DisputeResolved(letter=letter, on=day_of(around, at), outcome=command.outcome, reason=reason)]


def _letter_faults(case: Case, command: Send, text: Personal[str] | None) -> Iterator[Fault]:
    if text is None and not command.around.registrar:
        yield Fault(pointer="#/text", code="required", detail="There is no draft: say what the letter says.")
    if command.corrects is not None and command.corrects != len(case.letters):
        yield Fault(pointer="#/corrects", code="unknown_letter", detail="A correction names the latest letter.")
    if command.corrects is None and case.letters and isinstance(case.at.step, Sent):
        yield Fault(pointer="#/corrects", code="required", detail="A letter was sent: what corrects it names it.")


def _said_so(case: Case, command: Send, text: Personal[str] | None) -> bool:
    """The letter that was just sent, once more."""
    if not case.letters or not isinstance(case.at.step, Sent):
        return False
    last = case.letters[-1]
    return last.text == text and command.corrects in {last.corrects, last.letter} and command.around.on in {None, last.on}


def _taken_in(case: Case, command: Send, at: datetime) -> int | None:
    """The submissions that the letter speaks of: up to the one judged; of a register, all that had come by that day."""
    judged = case.assessment.review if case.assessment is not None else None
    if not command.around.registrar:
        return judged
    day = day_of(command.around, at)
    return max((each.number for each in command.around.known.standing if each.on <= day), default=judged)

"""Reading a review: begun, more asked for, judged (R-30). The inspector never edits what the council said."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from contracts.codes import IarDecision, Quality, ReviewKind
from contracts.envelope import Decision, Fault
from contracts.feedback import InformationRequested, Item, ReviewAssessed, ScrutinyStarted
from contracts.personal import Personal
from services.feedback.domain.case import Asking, Case, Reading
from services.feedback.domain.days import day_of, misdated, refused
from services.feedback.domain.known import Known, Submission
from services.feedback.domain.standing import Around


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrutinise:
    """Begin to read a submission; None: the latest."""

    around: Around
    review: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestInformation:
    """Ask for more. `target_on` is for another day than the local target."""

    around: Around
    items: tuple[str, ...]
    target_on: date | None
    review: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assess:
    """Judge a submission; None: the latest, or the latest initial analysis where a decision on one is said."""

    around: Around
    review: int | None
    iar_decision: IarDecision | None
    quality: Quality | None
    objectivity_ok: bool | None
    signoff_ok: bool | None
    coverage_ok: bool | None
    comments: str | None


def scrutinise(case: Case, command: Scrutinise, at: datetime) -> Decision:
    """What follows from beginning to read."""
    read, faults = _submission(command.around.known, command.review, None)
    number = read.number if read else command.review
    begun = case.scrutiny if isinstance(case.at.step, Reading) else None
    if begun is not None and begun.review == number and command.around.on in {None, begun.on}:
        return []
    if found := (*faults, *misdated(command.around, at, {"review": read.on if read else None})):
        return refused(found)
    return [ScrutinyStarted(on=day_of(command.around, at), review=number)]


def request(case: Case, command: RequestInformation, at: datetime) -> Decision:
    """What follows from asking; the same asked again while it is open changes nothing."""
    around = command.around
    about, faults = _submission(around.known, command.review, None)
    items = tuple(Item(text=Personal(text)) for text in command.items)
    if _asked_so(case, command, items):
        return []
    day = day_of(around, at)
    found = (*faults, *_request_faults(command, day), *misdated(around, at, {"review": around.known.first_review_on}))
    if found:
        return refused(found)
    return [
        InformationRequested(
            request=len(case.requests) + 1,
            on=day,
            review=about.number if about else command.review,
            target_on=command.target_on,
            items=items,
        )
    ]


def assess(case: Case, command: Assess, at: datetime) -> Decision:
    """What follows from a judgement; a later one replaces it, the same one changes nothing."""
    around = command.around
    wanted = ReviewKind.IAR if command.iar_decision is not None else None
    judged, faults = _submission(around.known, command.review, wanted)
    found = (*faults, *_judgement_faults(command, judged), *misdated(around, at, {"review": judged.on if judged else None}))
    if found:
        return refused(found)
    event = ReviewAssessed(
        on=day_of(around, at),
        review=judged.number if judged else command.review,
        kind=judged.kind if judged else (wanted or ReviewKind.CR),
        iar_decision=command.iar_decision,
        quality=command.quality,
        objectivity_ok=command.objectivity_ok,
        signoff_ok=command.signoff_ok,
        coverage_ok=command.coverage_ok,
        comments=None if command.comments is None else Personal(command.comments),
    )
    before = case.assessment
    same = before is not None and before.model_copy(update={"on": event.on}) == event and around.on in {None, before.on}
    return [] if same else [event]


def _submission(known: Known, number: int | None, kind: str | None) -> tuple[Submission | None, tuple[Fault, ...]]:
    """The submission that is meant. None where nothing is known of one: of a register's, or of one that is still on its way."""
    if number is None:
        fitting = [each for each in known.standing if kind in {None, each.kind}]
        if not fitting and known.standing:
            return None, (Fault(pointer="#/iar_decision", code="not_an_iar", detail="No initial analysis review has come in."),)
        return max(fitting, key=lambda each: each.number, default=None), ()
    found = next((each for each in known.reviews if each.number == number), None)
    if found is None and known.reviews:
        return None, (Fault(pointer="#/review", code="unknown_review", detail="There is no such submission."),)
    if found is not None and found.withdrawn:
        return None, (Fault(pointer="#/review", code="withdrawn", detail="The council took this submission back."),)
    return found, ()


def _request_faults(command: RequestInformation, day: date) -> Iterator[Fault]:
    if not command.items and not command.around.registrar:
        yield Fault(pointer="#/items", code="required", detail="Say what is asked for.")
    if command.target_on is not None and command.target_on < day:
        yield Fault(pointer="#/target_on", code="before_request", detail="This is before the request.", rule="R-05")


def _judgement_faults(command: Assess, judged: Submission | None) -> Iterator[Fault]:
    if command.iar_decision is None and command.quality is None:
        yield Fault(pointer="#/iar_decision", code="required", detail="Say what was decided, or how good it is.", rule="R-30")
    if command.iar_decision is not None and judged is not None and judged.kind != ReviewKind.IAR:
        yield Fault(pointer="#/iar_decision", code="not_an_iar", detail="This submission is no initial analysis.", rule="R-30")


def _asked_so(case: Case, command: RequestInformation, items: tuple[Item, ...]) -> bool:
    if not case.requests:
        return False
    last = case.requests[-1]
    if (last.items, last.target_on) != (items, command.target_on):
        return False
    if command.around.registrar:
        return command.around.on in {None, last.on}
    return case.at.step == Asking(request=last.request) and command.around.known.answered_request(last.request) is None

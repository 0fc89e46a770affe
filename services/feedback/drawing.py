"""The states of a case as a picture: each state that can be reached is tried with every command and event that may come."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from contracts import intake
from contracts.codes import (
    CaseStatus,
    Conclusion,
    DisputeOutcome,
    FeedbackResponse,
    IarDecision,
    ReviewKind,
    SogDecision,
    TriageOutcome,
)
from contracts.envelope import Event, Refused
from contracts.intake import Mappa, Notification, NotificationReceived, Review
from contracts.personal import Personal
from services.chassis.diagram import Move, picture
from services.feedback.domain.case import UNTOUCHED, Case
from services.feedback.domain.closure import Close, Reopen
from services.feedback.domain.deciding import OnCase, State, decide, evolve
from services.feedback.domain.known import Known, learn
from services.feedback.domain.letters import Resolve, Send
from services.feedback.domain.scrutiny import Assess, RequestInformation, Scrutinise
from services.feedback.domain.standing import ALLOWED, Around, status
from services.feedback.domain.triage import Original, Triage

AT: Final = datetime(2026, 11, 18, 12, tzinfo=UTC)
WORDS: Final = Personal("words")

Standing = tuple[Case, Known, datetime]
"""A case, and the instant of the next step: each is a day after the one before."""


def drawn() -> str:
    """The picture."""
    begins = [(UNTOUCHED, learn(Known(), _received(mappa)), AT) for mappa in (None, Mappa(category=1))]
    moves, seen, waiting = set[Move](), set[object](), list(begins)
    while waiting:
        at = waiting.pop(0)
        if _alike(at) in seen:
            continue
        seen.add(_alike(at))
        for by, after in _tried(at):
            if _name(at) != _name(after):
                moves.add(Move(source=_name(at), target=_name(after), by=by))
            waiting.append(after)
    live = frozenset(str(each) for each in ALLOWED if each not in _ENDED)
    return picture(moves, begins=dict.fromkeys(map(_name, begins)), together=live)


_ENDED: Final = frozenset(
    {CaseStatus.WITHDRAWN, CaseStatus.OUT_OF_SCOPE, CaseStatus.DUPLICATE, CaseStatus.CLOSED_MAPPA_SCR, CaseStatus.CLOSED}
)


def _name(at: Standing) -> str:
    case, known, _ = at
    return status(case.at, known)


def _alike(at: Standing) -> object:
    """What makes two cases the same for the picture."""
    case, known, _ = at
    return status(case.at, known), type(case.at.step), case.at.judged, bool(case.letters), known.mappa, bool(known.standing)


def _tried(at: Standing) -> Iterator[tuple[str, Standing]]:
    case, known, now = at
    later = now + timedelta(days=1)
    for by, command in _commands(Around(known=known, actor="inspector", registrar=False)).items():
        decision = decide(case, command, now)
        if isinstance(decision, Refused):
            continue
        after: State = case
        for event in decision:
            after = evolve(after, event)
        if isinstance(after, Case):
            yield by, (after, known, later)
    for by, event in _events(case, known, now.date()).items():
        yield by, (case, learn(known, event), later)


def _commands(around: Around) -> Mapping[str, OnCase]:
    looks = {
        f"triage {outcome}": Triage(
            around=around,
            case="this",
            outcome=outcome,
            duplicate_of="that" if outcome is TriageOutcome.DUPLICATE else None,
            reason=None,
            original=Original.SOUND,
            has_duplicates=False,
        )
        for outcome in TriageOutcome
    }
    judgements = {f"assessment {decision}": _judged(around, decision) for decision in IarDecision}
    return MappingProxyType(
        {
            **looks,
            "scrutiny": Scrutinise(around=around, review=None),
            "information-requests": RequestInformation(around=around, items=("more",), target_on=None, review=None),
            **judgements,
            "feedback": Send(around=around, text="words", corrects=None),
            "dispute-resolution": Resolve(around=around, letter=None, outcome=DisputeOutcome.UPHELD, reason="words"),
            "closure": Close(around=around, reason="words"),
            "reopening": Reopen(around=around, reason="words"),
        }
    )


def _judged(around: Around, decision: IarDecision) -> Assess:
    return Assess(
        around=around,
        review=None,
        iar_decision=decision,
        quality=None,
        objectivity_ok=None,
        signoff_ok=None,
        coverage_ok=None,
        comments=None,
    )


def _events(case: Case, known: Known, today: date) -> Mapping[str, Event]:
    """What the council may say meanwhile."""
    iar, number = Review(kind=ReviewKind.IAR, counts_as=ReviewKind.IAR), len(known.reviews) + 1
    more_needed = iar.model_copy(update={"conclusion": Conclusion.CR_NEEDED})
    said: dict[str, Event] = {
        "NotificationWithdrawn": intake.NotificationWithdrawn(on=today, reason=WORDS),
        "ReviewSubmitted": intake.ReviewSubmitted(number=number, on=today, review=iar),
        f"ReviewSubmitted {Conclusion.CR_NEEDED}": intake.ReviewSubmitted(number=number, on=today, review=more_needed),
        **{f"SogDecided {each}": intake.SogDecided(on=today, decision=each) for each in SogDecision},
    }
    if known.newest is not None:
        said["ReviewWithdrawn"] = intake.ReviewWithdrawn(number=known.newest.number, on=today, reason=WORDS)
    if case.requests:
        said["InformationSupplied"] = intake.InformationSupplied(request=len(case.requests), on=today)
    if case.letters:
        for response in FeedbackResponse:
            answer = intake.FeedbackAnswered(letter=len(case.letters), on=today, response=response)
            said[f"FeedbackAnswered {response}"] = answer
    return said


def _received(mappa: Mappa | None) -> NotificationReceived:
    return NotificationReceived(
        reference="SIR-2026-0001",
        council="S12000049",
        received_at=AT,
        received_on=AT.date(),
        policy="2022",
        calendar="GB-SCT/2026.1",
        notification=Notification(criteria=("C1",), incident_type="T02", mappa=mappa),
    )

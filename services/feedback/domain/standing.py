"""Where a case stands by what the inspectorate did and what it has heard, what may then be asked, and what is waited for.

The two streams fold apart and are put together here alone, so that every interleaving of them ends the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

from contracts.codes import CaseStatus, DisputeOutcome, FeedbackResponse, SogDecision, TriageOutcome
from contracts.envelope import Refused
from services.feedback.domain.case import (
    Asking,
    Case,
    Closed,
    DraftState,
    Judged,
    NotBegun,
    Progress,
    Reading,
    Reopened,
    Sent,
)
from services.feedback.domain.known import Known

TRIAGE: Final = "triage"
ALLOCATION: Final = "allocation"
SCRUTINY: Final = "scrutiny"
REQUEST: Final = "information-requests"
ASSESSMENT: Final = "assessment"
DRAFT: Final = "feedback-draft"
SECOND_READ: Final = "second-read"
LETTER: Final = "feedback"
DISPUTE: Final = "dispute-resolution"
PRACTICE: Final = "good-practice"
CLOSURE: Final = "closure"
REOPENING: Final = "reopening"

_ALWAYS: Final = (TRIAGE, ALLOCATION)
_ON_A_REVIEW: Final = (*_ALWAYS, SCRUTINY, REQUEST, ASSESSMENT, DRAFT, SECOND_READ, LETTER, PRACTICE)
_AFTER_A_LETTER: Final = (*_ALWAYS, ASSESSMENT, DRAFT, SECOND_READ, LETTER, PRACTICE, CLOSURE)

ALLOWED: Final[Mapping[CaseStatus, tuple[str, ...]]] = MappingProxyType(
    {
        CaseStatus.NOTIFIED: _ALWAYS,
        CaseStatus.REVIEW_IN_PROGRESS: _ALWAYS,
        CaseStatus.AWAITING_SOG_DECISION: _ALWAYS,
        CaseStatus.CR_IN_PROGRESS: _ON_A_REVIEW,
        CaseStatus.REVIEW_SUBMITTED: _ON_A_REVIEW,
        CaseStatus.UNDER_SCRUTINY: _ON_A_REVIEW,
        CaseStatus.INFORMATION_REQUESTED: tuple(action for action in _ON_A_REVIEW if action != SCRUTINY),
        CaseStatus.INFORMATION_SUPPLIED: _ON_A_REVIEW,
        CaseStatus.ASSESSED: _ON_A_REVIEW,
        CaseStatus.CR_REQUIRED_BY_INSPECTOR: _ON_A_REVIEW,
        CaseStatus.FEEDBACK_SENT: _AFTER_A_LETTER,
        CaseStatus.ACCEPTED: _AFTER_A_LETTER,
        CaseStatus.DISPUTED: (*_AFTER_A_LETTER, REQUEST, DISPUTE),
        CaseStatus.REOPENED: (*_ON_A_REVIEW, CLOSURE),
        CaseStatus.OUT_OF_SCOPE: (TRIAGE, REOPENING),
        CaseStatus.DUPLICATE: (TRIAGE,),
        CaseStatus.WITHDRAWN: (TRIAGE, REOPENING),
        CaseStatus.CLOSED_MAPPA_SCR: (TRIAGE, REOPENING),
        CaseStatus.CLOSED: (TRIAGE, REOPENING),
    }
)
"""What may be asked of a case, by where it stands (domain 1.4). A first look may be taken again at any time."""

ASSESSING: Final = frozenset({SCRUTINY, REQUEST, ASSESSMENT, DRAFT, SECOND_READ, LETTER})
"""What nobody does for a council in which he or she has declared an interest (R-32)."""

WORDLESS: Final = frozenset({TRIAGE, ALLOCATION, SCRUTINY, ASSESSMENT, CLOSURE})
"""What can be said without words, which an erased case takes no more."""


class Waits(StrEnum):
    """What a case may wait for."""

    TRIAGE = "triage"
    ALLOCATION = "allocation"
    SOG_DECISION = "sog_decision"
    REVIEW = "review"
    COMPREHENSIVE_REVIEW = "comprehensive_review"
    SCRUTINY = "scrutiny"
    INFORMATION = "information"
    ASSESSMENT = "assessment"
    FEEDBACK = "feedback"
    SECOND_READ = "second_read"
    ANSWER = "answer"
    DISPUTE = "dispute"
    CLOSURE = "closure"


_WAITING: Final[Mapping[CaseStatus, Waits]] = MappingProxyType(
    {
        CaseStatus.NOTIFIED: Waits.REVIEW,
        CaseStatus.REVIEW_IN_PROGRESS: Waits.REVIEW,
        CaseStatus.AWAITING_SOG_DECISION: Waits.SOG_DECISION,
        CaseStatus.CR_IN_PROGRESS: Waits.COMPREHENSIVE_REVIEW,
        CaseStatus.CR_REQUIRED_BY_INSPECTOR: Waits.COMPREHENSIVE_REVIEW,
        CaseStatus.REVIEW_SUBMITTED: Waits.SCRUTINY,
        CaseStatus.INFORMATION_SUPPLIED: Waits.SCRUTINY,
        CaseStatus.REOPENED: Waits.SCRUTINY,
        CaseStatus.UNDER_SCRUTINY: Waits.ASSESSMENT,
        CaseStatus.INFORMATION_REQUESTED: Waits.INFORMATION,
        CaseStatus.ASSESSED: Waits.FEEDBACK,
        CaseStatus.FEEDBACK_SENT: Waits.ANSWER,
        CaseStatus.DISPUTED: Waits.DISPUTE,
        CaseStatus.ACCEPTED: Waits.CLOSURE,
    }
)
"""What each status waits for; the others have ended."""

_RESOLVED: Final = MappingProxyType({DisputeOutcome.CHANGED: Waits.FEEDBACK, DisputeOutcome.UPHELD: Waits.CLOSURE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Who asks, for which day (None: today), and what is known besides the inspectorate's own steps."""

    known: Known
    actor: str
    registrar: bool
    on: date | None = None
    conflict: bool = False
    """Whether the actor has declared an interest in the case's council."""


def status(at: Progress, known: Known) -> CaseStatus:
    """Where the case stands."""
    if (lapsed := _lapsed(at, known)) is not None:
        return lapsed
    newest = known.newest
    taken_back = newest is None and bool(known.reviews)
    match at.step:
        case Closed():
            return CaseStatus.CLOSED
        case _ if newest is not None and newest.number > at.seen:
            return CaseStatus.CR_IN_PROGRESS if newest.more_needed else CaseStatus.REVIEW_SUBMITTED
        case Sent(letter=letter):
            return _answered(letter, known)
        case Reading() | Asking() | Judged() if taken_back:
            return _awaited(at, known)
        case Reading():
            return CaseStatus.UNDER_SCRUTINY
        case Asking(request=request):
            supplied = known.answered_request(request) is not None
            return CaseStatus.INFORMATION_SUPPLIED if supplied else CaseStatus.INFORMATION_REQUESTED
        case Judged(comprehensive_required=required):
            return CaseStatus.CR_REQUIRED_BY_INSPECTOR if required else CaseStatus.ASSESSED
        case Reopened() if newest is not None:
            return CaseStatus.REOPENED
        case Reopened() | NotBegun():
            return _awaited(at, known)
        case _:
            assert_never(at.step)


def _lapsed(at: Progress, known: Known) -> CaseStatus | None:
    """What ended the case without a letter. A reopening voids what is dated on or before it."""
    since = at.reopened_on or date.min
    if known.withdrawn_on is not None and known.withdrawn_on > since:
        return CaseStatus.WITHDRAWN
    match at.outcome:
        case TriageOutcome.DUPLICATE:
            return CaseStatus.DUPLICATE
        case TriageOutcome.OUT_OF_SCOPE:
            return CaseStatus.OUT_OF_SCOPE
        case _:
            decided_on = known.sog_decided_on if known.mappa and known.sog_decision == SogDecision.SCR else None
            return CaseStatus.CLOSED_MAPPA_SCR if decided_on is not None and decided_on > since else None


def _awaited(at: Progress, known: Known) -> CaseStatus:
    """No review yet; before anybody has looked, the case is as it was notified."""
    if at.outcome is None and at.reopened_on is None and known.sog_decision is None:
        return CaseStatus.NOTIFIED
    return CaseStatus.AWAITING_SOG_DECISION if known.awaits_sog else CaseStatus.REVIEW_IN_PROGRESS


def _answered(letter: int, known: Known) -> CaseStatus:
    answer = known.answer(letter)
    if answer is None:
        return CaseStatus.FEEDBACK_SENT
    return CaseStatus.DISPUTED if answer.response == FeedbackResponse.DISPUTED else CaseStatus.ACCEPTED


def waits_for(at: Progress, known: Known) -> tuple[Waits, ...]:
    """All that the case waits for, of the inspectorate's people and of the council's; nothing when it has ended."""
    where = status(at, known)
    if where not in _WAITING:
        return ()
    waiting = []
    if at.outcome is None:
        waiting.append(Waits.TRIAGE)
    elif at.inspector is None:
        waiting.append(Waits.ALLOCATION)
    if at.draft is DraftState.UNREAD:
        waiting.append(Waits.SECOND_READ)
    if where is CaseStatus.NOTIFIED and known.awaits_sog:
        return (*waiting, Waits.SOG_DECISION)
    resolved = _RESOLVED.get(DisputeOutcome(at.resolved)) if where is CaseStatus.DISPUTED and at.resolved else None
    return (*waiting, resolved or _WAITING[where])


def allowed(case: Case, around: Around) -> tuple[str, ...]:
    """What this caller may ask of the case now. A register's rows come in phases: its registrar waits for nobody."""
    if around.registrar:
        return tuple(action for action in dict.fromkeys((*_ON_A_REVIEW, DISPUTE, CLOSURE, REOPENING)) if _sensible(case, action))
    actions = ALLOWED[status(case.at, around.known)]
    if around.known.erased:
        actions = tuple(action for action in actions if action in WORDLESS)
    barred = around.conflict and not _excepted(case, around.actor)
    return tuple(
        action
        for action in actions
        if _sensible(case, action) and _ripe(case, around.known, action) and not (barred and action in ASSESSING)
    )


def permitted(case: Case, around: Around, action: str) -> Refused | None:
    """Why the action is not possible now, with what is; None if it is."""
    ways = allowed(case, around)
    if action in ways:
        return None
    if around.conflict and action in ASSESSING and not _excepted(case, around.actor):
        detail = "You declared an interest in this council (R-32): another inspector takes the case."
        return Refused(status=409, code="conflict_of_interest", detail=detail, allowed=ways)
    return Refused(status=409, code="transition_not_allowed", detail="The case is not in a state that allows this.", allowed=ways)


def _sensible(case: Case, action: str) -> bool:
    """What needs a step before it in the same stream, whoever asks."""
    match action:
        case "second-read":
            return case.draft is not None
        case "dispute-resolution":
            return bool(case.letters)
        case "reopening":
            return case.at.outcome is not TriageOutcome.DUPLICATE
        case _:
            return True


def _ripe(case: Case, known: Known, action: str) -> bool:
    """A review is read only while it stands; a letter says what was judged, and not what a second reader did not agree with."""
    match action:
        case "scrutiny" | "information-requests" | "assessment":
            return known.newest is not None
        case "feedback":
            return case.at.judged and case.at.draft is not DraftState.NOT_AGREED
        case _:
            return True


def _excepted(case: Case, actor: str) -> bool:
    given = case.allocation
    return given is not None and given.inspector == actor and given.exception is not None

"""What may be asked of a case, by where it stands: the one table, from which refusals, the drawing and the tests are made."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, assert_never

from contracts.codes import CaseStatus
from contracts.envelope import Refused
from services.intake.domain.around import Around, Side
from services.intake.domain.state import Case, Considered, Nothing, State
from services.intake.domain.status import status

NOTIFY: Final = "notifications"
CONSIDER: Final = "considerations"
AMEND: Final = "amendments"
CORRECT: Final = "corrections"
RECLASSIFY: Final = "reclassifications"
WITHDRAW: Final = "withdrawal"
NOTIFY_SOG: Final = "sog-notice"
DECIDE_SOG: Final = "sog-decision"
REVIEW: Final = "reviews"
WITHDRAW_REVIEW: Final = "review-withdrawals"
SUPPLY: Final = "information"
ANSWER: Final = "feedback-response"
PLAN: Final = "actions"
TRANSFER: Final = "transfer"
HOLD: Final = "legal-hold"
LIFT_HOLD: Final = "legal-hold-end"
ERASE: Final = "erasure"

_SAID: Final = (AMEND, CORRECT, RECLASSIFY)
_REPLIES: Final = (SUPPLY, ANSWER, PLAN)
_EVERYTHING: Final = (*_SAID, WITHDRAW, NOTIFY_SOG, DECIDE_SOG, REVIEW, WITHDRAW_REVIEW, *_REPLIES, TRANSFER)
_SET_ASIDE: Final = (*_SAID, WITHDRAW)

ALLOWED: Final[Mapping[CaseStatus, tuple[str, ...]]] = MappingProxyType(
    dict.fromkeys(CaseStatus, _EVERYTHING)
    | {
        CaseStatus.WITHDRAWN: (CORRECT,),
        CaseStatus.OUT_OF_SCOPE: _SET_ASIDE,
        CaseStatus.DUPLICATE: _SET_ASIDE,
        CaseStatus.CLOSED_MAPPA_SCR: (*_SET_ASIDE, NOTIFY_SOG, DECIDE_SOG),
        # A closure ends no duty: what was asked for may still come, and the plan goes on.
        CaseStatus.CLOSED: (*_SAID, *_REPLIES),
    }
)
"""What a council may ask, by where its case stands."""

OF_THE_INSPECTORATE: Final = (HOLD, LIFT_HOLD, ERASE)
"""What concerns the data and not the incident: possible wherever the case stands."""

_Guard = Callable[[Case, Around], bool]
_GUARDS: Final[Mapping[str, tuple[_Guard, str]]] = MappingProxyType(
    {
        NOTIFY_SOG: (lambda case, _: case.progress.mappa, "The notification says nothing of MAPPA: amend it first."),
        DECIDE_SOG: (lambda case, _: case.progress.mappa, "The notification says nothing of MAPPA: amend it first."),
        WITHDRAW_REVIEW: (lambda case, _: case.progress.newest is not None, "No review is there to be taken back."),
        SUPPLY: (
            lambda _, around: bool(around.heard.requests) or not around.live,
            "No request for information is known here yet.",
        ),
        ANSWER: (lambda _, around: bool(around.heard.letters) or not around.live, "No feedback is known here yet."),
        HOLD: (lambda case, _: case.hold is None, "A legal hold is in place already."),
        LIFT_HOLD: (lambda case, _: case.hold is not None, "No legal hold is in place."),
        ERASE: (lambda case, _: case.hold is None, "A legal hold is in place: nothing is erased until it is lifted."),
    }
)
_ELSEWHERE: Final = "The case is not in a state that allows this."
_ERASED: Final = "The case's personal data was erased: it takes no more words."


def permitted(state: State, action: str, around: Around) -> Refused | None:
    """Why the action is not possible now, with those that are; None if it is."""
    match state:
        case Nothing():
            return None if action in {NOTIFY, CONSIDER} else _refused(_ELSEWHERE, ())
        case Considered():
            return _refused(_ELSEWHERE, ())
        case Case():
            return _on_a_case(state, action, around)
        case _:
            assert_never(state)


def _on_a_case(case: Case, action: str, around: Around) -> Refused | None:
    if case.erased is not None:
        return _refused(_ERASED, ())
    possible = _possible(case, around)
    ways = tuple(each for each in possible if _guarded(case, each, around) is None)
    if action not in possible:
        return _refused(_ELSEWHERE, ways)
    words = _guarded(case, action, around)
    return None if words is None else _refused(words, ways)


def _possible(case: Case, around: Around) -> tuple[str, ...]:
    where = status(case.progress, around.heard)
    match around.side:
        case Side.INSPECTORATE:
            return OF_THE_INSPECTORATE
        case Side.REGISTRAR:
            # A register's rows come in phases, so that what was heard says nothing of the order in which it happened.
            return tuple(each for each in _EVERYTHING if each != WITHDRAW or where is not CaseStatus.WITHDRAWN)
        case Side.COUNCIL:
            ending = (TRANSFER,) if case.proposal is not None and TRANSFER not in ALLOWED[where] else ()
            # Who is only asked to take a case over learns nothing else of it.
            ours = around.council == case.council
            return tuple(each for each in (*ALLOWED[where], *ending) if ours or each == TRANSFER)
        case _:
            assert_never(around.side)


def _guarded(case: Case, action: str, around: Around) -> str | None:
    guard, words = _GUARDS.get(action, (None, ""))
    return words if guard is not None and not guard(case, around) else None


def _refused(detail: str, ways: tuple[str, ...]) -> Refused:
    return Refused(status=409, code="transition_not_allowed", detail=detail, allowed=ways)

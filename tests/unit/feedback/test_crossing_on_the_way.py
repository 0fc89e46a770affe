"""Two facts that cross between the services end the same whichever comes first: the table of ARCHITECTURE.md, row by row."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import CaseStatus
from contracts.envelope import Event
from contracts.feedback import (
    CaseAllocated,
    CaseClosed,
    CaseReopened,
    CaseTriaged,
    DisputeResolved,
    FeedbackDrafted,
    FeedbackRead,
    ScrutinyStarted,
)
from contracts.intake import InformationSupplied, Review, ReviewSubmitted, ReviewWithdrawn, SogDecided, TransferAccepted
from services.feedback.domain.case import Progress
from services.feedback.domain.known import Known
from services.feedback.domain.standing import Waits, status, waits_for
from services.feedback.standings import Folds, folded
from tests.unit.feedback.cases import (
    EDINBURGH,
    GLASGOW,
    INSPECTOR,
    MAPPA,
    RECEIVED,
    TODAY,
    WORDS,
    answered,
    assessed,
    requested,
    sent,
    submitted,
    withdrawn,
)

TOMORROW = TODAY + timedelta(days=1)
IN_SCOPE = CaseTriaged(outcome="in_scope", on=TODAY)
OUT = CaseTriaged(outcome="out_of_scope", on=TODAY)
GIVEN = CaseAllocated(on=TODAY, inspector=INSPECTOR)
CLOSED = CaseClosed(on=TODAY)
REOPENED = CaseReopened(on=TODAY, reason=WORDS)
SUPPLIED = InformationSupplied(request=1, on=TODAY)
SCR = SogDecided(on=TODAY, decision="scr")
MORE_NEEDED = ReviewSubmitted(number=1, on=TODAY, review=Review(kind="IAR", counts_as="IAR", conclusion="cr_needed"))
MOVED = TransferAccepted(on=TODAY, from_council=GLASGOW, to_council=EDINBURGH)
TAKEN_BACK = ReviewWithdrawn(number=1, on=TODAY, reason=WORDS)

Stream = Sequence[Event]


def interleaved(ours: Stream, theirs: Stream, choices: Sequence[bool]) -> Folds:
    """Both streams folded, each in its order, by turns."""
    folds: Folds = (Progress(), Known())
    left, right, turns = list(ours), list(theirs), list(choices)
    while left or right:
        mine = bool(left) and (not right or (turns.pop() if turns else True))
        folds = folded(folds, (left if mine else right).pop(0))
    return folds


S = CaseStatus
CROSSINGS = [
    ("a letter and a withdrawal", [assessed(), sent()], [submitted(), withdrawn()], S.WITHDRAWN),
    ("a look and a withdrawal", [OUT], [withdrawn()], S.WITHDRAWN),
    ("a closure and a withdrawal", [assessed(), sent(), CLOSED], [submitted(), withdrawn()], S.WITHDRAWN),
    ("a reopening and a withdrawal of that day", [REOPENED], [withdrawn()], S.REVIEW_IN_PROGRESS),
    ("a reopening and a later withdrawal", [REOPENED], [withdrawn(TOMORROW)], S.WITHDRAWN),
    ("a letter and a resubmission", [assessed(), sent()], [submitted(), submitted(2)], S.REVIEW_SUBMITTED),
    ("a letter that took in the resubmission", [assessed(), sent(review=2)], [submitted(), submitted(2)], S.FEEDBACK_SENT),
    ("a judgement and a resubmission", [assessed()], [submitted(), submitted(2)], S.REVIEW_SUBMITTED),
    ("a judgement and the review taken back", [IN_SCOPE, assessed()], [submitted(), TAKEN_BACK], S.REVIEW_IN_PROGRESS),
    ("a letter and the review taken back", [assessed(), sent()], [submitted(), TAKEN_BACK], S.FEEDBACK_SENT),
    ("a review and the group's decision", [IN_SCOPE], [MAPPA, submitted(), SCR], S.CLOSED_MAPPA_SCR),
    ("a letter and the group's decision", [assessed(), sent()], [MAPPA, submitted(), SCR], S.CLOSED_MAPPA_SCR),
    ("a look and a conclusion that more is needed", [IN_SCOPE], [MORE_NEEDED], S.CR_IN_PROGRESS),
    ("a group's decision and the management that ended", [IN_SCOPE], [SCR], S.REVIEW_IN_PROGRESS),
    ("a request and an answer", [requested()], [submitted(), SUPPLIED], S.INFORMATION_SUPPLIED),
    ("another request and an answer to the first", [requested(), requested(2)], [submitted(), SUPPLIED], S.INFORMATION_REQUESTED),
    ("a letter and an answer to a request", [requested(), assessed(), sent()], [submitted(), SUPPLIED], S.FEEDBACK_SENT),
    ("a request and a transfer", [requested()], [submitted(), MOVED], S.INFORMATION_REQUESTED),
    ("a corrected letter and an answer to the first", [assessed(), sent(), sent(2, corrects=1)], [submitted(), answered("accepted")], S.FEEDBACK_SENT),
    ("a closure and a dispute", [assessed(), sent(), CLOSED], [submitted(), answered("disputed")], S.CLOSED),
    ("a closure and a review", [assessed(), sent(), CLOSED], [submitted(), submitted(2)], S.CLOSED),
]  # fmt: skip


@pytest.mark.parametrize(("ours", "theirs", "ends"), [row[1:] for row in CROSSINGS], ids=[row[0] for row in CROSSINGS])
@given(choices=st.lists(st.booleans(), max_size=6))
def test_whichever_comes_first_it_ends_the_same(ours: Stream, theirs: Stream, ends: CaseStatus, choices: list[bool]) -> None:
    assert status(*interleaved(ours, [RECEIVED, *theirs], choices)) is ends


def test_after_a_transfer_the_case_is_the_other_councils() -> None:
    _, known = interleaved([requested()], [RECEIVED, submitted(), MOVED], [])
    assert known.council == EDINBURGH


OURS = st.sampled_from(
    [
        IN_SCOPE,
        OUT,
        GIVEN,
        ScrutinyStarted(on=TODAY, review=1),
        requested(),
        assessed(),
        assessed("comprehensive_required"),
        FeedbackDrafted(on=TODAY, text=WORDS),
        FeedbackRead(on=TODAY, reader=INSPECTOR, agreed=True),
        sent(),
        sent(2, review=2, corrects=1),
        DisputeResolved(letter=1, on=TODAY, outcome="changed", reason=WORDS),
        CLOSED,
        REOPENED,
    ]
)
THEIRS = st.sampled_from(
    [
        MAPPA,
        submitted(),
        submitted(2, "CR"),
        TAKEN_BACK,
        SUPPLIED,
        answered("accepted"),
        answered("disputed"),
        SCR,
        SogDecided(on=TODAY, decision="no_scr"),
        MOVED,
        withdrawn(),
        withdrawn(TOMORROW),
    ]
)


@given(st.lists(OURS, max_size=8), st.lists(THEIRS, max_size=8), st.lists(st.booleans(), max_size=16))
def test_every_interleaving_of_any_two_streams_ends_the_same(ours: Stream, theirs: Stream, choices: list[bool]) -> None:
    one, other = interleaved(ours, [RECEIVED, *theirs], choices), interleaved(ours, [RECEIVED, *theirs], [])
    assert one == other
    assert (status(*one), waits_for(*one)) == (status(*other), waits_for(*other))


@pytest.mark.parametrize(
    ("ours", "theirs", "waits"),
    [
        ([], [], [Waits.TRIAGE, Waits.REVIEW]),
        ([], [MAPPA], [Waits.TRIAGE, Waits.SOG_DECISION]),
        ([IN_SCOPE], [MAPPA], [Waits.ALLOCATION, Waits.SOG_DECISION]),
        ([IN_SCOPE], [], [Waits.ALLOCATION, Waits.REVIEW]),
        ([IN_SCOPE, GIVEN], [MORE_NEEDED], [Waits.COMPREHENSIVE_REVIEW]),
        ([IN_SCOPE, GIVEN], [submitted()], [Waits.SCRUTINY]),
        ([], [submitted()], [Waits.TRIAGE, Waits.SCRUTINY]),
        ([IN_SCOPE, GIVEN, requested()], [submitted()], [Waits.INFORMATION]),
        ([IN_SCOPE, GIVEN, requested()], [submitted(), SUPPLIED], [Waits.SCRUTINY]),
        ([IN_SCOPE, GIVEN, assessed()], [submitted()], [Waits.FEEDBACK]),
        ([IN_SCOPE, GIVEN, assessed("comprehensive_required")], [submitted()], [Waits.COMPREHENSIVE_REVIEW]),
        (
            [IN_SCOPE, GIVEN, assessed(), FeedbackDrafted(on=TODAY, text=WORDS)],
            [submitted()],
            [Waits.SECOND_READ, Waits.FEEDBACK],
        ),
        ([IN_SCOPE, GIVEN, assessed(), sent()], [submitted()], [Waits.ANSWER]),
        ([IN_SCOPE, GIVEN, assessed(), sent()], [submitted(), answered("disputed")], [Waits.DISPUTE]),
        ([IN_SCOPE, GIVEN, assessed(), sent()], [submitted(), answered("accepted")], [Waits.CLOSURE]),
        ([IN_SCOPE, GIVEN, assessed(), sent(), CLOSED], [submitted()], []),
        ([OUT], [submitted()], []),
        ([OUT, REOPENED], [submitted()], [Waits.TRIAGE, Waits.SCRUTINY]),
        ([IN_SCOPE], [withdrawn()], []),
    ],
)
def test_the_queue_says_what_a_case_waits_for(ours: Stream, theirs: Stream, waits: list[Waits]) -> None:
    assert list(waits_for(*interleaved(ours, [RECEIVED, *theirs], []))) == waits


@pytest.mark.parametrize(("outcome", "waits"), [("changed", Waits.FEEDBACK), ("upheld", Waits.CLOSURE)])
def test_a_dispute_that_was_resolved_waits_for_what_follows(outcome: str, waits: Waits) -> None:
    resolved = DisputeResolved(letter=1, on=TODAY, outcome=outcome, reason=WORDS)
    ours = [IN_SCOPE, GIVEN, assessed(), sent(), resolved]
    assert list(waits_for(*interleaved(ours, [RECEIVED, submitted(), answered("disputed")], []))) == [waits]


def test_a_resolution_is_of_one_letter_alone() -> None:
    resolved = DisputeResolved(letter=1, on=TODAY, outcome="changed", reason=WORDS)
    ours = [IN_SCOPE, GIVEN, assessed(), sent(), resolved, sent(2, corrects=1)]
    theirs = [RECEIVED, submitted(), answered("disputed"), answered("disputed", letter=2)]
    assert list(waits_for(*interleaved(ours, theirs, []))) == [Waits.DISPUTE]


def test_of_two_reopenings_the_later_day_counts() -> None:
    ours = [CaseReopened(on=TOMORROW, reason=WORDS), REOPENED]
    assert status(*interleaved(ours, [RECEIVED, withdrawn(TOMORROW)], [])) is CaseStatus.REVIEW_IN_PROGRESS


@pytest.mark.parametrize("day", [date(2026, 11, 18), date(2026, 11, 20)])
def test_a_reopening_voids_a_look_of_that_day_or_before(day: date) -> None:
    own, _ = interleaved([OUT, CaseReopened(on=day, reason=WORDS)], [RECEIVED], [])
    assert own.outcome is None
    own, _ = interleaved([OUT, CaseReopened(on=date(2026, 11, 17), reason=WORDS)], [RECEIVED], [])
    assert own.outcome == "out_of_scope"

"""Where a case stands by what both sides said, whichever was known first; and which fact prevails where two cross."""

from datetime import timedelta

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from contracts.codes import CaseStatus
from contracts.envelope import Event
from contracts.feedback import CaseReopened, CaseTriaged, FeedbackSent, InformationRequested
from contracts.intake import (
    FeedbackAnswered,
    InformationSupplied,
    Notification,
    NotificationAmended,
    NotificationWithdrawn,
    ReviewSubmitted,
    ReviewWithdrawn,
    SogDecided,
)
from contracts.personal import Personal
from services.intake.domain.days import happened_by
from services.intake.domain.status import status
from tests.unit.intake.cases import (
    APPROPRIATE,
    CLOSED,
    CR_REQUIRED,
    DAY,
    DUPLICATE,
    IN_SCOPE,
    MAPPA,
    OUT_OF_SCOPE,
    READ,
    RECEIVED,
    REOPENED,
    REQUESTED,
    SAID,
    SENT,
    given,
    heard,
    received,
    review,
)

IAR = ReviewSubmitted(number=1, on=DAY, review=review())
UNSURE = ReviewSubmitted(number=1, on=DAY, review=review(sufficient=False))
CR = ReviewSubmitted(number=2, on=DAY, review=review("CR"))
BACK = ReviewWithdrawn(number=1, on=DAY, reason=Personal("x"))
SUPPLIED = InformationSupplied(request=1, on=DAY)
AGAIN = InformationRequested(request=2, on=DAY, review=1)
ACCEPTED = FeedbackAnswered(letter=1, on=DAY, response="accepted")
COMMENTED = FeedbackAnswered(letter=1, on=DAY, response="accepted_with_comments")
DISPUTED = FeedbackAnswered(letter=1, on=DAY, response="disputed")
CORRECTED = FeedbackSent(letter=2, on=DAY, review=1, corrects=1)
SCR = SogDecided(on=DAY, decision="scr")
NO_SCR = SogDecided(on=DAY, decision="no_scr")
WITHDRAWN = NotificationWithdrawn(on=DAY, reason=Personal("x"))
TOMORROW = DAY + timedelta(days=1)


def stands(own: tuple[Event, ...], others: tuple[Event, ...], said: Notification = SAID) -> CaseStatus:
    return status(given(*own, said=said).progress, heard(*others))


@pytest.mark.parametrize(
    ("own", "others", "where"),
    [
        ((), (), "notified"),
        ((), (IN_SCOPE,), "review_in_progress"),
        ((IAR,), (), "review_submitted"),
        ((UNSURE,), (), "cr_in_progress"),
        ((UNSURE, CR), (), "review_submitted"),
        ((IAR, BACK), (IN_SCOPE,), "review_in_progress"),
        ((IAR,), (IN_SCOPE, READ), "under_scrutiny"),
        ((IAR, BACK), (IN_SCOPE, READ), "review_in_progress"),
        ((IAR,), (READ, REQUESTED), "information_requested"),
        ((IAR, SUPPLIED), (READ, REQUESTED), "information_supplied"),
        ((IAR, SUPPLIED), (READ, REQUESTED, AGAIN), "information_requested"),
        ((IAR,), (READ, APPROPRIATE), "assessed"),
        ((IAR,), (READ, CR_REQUIRED), "cr_required_by_inspector"),
        ((IAR, CR), (READ, CR_REQUIRED), "review_submitted"),
        ((IAR,), (READ, APPROPRIATE, SENT), "feedback_sent"),
        ((IAR, ACCEPTED), (SENT,), "accepted"),
        ((IAR, COMMENTED), (SENT,), "accepted"),
        ((IAR, DISPUTED), (SENT,), "disputed"),
        ((IAR, DISPUTED, ACCEPTED), (SENT,), "accepted"),
        ((IAR, ACCEPTED), (SENT, CORRECTED), "feedback_sent"),
        ((IAR, ACCEPTED), (SENT, CLOSED), "closed"),
        ((IAR, ACCEPTED), (SENT, CLOSED, REOPENED), "reopened"),
        ((), (CLOSED, REOPENED), "review_in_progress"),
        ((IAR, ACCEPTED, CR), (SENT, CLOSED, REOPENED), "review_submitted"),
        ((), (OUT_OF_SCOPE,), "out_of_scope"),
        ((), (OUT_OF_SCOPE, IN_SCOPE), "review_in_progress"),
        ((), (OUT_OF_SCOPE, REOPENED), "review_in_progress"),
        ((), (DUPLICATE,), "duplicate"),
        ((WITHDRAWN,), (), "withdrawn"),
        ((WITHDRAWN,), (REOPENED,), "review_in_progress"),
    ],
)
def test_by_what_both_sides_said(own: tuple[Event, ...], others: tuple[Event, ...], where: str) -> None:
    assert stands(own, others) == where


@pytest.mark.parametrize(
    ("own", "others", "where"),
    [
        ((), (), "notified"),
        ((), (IN_SCOPE,), "awaiting_sog_decision"),
        ((NO_SCR,), (), "review_in_progress"),
        ((SCR,), (IN_SCOPE,), "closed_mappa_scr"),
        ((SCR, NO_SCR), (IN_SCOPE,), "review_in_progress"),
        ((SCR,), (REOPENED,), "review_in_progress"),
        ((IAR,), (IN_SCOPE,), "review_submitted"),
    ],
)
def test_with_mappa(own: tuple[Event, ...], others: tuple[Event, ...], where: str) -> None:
    assert stands(own, others, MAPPA) == where


def test_a_decision_of_the_group_means_nothing_once_the_case_was_never_its() -> None:
    corrected = NotificationAmended(
        changed=("mappa",), before=MAPPA, after=SAID, reason=Personal("x"), policy="2022", calendar="GB-SCT/2026.1"
    )
    assert stands((SCR, corrected), (IN_SCOPE,), MAPPA) == "review_in_progress"


@pytest.mark.parametrize(
    ("own", "others", "where"),
    [
        ((WITHDRAWN,), (READ, SENT), "withdrawn"),
        ((IAR, WITHDRAWN), (OUT_OF_SCOPE, CLOSED), "withdrawn"),
        ((WITHDRAWN.model_copy(update={"on": TOMORROW}),), (REOPENED,), "withdrawn"),
        ((SCR, WITHDRAWN), (DUPLICATE,), "withdrawn"),
        ((IAR,), (OUT_OF_SCOPE,), "out_of_scope"),
        ((IAR, SCR), (READ, SENT), "closed_mappa_scr"),
        ((IAR, CR), (CLOSED,), "closed"),
        ((IAR, CR), (READ, REQUESTED), "review_submitted"),
        ((IAR, CR, ACCEPTED), (SENT,), "review_submitted"),
    ],
)
def test_where_two_facts_cross_one_prevails(own: tuple[Event, ...], others: tuple[Event, ...], where: str) -> None:
    assert stands(own, others, MAPPA) == where


ANY_OWN = st.lists(st.sampled_from([IAR, UNSURE, CR, BACK, SUPPLIED, ACCEPTED, DISPUTED, SCR, NO_SCR, WITHDRAWN]), max_size=8)
ANY_HEARD = st.lists(
    st.sampled_from([IN_SCOPE, OUT_OF_SCOPE, DUPLICATE, READ, REQUESTED, AGAIN, CR_REQUIRED, SENT, CORRECTED, CLOSED, REOPENED]),
    max_size=8,
)


@over(ANY_OWN, ANY_HEARD)
def test_whatever_was_said_it_stands_somewhere_and_what_fell_away_stays_so_until_it_is_reopened(
    own: list[Event], others: list[Event]
) -> None:
    before = stands(tuple(own), tuple(others), MAPPA)
    assert before in CaseStatus
    assert stands((*own, WITHDRAWN), tuple(each for each in others if each is not REOPENED), MAPPA) is CaseStatus.WITHDRAWN
    after = stands((*own, WITHDRAWN), (*others, REOPENED), MAPPA)
    assert after not in {CaseStatus.WITHDRAWN, CaseStatus.OUT_OF_SCOPE, CaseStatus.CLOSED_MAPPA_SCR, CaseStatus.CLOSED}


def test_what_had_not_happened_by_a_day_is_left_out_but_a_change_and_a_duplicate_mark_have_no_day() -> None:
    yesterday = DAY - timedelta(days=1)
    change = NotificationAmended(
        changed=(), before=SAID, after=SAID, reason=Personal("x"), policy="2022", calendar="GB-SCT/2026.1"
    )
    for event in (IAR, WITHDRAWN, IN_SCOPE, SENT, REOPENED):
        assert happened_by(event, DAY)
        assert not happened_by(event, yesterday)
    assert happened_by(change, yesterday)
    assert happened_by(DUPLICATE, yesterday)
    assert not happened_by(received(), RECEIVED.date() - timedelta(days=1))
    assert happened_by(received(), RECEIVED.date())


def test_of_several_reopenings_the_latest_day_counts_in_whatever_order_they_were_said() -> None:
    later, earlier = (CaseReopened(on=day, reason=Personal("x")) for day in (TOMORROW, DAY))
    withdrawn = WITHDRAWN.model_copy(update={"on": TOMORROW})
    assert stands((withdrawn,), (later, earlier)) == "review_in_progress"


def test_a_later_look_and_a_later_reopening_are_by_the_order_of_their_own_stream() -> None:
    later = CaseTriaged(outcome="out_of_scope", on=DAY)
    assert stands((), (CaseReopened(on=DAY, reason=Personal("x")), later)) == "out_of_scope"

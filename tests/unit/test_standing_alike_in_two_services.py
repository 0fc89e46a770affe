"""Intake and feedback fold the council's and the inspectorate's history each in its own code: they put every case at the same place."""

from datetime import timedelta
from functools import reduce
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.envelope import Event
from contracts.feedback import CaseReopened, CaseTriaged, FeedbackSent, InformationRequested
from contracts.intake import (
    FeedbackAnswered,
    InformationSupplied,
    Notification,
    NotificationWithdrawn,
    ReviewSubmitted,
    ReviewWithdrawn,
    SogDecided,
)
from contracts.personal import Personal
from services.feedback.domain import case as at_feedback
from services.feedback.domain import known, standing
from services.intake.domain.heard import NOTHING_HEARD, learn
from services.intake.domain.progress import Progress, progressed
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
    REOPENED,
    REQUESTED,
    SAID,
    SENT,
    received,
    review,
)

NEXT = DAY + timedelta(days=1)
WORDS = Personal("x")
COUNCIL: list[Event] = [
    ReviewSubmitted(number=1, on=DAY, review=review()),
    ReviewSubmitted(number=1, on=DAY, review=review(sufficient=False)),
    ReviewSubmitted(number=1, on=DAY, review=review("CR")),
    *(ReviewWithdrawn(number=number, on=DAY, reason=WORDS) for number in (1, 2, 3)),
    *(InformationSupplied(request=number, on=DAY) for number in (1, 2)),
    *(FeedbackAnswered(letter=number, on=DAY, response=said) for number in (1, 2) for said in ("accepted", "disputed")),
    *(SogDecided(on=day, decision=said) for day in (DAY, NEXT) for said in ("scr", "no_scr")),
    *(NotificationWithdrawn(on=day, reason=WORDS) for day in (DAY, NEXT)),
]
INSPECTORATE: list[Event] = [
    IN_SCOPE, OUT_OF_SCOPE, DUPLICATE, READ, REQUESTED, CR_REQUIRED, APPROPRIATE, SENT, CLOSED, REOPENED,
    READ.model_copy(update={"review": 2}),
    InformationRequested(request=2, on=DAY, review=2),
    FeedbackSent(letter=2, on=DAY, review=2),
    CaseReopened(on=NEXT, reason=WORDS),
    CaseTriaged(outcome="in_scope", on=NEXT),
]  # fmt: skip


@settings(max_examples=500)
@given(
    st.sampled_from([SAID, MAPPA]),
    st.lists(st.sampled_from(COUNCIL), max_size=8),
    st.lists(st.sampled_from(INSPECTORATE), max_size=8),
)
def test_they_put_every_case_at_the_same_place(said: Notification, council: list[Event], inspectorate: list[Event]) -> None:
    own = [received(said), *numbered(council)]
    at_intake = status(reduce(progressed, own, Progress()), reduce(learn, inspectorate, NOTHING_HEARD))
    steps = reduce(at_feedback.progressed, inspectorate, at_feedback.UNTOUCHED.at)  # type: ignore[arg-type]  # only its own
    assert at_intake == standing.status(steps, reduce(known.learn, own, known.Known()))


def numbered(council: list[Event]) -> list[Event]:
    """Submissions count from 1, as in every history."""
    numbers = count(1)
    return [each.model_copy(update={"number": next(numbers)}) if isinstance(each, ReviewSubmitted) else each for each in council]

"""The states of a case as a picture: each that can be reached is tried with every step that a council may take from it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Final, NamedTuple

from contracts.codes import CaseStatus, Conclusion, FeedbackResponse, IarDecision, ReviewKind, SogDecision, TriageOutcome
from contracts.envelope import Event, Refused
from contracts.feedback import (
    CaseClosed,
    CaseReopened,
    CaseTriaged,
    FeedbackSent,
    InformationRequested,
    ReviewAssessed,
    ScrutinyStarted,
)
from contracts.intake import Answer, Checked, Mappa, Notification, NotificationReceived, Review
from contracts.personal import Personal
from services.chassis.diagram import Move, picture
from services.intake.domain.around import Around
from services.intake.domain.case import OnCase, decide
from services.intake.domain.heard import NOTHING_HEARD, Heard, learn
from services.intake.domain.mappa import DecideSog
from services.intake.domain.notification import Withdraw
from services.intake.domain.path import ALLOWED
from services.intake.domain.reply import Respond, Supply
from services.intake.domain.review import TESTS, Submit
from services.intake.domain.state import Case, Nothing, State, evolve
from services.intake.domain.status import status

AT: Final = datetime(2026, 11, 18, 12, tzinfo=UTC)
WORDS: Final = Personal("words")
ENDED: Final = frozenset(
    {CaseStatus.WITHDRAWN, CaseStatus.OUT_OF_SCOPE, CaseStatus.DUPLICATE, CaseStatus.CLOSED_MAPPA_SCR, CaseStatus.CLOSED}
)


class _Standing(NamedTuple):
    """A case, what was heard of it, and the instant of the next step: each is a day after the one before."""

    case: Case
    heard: Heard
    now: datetime

    @property
    def status(self) -> CaseStatus:
        """Where it stands."""
        return status(self.case.progress, self.heard)

    @property
    def alike(self) -> object:
        """What makes two cases the same for the picture."""
        case = self.case.progress
        return self.status, self.heard.step, case.mappa, case.sog_decision, case.newest is not None, bool(self.heard.letters)


def drawn() -> str:
    """The picture."""
    begins = [_Standing(_folded(Nothing(), [_received(mappa)]), NOTHING_HEARD, AT) for mappa in (None, Mappa(category=1))]
    moves, seen, waiting = set[Move](), set[object](), list(begins)
    while waiting:
        at = waiting.pop(0)
        if at.alike in seen:
            continue
        seen.add(at.alike)
        for by, after in _tried(at):
            if after.status is not at.status:
                moves.add(Move(source=at.status, target=after.status, by=by))
            waiting.append(after)
        waiting += [_Standing(at.case, learn(at.heard, event), at.now + timedelta(days=1)) for event in _events(at)]
    together = frozenset(str(each) for each in ALLOWED if each not in ENDED)
    return picture(moves, begins=[begins[0].status], together=together)


def _tried(at: _Standing) -> Iterator[tuple[str, _Standing]]:
    for by, command in _commands(Around(council=at.case.council, heard=at.heard), Personal(str(at.now))).items():
        decision = decide(at.case, command, at.now)
        if not isinstance(decision, Refused):
            yield by, _Standing(_folded(at.case, decision), at.heard, at.now + timedelta(days=1))


def _commands(around: Around, words: Personal[str]) -> Mapping[str, OnCase]:
    """What may move the case on; a review that is taken back moves it to where it was before."""
    checks = tuple(Checked(item=item, value="evidenced") for items in TESTS.values() for item in items)
    initial = {
        f"reviews IAR, {each}": Review(
            kind=ReviewKind.IAR, counts_as=ReviewKind.IAR, checks=checks, conclusion=each, summary=words
        )
        for each in Conclusion
    }
    reviews = {**initial, "reviews CR": Review(kind=ReviewKind.CR, counts_as=ReviewKind.CR, checks=checks, summary=words)}
    return {
        "withdrawal": Withdraw(reason="words", around=around),
        **{f"sog-decision {each}": DecideSog(decision=each, around=around) for each in SogDecision},
        **{by: Submit(review=review, around=around) for by, review in reviews.items()},
        "information": Supply(answers=(Answer(item=1, text=WORDS),), around=around),
        **{f"feedback-response {each}": Respond(response=each, comments="words", around=around) for each in FeedbackResponse},
    }


def _events(at: _Standing) -> Sequence[Event]:
    """What the inspectorate may say meanwhile; its own picture shows where that leads."""
    today, reviews = at.now.date(), len(at.case.progress.reviews)
    looks = [CaseTriaged(outcome=outcome, on=today) for outcome in TriageOutcome]
    lives = [CaseClosed(on=today), CaseReopened(on=today, reason=WORDS)]
    if not reviews:
        return [*looks, *lives]
    judged = [ReviewAssessed(on=today, review=reviews, kind="IAR", iar_decision=each) for each in IarDecision]
    asked = InformationRequested(request=len(at.heard.requests) + 1, on=today, review=reviews)
    sent = FeedbackSent(letter=len(at.heard.letters) + 1, on=today, review=reviews)
    return [*looks, *lives, ScrutinyStarted(on=today, review=reviews), asked, *judged, sent]


def _folded(state: State, events: Sequence[Event]) -> Case:
    after = reduce(evolve, events, state)
    if not isinstance(after, Case):
        raise AssertionError
    return after


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

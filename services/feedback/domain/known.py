"""What the council has said of a case so far, as far as the inspectorate's steps need it.

One stream, in its own order; it may be ahead of what the inspectorate did, or behind.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from contracts import intake
from contracts.codes import Conclusion
from contracts.envelope import Event

HEARD: Final[tuple[type[Event], ...]] = (
    intake.NotificationReceived,
    intake.NotificationAmended,
    intake.NotificationCorrected,
    intake.NotificationWithdrawn,
    intake.ReviewSubmitted,
    intake.ReviewWithdrawn,
    intake.InformationSupplied,
    intake.FeedbackAnswered,
    intake.SogDecided,
    intake.TransferAccepted,
    intake.PersonalDataErased,
)
"""The events that it is learnt from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A review that came in; `kind` is IAR or CR, `more_needed` what the council itself concludes of an IAR (R-21)."""

    number: int
    on: date
    kind: str
    more_needed: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """The council's answer to a request for information."""

    request: int
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The council's answer to a letter."""

    letter: int
    on: date
    response: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All of it, by codes and days only."""

    council: str | None = None
    received_on: date | None = None
    mappa: bool = False
    withdrawn_on: date | None = None
    reviews: tuple[Submission, ...] = ()
    supplied: tuple[Supplied, ...] = ()
    answers: tuple[Answered, ...] = ()
    sog_decision: str | None = None
    sog_decided_on: date | None = None
    erased: bool = False

    @property
    def standing(self) -> tuple[Submission, ...]:
        """The submissions that were not taken back."""
        return tuple(each for each in self.reviews if not each.withdrawn)

    @property
    def newest(self) -> Submission | None:
        """The latest of them."""
        return max(self.standing, key=lambda each: each.number, default=None)

    @property
    def first_review_on(self) -> date | None:
        """The day on which a review was first submitted, taken back or not (domain 1.6, rule 9)."""
        return min((each.on for each in self.reviews), default=None)

    @property
    def awaits_sog(self) -> bool:
        """Whether the Strategic Oversight Group has still to decide (R-10)."""
        return self.mappa and self.sog_decision is None

    def answer(self, letter: int) -> Answered | None:
        """The latest answer to a letter."""
        return next((each for each in reversed(self.answers) if each.letter == letter), None)

    def answered_request(self, request: int) -> Supplied | None:
        """The first answer to a request."""
        return next((each for each in self.supplied if each.request == request), None)


def learn(known: Known, event: Event) -> Known:
    """What is known after one more event of the council's stream."""
    match event:
        case intake.NotificationReceived(council=council, received_on=day, notification=said):
            return replace(known, council=council, received_on=day, mappa=said.mappa is not None)
        case intake.NotificationAmended(after=said) | intake.NotificationCorrected(after=said):
            return replace(known, mappa=said.mappa is not None)
        case intake.NotificationWithdrawn(on=day):
            return replace(known, withdrawn_on=day)
        case intake.ReviewSubmitted(number=number, on=day, review=review):
            needed = review.conclusion == Conclusion.CR_NEEDED
            came = Submission(number=number, on=day, kind=review.counts_as, more_needed=needed)
            return replace(known, reviews=(*known.reviews, came))
        case intake.ReviewWithdrawn(number=number):
            taken_back = (replace(each, withdrawn=each.withdrawn or each.number == number) for each in known.reviews)
            return replace(known, reviews=tuple(taken_back))
        case intake.InformationSupplied(request=request, on=day):
            return replace(known, supplied=(*known.supplied, Supplied(request=request, on=day)))
        case intake.FeedbackAnswered(letter=letter, on=day, response=response):
            return replace(known, answers=(*known.answers, Answered(letter=letter, on=day, response=response)))
        case intake.SogDecided(decision=decision, on=day):
            return replace(known, sog_decision=decision, sog_decided_on=day)
        case intake.TransferAccepted(to_council=council):
            return replace(known, council=council)
        case intake.PersonalDataErased():
            return replace(known, erased=True)
        case _:
            return known

"""How far a council has brought its case, by codes and days only: what its status is worked out from, and what the list keeps."""

from dataclasses import dataclass, replace
from datetime import date

from contracts.codes import Conclusion
from contracts.envelope import Event
from contracts.intake import (
    FeedbackAnswered,
    InformationSupplied,
    NotificationAmended,
    NotificationCorrected,
    NotificationReceived,
    NotificationWithdrawn,
    ReviewSubmitted,
    ReviewWithdrawn,
    SogDecided,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A review that was sent; `more_needed` where the council itself concludes that a comprehensive one is to follow (R-21)."""

    number: int
    on: date
    more_needed: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The council's latest answer to a letter."""

    letter: int
    response: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A fold of intake's own stream alone."""

    mappa: bool = False
    withdrawn_on: date | None = None
    sog_decision: str | None = None
    sog_decided_on: date | None = None
    reviews: tuple[Submission, ...] = ()
    supplied: tuple[int, ...] = ()
    answers: tuple[Answered, ...] = ()

    @property
    def newest(self) -> Submission | None:
        """The latest submission that was not taken back."""
        return next((each for each in reversed(self.reviews) if not each.withdrawn), None)

    def answer(self, letter: int) -> str | None:
        """What was answered to a letter, the latest."""
        return next((each.response for each in reversed(self.answers) if each.letter == letter), None)


def progressed(progress: Progress, event: Event) -> Progress:
    """The progress after one more fact."""
    match event:
        case NotificationReceived(notification=said) | NotificationAmended(after=said) | NotificationCorrected(after=said):
            return replace(progress, mappa=said.mappa is not None)
        case NotificationWithdrawn(on=day):
            return replace(progress, withdrawn_on=day)
        case SogDecided(decision=decision, on=day):
            return replace(progress, sog_decision=decision, sog_decided_on=day)
        case ReviewSubmitted(number=number, on=day, review=review):
            sent = Submission(number=number, on=day, more_needed=review.conclusion == Conclusion.CR_NEEDED)
            return replace(progress, reviews=(*progress.reviews, sent))
        case ReviewWithdrawn(number=number):
            taken = tuple(replace(each, withdrawn=each.withdrawn or each.number == number) for each in progress.reviews)
            return replace(progress, reviews=taken)
        case InformationSupplied(request=request):
            return replace(progress, supplied=(*progress.supplied, request))
        case FeedbackAnswered(letter=letter, response=response):
            return replace(progress, answers=(*progress.answers, Answered(letter=letter, response=response)))
        case _:
            return progress

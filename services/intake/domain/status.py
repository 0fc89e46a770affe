"""Where a case stands, by what its council and the inspectorate have said (domain 1.4).

The two streams fold apart and meet only here, so that every interleaving of them ends the same. Which fact prevails where two
cross on the way stands as a table in this service's README.
"""

from datetime import date

from contracts.codes import CaseStatus, FeedbackResponse, SogDecision, TriageOutcome
from services.intake.domain.heard import Heard, Step
from services.intake.domain.progress import Progress


def status(progress: Progress, heard: Heard) -> CaseStatus:
    """Where the case stands."""
    if (fallen := _fallen(progress, heard)) is not None:
        return fallen
    newest = progress.newest
    if heard.step is Step.CLOSED:
        return CaseStatus.CLOSED
    if newest is not None and newest.number > heard.seen:
        return CaseStatus.CR_IN_PROGRESS if newest.more_needed else CaseStatus.REVIEW_SUBMITTED
    if heard.step is Step.SENT:
        return _answered(progress, heard)
    if newest is None and (progress.reviews or heard.step is Step.REOPENED):
        return _awaited(progress, heard)
    return _scrutinised(progress, heard)


def _fallen(progress: Progress, heard: Heard) -> CaseStatus | None:
    """What ended the case without a letter; a reopening voids what is dated on or before it."""
    since = heard.reopened_on or date.min
    if progress.withdrawn_on is not None and progress.withdrawn_on > since:
        return CaseStatus.WITHDRAWN
    if heard.outcome is TriageOutcome.DUPLICATE:
        return CaseStatus.DUPLICATE
    if heard.outcome is TriageOutcome.OUT_OF_SCOPE:
        return CaseStatus.OUT_OF_SCOPE
    decided = progress.sog_decided_on if progress.mappa and progress.sog_decision == SogDecision.SCR else None
    return CaseStatus.CLOSED_MAPPA_SCR if decided is not None and decided > since else None


def _scrutinised(progress: Progress, heard: Heard) -> CaseStatus:
    match heard.step:
        case Step.READING:
            return CaseStatus.UNDER_SCRUTINY
        case Step.ASKING:
            supplied = heard.requests[-1].request in progress.supplied
            return CaseStatus.INFORMATION_SUPPLIED if supplied else CaseStatus.INFORMATION_REQUESTED
        case Step.JUDGED:
            return CaseStatus.CR_REQUIRED_BY_INSPECTOR if heard.comprehensive_required else CaseStatus.ASSESSED
        case Step.REOPENED:
            return CaseStatus.REOPENED
        case _:
            return _awaited(progress, heard)


def _awaited(progress: Progress, heard: Heard) -> CaseStatus:
    """No review yet; before anybody has looked, the case is as it was notified."""
    if heard.outcome is None and heard.reopened_on is None and progress.sog_decision is None:
        return CaseStatus.NOTIFIED
    waits = progress.mappa and progress.sog_decision is None
    return CaseStatus.AWAITING_SOG_DECISION if waits else CaseStatus.REVIEW_IN_PROGRESS


def _answered(progress: Progress, heard: Heard) -> CaseStatus:
    match progress.answer(heard.letters[-1].letter):
        case None:
            return CaseStatus.FEEDBACK_SENT
        case FeedbackResponse.DISPUTED:
            return CaseStatus.DISPUTED
        case _:
            return CaseStatus.ACCEPTED

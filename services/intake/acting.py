"""What is said of a case after its notification: from a body to a command, and what is answered."""

from typing import Any

from contracts.codes import Code
from contracts.councils import council_named
from contracts.intake import Answer, Checked, Passage, Review, Reviewer
from contracts.personal import Personal
from services.chassis.commands import Asked
from services.chassis.store import Ask
from services.intake.asking import Desk, on_case
from services.intake.domain.erasure import Erase, Hold, LiftHold
from services.intake.domain.mappa import DecideSog, NotifySog
from services.intake.domain.plan import Item, Record
from services.intake.domain.reply import Respond, Supply
from services.intake.domain.review import Submit, TakeBack
from services.intake.domain.state import Case
from services.intake.domain.transfer import Transfer
from services.intake.following import (
    ActionBody,
    ErasureBody,
    HoldBody,
    HoldEndBody,
    InformationBody,
    ItemBody,
    ResponseBody,
    ReviewBody,
    ReviewWithdrawalBody,
    SogDecisionBody,
    SogNoticeBody,
    TransferBody,
)
from services.intake.saying import signed
from services.intake.telling import handed_over, submitted


async def notify_sog(desk: Desk, asked: Asked[SogNoticeBody]) -> Ask:
    """The Strategic Oversight Group was told."""
    return await on_case(desk, asked, lambda around, on: NotifySog(area=asked.body.area, on=on, around=around))


async def decide_sog(desk: Desk, asked: Asked[SogDecisionBody]) -> Ask:
    """The group decided."""
    return await on_case(desk, asked, lambda around, on: DecideSog(decision=asked.body.decision.value, on=on, around=around))


async def submit_review(desk: Desk, asked: Asked[ReviewBody]) -> Ask:
    """A review."""
    said, items = review(asked.body), tuple(map(item, asked.body.actions))
    return await on_case(desk, asked, lambda around, on: Submit(review=said, items=items, on=on, around=around), submitted)


async def take_review_back(desk: Desk, asked: Asked[ReviewWithdrawalBody]) -> Ask:
    """A review was sent in error."""
    body = asked.body
    return await on_case(desk, asked, lambda around, on: TakeBack(reason=body.reason, number=body.number, on=on, around=around))


async def supply(desk: Desk, asked: Asked[InformationBody]) -> Ask:
    """What was asked for."""
    answers = tuple(Answer(item=each.item, text=Personal(each.text)) for each in asked.body.answers)
    return await on_case(
        desk, asked, lambda around, on: Supply(answers=answers, request=asked.body.request, on=on, around=around)
    )


async def respond(desk: Desk, asked: Asked[ResponseBody]) -> Ask:
    """What the council says to a letter."""
    body = asked.body
    return await on_case(
        desk,
        asked,
        lambda around, on: Respond(
            response=body.response.value, comments=body.comments, letter=body.letter, on=on, around=around
        ),
    )


async def record_action(desk: Desk, asked: Asked[ActionBody]) -> Ask:
    """An item of the plan."""
    said, evidence = item(asked.body), asked.body.evidence
    return await on_case(desk, asked, lambda around, on: Record(item=said, evidence=evidence, on=on, around=around))


async def transfer(desk: Desk, asked: Asked[TransferBody]) -> Ask:
    """A proposal to another council, or what is said of it. Who takes the case over answers for that."""
    body, case = asked.body, asked.state
    proposal = case.proposal if isinstance(case, Case) else None
    to_council, accept = body.to_council, body.accept
    if proposal and accept is None and _is_named(asked, proposal.to_council):
        to_council, accept = None, True
    taking_over = proposal.to_council if proposal and accept else None
    return await on_case(
        desk,
        asked,
        lambda around, on: Transfer(to_council=to_council, reason=body.reason, accept=accept, on=on, around=around),
        handed_over,
        taking_over,
    )


def _is_named(asked: Asked[TransferBody], named: str) -> bool:
    """Whether the call is that of the council that is asked, and names none but itself: it accepts by the same call."""
    said = asked.body.to_council
    other = None if said is None else council_named(said)
    return asked.caller.council == named and (said is None or (other is not None and other.gss_code == named))


async def hold(desk: Desk, asked: Asked[HoldBody]) -> Ask:
    """Nothing may be erased."""
    return await on_case(desk, asked, lambda around, _: Hold(reason=asked.body.reason, around=around))


async def lift_hold(desk: Desk, asked: Asked[HoldEndBody]) -> Ask:
    """What is due may be erased again."""
    return await on_case(desk, asked, lambda around, _: LiftHold(around=around))


async def erase(desk: Desk, asked: Asked[ErasureBody]) -> Ask:
    """Forget the person."""
    return await on_case(desk, asked, lambda around, _: Erase(basis=asked.body.basis.value, around=around))


def review(body: ReviewBody) -> Review:
    """The review as it is published; what the system adds comes with the decision."""
    near = body.reviewer
    return Review(
        kind=body.kind.value,
        counts_as=body.kind.counts_as.value,
        reviewer=Reviewer(
            name=_personal(near.name) if near else None,
            grade=_code(near.grade) if near else None,
            relationship=_code(near.relationship) if near else None,
        ),
        objectivity_exception=_personal(body.objectivity_exception),
        contributors=tuple(dict.fromkeys(each.value for each in body.contributors)),
        records_examined=body.records_examined,
        checks=tuple(Checked(item=each.item.value, value=each.value.value, note=_personal(each.note)) for each in body.checks),
        assessment_tool=_code(body.assessment_tool),
        conclusion=_code(body.conclusion),
        reason_to_stay=_personal(body.reason_to_stay),
        strengths=_passages(body.strengths),
        good_practice=_passages(body.good_practice),
        areas_for_improvement=_passages(body.areas_for_improvement),
        summary=_personal(body.summary),
        signed_off_by=signed(body.signed_off_by),
    )


def item(body: ItemBody) -> Item:
    """An item of the plan with the fields that were sent; an owner and a day may be taken away, a text and a status not."""
    values: dict[str, Any] = {}
    if body.text is not None:
        values["text"] = Personal(body.text)
    if body.status is not None:
        values["status"] = body.status.value
    if "owner" in body.model_fields_set:
        values["owner"] = _personal(body.owner)
    if "due_on" in body.model_fields_set:
        values["due_on"] = body.due_on
    return Item(number=body.number, values=values)


def _passages(texts: list[str]) -> tuple[Passage, ...]:
    return tuple(Passage(text=Personal(each)) for each in texts)


def _code(said: Code | None) -> str | None:
    return said.value if said is not None else None


def _personal(said: str | None) -> Personal[str] | None:
    return Personal(said) if said is not None else None

"""What is shown of a case: to the inspectorate all of it, to its council what was sent to it, to others codes and days. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from contracts.clocks import Clock
from contracts.envelope import Event, Value
from contracts.feedback import CaseAllocated, FeedbackDrafted, FeedbackRead, FeedbackSent, InformationRequested, ReviewAssessed
from contracts.personal import Personal
from services.feedback.domain.case import Case
from services.feedback.domain.known import Known
from services.feedback.domain.standing import status, waits_for
from services.feedback.queries import KnownCase, Waiting

OURS: Final = frozenset({Clock.FEEDBACK, Clock.GOVERNMENT_COPY})
"""The duties of the inspectorate; all others are the council's."""

HIDDEN: Final = frozenset({FeedbackDrafted.type, FeedbackRead.type})
"""Events that no council sees (R-31)."""

INTERNAL: Final[Mapping[str, frozenset[str]]] = {
    CaseAllocated.type: frozenset({"exception"}),
    ReviewAssessed.type: frozenset({"comments"}),
}
"""Fields of others that no council sees."""


def whole(row: KnownCase, case: Case, known: Known, *, personal: bool, council: bool) -> dict[str, Any]:
    """The case. `personal`: with what people wrote; `council`: as its council sees it."""

    def told(event: Event | None) -> dict[str, Any] | None:
        return None if event is None else _fields(event, personal=personal, council=council)

    inside = {} if council else {"draft": told(case.draft), "second_read": told(case.reading)}
    return {
        **brief(row),
        "status": status(case.at, known),
        "waits_for": waits_for(case.at, known),
        "triage": None if case.at.outcome is None else told(case.triage),
        "allocation": told(case.allocation),
        "reviews": [
            {"number": each.number, "kind": each.kind, "on": each.on, "withdrawn": each.withdrawn} for each in known.reviews
        ],
        "requests": [_request(each, known, told(each) or {}) for each in case.requests],
        "assessment": told(case.assessment),
        **inside,
        "letters": [_letter(each, known, told(each) or {}) for each in case.letters],
        "disputes": [told(each) for each in case.disputes],
        "good_practice": [told(each) for each in case.practices],
        "closed": told(case.closed),
        "reopened": told(case.reopened),
    }


def history(events: Sequence[Mapping[str, Any]], *, council: bool) -> list[dict[str, Any]]:
    """A stream's events as their reader may see them; for a council without drafts, second reads and internal remarks."""
    if not council:
        return [dict(event) for event in events]
    seen = [event for event in events if event["type"] not in HIDDEN]
    return [{**event, "data": _without(event["data"], INTERNAL.get(event["type"], frozenset()))} for event in seen]


def waiting(found: Waiting, today: date) -> dict[str, Any]:
    """A case in the queue: what it waits for, the clocks that run, and what is late and why."""
    clocks = [_clock(*each) for each in found.clocks]
    late = [_clock(*each) | {"days_late": (today - each[-1]).days} for each in found.clocks if each[-1] < today]
    standing = {"status": found.status, "waits_for": found.waits_for, "inspector": found.inspector, "due_on": found.due_on}
    return {**brief(found.case), **standing, "clocks": clocks, "late": late}


def _clock(clock: str, instance: int, due_on: date) -> dict[str, Any]:
    return {"clock": clock, "instance": instance, "whose": "inspectorate" if clock in OURS else "council", "due_on": due_on}


def brief(case: KnownCase) -> dict[str, Any]:
    """The notification at a glance: codes only."""
    shown = case._asdict()
    return {"case_id": shown.pop("subject")} | shown


def _request(request: InformationRequested, known: Known, told: dict[str, Any]) -> dict[str, Any]:
    supplied = known.answered_request(request.request)
    return told | {"items": [item["text"] for item in told["items"]], "supplied_on": supplied.on if supplied else None}


def _letter(letter: FeedbackSent, known: Known, told: dict[str, Any]) -> dict[str, Any]:
    answer = known.answer(letter.letter)
    return told | {"response": answer.response if answer else None, "responded_on": answer.on if answer else None}


def _fields(event: Event, *, personal: bool, council: bool) -> dict[str, Any]:
    left_out = INTERNAL.get(event.type, frozenset()) if council else frozenset[str]()
    return {name: _told(value, personal=personal) for name, value in event if name not in left_out}


def _told(value: Any, *, personal: bool) -> Any:
    match value:
        case Personal():
            return ("[erased]" if value.erased else value.reveal()) if personal else None
        case Value():
            return {name: _told(each, personal=personal) for name, each in value}
        case tuple():
            return [_told(each, personal=personal) for each in value]
        case _:
            return value


def _without(data: Mapping[str, Any], left_out: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in left_out}

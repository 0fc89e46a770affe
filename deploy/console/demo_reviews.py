"""The 80 reviews of the demo register, and what the inspectorate made of them: every review figure of 2015 (domain 1.9)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from contracts.clocks import months_after
from deploy.console.columns import canonical
from deploy.console.invented import DAYS, mixed, number, pick
from deploy.console.published import LAST

Cells = dict[str, str]

STRATEGIC_GROUP: Final = ("scr",) * 3 + ("",) * 3 + ("no_scr",) * 6
"""Of the cases under MAPPA: closed for a significant case review, not yet decided, left to the council."""

REVIEWS: Final = 80
IN_TIME: Final = 60
IARS: Final = 60
COMPREHENSIVE_REQUIRED: Final = 9
INFORMATION_ON_IARS: Final = 25
HIGH_CRS: Final = 12
SIGNED: Final = 74
COMPLETED: Final = 58
UP_TO_DATE: Final = 43
PLANNED: Final = 49
INFORMED: Final = 28
ORDER_REVIEWS: Final = 30
ANSWERED_IN_A_MONTH: Final = 69

LAST_SUBMITTED: Final = date(2015, 1, 5)
"""So that every review has been judged when the period ends."""

LONG_AGO: Final = date(2014, 11, 14)
"""A review submitted by then leaves time for questions, or for a late answer, within the period."""

OTHERWISE: Final = ("referenced_not_done", "not_referenced", "not_referenced")
RESPONSES: Final = ("accepted", "accepted", "accepted", "accepted", "accepted_with_comments", "disputed")


def reviews(settled: Sequence[Cells], mappa: Sequence[Cells]) -> None:
    """Write the decisions of the strategic groups, then 80 reviews among the rows whose three months are over; 9 have none."""
    for cells, decision in zip(mappa, STRATEGIC_GROUP, strict=True):
        cells["mappa"] = "1"
        if decision:
            decided = _after(_received(cells), 20 + number(cells["occurred_on"] + "sog", 20))
            cells |= {"sog_decision": decision, "sog_decided_on": canonical(decided)}
    can = [cells for cells in settled if not cells["mappa"] or cells["sog_decision"] == "no_scr"]
    late = [cells for cells in mixed("late reviews", can) if _due(cells) + timedelta(days=70) <= LONG_AGO][: REVIEWS - IN_TIME]
    overdue = [cells for cells in mixed("overdue", can) if not _in(cells, late) and _due(cells) < LAST][: len(can) - REVIEWS]
    submitted = [cells for cells in can if not _in(cells, overdue)]
    for place, cells in enumerate(submitted):
        cells["review_submitted_on"] = canonical(_submitted(cells, f"review {place}", late=_in(cells, late)))
    _signed_and_checked(submitted)
    _judged(submitted)


def _due(cells: Cells) -> date:
    """Three months from receipt, or from the decision that no other review takes its place."""
    return months_after(max(_received(cells), date.fromisoformat(cells["sog_decided_on"] or cells["notified_on"])), 3)


def _submitted(cells: Cells, salt: str, *, late: bool) -> date:
    due = _due(cells)
    if late:
        return DAYS.next_working(due + timedelta(days=1 + number(salt, 60)))
    day = min(due, LAST_SUBMITTED) - timedelta(days=number(salt, 25))
    return day if DAYS.is_working(day) else DAYS.after(day - timedelta(days=5), 2)


def _signed_and_checked(submitted: Sequence[Cells]) -> None:
    for place, cells in enumerate(mixed("signatures", submitted)):
        low = ("senior_manager", "service_manager")
        cells["review_signed_off_by"] = pick(
            f"signature {place}", ("head_of_cjsw", "head_of_cjsw", "cswo") if place < SIGNED else low
        )
    assessed = _checked("risk_assessment_completed", submitted, COMPLETED)
    _checked("risk_assessment_up_to_date", submitted, UP_TO_DATE, among=assessed)
    planned = _checked("risk_management_plan", submitted, PLANNED)
    _checked("plan_informed_by_assessment", submitted, INFORMED, among=planned)
    _checked("order_reviews", submitted, ORDER_REVIEWS)
    for place, cells in enumerate(assessed):
        cells["assessment_tool"] = pick(f"tool {place}", ("LSCMI",) * 14 + ("SA07", "SARA"))


def _checked(column: str, submitted: Sequence[Cells], count: int, *, among: Sequence[Cells] | None = None) -> list[Cells]:
    """Write a check: `evidenced` so often, not applicable outside `among`."""
    for place, cells in enumerate(submitted):
        applies = among is None or _in(cells, among)
        cells[column] = pick(f"{column} {place}", OTHERWISE) if applies else "not_applicable"
    evidenced = mixed(column, among if among is not None else submitted)[:count]
    for cells in evidenced:
        cells[column] = "evidenced"
    return evidenced


def _judged(submitted: Sequence[Cells]) -> None:
    kinds = mixed("kinds", ["IAR"] * IARS + ["CR"] * (len(submitted) - IARS))
    for cells, kind in zip(submitted, kinds, strict=True):
        cells["review_kind"] = kind
    iars, crs = ([cells for cells in submitted if cells["review_kind"] == kind] for kind in ("IAR", "CR"))
    early = [cells for cells in submitted if _day(cells, "review_submitted_on") <= LONG_AGO]
    slow = mixed("slow", early)[: len(submitted) - ANSWERED_IN_A_MONTH]
    asked = [cells for cells in mixed("asked", iars) if _in(cells, early)][:INFORMATION_ON_IARS]
    for place, cells in enumerate(mixed("quality", crs)):
        cells["quality"] = "high" if place < HIGH_CRS else "needs_information"
    for place, cells in enumerate(mixed("judged", iars)):
        cells["iar_decision"] = "comprehensive_required" if place < COMPREHENSIVE_REQUIRED else "appropriate"
        cells["quality"] = pick(f"quality {place}", ("satisfactory", "satisfactory", "high"))
    for place, cells in enumerate(submitted):
        _answered(
            cells,
            f"answer {place}",
            asked=_in(cells, asked) or (cells["quality"] == "needs_information" and _in(cells, early)),
            slow=_in(cells, slow),
        )


def _answered(cells: Cells, salt: str, *, asked: bool, slow: bool) -> None:
    """Questions, letter, response, closure, each some days after the one before."""
    submitted = _day(cells, "review_submitted_on")
    first = (
        months_after(submitted, 1) + timedelta(days=3 + number(salt, 15))
        if slow
        else submitted + timedelta(days=8 + number(salt, 14))
    )
    answered = DAYS.next_working(first)
    if asked:
        supplied = _after(answered, 3 + number(salt + "supply", 7))
        cells |= {"information_requested_on": canonical(answered), "information_supplied_on": canonical(supplied)}
        answered = _after(supplied, 3 + number(salt + "letter", 7))
    cells["feedback_sent_on"] = canonical(answered)
    if cells["iar_decision"] == "comprehensive_required" and number(salt + "comprehensive", 3):
        cells["comprehensive_submitted_on"] = canonical(_after(answered, 20 + number(salt, 15)))
    if number(salt + "response", 12):
        responded = DAYS.next_working(answered + timedelta(days=3 + number(salt + "responded", 13)))
        cells |= {"feedback_response": pick(salt + "response", RESPONSES), "feedback_responded_on": canonical(responded)}
        if cells["feedback_response"] != "disputed":
            closed = max(
                _after(responded, 2),
                _day(cells, "comprehensive_submitted_on") if cells["comprehensive_submitted_on"] else responded,
            )
            cells["closed_on"] = canonical(closed)


def _after(day: date, working_days: int) -> date:
    return DAYS.after(day, working_days)


def _received(cells: Cells) -> date:
    return _day(cells, "notified_on")


def _day(cells: Cells, column: str) -> date:
    return date.fromisoformat(cells[column])


def _in(cells: Cells, some: Sequence[Cells]) -> bool:
    return any(cells is other for other in some)

"""`python -m tests.contract.make_samples`: write a sample for each event that has none yet; a sample that is there is never changed."""

import sys
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from contracts.catalogue import CATALOGUE
from contracts.envelope import Event
from contracts.feedback import Item
from contracts.intake import (
    Action,
    Answer,
    Checked,
    Flag,
    Mappa,
    Notification,
    Order,
    Passage,
    Person,
    Review,
    Reviewer,
    SignedOff,
)
from contracts.personal import Personal
from tests.contract.test_old_events_still_load import HISTORY

WHO = Person(council_person_id=Personal("P-1"), initials=Personal("AB"), year_of_birth=Personal(1988), sex=Personal("male"))
SAID = Notification(
    council_reference="GCC-2026-0117",
    occurred_on=date(2026, 11, 16),
    became_aware_on=date(2026, 11, 17),
    awareness_source="police",
    criteria=("C1",),
    charged_on=date(2026, 11, 17),
    role_of_person="perpetrator_suspected",
    offence_codes=("S4",),
    incident_type="T02",
    outcome_of_harm="serious",
    person=WHO,
    orders=(Order(type="CPO", start_date=date(2026, 2, 2), requirements=("offender_supervision",)),),
    mappa=Mappa(category=1, level=1, sog_notified_on=date(2026, 11, 17)),
    signed_off_by=SignedOff(name=Personal("C. Manager"), grade="service_manager", signed_on=date(2026, 11, 18)),
    summary=Personal("An invented incident."),
)
VALUES: dict[str, Any] = {
    "notification": SAID,
    "before": SAID,
    "after": SAID,
    "changed": ("occurred_on",),
    "reference": "SIR-2026-0001",
    "council": "S12000049",
    "received_at": datetime(2026, 11, 18, 10, 15, tzinfo=UTC),
    "acknowledged_at": datetime(2026, 11, 18, 10, 16, tzinfo=UTC),
    "breached_at": datetime(2026, 11, 24, tzinfo=UTC),
    "policy": "2022",
    "calendar": "GB-SCT/2026.1",
    "reason": "not_measurable",
    "basis": Personal("Post mortem."),
    "clock": "government_copy",
    "sequence": 1,
    "outward_id": UUID("019a6f3e-0000-7000-8000-000000000001"),
    "told": "notification-amended",
    "outcome": "in_scope",
    "number": 1,
    "request": 1,
    "letter": 1,
    "inspector": "inspector-7",
    "reader": "inspector-8",
    "agreed": True,
    "text": Personal("Invented words."),
    "threshold": "on_the_day",
    "to": "council",
    "moved": 2,
    "from_council": "S12000049",
    "to_council": "S12000036",
}
DAY = date(2026, 11, 20)
WORDS = Personal("Invented words.")
ACTION = Action(number=1, text=WORDS, owner=Personal("C. Manager"), due_on=DAY, status="open")
REVIEW = Review(
    kind="PART1",
    counts_as="IAR",
    reviewer=Reviewer(name=Personal("D. Reviewer"), grade="senior_manager", relationship="none"),
    contributors=("case_manager",),
    records_examined=True,
    checks=(Checked(item="risk_assessment_completed", value="evidenced", note=WORDS),),
    assessment_tool="LSCMI",
    conclusion="iar_sufficient",
    comprehensive_proposed=("contact_levels_appropriate",),
    reason_to_stay=WORDS,
    strengths=(Passage(text=WORDS),),
    good_practice=(Passage(text=WORDS),),
    areas_for_improvement=(Passage(text=WORDS),),
    actions=(ACTION,),
    summary=WORDS,
    signed_off_by=SignedOff(name=Personal("E. Head"), grade="head_of_cjsw", signed_on=DAY),
)
OWN: dict[str, dict[str, Any]] = {
    "sir.intake.incident-reclassified": {"before": "T03", "after": "T04"},
    "sir.intake.sog-notified": {"area": "Glasgow"},
    "sir.intake.sog-decided": {"decision": "no_scr"},
    "sir.intake.review-submitted": {"review": REVIEW, "flags": (Flag(rule="R-22", detail="An invented flag."),)},
    "sir.intake.information-supplied": {"answers": (Answer(item=1, text=WORDS),)},
    "sir.intake.feedback-answered": {"response": "accepted_with_comments", "comments": WORDS},
    "sir.intake.action-recorded": {"action": ACTION, "evidence": WORDS},
    "sir.intake.transfer-ended": {"declined": True, "reason": WORDS},
    "sir.intake.personal-data-erased": {"basis": "retention_ended"},
    "sir.feedback.case-allocated": {"exception": WORDS},
    "sir.feedback.scrutiny-started": {"review": 1},
    "sir.feedback.information-requested": {"target_on": DAY, "items": (Item(text=WORDS),)},
    "sir.feedback.review-assessed": {
        "review": 1,
        "kind": "IAR",
        "iar_decision": "appropriate",
        "quality": "high",
        "objectivity_ok": True,
        "comments": WORDS,
    },
    "sir.feedback.feedback-read": {"comments": WORDS},
    "sir.feedback.feedback-sent": {"corrects": 1, "letter": 2, "text": WORDS},
    "sir.feedback.dispute-resolved": {"outcome": "upheld"},
    "sir.feedback.good-practice-approved": {"found_by": "council"},
    "sir.feedback.case-closed": {"reason": WORDS},
    "sir.deadlines.calendar-activated": {"before": "GB-SCT/2025.1"},
    "sir.deadlines.reminder-corrected": {"reason": "late_evidence"},
}


def sample(kind: type[Event]) -> Event:
    values = VALUES | OWN.get(kind.type, {})
    own = OWN.get(kind.type, {})
    given = {name: values.get(name, DAY) for name, field in kind.model_fields.items() if field.is_required()} | own
    for name, field in kind.model_fields.items():
        if name in {"reason", "basis"} and "Personal" in str(field.annotation):
            given[name] = Personal("An invented reason.")
    return kind(**given)


def main() -> None:
    HISTORY.mkdir(exist_ok=True)
    for (name, version), kind in CATALOGUE.items():
        path = HISTORY / f"{name}.v{version}.json"
        if not path.exists():
            sealed = sample(kind).model_dump_json(
                indent=1, context={"seal": lambda field, _clear: {"field": field, "box": "c2VhbGVk"}}
            )
            path.write_text(sealed + "\n")
            sys.stdout.write(f"written: {path.name}\n")


if __name__ == "__main__":
    main()

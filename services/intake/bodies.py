"""What may be sent to intake: one model a command, strict, with the codes of the published lists."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from contracts.codes import (
    AwarenessSource,
    Criterion,
    Grade,
    IncidentType,
    Interest,
    LateReason,
    OffenceCode,
    OrderType,
    OutcomeOfHarm,
    Precision,
    Requirement,
    RoleOfPerson,
    Sex,
    YesNoUnknown,
)
from services.chassis import text
from services.chassis.commands import Body
from services.chassis.describing import example
from services.chassis.moments import Day, Occurred


def _each_once(said: Sequence[Any]) -> list[Any]:
    return list(dict.fromkeys(said))


Reference = Annotated[str, text.Line(100)]
Name = Annotated[str, text.Line(200)]
Prose = Annotated[str, text.Prose(2000)]
Summary = Annotated[str, text.Prose(5000)]
"""Bounded so that an event with the summary before and after, sealed, stays below the largest data of an event."""
Criteria = Annotated[list[Criterion], Field(max_length=20, default_factory=list), AfterValidator(_each_once)]
OffenceCodes = Annotated[list[OffenceCode], Field(max_length=40, default_factory=list), AfterValidator(_each_once)]
Requirements = Annotated[list[Requirement], Field(max_length=20, default_factory=list), AfterValidator(_each_once)]


class PersonBody(Body):
    """The person supervised."""

    council_person_id: Reference | None = None
    initials: Annotated[str, text.Line(10)] | None = None
    year_of_birth: Annotated[int, Field(ge=1900, le=2100)] | None = None
    sex: Sex | None = None


class OrderBody(Body):
    """An order or licence."""

    type: OrderType
    start_date: Day | None = None
    end_date: Day | None = None
    requirements: Requirements


class MappaBody(Body):
    """Management under MAPPA."""

    category: Annotated[int, Field(ge=1, le=3)]
    level: Annotated[int, Field(ge=1, le=3)] | None = None
    area: Name | None = None
    sog_notified_on: Day | None = None


class SignedOffBody(Body):
    """Who signed the notification off."""

    name: Name | None = None
    grade: Grade | None = None
    signed_on: Day | None = None


class Said(Body):
    """The fields of a notification; a change sends some of them."""

    council_reference: Reference | None = None
    occurred_on: Day | None = None
    occurred_on_precision: Precision | None = None
    became_aware_on: Day | None = None
    awareness_source: AwarenessSource | None = None
    criteria: Criteria
    charged_on: Day | None = None
    recalled_on: Day | None = None
    role_of_person: RoleOfPerson | None = None
    offence_codes: OffenceCodes
    incident_type: IncidentType | None = None
    outcome_of_harm: OutcomeOfHarm | None = None
    person: PersonBody | None = None
    orders: Annotated[list[OrderBody], Field(max_length=20, default_factory=list)]
    mappa: MappaBody | None = None
    domestic_abuse_element: YesNoUnknown = YesNoUnknown.UNKNOWN
    child_protection: YesNoUnknown = YesNoUnknown.UNKNOWN
    adult_protection: YesNoUnknown = YesNoUnknown.UNKNOWN
    drug_related_suspected: bool | None = None
    post_mortem_pending: bool | None = None
    retrospective: bool = False
    media_interest: Interest = Interest.NONE
    ministerial_interest: Interest = Interest.NONE
    late_reason: LateReason | None = None
    signed_off_by: SignedOffBody | None = None
    summary: Summary | None = None


class Notify(Said):
    """A notification; `council`, `notified_on` and `register_row` are a registrar's."""

    model_config = example(
        council_reference="GCC-2026-0117",
        occurred_on="2026-11-16",
        became_aware_on="2026-11-17",
        awareness_source="police",
        criteria=["C1"],
        charged_on="2026-11-17",
        recalled_on=None,
        role_of_person="perpetrator_suspected",
        offence_codes=["S4"],
        incident_type="T02",
        outcome_of_harm="serious",
        person={"council_person_id": "P-88121", "initials": "AB", "year_of_birth": 1988, "sex": "male"},
        orders=[{"type": "CPO", "start_date": "2026-02-02", "end_date": None, "requirements": ["offender_supervision"]}],
        mappa={"category": 1, "level": 1, "sog_notified_on": "2026-11-17"},
        domestic_abuse_element="unknown",
        child_protection="no",
        adult_protection="no",
        drug_related_suspected=False,
        post_mortem_pending=False,
        retrospective=False,
        media_interest="none",
        ministerial_interest="none",
        late_reason="not_aware",
        signed_off_by={"name": "C. Manager", "grade": "service_manager", "signed_on": "2026-11-18"},
        summary="An invented incident.",
    )

    council: Annotated[str, text.Line(100)] | None = None
    notified_on: Occurred | None = None
    register_row: Annotated[dict[Annotated[str, text.Line(40)], Annotated[str, text.Line(64)]], Field(max_length=100)] | None = (
        None
    )


class Draft(Notify):
    """As much of a notification as is known so far; the rules come when it is submitted."""

    model_config = example(occurred_on="2026-11-16", criteria=["C1"], summary="An invented incident, as far as it is known.")


class SubmitBody(Body):
    """Nothing: what is submitted is the draft."""

    model_config = example()


class ChangeBody(Body):
    """An amendment or a correction: the fields that change, each whole, and why. `occurred_at` is a registrar's."""

    model_config = example(changes={"outcome_of_harm": "life_threatening"}, reason="What the hospital said.")

    changes: Said
    reason: Prose
    occurred_at: Occurred | None = None


class WithdrawalBody(Body):
    """A withdrawal."""

    model_config = example(reason="The order had ended before the incident.")

    reason: Prose
    occurred_at: Occurred | None = None


class ReclassificationBody(Body):
    """Another statistical category."""

    model_config = example(incident_type="T03", basis="What the charge says now.")

    incident_type: IncidentType
    basis: Prose
    occurred_at: Occurred | None = None


class ConsiderationBody(Body):
    """An incident considered and not notified."""

    model_config = example(
        considered_on="2026-11-18",
        occurred_on="2026-11-16",
        criteria=["C1"],
        incident_type="T02",
        decided_by="service_manager",
        reason="No serious harm came of it.",
    )

    considered_on: Day | None = None
    occurred_on: Day | None = None
    criteria: Criteria
    incident_type: IncidentType | None = None
    decided_by: Grade | None = None
    council: Annotated[str, text.Line(100)] | None = None
    reason: Prose

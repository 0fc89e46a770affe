"""What may be sent to intake: one model a command, strict, with the codes of the published lists."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

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

Reference = Annotated[str, text.Line(100)]
Name = Annotated[str, text.Line(200)]
Prose = Annotated[str, text.Prose(20_000)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2100, 1, 1))]
Occurred = Day | AwareDatetime
"""When something happened: a day, or an instant with its offset."""


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
    requirements: Annotated[list[Requirement], Field(max_length=20, default_factory=list)]


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
    criteria: Annotated[list[Criterion], Field(max_length=3, default_factory=list)]
    charged_on: Day | None = None
    recalled_on: Day | None = None
    role_of_person: RoleOfPerson | None = None
    offence_codes: Annotated[list[OffenceCode], Field(max_length=20, default_factory=list)]
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
    summary: Prose | None = None


class Notify(Said):
    """A notification; `council`, `notified_on` and `register_row` are a registrar's."""

    council: Annotated[str, text.Line(100)] | None = None
    notified_on: Occurred | None = None
    register_row: dict[Annotated[str, text.Line(40)], Annotated[str, text.Line(64)]] | None = None


class ChangeBody(Body):
    """An amendment or a correction."""

    changes: Said
    reason: Prose
    occurred_at: Occurred | None = None


class WithdrawalBody(Body):
    """A withdrawal."""

    reason: Prose
    occurred_at: Occurred | None = None


class ReclassificationBody(Body):
    """Another statistical category."""

    incident_type: IncidentType
    basis: Prose
    occurred_at: Occurred | None = None


class ConsiderationBody(Body):
    """An incident considered and not notified."""

    considered_on: Day
    occurred_on: Day | None = None
    criteria: Annotated[list[Criterion], Field(max_length=3, default_factory=list)]
    incident_type: IncidentType | None = None
    decided_by: Grade | None = None
    reason: Prose

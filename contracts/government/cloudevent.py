"""The envelope of every outward event, and the bytes that all channels carry."""

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts.councils import Council

PREFIX: Final = "scot.gov.careinspectorate.sir"
SOURCE: Final = "urn:scot.gov.careinspectorate:sir:notifier"
CONTENT_TYPE: Final = "application/cloudevents+json"
BATCH_CONTENT_TYPE: Final = "application/cloudevents-batch+json"
SEQUENCE_DIGITS: Final = 20

Reference = Annotated[str, StringConstraints(pattern=r"^SIR-\d{4}-\d{4,}$", max_length=24)]
Version = Annotated[str, StringConstraints(pattern=r"^[A-Z-]+/\d{4}\.\d+$", max_length=24)]
Traceparent = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=300)]


class Data(BaseModel):
    """What one outward event says: codes, dates and numbers only. `name` stands in its type; a `.v2` would be a new class."""

    model_config = ConfigDict(frozen=True)

    name: ClassVar[str]

    @classmethod
    def kind(cls) -> str:
        """The `type` of its events."""
        return f"{PREFIX}.{cls.name}.v1"


class NotifyingCouncil(BaseModel):
    """Whose case it is."""

    model_config = ConfigDict(frozen=True)

    gss_code: Annotated[str, StringConstraints(pattern=r"^S12\d{6}$")]
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z ]+$", max_length=40)]

    @classmethod
    def of(cls, council: Council) -> "NotifyingCouncil":
        """By the reference list."""
        return cls(gss_code=council.gss_code, name=council.name)


class CloudEvent(BaseModel):
    """One outward event. `time` is when it happened, `recordedtime` when the system learned it."""

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: Literal["urn:scot.gov.careinspectorate:sir:notifier"] = SOURCE
    type: Annotated[str, StringConstraints(pattern=r"^scot\.gov\.careinspectorate\.sir\.[a-z.-]+\.v\d+$")]
    subject: UUID
    time: datetime
    recordedtime: datetime
    sequence: Annotated[str, StringConstraints(pattern=rf"^\d{{{SEQUENCE_DIGITS}}}$")]
    partitionkey: UUID
    correlationid: UUID
    causationid: UUID
    traceparent: Traceparent | None = None
    dataschema: Address
    dataref: Address
    dataclassification: Literal["confidential"] = "confidential"
    dataregulation: Literal["UK-GDPR"] = "UK-GDPR"
    datacontenttype: Literal["application/json"] = "application/json"
    data: Annotated[dict[str, object], Field(description="as the schema at `dataschema` says")]


def render(
    data: Data,
    *,
    outward_id: UUID,
    subject: UUID,
    sequence: int,
    time: datetime,
    recordedtime: datetime,
    correlationid: UUID,
    causationid: UUID,
    traceparent: str | None,
    address: str,
) -> bytes:
    """The event's bytes: written once, then served and sent as they are. `address` is where outsiders reach this service."""
    event = CloudEvent(
        id=outward_id,
        type=data.kind(),
        subject=subject,
        time=time,
        recordedtime=recordedtime,
        sequence=f"{sequence:0{SEQUENCE_DIGITS}}",
        partitionkey=subject,
        correlationid=correlationid,
        causationid=causationid,
        traceparent=traceparent,
        dataschema=f"{address}/contracts/{data.name}/v1/schema.json",
        dataref=f"{address}/v1/cases/{subject}",
        data=data.model_dump(mode="json"),
    )
    # An absent attribute has no member: CloudEvents knows no null.
    absent = {"traceparent"} if traceparent is None else None
    return event.model_dump_json(exclude=absent).encode()

"""What every event is wrapped in, on its way and in store (CloudEvents 1.0 with extensions), and what a decision may give."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

NO_HASH: Final = b""
"""What the first event of a stream links to."""


class Origin(StrEnum):
    """Whether a fact was said when it happened or brought in afterwards; effects on the world need `live`."""

    LIVE = "live"
    IMPORT = "import"


class Value(BaseModel):
    """Part of an event: frozen, strict about what it may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(Value):
    """A fact in the past tense; `type` is its name on every border, `version` the version of its shape."""

    type: ClassVar[str]
    version: ClassVar[int] = 1

    def happened(self) -> datetime | None:
        """When it was true in the world, where that is not the instant of recording."""
        return None

    def rules(self) -> tuple[str | None, str | None]:
        """The policy and the calendar version that it was decided by, where one was used."""
        return None, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who said what about which subject, when it was true, when we learned it, and what it links to.

    `hash` covers every field above it, length-prefixed, and the stored bytes of the data; `prevhash` is the hash of
    the stream's event before, empty for the first.
    """

    id: UUID
    source: str
    type: str
    schemaversion: int
    subject: str
    streamversion: int
    time: datetime
    recordedtime: datetime
    role: str
    actor: str
    council: str | None
    origin: Origin
    policy: str | None
    calendar: str | None
    correlationid: UUID
    causationid: UUID | None
    traceparent: str | None
    prevhash: bytes
    hash: bytes

    @property
    def stream(self) -> str:
        """The stream's name, `<service>/<subject>`."""
        return f"{self.source}/{self.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a command: where (a JSON pointer), a code for programs, words for people, the rule's id."""

    pointer: str
    code: str
    detail: str
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A decision not to: `code` for programs, `detail` for people; 409 when the state forbids it, 422 when the words do."""

    code: str
    detail: str
    status: int = 422
    faults: tuple[Fault, ...] = ()
    allowed: tuple[str, ...] = ()


Decision = Sequence[Event] | Refused
"""What `decide` gives: events (none when nothing changes) or a refusal."""

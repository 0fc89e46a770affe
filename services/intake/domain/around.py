"""What a command is judged by besides its own words and its own stream: who asks, and what was heard of the case."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.envelope import Origin
from services.intake.domain.heard import NOTHING_HEARD, Heard


class Side(StrEnum):
    """On whose side the caller stands."""

    COUNCIL = "council"
    INSPECTORATE = "inspectorate"
    REGISTRAR = "registrar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Who asks, of which council if of one, and what the inspectorate has said so far."""

    side: Side = Side.COUNCIL
    council: str | None = None
    heard: Heard = NOTHING_HEARD

    @property
    def live(self) -> bool:
        """Whether it is said now; a registrar brings in what was said before the system existed."""
        return self.side is not Side.REGISTRAR

    @property
    def origin(self) -> Origin:
        """The origin of what follows."""
        return Origin.LIVE if self.live else Origin.IMPORT

"""What every row of the report is made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Ours beside the reference; `wanted` is what is aimed at, of the ratio unless it says otherwise."""

    name: str
    ours: float
    reference: float
    unit: str
    wanted: str
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.reference if self.reference else 0.0

    @property
    def digits(self) -> int:
        """Decimal places that mean something."""
        return 1 if self.reference < 20 else 0

"""What a deployment must say of this service."""

from services.chassis.settings import Settings


class StatisticsSettings(Settings):
    """What all five need, and nothing more."""

"""What a deployment must say of this service."""

from services.chassis.settings import Settings


class FeedbackSettings(Settings):
    """What all five need, and nothing more."""

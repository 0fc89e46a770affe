"""What a deployment of this service must say."""

from pydantic import Field

from services.chassis import settings


class Settings(settings.Settings):
    """The shared settings, and how often the ticker looks."""

    tick_seconds: float = Field(default=2.0, gt=0, description="seconds between two looks at the due list")

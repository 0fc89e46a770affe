"""What a deployment must say of this service."""

from pydantic import Field

from services.chassis.settings import Settings


class NotificationSettings(Settings):
    """Where Government finds us, and the topic that it reads."""

    government_topic: str = "sir.government.v1"
    public_url: str | None = Field(default=None, description="this service's address as Government sees it")

    @property
    def address(self) -> str:
        """What the links of outward events begin with."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

"""What a deployment must say of this service beyond what all five need."""

from pathlib import Path

from pydantic import Field, SecretStr

from services.chassis.settings import Settings


class DeadlinesSettings(Settings):
    """Where reminders go. With neither folder nor server they are recorded and nobody is told."""

    public_url: str | None = Field(default=None, description="this service's address as councils see it")
    reminder_folder: Path | None = Field(default=None, description="a folder into which each message is written as a file")
    smtp: str | None = Field(default=None, description="host:port of the server that takes messages")
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str = "sir@localhost"
    addresses: Path | None = Field(default=None, description='JSON: {"inspectorate": address, council\'s code: address, ...}')

    @property
    def address(self) -> str:
        """What links begin with."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

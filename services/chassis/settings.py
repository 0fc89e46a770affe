"""What a deployment must say, read once from the environment (prefix `SIR_`) into one frozen value."""

from base64 import b64decode
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings that all five services share; each service's own class adds to it."""

    # An error shows what it was given, and that holds passwords.
    model_config = SettingsConfigDict(env_prefix="SIR_", frozen=True, extra="ignore", hide_input_in_errors=True)

    environment: Literal["development", "production"] = "production"
    host: str = "127.0.0.1"
    port: int = 8000
    database_url: SecretStr
    keys_url: SecretStr | None = None
    owner_url: SecretStr | None = Field(default=None, description="the database as its owner: for migrate and rebuild only")
    kafka: str
    topic: str = "sir.case-events.v1"
    jwks: str = Field(description="file or URL of the JSON Web Key Set that signs tokens")
    issuer: str
    kek_file: Path | None = Field(default=None, description="base64 of the 32 bytes that wrap the case keys")
    secret_file: Path = Field(description="base64 of the 32 bytes behind fingerprints and cursors")
    pool_size: int = 10
    instance: str = Field(
        default="1", description="which of the service's processes this is: it keeps its partitions over a restart"
    )
    log_level: Literal["debug", "info", "warning"] = "info"
    failpoint: str | None = Field(default=None, description="development only: name:action[:nth]")
    clock_shift: float = Field(default=0.0, description="development only: seconds added to the database's instant")

    @model_validator(mode="after")
    def _no_faults_in_production(self) -> Self:
        if self.environment == "production" and (self.failpoint or self.clock_shift):
            msg = "SIR_FAILPOINT and SIR_CLOCK_SHIFT are for development only"
            raise ValueError(msg)
        return self

    def secret(self) -> bytes:
        """The bytes behind fingerprints and cursors."""
        return b64decode(self.secret_file.read_text())

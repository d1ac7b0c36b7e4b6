"""Check-in's settings."""

from cryptography.fernet import Fernet
from pydantic import Field, SecretStr, field_validator

from shared.platform.settings import PlatformSettings


class CheckinSettings(PlatformSettings):
    """Read from the environment; the README's table documents each variable once."""

    database_url: str = Field(
        pattern=r"^(sqlite\+aiosqlite:///|postgresql(\+psycopg)?://).+",
        description="The registry: sqlite+aiosqlite:///path or postgresql+psycopg://user:password@host/database.",
    )
    personal_data_key: SecretStr = Field(
        description="Fernet key (32 bytes, URL-safe base64) for names, telephone and identity numbers and webhook "
        "addresses in the registry."
    )
    post_code_secret: SecretStr = Field(
        min_length=32, description="What the codes of all posts are derived from. A new one ends every printed code."
    )
    duty_lease_s: int = Field(default=4 * 3600, ge=1, le=86_400, description="How long a check-in is good for.")
    relay_every_s: float = Field(
        default=0.5, gt=0, le=60, description="How often the worker looks for registry changes to publish."
    )

    @field_validator("personal_data_key")
    @classmethod
    def _is_a_fernet_key(cls, key: SecretStr) -> SecretStr:
        try:
            Fernet(key.get_secret_value())
        except ValueError as error:
            raise ValueError("32 bytes in URL-safe base64 are needed") from error
        return key

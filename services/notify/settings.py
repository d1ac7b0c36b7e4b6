"""Notify's settings. A channel without its settings is not there: its addresses are left out when people are told."""

from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from shared.platform.settings import PlatformSettings


class NotifySettings(PlatformSettings):
    """Read from the environment."""

    notify_webhook_secret: SecretStr | None = Field(
        default=None, description="`whsec_` and base64: signs webhooks (Standard Webhooks)."
    )
    notify_webhook_hosts: str = Field(
        default="", description="Hosts that webhooks may call, separated by commas; host:port for a port of its own."
    )
    notify_sms_url: str = Field(default="", pattern=r"^(https?://.+)?$", description="The SMS gateway's URL.")
    notify_sms_token: SecretStr = Field(default=SecretStr(""), description="The SMS gateway's bearer token.")
    notify_file: Path | None = Field(default=None, description="Development: the file channel's file.")

    @field_validator("notify_webhook_secret")
    @classmethod
    def _is_a_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not secret.get_secret_value().startswith("whsec_"):
            raise ValueError("must begin with whsec_")
        return secret

    @property
    def webhook_hosts(self) -> frozenset[str]:
        """The allowed hosts."""
        return frozenset(host.strip() for host in self.notify_webhook_hosts.split(",") if host.strip())

"""Settings that every service reads. A wrong one stops the start and names its variable."""

import sys
from typing import Literal, NoReturn, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

S = TypeVar("S", bound="PlatformSettings")

EX_CONFIG = 78  # as sysexits.h names it: the supervisor need not try again


class PlatformSettings(BaseSettings):
    """Read from the environment; the README's table documents each variable once."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    kafka_bootstrap: str = Field(min_length=3, description="host:port[,host:port] of the brokers.")
    redis_url: str = Field(
        pattern=r"^(redis|rediss|unix)://", description="Live state; may be lost at any time, Kafka rebuilds it."
    )
    token_public_key: str = Field(min_length=40, description="Ed25519 public key, PEM; verifies every token.")
    replication_factor: int = Field(default=1, ge=1, le=9, description="Of topics that `meu topics apply` makes.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="What is logged.")
    log_format: Literal["json", "console"] = Field(default="json", description="`json` or `console`.")
    http_host: str = Field(default="127.0.0.1", description="Where the API and a worker's health listen.")
    http_port: int = Field(default=8000, ge=1, le=65535, description="The API's port.")
    worker_http_port: int = Field(default=0, ge=0, le=65535, description="Health and metrics; 0 serves none.")
    answer_within_s: float = Field(default=2.0, gt=0, le=30, description="Then a POST answers 202 and a Location.")
    tick_every_s: float = Field(default=0.5, gt=0, le=5, description="How often workers write ticks; bounds lateness.")
    time_zone: str = Field(
        default="Asia/Shanghai",
        description="The city's, by its IANA name: its midnights part the days of figures, and rosters are kept in it.",
    )
    otel_exporter_otlp_endpoint: str = Field(
        default="", pattern=r"^(https?://.+)?$", description="Where traces are sent (OTLP over HTTP); none without it."
    )

    @field_validator("time_zone")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no such time zone: {name}") from error
        return name


def load_settings(kind: type[S]) -> S:
    """The settings from the environment; ends the process with each wrong variable's name and reason."""
    try:
        return kind()  # pyright: ignore[reportCallIssue] - the values come from the environment
    except ValidationError as error:
        _stop(error)


def _stop(error: ValidationError) -> NoReturn:
    for problem in error.errors():
        name = "_".join(str(part) for part in problem["loc"]).upper()
        print(f"wrong setting {name}: {problem['msg']}", file=sys.stderr)
    raise SystemExit(EX_CONFIG)

"""Settings of analytics."""

from urllib.parse import urlsplit

from pydantic import Field, field_validator

from shared.platform.settings import PlatformSettings


def is_embedded(clickhouse_url: str) -> bool:
    """Whether the history lives inside one process, which then is the api's."""
    return urlsplit(clickhouse_url).scheme == "chdb"


class AnalyticsSettings(PlatformSettings):
    """Read from the environment; the README's table documents each variable once."""

    clickhouse_url: str = Field(
        pattern=r"^(chdb|http|https)://",
        description="chdb:///absolute/folder for the embedded engine, or http(s)://user:password@host:port/database.",
    )

    @field_validator("clickhouse_url")
    @classmethod
    def _names_a_place(cls, url: str) -> str:
        parts = urlsplit(url)
        if is_embedded(url) and (parts.netloc or parts.path.strip("/") == ""):
            raise ValueError("write chdb:///absolute/folder, with three slashes")
        if not is_embedded(url) and parts.path.strip("/") == "":
            raise ValueError("name the database: http://host:port/database")
        return url

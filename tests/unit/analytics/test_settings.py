"""A wrong setting stops the start and names its variable."""

import pytest

from services.analytics.bootstrap import build_worker
from services.analytics.settings import AnalyticsSettings, is_embedded
from shared.platform.settings import load_settings
from tests.fakes.keys import PUBLIC_KEY

RIGHT = {
    "KAFKA_BOOTSTRAP": "127.0.0.1:9092",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "TOKEN_PUBLIC_KEY": PUBLIC_KEY,
    "CLICKHOUSE_URL": "chdb:///srv/meu/history",
}


@pytest.fixture(autouse=True)
def _right_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("url", "embedded"),
    [("chdb:///srv/history", True), ("http://u:p@host:8123/meu", False), ("https://host/meu", False)],
)
def test_the_url_says_where_the_history_is(monkeypatch: pytest.MonkeyPatch, url: str, embedded: bool) -> None:
    monkeypatch.setenv("CLICKHOUSE_URL", url)
    assert is_embedded(load_settings(AnalyticsSettings).clickhouse_url) is embedded


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLICKHOUSE_URL", "clickhouse://host:9000/meu"),
        ("CLICKHOUSE_URL", "chdb://relative/folder"),
        ("CLICKHOUSE_URL", "chdb:///"),
        ("CLICKHOUSE_URL", "http://host:8123"),
        ("TIME_ZONE", "Asia/Guangzhou"),
        ("TIME_ZONE", "../etc/passwd"),
        ("TIME_ZONE", ""),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        load_settings(AnalyticsSettings)
    assert stopped.value.code == 78
    assert f"wrong setting {name}:" in capsys.readouterr().err


def test_with_the_embedded_engine_there_is_no_worker_beside_the_api() -> None:
    with pytest.raises(ValueError, match="CLICKHOUSE_URL"):
        build_worker(load_settings(AnalyticsSettings))

"""Starting: what is away is named, and a wrong setting stops the start by name."""

import asyncio
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet
from openapi_spec_validator import validate

from services.checkin.bootstrap import build_api
from services.checkin.settings import CheckinSettings
from shared.platform.settings import load_settings
from tests.component.checkin.conftest import OPERATOR, SECRET, Desk
from tests.fakes.keys import PRIVATE_KEY, PUBLIC_KEY, bearer

RIGHT = {
    "KAFKA_BOOTSTRAP": "127.0.0.1:1",
    "REDIS_URL": "redis://127.0.0.1:1",
    "TOKEN_PUBLIC_KEY": PUBLIC_KEY,
    "DATABASE_URL": "sqlite+aiosqlite:///registry.db",
    "PERSONAL_DATA_KEY": Fernet.generate_key().decode(),
    "POST_CODE_SECRET": SECRET,
    "TOKEN_PRIVATE_KEY": PRIVATE_KEY,
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://host/db"),
        ("PERSONAL_DATA_KEY", "too short"),
        ("POST_CODE_SECRET", "too short"),
        ("TOKEN_PRIVATE_KEY", PUBLIC_KEY),
        ("SECOND_FACTOR", "operator,emperor"),
        ("DUTY_LEASE_S", "0"),
        ("REDIS_URL", ""),
        ("OIDC_ISSUER", "http://login.city.example"),
        ("OIDC_ISSUER", "http://localhost@login.city.example"),
        ("OIDC_ISSUER", "https://login.city.example?city=1"),
        ("OIDC_CLIENT_ID", "without an issuer"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_names_its_variable_but_not_its_value(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(SystemExit):
        load_settings(CheckinSettings)
    said = capsys.readouterr().err
    assert f"wrong setting {name}:" in said
    assert "too short" not in said


@pytest.mark.parametrize("name", ["PERSONAL_DATA_KEY", "POST_CODE_SECRET", "TOKEN_PRIVATE_KEY", "DATABASE_URL"])
def test_there_is_no_default_secret(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    environment.delenv(name)
    with pytest.raises(SystemExit):
        load_settings(CheckinSettings)
    assert f"wrong setting {name}:" in capsys.readouterr().err


def test_an_issuer_needs_a_client_id(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    environment.setenv("OIDC_ISSUER", "https://login.city.example/realms/city")
    with pytest.raises(SystemExit):
        load_settings(CheckinSettings)
    assert "wrong setting OIDC_CLIENT_ID:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "issuer", ["https://login.city.example/realms/city", "http://127.0.0.1:8090", "http://[::1]/x"]
)
async def test_a_citys_provider_is_a_matter_of_settings(environment: pytest.MonkeyPatch, issuer: str) -> None:
    environment.setenv("OIDC_ISSUER", issuer)
    environment.setenv("OIDC_CLIENT_ID", "meu")
    transport = httpx.ASGITransport(app=build_api(load_settings(CheckinSettings)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        assert (await http.get("/checkin/v1/login-options")).json() == {"oidc": True}


async def test_the_api_starts_without_its_backends_and_says_which_are_away(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/registry.db")
    app = build_api(load_settings(CheckinSettings))
    transport = httpx.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        assert (await http.get("/livez")).status_code == 200

        async def failing() -> set[str]:
            answer = await http.get("/readyz")
            assert answer.status_code == 503
            return set(answer.json()["failing"])

        async with asyncio.timeout(20):
            while "database" in await failing():
                await asyncio.sleep(0.05)
        assert await failing() == {"kafka", "redis", "registry", "answers"}
        unknown = await http.get("/checkin/v1/units/u-1", headers=bearer(OPERATOR))
        assert unknown.status_code == 503


async def test_the_api_describes_itself_by_the_official_schema(desk: Desk) -> None:
    document = (await desk.http.get("/checkin/v1/openapi.json")).json()
    validate(document)
    assert {"/checkin/v1/check-ins", "/checkin/v1/positions", "/checkin/v1/units"} <= set(document["paths"])

"""What PostgreSQL refuses to store or compare is refused by name: it is no fault of ours."""

import base64

import httpx
import pytest
from cryptography.fernet import Fernet

from services.checkin.adapters.sql_engine import create_engine, migrate
from services.checkin.bootstrap import build_api
from services.checkin.settings import CheckinSettings
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.fakes.keys import PRIVATE_KEY, PUBLIC_KEY, bearer

KEEPER = Principal("keeper", Role.SYSTEM_ADMINISTRATOR, "/440100")
NUL = base64.urlsafe_b64encode(b"a\x00b").decode()


@pytest.fixture
async def settings(postgres_url: str) -> CheckinSettings:
    engine = create_engine(postgres_url)
    await migrate(engine)
    await engine.dispose()
    return CheckinSettings(
        kafka_bootstrap="127.0.0.1:9",
        redis_url="redis://127.0.0.1:9/0",
        token_public_key=PUBLIC_KEY,
        token_private_key=PRIVATE_KEY,
        database_url=postgres_url,
        personal_data_key=Fernet.generate_key().decode(),
        post_code_secret="a secret of the test city, long enough",
    )


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/checkin/v1/sessions", {"login": "a\x00b", "password": "x"}),
        ("GET", f"/checkin/v1/accounts?cursor={NUL}", None),
    ],
)
async def test_a_nul_character_is_refused(
    settings: CheckinSettings, method: str, path: str, body: dict[str, str] | None
) -> None:
    app = build_api(settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        answer = await http.request(method, path, json=body, headers=bearer(KEEPER))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text

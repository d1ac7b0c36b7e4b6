"""Logging in with the city's own account, over HTTP, with a provider that vouches for whom the test says."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import httpx
import pytest
from cryptography.fernet import Fernet

from services.checkin.application.identity_provider import Begun, ProviderAway
from services.checkin.application.log_in_by_provider import BEGUN_GOOD_FOR
from services.checkin.domain.accounts import Account, Credentials, Right
from shared.platform.web.tokens import TokenReader
from shared.vocabulary.decisions import Refused
from shared.vocabulary.terms import Role
from tests.component.checkin.conftest import STATION_PATH, Desk, desk_on_fakes
from tests.fakes.keys import PUBLIC_KEY

START, BACK = "/checkin/v1/sessions/oidc", "/checkin/v1/sessions/oidc/callback"
RIGHT = Right(Role.OFFICER, STATION_PATH, station_id="440106001")


@dataclass
class FakeProvider:
    """Plays `IdentityProvider`."""

    vouches_for: str | Refused = "chen"
    is_away: bool = False
    begun: list[Begun] = field(default_factory=list[Begun])

    async def start(self, begun: Begun) -> str:
        if self.is_away:
            raise ProviderAway
        self.begun.append(begun)
        return f"https://login.city.example/?state={begun.state}"

    async def finish(self, begun: Begun, code: str) -> str | Refused:
        if self.is_away:
            raise ProviderAway
        assert (begun, code) == (self.begun[-1], "a code")
        return self.vouches_for


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
async def desk(provider: FakeProvider) -> AsyncGenerator[Desk]:
    """With a city's provider, and an officer who has a password and an app for codes."""
    async with desk_on_fakes(provider=provider) as desk:
        credentials = Credentials("hash of x", None, "JBSWY3DPEHPK3PXP", code_confirmed=True)
        await desk.accounts.add(Account("id-chen", "chen", "陈明", RIGHT), credentials)
        yield desk


async def log_in(desk: Desk, **changed: str) -> httpx.Response:
    """To the provider and back, where everything is well unless it is `changed`."""
    state = httpx.URL((await desk.http.get(START)).headers["location"]).params["state"]
    return await desk.http.get(BACK, params={"state": state, "code": "a code", **changed})


def ended_at(answer: httpx.Response) -> str:
    assert answer.status_code == 303
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    return answer.headers["location"]


def told(desk: Desk) -> list[tuple[str, str, str | None]]:
    return [(action.actor_id, action.action, action.refused) for action in desk.audit.actions]


async def test_a_city_without_a_provider_offers_none() -> None:
    async with desk_on_fakes() as desk:
        assert (await desk.http.get("/checkin/v1/login-options")).json() == {"oidc": False}
        for path in (START, BACK):
            answer = await desk.http.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "no-provider")


async def test_a_city_with_one_offers_it(desk: Desk) -> None:
    assert (await desk.http.get("/checkin/v1/login-options")).json() == {"oidc": True}


async def test_the_session_is_what_a_password_opens(desk: Desk) -> None:
    answer = await log_in(desk)
    assert ended_at(answer) == "/console/"
    kept = next(text for text in answer.headers.get_list("set-cookie") if text.startswith("meu_session="))
    by_password = await desk.http.post("/checkin/v1/sessions", json={"login": "chen", "password": "x"})
    assert by_password.json()["next"] == "second-factor"  # which is the provider's matter for who comes from there
    for attribute in ("httponly", "path=/checkin/v1/sessions", "samesite=strict", "expires="):
        assert attribute in kept.lower()
    refreshed = (await desk.http.post("/checkin/v1/sessions/refresh")).json()
    principal = TokenReader(PUBLIC_KEY, desk.clock).read(refreshed["access_token"])
    assert (principal.subject, principal.role, principal.path) == ("id-chen", Role.OFFICER, STATION_PATH)
    assert told(desk) == [("id-chen", "log-in-oidc", None)]
    assert desk.audit.actions[0].path == STATION_PATH


async def test_what_is_remembered_on_the_way_can_not_be_read_and_goes_nowhere_else(
    desk: Desk, provider: FakeProvider
) -> None:
    cookie = (await desk.http.get(START)).headers["set-cookie"]
    for attribute in ("HttpOnly", "Max-Age=600", f"Path={START}", "SameSite=lax"):
        assert attribute in cookie
    assert "Secure" not in cookie
    begun = provider.begun[0]
    assert len({begun.state, begun.nonce, begun.verifier}) == 3
    assert not any(secret in cookie for secret in (begun.state, begun.nonce, begun.verifier))
    answer = await desk.http.get(BACK, params={"error": "access_denied"})
    assert 'meu_oidc="";' in answer.headers["set-cookie"]


async def test_people_are_sent_back_to_where_the_city_says(provider: FakeProvider) -> None:
    async with desk_on_fakes(provider=provider, public_url="https://meu.example/") as desk:
        assert "; Secure" in (await desk.http.get(START)).headers["set-cookie"]
    async with desk_on_fakes(provider=provider) as desk:
        await desk.http.get(START)
    assert [begun.redirect_uri for begun in provider.begun] == [f"https://meu.example{BACK}", f"http://test{BACK}"]


@pytest.mark.parametrize(
    "page", ["/console/", "/m/", "/console/map/a.b?units=u-1,u-2&at=113.3,23.1", "/console/%E5%B2%97"]
)
async def test_one_comes_back_to_the_page_that_one_left(desk: Desk, provider: FakeProvider, page: str) -> None:
    await desk.http.get(START, params={"return_to": page})
    answer = await desk.http.get(BACK, params={"state": provider.begun[0].state, "code": "a code"})
    assert ended_at(answer) == page


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/console/",
        "//evil.example/console/",
        "/\\evil.example",
        "/checkin/v1/me",
        "/console",
        "/console//evil.example",
        "/console/../checkin/v1/me",
        "/console/%2e%2E/checkin/v1/me",
        "/console/.",
        "/console/\n",
        "/console/ x",
        "/console/岗",
        "/console/\\..\\x",
        "/m/#c=code",
        "/console/" + "x" * 1000,
        "javascript:alert(1)",
        "",
    ],
)
async def test_one_is_sent_to_no_other_page(desk: Desk, provider: FakeProvider, page: str) -> None:
    answer = await desk.http.get(START, params={"return_to": page})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert provider.begun == []


@pytest.mark.parametrize("state", ["", "another", "状态"])
async def test_another_state_is_stale(desk: Desk, state: str) -> None:
    assert ended_at(await log_in(desk, state=state)) == "/console/login?problem=login-stale"
    assert told(desk) == [("nobody", "log-in-oidc", "login-stale")]


async def test_after_ten_minutes_it_is_stale(desk: Desk, provider: FakeProvider) -> None:
    await desk.http.get(START)
    desk.clock.time += BEGUN_GOOD_FOR
    answer = await desk.http.get(BACK, params={"state": provider.begun[0].state, "code": "a code"})
    assert ended_at(answer) == "/console/login?problem=login-stale"


@pytest.mark.parametrize(
    "cookie", ["", "made up", Fernet(Fernet.generate_key()).encrypt(b"{}").decode(), "gAAAAA", "\xe5"]
)
async def test_what_we_did_not_seal_is_stale(desk: Desk, provider: FakeProvider, cookie: str) -> None:
    await desk.http.get(START)
    desk.http.cookies.clear()
    sent = {"Cookie": f"meu_oidc={cookie}".encode("latin-1")}
    answer = await desk.http.get(BACK, params={"state": provider.begun[0].state, "code": "a code"}, headers=sent)
    assert ended_at(answer) == "/console/login?problem=login-stale"


@pytest.mark.parametrize(
    ("vouches_for", "problem"),
    [
        ("nobody", "wrong-credentials"),
        (Refused("wrong-credentials", "the provider says so"), "wrong-credentials"),
        (Refused("login-stale", "used twice"), "login-stale"),
    ],
)
async def test_who_is_refused_is_told_no_more_than_that(
    desk: Desk, provider: FakeProvider, vouches_for: str | Refused, problem: str
) -> None:
    provider.vouches_for = vouches_for
    answer = await log_in(desk)
    assert ended_at(answer) == f"/console/login?problem={problem}"
    assert "meu_session" not in desk.http.cookies
    assert told(desk) == [("nobody", "log-in-oidc", problem)]
    assert desk.audit.actions[0].about == ""


async def test_without_a_right_a_login_comes_to_nothing(desk: Desk) -> None:
    await desk.accounts.set_right("id-chen", None)
    assert ended_at(await log_in(desk)) == "/console/login?problem=no-right"
    assert "meu_session" not in desk.http.cookies
    assert told(desk) == [("id-chen", "log-in-oidc", "no-right")]


async def test_a_provider_that_is_away_is_said_to_be(desk: Desk, provider: FakeProvider) -> None:
    await desk.http.get(START)
    provider.is_away = True
    assert ended_at(await desk.http.get(START)) == "/console/login?problem=provider-away"
    assert told(desk) == []
    answer = await desk.http.get(BACK, params={"state": provider.begun[0].state, "code": "a code"})
    assert ended_at(answer) == "/console/login?problem=provider-away"
    assert told(desk) == [("nobody", "log-in-oidc", "provider-away")]


async def test_nobody_logs_in_unseen(desk: Desk) -> None:
    desk.audit.away = True
    assert ended_at(await log_in(desk)) == "/console/login?problem=unavailable"
    assert "meu_session" not in desk.http.cookies

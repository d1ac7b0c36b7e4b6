"""Logging in with the city's own account, at a provider that answers over HTTP with tokens that are really signed."""

import asyncio
import hmac
import json
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.responses import JSONResponse, PlainTextResponse
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64encode

from services.checkin.adapters import oidc_provider
from services.checkin.adapters.oidc_provider import OidcProvider
from services.checkin.domain.accounts import Account, Credentials, Right
from shared.vocabulary.terms import Role
from tests.component.checkin.conftest import STATION_PATH, Desk, SetClock, desk_on_fakes
from tests.fakes.openid_provider import CLIENT_ID, SECRET, Claims, Key, OpenIdProvider, openid_provider, rsa_key

RIGHT = Right(Role.OFFICER, STATION_PATH, station_id="440106001")
PASSWORD = "correct horse battery"
LOGGED_IN = "/console/map?layers=a,b"


@pytest.fixture
def provider() -> Generator[OpenIdProvider]:
    with openid_provider() as provider:
        yield provider


@dataclass
class Browser:
    """Somebody's browser: it keeps our cookies, and goes where it is sent."""

    desk: Desk
    elsewhere: httpx.AsyncClient

    async def leave(self) -> httpx.Response:
        return await self.desk.http.get("/checkin/v1/sessions/oidc", params={"return_to": LOGGED_IN})

    async def at_provider(self, left: httpx.Response) -> str:
        """Where the provider sends it back to."""
        assert left.status_code == 303
        sent = await self.elsewhere.get(left.headers["location"])
        assert sent.status_code == 302, sent.text
        return sent.headers["location"]

    async def come_back(self, address: str) -> str:
        """Where it ends up."""
        answer = await self.desk.http.get(address)
        assert (answer.status_code, answer.text) == (303, "")
        return answer.headers["location"]

    async def log_in(self) -> str:
        return await self.come_back(await self.at_provider(await self.leave()))

    async def is_logged_in(self) -> bool:
        answer = await self.desk.http.post("/checkin/v1/sessions/refresh")
        return answer.status_code == 200 and answer.json()["account"]["login"] == "chen"

    def told(self) -> list[tuple[str, str, str | None]]:
        return [(action.actor_id, action.action, action.refused) for action in self.desk.audit.actions]


@asynccontextmanager
async def browser_of(
    issuer: str, *, secret: str = SECRET, claim: str = "preferred_username"
) -> AsyncGenerator[Browser]:
    clock = SetClock()
    city = OidcProvider(issuer, CLIENT_ID, secret, claim, clock)
    async with desk_on_fakes(provider=city, clock=clock) as desk, httpx.AsyncClient() as elsewhere:
        account = Account("id-chen", "chen", "陈明", RIGHT)
        await desk.accounts.add(account, Credentials(f"hash of {PASSWORD}", None, "JBSWY3DPEHPK3PXP", True))
        yield Browser(desk, elsewhere)
    await city.close()


@pytest.fixture
async def browser(provider: OpenIdProvider) -> AsyncGenerator[Browser]:
    async with browser_of(provider.issuer) as browser:
        yield browser


def problem(code: str) -> str:
    return f"/console/login?problem={code}"


async def test_whom_the_provider_vouches_for_is_logged_in(browser: Browser, provider: OpenIdProvider) -> None:
    provider.user = "Chen"
    assert await browser.log_in() == LOGGED_IN
    assert await browser.is_logged_in()
    assert browser.told() == [("id-chen", "log-in-oidc", None)]


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("ES256", ECKey.generate_key("P-256", {"kid": "ec"})),
        ("EdDSA", OKPKey.generate_key("Ed25519", {"kid": "ed"})),
        ("Ed25519", OKPKey.generate_key("Ed25519", {"kid": "ed"})),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_other_signatures(browser: Browser, provider: OpenIdProvider, algorithm: str, key: Key) -> None:
    provider.algorithm, provider.key = algorithm, key
    assert await browser.log_in() == LOGGED_IN


async def test_a_public_client_and_one_whose_secret_goes_into_the_form(provider: OpenIdProvider) -> None:
    provider.auth_methods = ["client_secret_post"]
    async with browser_of(provider.issuer) as browser:
        assert await browser.log_in() == LOGGED_IN
    provider.secret, provider.auth_methods = None, ["none"]
    async with browser_of(provider.issuer, secret="") as browser:
        assert await browser.log_in() == LOGGED_IN


# Far from any run's own time, however long the run takes from its collection to these tests.
LONG_AGO, FAR_OFF = 946_684_800, 4_102_444_800


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another log-in's"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": "another-client", "azp": CLIENT_ID},
        {"aud": [CLIENT_ID, "another-client"]},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"iss": "http://127.0.0.1:1/elsewhere"},
        {"iss": None},
        {"exp": LONG_AGO},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": FAR_OFF},
        {"nbf": FAR_OFF},
        {"sub": None},
        {"preferred_username": None},
        {"preferred_username": 7},
        {"preferred_username": ["chen"]},
        {"preferred_username": "nobody of ours"},
        {"preferred_username": "c\u212aen"},  # the Kelvin sign becomes a k when case is taken away
        {"preferred_username": "x" * 5000},
    ],
    ids=lambda wrong: ",".join(f"{name}={value}"[:30] for name, value in wrong.items()),
)
async def test_a_token_that_is_not_for_this_log_in(browser: Browser, provider: OpenIdProvider, wrong: Claims) -> None:
    await browser.desk.accounts.add(Account("id-ken", "cken", "肯", RIGHT), Credentials("", None))
    provider.claims = wrong
    assert await browser.log_in() == problem("wrong-credentials")
    assert not await browser.is_logged_in()
    assert browser.told() == [("nobody", "log-in-oidc", "wrong-credentials")]


async def test_the_providers_clock_may_be_a_little_off(browser: Browser, provider: OpenIdProvider) -> None:
    provider.claims = {"iat": time() + 30, "exp": time() - 30, "aud": [CLIENT_ID, "another"], "azp": CLIENT_ID}
    assert await browser.log_in() == LOGGED_IN


def by_hand(algorithm: str, sign: Callable[[bytes], bytes], kid: str = "first") -> Callable[[Claims], str]:
    def minted(claims: Claims) -> str:
        parts = [urlsafe_b64encode(json.dumps(part).encode()) for part in ({"alg": algorithm, "kid": kid}, claims)]
        return b".".join([*parts, urlsafe_b64encode(sign(b".".join(parts)))]).decode()

    return minted


FORGED: dict[str, Callable[[OpenIdProvider], Callable[[Claims], str]]] = {
    "none": lambda _: by_hand("none", lambda _: b""),
    "None": lambda _: by_hand("None", lambda _: b""),
    "the client's secret": lambda _: by_hand("HS256", lambda text: hmac.digest(SECRET.encode(), text, "sha256")),
    "the public key as a secret": lambda provider: by_hand(
        "HS256", lambda text: hmac.digest(provider.key.as_bytes("PEM", private=False), text, "sha256")
    ),
    "another key of the same name": lambda provider: lambda claims: provider.signed(claims, rsa_key("first")),
    "changed afterwards": lambda provider: lambda claims: _changed(provider.signed({**claims, "sub": "other"}), claims),
    "no signature": lambda _: by_hand("RS256", lambda _: b""),
    "no token": lambda _: lambda _: "no token at all",
    "empty": lambda _: lambda _: "",
}


def _changed(token: str, claims: Claims) -> str:
    header, _, signature = token.split(".")
    return ".".join([header, urlsafe_b64encode(json.dumps(claims).encode()).decode(), signature])


@pytest.mark.parametrize("forged", FORGED)
async def test_a_token_that_the_provider_did_not_sign(browser: Browser, provider: OpenIdProvider, forged: str) -> None:
    provider.minted = FORGED[forged](provider)
    assert await browser.log_in() == problem("wrong-credentials")
    assert not await browser.is_logged_in()
    provider.minted = None
    assert await browser.log_in() == LOGGED_IN


async def test_a_key_that_is_too_short_counts_for_nothing(browser: Browser, provider: OpenIdProvider) -> None:
    with pytest.warns(SecurityWarning):
        provider.key = RSAKey.generate_key(1024, {"kid": "short"})
    assert await browser.log_in() == problem("wrong-credentials")


async def test_documents_are_kept_and_keys_asked_for_again_when_one_is_new(
    browser: Browser, provider: OpenIdProvider
) -> None:
    for _ in range(2):
        assert await browser.log_in() == LOGGED_IN
    assert (provider.asked["openid-configuration"], provider.asked["keys"]) == (1, 1)
    provider.key = rsa_key("second")
    assert await browser.log_in() == LOGGED_IN
    assert provider.asked["keys"] == 2
    provider.published, provider.key = [provider.key], rsa_key("never published")
    assert await browser.log_in() == problem("wrong-credentials")
    assert provider.asked["keys"] == 3
    browser.desk.clock.time += timedelta(minutes=10)
    await browser.log_in()
    assert provider.asked["openid-configuration"] == 2


async def test_a_key_that_was_withdrawn_counts_for_ten_minutes_at_most(
    browser: Browser, provider: OpenIdProvider
) -> None:
    assert await browser.log_in() == LOGGED_IN
    provider.published = [rsa_key("second")]
    browser.desk.clock.time += timedelta(minutes=10)
    provider.claims = {"iat": time() + 600, "exp": time() + 900}
    assert await browser.log_in() == problem("wrong-credentials")


async def test_somebody_elses_way_back_is_none(browser: Browser, provider: OpenIdProvider) -> None:
    """A link with a code of the attacker's own: it would log the reader in as the attacker."""
    async with browser_of(provider.issuer) as attacker:
        theirs = await attacker.at_provider(await attacker.leave())
    await browser.leave()
    assert await browser.come_back(theirs) == problem("login-stale")
    assert not await browser.is_logged_in()
    assert browser.told() == [("nobody", "log-in-oidc", "login-stale")]


async def test_a_code_counts_once(browser: Browser) -> None:
    left = await browser.leave()
    address = await browser.at_provider(left)
    assert await browser.come_back(address) == LOGGED_IN
    assert await browser.come_back(address) == problem("login-stale")  # the cookie is gone
    for kept in left.headers.get_list("set-cookie"):
        browser.desk.http.cookies.set("meu_oidc", kept.partition("=")[2].partition(";")[0])
    assert await browser.come_back(address) == problem("login-stale")  # and for who kept it, the code is


async def test_a_code_is_of_no_use_to_who_did_not_ask_for_it(browser: Browser) -> None:
    stolen = httpx.URL(await browser.at_provider(await browser.leave())).params["code"]
    ours = httpx.URL(await browser.at_provider(await browser.leave()))
    assert await browser.come_back(str(ours.copy_set_param("code", stolen))) == problem("login-stale")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "wrong-credentials"),
        ("server_error", "provider-away"),
        ("<script>", "wrong-credentials"),
    ],
)
async def test_of_the_providers_words_nothing_is_shown(
    browser: Browser, provider: OpenIdProvider, error: str, code: str
) -> None:
    provider.error = {"error": error, "error_description": "the provider's own words", "error_uri": "https://evil"}
    assert await browser.log_in() == problem(code)


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({"error": "invalid_client", "error_description": "the provider's own words"}, 401),
        JSONResponse({"error": {"nested": "words"}}, 400),
        PlainTextResponse("<h1>maintenance</h1>", 503),
        PlainTextResponse("<h1>welcome</h1>", 200),
        JSONResponse({"access_token": "and no id token"}, 200),
        JSONResponse([], 200),
        JSONResponse(None, 302, {"Location": "http://169.254.169.254/"}),
    ],
    ids=lambda answer: f"{answer.status_code} {answer.body[:20]!r}",
)
async def test_a_provider_that_does_not_answer_as_one_does(
    browser: Browser, provider: OpenIdProvider, answer: Any
) -> None:
    provider.token_answer = answer
    assert await browser.log_in() == problem("provider-away")
    assert browser.told() == [("nobody", "log-in-oidc", "provider-away")]


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "http://127.0.0.1:1/elsewhere"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "http://login.city.example/token"},
        {"jwks_uri": None},
    ],
    ids=lambda described: next(iter(described)),
)
async def test_a_description_that_can_not_be_trusted(
    browser: Browser, provider: OpenIdProvider, described: Claims
) -> None:
    provider.description = described
    assert (await browser.leave()).headers["location"] == problem("provider-away")
    assert provider.asked.total() == 1


async def test_a_provider_that_does_not_answer_keeps_nobody_from_logging_in_by_password(
    browser: Browser, provider: OpenIdProvider
) -> None:
    member = Account("id-li", "li", "李", Right(Role.MEMBER, STATION_PATH, unit_id="u-1"))
    await browser.desk.accounts.add(member, Credentials("hash of x", None))
    provider.stalls.set()
    leaving = asyncio.create_task(browser.leave())
    while provider.asked.total() == 0:
        await asyncio.sleep(0.01)
    by_password = await browser.desk.http.post("/checkin/v1/sessions", json={"login": "li", "password": "x"})
    assert by_password.status_code == 201
    assert not leaving.done()
    provider.stalls.clear()
    assert await browser.come_back(await browser.at_provider(await leaving)) == LOGGED_IN


async def test_nobody_waits_for_it_for_ever(
    browser: Browser, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert oidc_provider.TIMEOUT_S == 5
    monkeypatch.setattr(oidc_provider, "TIMEOUT_S", 0.1)
    provider.stalls.set()
    assert (await browser.leave()).headers["location"] == problem("provider-away")


async def test_a_provider_that_is_away_on_the_way_back(provider: OpenIdProvider) -> None:
    async with browser_of(provider.issuer) as browser:
        address = await browser.at_provider(await browser.leave())
        provider.token_answer = PlainTextResponse("", 500)
        assert await browser.come_back(address) == problem("provider-away")


async def test_nobody_listens() -> None:
    async with browser_of("http://127.0.0.1:9/city") as browser:
        assert (await browser.leave()).headers["location"] == problem("provider-away")


async def test_an_address_counts_when_the_provider_has_verified_it(provider: OpenIdProvider) -> None:
    async with browser_of(provider.issuer, claim="email") as browser:
        account = Account("id-li", "li@city.example", "李", RIGHT)
        await browser.desk.accounts.add(account, Credentials("", None))
        for verified, ends in (
            (None, problem("wrong-credentials")),
            ("true", problem("wrong-credentials")),
            (True, LOGGED_IN),
        ):
            provider.claims = {"email": "Li@city.example", "email_verified": verified}
            assert await browser.log_in() == ends


async def test_what_is_sent_to_the_provider_says_nothing_of_who_asks(browser: Browser) -> None:
    url = urlsplit((await browser.leave()).headers["location"])
    assert dict(httpx.QueryParams(url.query)).keys() == {
        "tenant",
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }

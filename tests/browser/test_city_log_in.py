"""Logging in with the city's own account in a real browser: cookies survive the way over another site's page."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.checkin.adapters.oidc_provider import OidcProvider
from services.checkin.domain.accounts import Account, Credentials, Right
from shared.platform.clock import SystemClock
from shared.vocabulary.terms import Role
from tests.browser.console_server import serving
from tests.component.checkin.conftest import STATION_PATH, Desk, desk_on_fakes
from tests.fakes.openid_provider import CLIENT_ID, SECRET, OpenIdProvider, openid_provider

OFFICER = Account("id-chen", "chen", "陈明", Right(Role.OFFICER, STATION_PATH, station_id="440106001"))


@asynccontextmanager
async def desk_with_the_city(issuer: str) -> AsyncGenerator[Desk]:
    """One account of ours, and the city's provider to ask who comes."""
    city = OidcProvider(issuer, CLIENT_ID, SECRET, "preferred_username", SystemClock())
    async with desk_on_fakes(provider=city) as desk:
        await desk.accounts.add(OFFICER, Credentials("", None))
        yield desk
    await city.close()


@pytest.fixture(scope="module")
def provider() -> Generator[OpenIdProvider]:
    with openid_provider("localhost") as provider:  # for browsers another site than 127.0.0.1
        yield provider


@pytest.fixture(scope="module")
def site(provider: OpenIdProvider) -> Generator[str]:
    with serving(lambda: desk_with_the_city(provider.issuer)) as address:
        yield address


@pytest.fixture
def context(chromium: Browser, site: str) -> Generator[BrowserContext]:
    context = chromium.new_context(base_url=site)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def test_one_leaves_for_the_city_and_comes_back_logged_in(page: Page, context: BrowserContext, site: str) -> None:
    page.goto("/console/map?unit=u-1")
    page.get_by_role("link", name="统一身份认证登录").click()
    page.wait_for_url(f"{site}/console/map?unit=u-1**")
    expect(page.get_by_role("banner")).to_contain_text("陈明")
    kept = {cookie.get("name"): cookie for cookie in context.cookies(f"{site}/checkin/v1/sessions/oidc")}
    assert kept.keys() == {"meu_session"}
    assert (kept["meu_session"].get("sameSite"), kept["meu_session"].get("httpOnly")) == ("Strict", True)
    page.reload()
    expect(page.get_by_role("banner")).to_contain_text("陈明")


def test_whoever_is_refused_is_told_so_in_words(page: Page, site: str, provider: OpenIdProvider) -> None:
    provider.user = "nobody of ours"
    page.goto("/console/")
    page.get_by_role("link", name="统一身份认证登录").click()
    page.wait_for_url(f"{site}/console/login?problem=wrong-credentials")
    expect(page.get_by_role("alert")).to_contain_text("未在本平台开通")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("alert")).to_contain_text("does not know your account")
    expect(page.get_by_role("link", name="Log in with the city’s account")).to_be_visible()

"""Logging in with the city's own account in a real browser: cookies survive the way over another site's page."""

import asyncio
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.types import Receive, Scope, Send

from deploy.local import VAR
from deploy.local.console_files import console_files
from services.checkin.adapters.oidc_provider import OidcProvider
from services.checkin.domain.accounts import Account, Credentials, Right
from shared.platform.clock import SystemClock
from shared.vocabulary.terms import Role
from tests.component.checkin.conftest import STATION_PATH, desk_on_fakes
from tests.fakes.openid_provider import CLIENT_ID, SECRET, OpenIdProvider, openid_provider

OFFICER = Account("id-chen", "chen", "陈明", Right(Role.OFFICER, STATION_PATH, station_id="440106001"))


@contextmanager
def serving(issuer: str) -> Generator[str]:
    """The console's files with check-in beside them; their address."""
    files = console_files(demo=False)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        servers: list[uvicorn.Server] = []
        is_up = threading.Event()

        async def serve() -> None:
            city = OidcProvider(issuer, CLIENT_ID, SECRET, "preferred_username", SystemClock())
            async with desk_on_fakes(provider=city) as desk:
                await desk.accounts.add(OFFICER, Credentials("", None))
                checkin = desk.app

                async def site(scope: Scope, receive: Receive, send: Send) -> None:
                    app = checkin if scope["path"].startswith("/checkin/") else files
                    await app(scope, receive, send)

                servers.append(uvicorn.Server(uvicorn.Config(site, log_level="warning", lifespan="off", ws="none")))
                is_up.set()
                await servers[0].serve(sockets=[listening])
            await city.close()

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        assert is_up.wait(60)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            servers[0].should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def provider() -> Generator[OpenIdProvider]:
    with openid_provider("localhost") as provider:  # for browsers another site than 127.0.0.1
        yield provider


@pytest.fixture(scope="module")
def site(provider: OpenIdProvider) -> Generator[str]:
    assert (VAR / "console" / "dist" / "console" / "index.html").is_file(), "the console is not built: make console"
    with serving(provider.issuer) as address:
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

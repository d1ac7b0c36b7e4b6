"""The console's files as the demo serves them: what a browser may do with them, and what it may keep."""

from pathlib import Path

import httpx
import pytest

from deploy.local.console_files import console_files

PAGE = "<!doctype html><title>console</title>"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    for name, text in {
        "console/index.html": PAGE,
        "console/assets/index-a1b2.js": "export {}",
        "console/config.json": '{"basemap": null}',
        "m/index.html": "<!doctype html><title>member</title>",
        "m/sw.js": "self",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def served(dist: Path, *, demo: bool = True) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(console_files(demo=demo, dist=dist))
    return httpx.AsyncClient(transport=transport, base_url="http://console", follow_redirects=True)


@pytest.fixture
def browser(dist: Path) -> httpx.AsyncClient:
    return served(dist)


@pytest.mark.parametrize("path", ["/", "/console/", "/console/desk", "/console/map?unit=u-1", "/console/display/p-1"])
async def test_every_route_of_the_console_is_its_page(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/console/assets/gone.js", "/console/../../etc/passwd", "/m/gone.css"])
async def test_a_file_that_is_not_there_is_not_the_page(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/console/", "/m/", "/console/assets/index-a1b2.js", "/console/config.json"])
async def test_no_page_runs_what_is_not_in_its_files(browser: httpx.AsyncClient, path: str) -> None:
    headers = (await browser.get(path)).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


async def test_only_what_carries_its_hash_is_kept(browser: httpx.AsyncClient) -> None:
    assert "immutable" in (await browser.get("/console/assets/index-a1b2.js")).headers["cache-control"]
    assert (await browser.get("/m/sw.js")).headers["cache-control"] == "no-cache"


async def test_the_page_is_told_whether_it_shows_a_demo(browser: httpx.AsyncClient, dist: Path) -> None:
    assert (await browser.get("/console/config.json")).json() == {"basemap": None, "demo": True}
    (dist / "console" / "config.json").unlink()
    assert (await served(dist).get("/console/config.json")).json() == {"basemap": None, "demo": True}
    assert (await served(dist, demo=False).get("/console/config.json")).json()["demo"] is False


async def test_without_a_build_it_says_how_to_make_one(tmp_path: Path) -> None:
    answer = await served(tmp_path).get("/console/")
    assert answer.status_code == 503
    assert "make console" in answer.text

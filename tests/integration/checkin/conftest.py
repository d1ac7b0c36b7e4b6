"""Check-in's API and worker on the real broker and Redis, with a small city imported over HTTP."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet

from services.checkin.bootstrap import build_api, build_worker
from services.checkin.settings import CheckinSettings
from shared.platform.settings import PlatformSettings
from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.fakes.keys import PRIVATE_KEY, PUBLIC_KEY, bearer

OPERATOR = Principal("operator", Role.OPERATOR, "/440100")
STATION = "/440100/440106/440106001"
DISPLAY = Principal("display", Role.DISPLAY, STATION)


@dataclass
class City:
    """The names of one test's own unit, and the way to the API."""

    http: httpx.AsyncClient
    settings: CheckinSettings
    key: str

    def member(self, number: int) -> Principal:
        return Principal(f"m{number}-{self.key}", Role.MEMBER, STATION, unit_id=f"u-{self.key}")

    async def get(self, who: Principal, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(f"/checkin/v1{path}", headers={**bearer(who), **headers})

    async def post(self, who: Principal, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.http.post(f"/checkin/v1{path}", json=body, headers={**bearer(who), **headers})

    async def delete(self, path: str) -> httpx.Response:
        return await self.http.delete(f"/checkin/v1{path}", headers=bearer(OPERATOR))

    async def code(self) -> str:
        answer = await self.get(DISPLAY, f"/posts/p-{self.key}/code")
        assert answer.status_code == 200, answer.text
        return answer.json()["code"]

    async def check_in(self, number: int, code: str | None = None, **changes: Any) -> httpx.Response:
        location = {"lon": 113.3192, "lat": 23.1392, "accuracy_m": 10, "crs": "wgs84", **changes}
        body = {"unit_id": f"u-{self.key}", "code": code or await self.code(), "location": location}
        return await self.post(self.member(number), "/check-ins", body)


async def eventually(condition: Callable[[], Awaitable[object]], within_s: float = 30) -> None:
    async with asyncio.timeout(within_s):
        while not await condition():
            await asyncio.sleep(0.05)


@asynccontextmanager
async def running(settings: CheckinSettings) -> AsyncGenerator[httpx.AsyncClient]:
    """The API in this process, ready."""
    app = build_api(settings)
    transport = httpx.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://test") as http:

        async def ready() -> bool:
            return (await http.get("/readyz")).status_code == 200

        await eventually(ready)
        yield http


@pytest.fixture
def checkin_settings(settings: PlatformSettings, tmp_path: Path) -> CheckinSettings:
    return CheckinSettings(
        kafka_bootstrap=settings.kafka_bootstrap,
        redis_url=settings.redis_url,
        token_public_key=PUBLIC_KEY,
        token_private_key=PRIVATE_KEY,
        database_url=f"sqlite+aiosqlite:///{tmp_path}/registry.db",
        personal_data_key=Fernet.generate_key().decode(),
        post_code_secret="a secret of the test city, long enough",
        answer_within_s=20,
        duty_lease_s=8,
        relay_every_s=0.05,
    )


@pytest.fixture
async def city(checkin_settings: CheckinSettings, request: pytest.FixtureRequest) -> AsyncGenerator[City]:
    """A running check-in with one unit of three people."""
    worker = build_worker(checkin_settings)
    await worker.start()
    try:
        async with running(checkin_settings) as http:
            city = City(http, checkin_settings, f"{abs(hash(request.node.nodeid)):x}"[:8])
            await import_city(city)
            yield city
    finally:
        await worker.stop()


def files_of(key: str) -> dict[str, str]:
    """The files that make the city, by kind, in order."""
    return {
        "stations": "code,name,level,parent,lon,lat\n440100,广州市公安局,city,,113.26,23.13\n"
        "440106,天河区分局,district,440100,113.36,23.12\n440106001,天河南派出所,station,440106,113.32,23.13\n",
        "sites": "code,name,class,station,lon,lat,geofence_radius_m,post_code,fixed_code_allowed\n"
        f"s-{key},体育中心,B,440106001,113.3192,23.1392,150,p-{key},是\n",
        "units": f"code,name,site,quorum\nu-{key},体育中心单元,s-{key},2\n",
        "members": "code,name,phone,unit\n" + "".join(f"m{n}-{key},陈{n},1000000000{n},u-{key}\n" for n in range(3)),
    }


async def import_city(city: City) -> None:
    for kind, text in files_of(city.key).items():
        answer = await import_text(city, kind, text)
        assert answer.status_code == 200, answer.text

    async def known() -> bool:
        found = (await city.get(OPERATOR, f"/units/u-{city.key}")).json()
        return len(found.get("member_ids", ())) == 3 and len(found["posts"]) == 1

    await eventually(known)


async def import_text(city: City, kind: str, text: str, who: Principal = OPERATOR) -> httpx.Response:
    files = {"file": (f"{kind}.csv", text.encode("gb18030"), "text/csv")}
    return await city.http.post(f"/checkin/v1/imports/{kind}", files=files, headers=bearer(who))

"""HTTP clients as they are in the field: no answer means the same request again, under the same key, elsewhere.

Every operation that changes something becomes one line of the run's histories.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from shared.platform.clock import SystemIds
from shared.platform.web.tokens import Principal
from tests.chaos.notes import Notes, now

PATIENCE_S = 60.0
ANSWER_WITHIN_S = 10.0
PAUSE_S, PAUSE_MAX_S = 0.2, 2.0
CONNECTIONS = 256
_NO_ANSWER = (aiohttp.ClientError, TimeoutError, OSError)
_ids = SystemIds()


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: there was none. `code` is a problem document's."""

    status: int
    body: Any = None
    location: str | None = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str | None:
        return self.body.get("code") if self.status >= 400 and isinstance(self.body, dict) else None


NONE = Answer(0)


class Clients:
    """Everybody who talks to the system, over shared connections. An async context manager."""

    def __init__(self, base_urls: Sequence[str], issue: Callable[[Principal], str], histories: Path) -> None:
        self._base_urls = base_urls
        self._issue = issue
        self._tokens: dict[Principal, str] = {}
        self._notes = Notes(histories)
        self._turn = 0
        self.answered: dict[str, int] = {}
        """How many operations ended, by operation and status."""

    async def __aenter__(self) -> "Clients":
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, limit_per_host=0)
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
        self._http = aiohttp.ClientSession(connector=connector, timeout=timeout)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()
        self._notes.close()

    async def get(self, who: Principal, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """A representation; asked for again until patience ends."""
        until = time.monotonic() + PATIENCE_S
        pause = PAUSE_S
        while True:
            answer = await self._once("GET", who, path, params=params)
            if not _again(answer) or time.monotonic() + pause > until:
                return answer
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSE_MAX_S)

    async def post(
        self,
        op: str,
        who: Principal,
        path: str,
        body: Any = None,
        *,
        aggregate: str | None = None,
        key: str | None = None,
    ) -> Answer:
        """Change something. A 202 with a Location is followed to its outcome, which is then the answer."""
        key = key or _ids.new()
        begun, statuses = now(), list[int]()
        answer = await self._insist(who, path, body, key, statuses)
        settled: Answer | None = None
        if answer.status == 202 and answer.location is not None:
            aggregate = aggregate or answer.location.split("/")[-2]
            settled = await self._settled(who, answer.location)
        if aggregate is None and answer.ok and isinstance(answer.body, dict):
            aggregate = answer.body.get("incident_id")
        line = {"op": op, "key": key, "by": who.subject, "role": who.role.value, "method": "POST", "path": path}
        line |= {"request": body, "begun": begun, "ended": now(), "tries": len(statuses), "statuses": statuses}
        line |= {"status": answer.status, "code": answer.code, "body": answer.body, "location": answer.location}
        line |= {"settled": None, "aggregate": aggregate}
        if settled is not None:
            line["settled"] = {"status": settled.status, "code": settled.code, "body": settled.body}
        self._notes.write(line)
        final = answer if settled is None else settled
        counted = f"{op} {final.code or final.status}"
        self.answered[counted] = self.answered.get(counted, 0) + 1
        return final

    async def _insist(self, who: Principal, path: str, body: Any, key: str, statuses: list[int]) -> Answer:
        until = time.monotonic() + PATIENCE_S
        pause = PAUSE_S
        while True:
            answer = await self._once("POST", who, path, body=body, headers={"Idempotency-Key": key})
            statuses.append(answer.status)
            if not _again(answer) or time.monotonic() + pause > until:
                return answer
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSE_MAX_S)

    async def _settled(self, who: Principal, location: str) -> Answer:
        until = time.monotonic() + PATIENCE_S
        while True:
            answer = await self._once("GET", who, location)
            if (answer.status != 202 and not _again(answer)) or time.monotonic() > until:
                return answer
            await asyncio.sleep(PAUSE_S)

    async def _once(
        self,
        method: str,
        who: Principal,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        self._turn += 1
        base = self._base_urls[self._turn % len(self._base_urls)]
        token = self._tokens.get(who) or self._tokens.setdefault(who, self._issue(who))
        sent = {**(headers or {}), "Authorization": f"Bearer {token}"}
        try:
            async with self._http.request(method, base + path, headers=sent, params=params, json=body) as response:
                content = await response.read()
                parsed = json.loads(content) if content and "json" in response.content_type else None
                return Answer(response.status, parsed, response.headers.get("Location"))
        except _NO_ANSWER:
            return NONE


def _again(answer: Answer) -> bool:
    return answer.status == 0 or answer.status >= 500 or answer.code == "idempotency-in-flight"

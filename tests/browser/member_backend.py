"""The platform as a member's phone meets it: the built page, and the APIs' answers in their real shapes.

One process, one thread a request, everything in memory. It can be cut off, and it counts what took effect: a POST
repeated under its Idempotency-Key has one effect, and with other bytes under the same key is refused, as in
`shared/platform/web/idempotency.py`.
"""

import hashlib
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from tests.browser.member_data import (
    ACCOUNT,
    CODE,
    HAZARD,
    MEMBER,
    PASSWORD,
    PATH,
    PIN,
    POST,
    PRINTED,
    STATION,
    UNIT,
    incident_of,
)


@dataclass
class Effect:
    """A POST that took effect."""

    path: str
    key: str
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Answer:
    status: int
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])


def problem(status: int, code: str, title: str = "", **more: Any) -> Answer:
    document = {"type": f"urn:meu:problem:{code}", "code": code, "title": title or code, "status": status, **more}
    return Answer(status, document)


@dataclass
class Backend:
    """What the platform knows. Change it under `changing()`, which wakes who waits for news."""

    dist: Path
    cut: Literal["no", "before", "after"] = "no"
    """Cut off before a POST takes effect, or after it and before its answer; sign-in and reading are cut as well."""
    refuse: dict[str, Answer] = field(default_factory=dict[str, Answer])
    """Answers to POSTs by the last part of their path, e.g. {"check-ins": problem(…)}."""
    pending: set[str] = field(default_factory=set[str])
    """POSTs answered with 202 at first."""
    effects: list[Effect] = field(default_factory=list[Effect])
    attempts: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    answers: dict[str, tuple[str, Answer]] = field(default_factory=dict[str, tuple[str, Answer]])
    leases: dict[str, datetime] = field(default_factory=dict[str, datetime])
    messages: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    incidents: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    scan_good_for: timedelta = timedelta(minutes=10)
    demo: bool = False
    account: dict[str, Any] = field(default_factory=lambda: ACCOUNT)
    """Whose session the phone's cookie is."""
    cookie: str = ""
    refreshes: int = 0
    asked_after: int = 0
    news: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def changing(self) -> Generator[None]:
        with self.news:
            yield
            self.news.notify_all()

    def of(self, path_end: str) -> list[Effect]:
        """The effects of POSTs to this path's end."""
        return [effect for effect in self.effects if effect.path.endswith(path_end)]

    def tried(self, path_end: str) -> list[str]:
        """The keys of all attempts at such POSTs, those that were cut off included."""
        return [key for path, key in self.attempts if path.endswith(path_end)]

    # Reading

    def get(self, path: str, query: dict[str, list[str]], headers: Any) -> Answer:
        match path.strip("/").split("/"):
            case ["checkin", "v1", "units", unit_id]:
                return Answer(200, self.unit()) if unit_id == UNIT else problem(404, "not-found")
            case ["notify", "v1", "inbox"]:
                return self.inbox(float(query.get("wait", ["0"])[0]), headers.get("if-none-match"))
            case ["dispatch", "v1", "incidents", incident_id]:
                found = self.incidents.get(incident_id)
                return Answer(200, found) if found else problem(404, "incident-unknown")
            case [_, "v1", "commands", aggregate, command]:
                self.asked_after += 1
                if self.asked_after < 2:
                    return Answer(202, {"status": "pending", "command_id": command})
                return Answer(200, {"status": "accepted", "command_id": command, "aggregate_id": aggregate})
            case _:
                return problem(404, "not-found")

    def unit(self) -> dict[str, Any]:
        now = datetime.now(UTC)
        leases = {member: until for member, until in self.leases.items() if until > now}
        state = "off" if not leases else "on" if len(leases) >= 2 else "short"
        on_duty = [{"member_id": m, "post_id": "P-1", "until": u.isoformat()} for m, u in leases.items()]
        duty = {"state": state, "until": None, "on_duty": on_duty}
        posts = [{"post_id": "P-1", "name": "东门岗", "location": POST, "fixed_code_allowed": True}]
        return {
            "unit_id": UNIT,
            "name": "体育中心东门应急单元",
            "site_id": "site-1",
            "site_class": "B",
            "station_id": STATION,
            "path": PATH,
            "leader_id": None,
            "member_ids": [MEMBER, "M-2"],
            "equipment": [],
            "capabilities": [],
            "quorum": 2,
            "suspended": False,
            "location": POST,
            "posts": posts,
            "duty": duty,
        }

    def duty(self) -> dict[str, Any]:
        unit = self.unit()["duty"]
        until = next((lease["until"] for lease in unit["on_duty"] if lease["member_id"] == MEMBER), None)
        on_duty = [lease["member_id"] for lease in unit["on_duty"]]
        own = {"unit_id": UNIT, "member_id": MEMBER, "until": until}
        return {**own, "state": unit["state"], "unit_until": unit["until"], "on_duty": on_duty}

    def inbox(self, wait_s: float, known: str | None) -> Answer:
        def told() -> tuple[str, bool]:
            etag = f'"{hashlib.sha256(json.dumps(self.messages).encode()).hexdigest()[:32]}"'
            return etag, etag != known and not (known is None and not self.messages)

        with self.news:
            self.news.wait_for(lambda: told()[1] or self.cut != "no", timeout=wait_s)
            etag, _ = told()
            if etag == known:
                return Answer(304, None, {"ETag": etag})
            return Answer(200, {"items": self.messages}, {"ETag": etag})

    # Acting

    def post(self, path: str, body: bytes, key: str) -> Answer:
        """Once a key."""
        fingerprint = hashlib.sha256(path.encode() + body).hexdigest()
        if key and key in self.answers:
            kept, answer = self.answers[key]
            return answer if kept == fingerprint else problem(422, "idempotency-key-reused")
        last = path.rsplit("/", 1)[-1]
        answer = self.refuse.get(last) or self.act(path, body)
        if answer.status < 300:
            self.effects.append(Effect(path, key, body))
            if last in self.pending:
                answer = Answer(202, {"status": "pending"}, {"Location": f"/checkin/v1/commands/{UNIT}/c-1"})
        if key and answer.status not in (202, 409, 429):
            self.answers[key] = (fingerprint, answer)
        return answer

    def act(self, path: str, body: bytes) -> Answer:
        match path.strip("/").split("/"):
            case ["checkin", "v1", "check-ins"]:
                return self.check_in(json.loads(body))
            case ["checkin", "v1", "check-outs"]:
                if self.leases.pop(MEMBER, None) is None:
                    return problem(422, "not-on-duty")
                return Answer(201, self.duty())
            case ["checkin", "v1", "positions"]:
                return Answer(202, {"accepted": len(json.loads(body)["fixes"]), "rejected": []})
            case ["checkin", "v1", "hazards"]:
                return Answer(201, HAZARD)
            case ["notify", "v1", "inbox", message_id, "acknowledge"]:
                return self.read(message_id)
            case ["dispatch", "v1", "incidents"]:
                return self.report(json.loads(body))
            case ["dispatch", "v1", "incidents", incident_id, "orders", order_id, what]:
                return self.answer_order(incident_id, order_id, what, json.loads(body))
            case _:
                return problem(404, "not-found")

    def check_in(self, body: dict[str, Any]) -> Answer:
        assert body["location"]["crs"] == "wgs84"
        now = datetime.now(UTC)
        if datetime.fromisoformat(body["scanned_at"]) < now - self.scan_good_for:
            return problem(422, "code-expired", "签到码已过期")
        if body["code"] not in (CODE, PRINTED) or (body["code"] == PRINTED and body.get("pin") != PIN):
            return problem(422, "code-invalid", "签到码无效")
        if abs(body["location"]["lat"] - POST["lat"]) > 0.01:
            return problem(422, "outside-geofence", "不在岗位范围内")
        self.leases[MEMBER] = now + timedelta(hours=4)
        return Answer(201, self.duty())

    def read(self, message_id: str) -> Answer:
        with self.changing():
            for message in self.messages:
                if message["id"] == message_id:
                    message["acknowledged_at"] = datetime.now(UTC).isoformat()
        return Answer(200, {"id": message_id, "acknowledged": True})

    def report(self, body: dict[str, Any]) -> Answer:
        incident_id = f"I-{len(self.incidents) + 1}"
        self.incidents[incident_id] = {**incident_of(incident_id), **body}
        return Answer(201, self.incidents[incident_id])

    def answer_order(self, incident_id: str, order_id: str, what: str, body: dict[str, Any]) -> Answer:
        incident = self.incidents[incident_id]
        order = next(order for order in incident["orders"] if order["order_id"] == order_id)
        if order["status"] in ("withdrawn", "declined", "completed"):
            return problem(409, "order-not-open", "指令已结束")
        measured = what == "arrive" and not body.get("manual")
        if measured and abs(body["location"]["lat"] - incident["location"]["lat"]) > 0.0005:
            return problem(422, "not-at-scene", "位置不在现场", detail="900 m away")
        with self.changing():
            order["status"] = {"acknowledge": "acknowledged", "decline": "declined", "arrive": "arrived"}[what]
            for message in self.messages:
                if message["order_id"] == order_id and message["purpose"] == "order":
                    message["withdrawn"] = "declined" if what == "decline" else "answered"
        return Answer(200, incident)

    # Sessions

    def sign_in(self, body: dict[str, Any]) -> Answer:
        if (body["login"], body["password"]) != ("guard", PASSWORD):
            return problem(401, "wrong-credentials", "账号或密码错误")
        return self.session(201)

    def refresh(self, cookie: str) -> Answer:
        self.refreshes += 1
        if not self.cookie or f"meu_session={self.cookie}" not in cookie:
            return problem(401, "session-ended", "登录已失效")
        return self.session(200)

    def session(self, status: int) -> Answer:
        self.cookie = f"r{int(self.cookie[1:] or 0) + 1}" if self.cookie else "r1"
        expires_at = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
        body = {
            "next": "done",
            "access_token": f"token-{self.cookie}",
            "expires_at": expires_at,
            "account": self.account,
            "time_zone": "Asia/Shanghai",
        }
        kept = f"meu_session={self.cookie}; Path=/checkin/v1/sessions; HttpOnly; SameSite=Strict"
        return Answer(status, body, {"Set-Cookie": kept})

"""The stand-in of the member's page's tests answers in the shapes of the real APIs: their own models read it."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from services.checkin.adapters.http_check_ins import CheckInRequest, CheckOutRequest, DutyAnswer
from services.checkin.adapters.http_hazard_models import HazardOut
from services.checkin.adapters.http_positions import PositionsAnswer
from services.checkin.adapters.http_sessions import LoggedIn
from services.dispatch.adapters.http_models import IncidentOut
from services.notify.adapters.http_inbox import Acknowledged, InboxPage
from shared.contracts.registry import Post, Unit
from tests.browser.member_backend import Backend, Effect
from tests.browser.member_data import CODE, MEMBER, PASSWORD, POST, UNIT, order_for

CHECK_IN = {
    "unit_id": UNIT,
    "code": CODE,
    "location": {**POST, "accuracy_m": 5, "crs": "wgs84"},
    "scanned_at": "2126-03-01T08:00:00Z",
}


@pytest.fixture
def backend() -> Backend:
    backend = Backend(Path("nowhere"))
    incident, message = order_for("I-9")
    backend.incidents["I-9"] = incident
    backend.messages.append(message)
    return backend


@pytest.mark.parametrize(
    ("path", "body", "model"),
    [
        ("/checkin/v1/check-ins", CHECK_IN, DutyAnswer),
        ("/checkin/v1/positions", {"fixes": [{}]}, PositionsAnswer),
        ("/checkin/v1/hazards", {}, HazardOut),
        ("/notify/v1/inbox/I-9-D/acknowledge", {}, Acknowledged),
        ("/dispatch/v1/incidents", {"severity": "critical"}, IncidentOut),
        ("/dispatch/v1/incidents/I-9/orders/I-9-O/acknowledge", {}, IncidentOut),
        ("/dispatch/v1/incidents/I-9/orders/I-9-O/decline", {"reason": "too-far"}, IncidentOut),
        ("/dispatch/v1/incidents/I-9/orders/I-9-O/arrive", {"manual": True}, IncidentOut),
    ],
)
def test_what_is_done(backend: Backend, path: str, body: dict[str, Any], model: type[BaseModel]) -> None:
    reads_whole(model, backend.post(path, json.dumps(body).encode(), "").body)


def test_what_is_read(backend: Backend) -> None:
    reads_whole(InboxPage, backend.inbox(0, None).body)
    reads_whole(IncidentOut, backend.get("/dispatch/v1/incidents/I-9", {}, {}).body)
    told = backend.unit()
    duty, posts = told.pop("duty"), told.pop("posts")
    reads_whole(Unit, told)
    reads_whole(Post, posts[0])
    assert set(duty) == {"state", "until", "on_duty"}


def test_who_logs_in(backend: Backend) -> None:
    reads_whole(LoggedIn, backend.sign_in({"login": "guard", "password": PASSWORD}).body)


def test_a_key_has_one_effect_and_one_body(backend: Backend) -> None:
    path, body = "/checkin/v1/check-ins", json.dumps(CHECK_IN).encode()
    first = backend.post(path, body, "key")
    assert backend.post(path, body, "key") == first
    assert backend.effects == [Effect(path, "key", body)]
    other = backend.post(path, body + b" ", "key")
    assert (other.status, other.body and other.body["code"]) == (422, "idempotency-key-reused")
    assert MEMBER in backend.leases


def test_its_requests_are_the_real_ones() -> None:
    assert CheckInRequest.model_validate(CHECK_IN).code == CODE
    assert CheckOutRequest.model_validate({"unit_id": UNIT}).unit_id == UNIT


def reads_whole(model: type[BaseModel], body: Any) -> None:
    """The model reads it, and knows every field of it."""
    read = model.model_validate(body).model_dump(mode="json", by_alias=True)
    assert set(body) <= set(read)

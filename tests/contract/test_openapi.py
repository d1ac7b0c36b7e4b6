"""The OpenAPI documents of the four services, as their composition roots build them; nothing is connected to."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import SecretStr

from services.analytics.bootstrap import build_api as build_analytics
from services.analytics.settings import AnalyticsSettings
from services.checkin.bootstrap import build_api as build_checkin
from services.checkin.settings import CheckinSettings
from services.dispatch.bootstrap import build_api as build_dispatch
from services.dispatch.settings import DispatchSettings
from services.notify.bootstrap import build_api as build_notify
from services.notify.settings import NotifySettings
from tests.fakes.keys import PRIVATE_KEY, PUBLIC_KEY

NOWHERE: dict[str, Any] = {
    "kafka_bootstrap": "127.0.0.1:9",
    "redis_url": "redis://127.0.0.1:9/0",
    "token_public_key": PUBLIC_KEY,
}
PROMISED = {
    "checkin": (
        "post /check-ins",
        "post /check-outs",
        "get /posts/{}/code",
        "get /posts/{}/printed-code",
        "get /posts/{}/qr.svg",
        "get /units",
        "get /units/{}",
        "get /units/{}/members",
        "get /units/{}/members/{}",
        "get /names",
        "get /stations",
        "get /duty-board",
        "post /positions",
        "post /hazards",
        "get /hazards",
        "get /hazards/{}",
        "get /hazards/{}/photo",
        "post /hazards/{}/rectify",
        "post /hazards/{}/verify",
        "post /sessions",
        "post /sessions/refresh",
        "delete /sessions/current",
        "get /sessions/oidc",
        "get /login-options",
        "get /accounts",
        "post /accounts",
        "post /accounts/{}/password",
        "put /accounts/{}/right",
        "delete /accounts/{}/right",
        "delete /accounts/{}/second-factor",
        "post /first-administrators",
    ),
    "dispatch": (
        "post /incidents",
        "get /incidents",
        "get /incidents/{}",
        "get /incidents/{}/events",
        "post /incidents/{}/sightings",
        "post /incidents/{}/orders/{}/acknowledge",
        "post /incidents/{}/orders/{}/decline",
        "post /incidents/{}/orders/{}/arrive",
        "post /incidents/{}/orders",
        "post /incidents/{}/orders/{}/withdraw",
        "post /proposals",
        "get /map/units",
        "post /incidents/{}/handover",
        "post /incidents/{}/clear",
        "post /incidents/{}/cancel",
        "post /incidents/{}/escalate",
        "get /stream",
    ),
    "notify": ("get /inbox", "post /inbox/{}/acknowledge", "get /deliveries"),
    "analytics": ("get /figures", "get /units/{}/history", "get /audit"),
}
"""What clients are written against, by service; `{}` stands for any parameter."""
WITHOUT_TOKEN = {
    "post /checkin/v1/sessions",
    "post /checkin/v1/sessions/refresh",
    "delete /checkin/v1/sessions/current",
    "get /checkin/v1/login-options",
    "get /checkin/v1/sessions/oidc",
    "get /checkin/v1/sessions/oidc/callback",
    "post /checkin/v1/first-administrators",
}
"""Where one gets a token, or gives it back: by a password, a cookie, a provider, or the link of the first start."""


def _checkin() -> Any:
    return build_checkin(
        CheckinSettings(
            **NOWHERE,
            database_url="sqlite+aiosqlite:///nowhere.db",
            personal_data_key=SecretStr(Fernet.generate_key().decode()),
            token_private_key=SecretStr(PRIVATE_KEY),
            post_code_secret=SecretStr("a secret of nobody, long enough for it"),
        )
    )


BUILD: dict[str, Callable[[], Any]] = {
    "checkin": _checkin,
    "dispatch": lambda: build_dispatch(DispatchSettings(**NOWHERE)),
    "notify": lambda: build_notify(NotifySettings(**NOWHERE)),
    "analytics": lambda: build_analytics(AnalyticsSettings(**NOWHERE, clickhouse_url="chdb:///nowhere/at/all")),
}


@cache
def _document(service: str) -> dict[str, Any]:
    return BUILD[service]().openapi()


def _operations(service: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in _document(service)["paths"].items():
        for method, operation in item.items():
            yield f"{method} {path}", operation


def _without_names(operation: str) -> str:
    return "{}".join(part.rpartition("}")[2] for part in operation.split("{"))


@pytest.mark.parametrize("service", BUILD)
def test_the_official_validator_accepts_the_document(service: str) -> None:
    document = _document(service)
    assert document["openapi"].startswith("3.1.")
    errors = [
        f"{list(error.absolute_path)}: {error.message}" for error in OpenAPIV31SpecValidator(document).iter_errors()
    ]
    assert errors == []


def test_the_official_validator_refuses_a_wrong_one() -> None:
    document = {**_document("analytics"), "paths": {"/x/{y}": {"get": {"responses": {"200": {}}}}}}
    assert list(OpenAPIV31SpecValidator(document).iter_errors())


@pytest.mark.parametrize("service", BUILD)
def test_every_promised_route_is_there_under_the_services_path(service: str) -> None:
    prefix = f"/{service}/v1"
    there = {_without_names(name) for name, _ in _operations(service)}
    promised = {_without_names(name.replace(" ", f" {prefix}", 1)) for name in PROMISED[service]}
    assert promised <= there
    assert all(name.split(" ", 1)[1].startswith(prefix) for name in there)


@pytest.mark.parametrize("service", BUILD)
def test_every_route_asks_for_a_token_and_can_answer_with_a_problem(service: str) -> None:
    for name, operation in _operations(service):
        assert bool(operation.get("security")) != (name in WITHOUT_TOKEN), name
        assert "application/problem+json" in operation["responses"]["401"]["content"], name


@pytest.mark.parametrize("service", BUILD)
def test_every_route_says_what_it_does_and_has_a_name_of_its_own(service: str) -> None:
    operations = list(_operations(service))
    assert [name for name, operation in operations if not operation.get("description")] == []
    assert len({operation["operationId"] for _, operation in operations}) == len(operations)


def test_building_an_api_writes_nothing() -> None:
    for build in BUILD.values():
        build()
    assert not Path("nowhere.db").exists()
    assert not Path("/nowhere").exists()

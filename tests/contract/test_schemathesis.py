"""Schemathesis asks for every operation what its OpenAPI document admits, and what it does not, as every role."""

import asyncio
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from shared.vocabulary.terms import Role
from tests.builders.callers import Where, caller
from tests.builders.world import World
from tests.builders.worlds import WORLDS
from tests.contract.rights import RIGHTS
from tests.fakes.keys import bearer

PROMISES = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
CALLERS = {role: bearer(caller(role, Where.OWN)) for role in Role}
BOUNDED = settings(
    max_examples=20,  # cases an operation, each sent by every role
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("operation", RIGHTS)
def test_every_answer_is_one_that_the_document_promises(operation: str) -> None:
    method, path = operation.split()
    world, document = documented(operation.split("/")[1])

    @BOUNDED
    @given(case=cases(document[path][method]))
    def ask(case: schemathesis.Case) -> None:
        for headers in CALLERS.values():
            case.call_and_validate(headers=headers, checks=PROMISES)
            asyncio.run(world.put_back())

    ask()


class Counted(BaseModel):
    count: int


FAULTS: dict[str, tuple[Callable[[], Any], type[Exception]]] = {
    "fault": (lambda: 1 / 0, ZeroDivisionError),
    "undeclared-status": (lambda: Response(status_code=418), FailureGroup),
    "undeclared-type": (lambda: Response("1", media_type="text/plain"), FailureGroup),
    "another-shape": (lambda: JSONResponse({"count": "many"}), FailureGroup),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_service_that_breaks_its_promise_is_found(fault: str) -> None:
    answer, found = FAULTS[fault]
    app = FastAPI()
    app.get("/thing", response_model=Counted)(answer)
    case = schemathesis.openapi.from_asgi("/openapi.json", app)["/thing"]["GET"].Case()
    with pytest.raises(found):
        case.call_and_validate(checks=PROMISES)


@cache
def documented(service: str) -> tuple[World, Any]:
    """A service, and the document that it serves."""
    world = asyncio.run(WORLDS[service]().__aenter__())
    path = f"/{service}/v1/openapi.json"
    return world, schemathesis.openapi.from_asgi(path, world.app, config=configuration(world))


def configuration(world: World) -> schemathesis.Config:
    """Two of three ids are of something that is there: else nearly every answer would be that it is not."""
    bound = {f"{part}.{name}": {"dictionary": name, "probability": 0.67} for part in PARTS for name in world.own}
    return schemathesis.Config.from_dict(
        {"dictionaries": {name: {"values": [own]} for name, own in world.own.items()}, "parameters": bound}
    )


PARTS = ("path", "query", "body")


def cases(operation: Any) -> st.SearchStrategy[schemathesis.Case]:
    """As the document admits them and, of an operation that can be asked for wrongly, as it does not."""
    modes = schemathesis.GenerationMode
    admitted = operation.as_strategy(modes.POSITIVE)
    if not operation.path_parameters and not operation.query and not operation.body:
        return admitted
    return st.one_of(admitted, operation.as_strategy(modes.NEGATIVE))

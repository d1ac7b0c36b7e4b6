"""Schemathesis asks for every operation what its OpenAPI document admits, and what it does not, as every role.

On the assembled apps, over fakes; `tests/integration/test_documents.py` does so on the running system.
"""

import asyncio
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from hypothesis import given
from pydantic import BaseModel
from schemathesis.core.failures import FailureGroup

from shared.vocabulary.terms import Role
from tests.builders.callers import Where, caller
from tests.builders.world import World
from tests.builders.worlds import WORLDS
from tests.contract.promises import PROMISES, bounded, cases, configuration
from tests.contract.rights import RIGHTS
from tests.fakes.keys import bearer

CALLERS = {role: bearer(caller(role, Where.OWN)) for role in Role}
EXAMPLES = 20
"""Cases of an operation, each sent by every role."""


@pytest.mark.parametrize("operation", RIGHTS)
def test_every_answer_is_one_that_the_document_promises(operation: str) -> None:
    method, path = operation.split()
    world, document = documented(operation.split("/")[1])

    @bounded(EXAMPLES)
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
    return world, schemathesis.openapi.from_asgi(path, world.app, config=configuration(world.own))

"""The OpenAPI document: what the platform itself takes and answers, beside each route's own."""

from typing import Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel, Field

Answers = dict[int | str, dict[str, Any]]
"""By status, as FastAPI's `responses` takes them."""


class ProblemDocument(BaseModel):
    """Why not (RFC 9457)."""

    type: str
    title: str = Field(description="In the caller's language, by Accept-Language: Chinese or English.")
    status: int
    code: str = Field(description="Stable: what programs go by.")
    instance: str
    correlation_id: str | None = Field(description="To be told to whoever is asked for help.")
    detail: str = ""
    field: str = Field(default="", description="What of the request is wrong.")
    errors: list[dict[str, Any]] = Field(default=[], description="Each wrong field or cell with its code.")


class Pending(BaseModel):
    """Durable, and not decided yet."""

    status: Literal["pending"]
    command_id: str


def problem(description: str, **headers: str) -> dict[str, Any]:
    """An answer with a problem document. `headers`: what each is for, with `_` for `-`."""
    schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    return {
        "description": description,
        "headers": {name.replace("_", "-"): header(text) for name, text in headers.items()},
        "content": {"application/problem+json": {"schema": schema}},
    }


def header(description: str) -> dict[str, Any]:
    """A header of an answer."""
    return {"description": description, "schema": {"type": "string"}}


_RETRY = {"Retry_After": "Seconds to wait."}

TO_ANYTHING: Answers = {
    401: problem("No token, or none that is good; `token-expired`: refresh it", WWW_Authenticate="Bearer"),
    403: problem("Not allowed for this role"),
    404: problem("Not there, or not for this caller to see"),
    422: problem("Not understood, or against a rule: `code` says which, `field` and `errors` say where"),
    503: problem("Something that is needed is away", **_RETRY),
}
WITH_BODY: Answers = {
    400: problem("Not JSON, or not a form"),
    413: problem("Larger than is taken"),
}
CONFLICT: Answers = {
    409: problem("As things are it can not be done, or the same request is being processed", Retry_After="Seconds."),
}
TOO_OFTEN: Answers = {429: problem("Tried too often", **_RETRY)}
LATER: Answers = {
    202: {
        "model": Pending,
        "description": "Durable, and not decided within the time that a caller waits",
        "headers": {"Location": header("Where to ask what became of it.")},
    }
}
PAGED: Answers = {200: {"headers": {"Link": header('The next page: `<…>; rel="next"`. Without it, this is the last.')}}}

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key gives the same answer for a day: a request that may have been lost is sent again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


def describe(app: FastAPI) -> None:
    """Have the app's document say what every route with a body takes and answers."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(plain())
        return plain()

    app.openapi = openapi


def _complete(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas[ProblemDocument.__name__] = ProblemDocument.model_json_schema(mode="serialization")
    for item in document["paths"].values():
        for method, operation in item.items():
            if method in ("post", "put", "patch"):
                _add(operation, WITH_BODY)
            if method == "post":
                _add(operation, CONFLICT)
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)


def _add(operation: dict[str, Any], answers: Answers) -> None:
    own = operation["responses"]
    own.update({str(status): answer for status, answer in answers.items() if str(status) not in own})

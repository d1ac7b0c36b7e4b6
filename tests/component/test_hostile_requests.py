"""What no client of ours would send is refused by name, or taken as the text that it is. Nothing breaks of it."""

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from shared.vocabulary.terms import Role
from tests.builders.callers import Where, caller
from tests.builders.world import World
from tests.builders.worlds import WORLDS
from tests.component.asked_for import ASKED, Asked
from tests.component.hostile import (
    BODIES,
    CURSORS,
    FILES,
    HEADERS,
    IN_URLS,
    OF_EVERY_REQUEST,
    TEXTS,
    TYPES,
    bodies_like,
)
from tests.contract.rights import RIGHTS
from tests.fakes.keys import bearer

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"}


@dataclass(frozen=True)
class Sent:
    """A request as it goes over the wire."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes

    def with_header(self, name: str, value: bytes) -> "Sent":
        others = tuple((known, text) for known, text in self.headers if known.lower() != name.lower().encode())
        return replace(self, headers=(*others, (name.encode(), value)))

    def with_body(self, kind: str, content: bytes) -> "Sent":
        return replace(self.with_header("Content-Type", kind.encode()), content=content)


@pytest.mark.parametrize("operation", RIGHTS)
async def test_nothing_breaks_a_service(operation: str) -> None:
    async with asking(operation) as (world, http, usual):
        described = world.app.openapi()
        broken = [
            f"{fault} to {sent}"[:400]
            for sent in hostile(usual, operation.split()[1], described)
            if (fault := await fault_of_answer(world, http, sent)) is not None
        ]
    assert broken == []


@pytest.mark.parametrize("operation", [operation for operation in RIGHTS if operation.startswith(("POST", "PUT"))])
async def test_a_body_larger_than_any_that_is_taken_is_said_to_be_too_large(operation: str) -> None:
    async with asking(operation) as (_, http, usual):
        content = b'"' + b"x" * 33_000_000 + b'"'
        answer = await http.request(usual.method, usual.path, headers=list(usual.headers), content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("service", WORLDS)
async def test_no_header_breaks_a_service(service: str) -> None:
    operation = next(each for each in RIGHTS if each.startswith(f"GET /{service}/"))
    async with asking(operation) as (world, http, usual):
        sent = [usual.with_header(name, value) for name in OF_EVERY_REQUEST for value in HEADERS]
        assert {await fault_of_answer(world, http, each) for each in sent} == {None}


@pytest.mark.parametrize("service", WORLDS)
async def test_a_method_that_a_path_does_not_know_is_said_not_to_be_one(service: str) -> None:
    async with WORLDS[service]() as world, world.client() as http:
        for path, item in world.app.openapi()["paths"].items():
            known = {method.upper() for method in item}
            for method in METHODS - known:
                answer = await http.request(method, path)
                assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (405, known), (method, path)
                if method != "HEAD":
                    assert answer.json()["code"] == "method-not-allowed"


@asynccontextmanager
async def asking(operation: str) -> AsyncGenerator[tuple[World, httpx.AsyncClient, Sent]]:
    """The operation's world, and the request of somebody who may make it."""
    method, path = operation.split()
    who = caller(next(role for role in Role if RIGHTS[operation][role] != "-"), Where.OWN)
    asked = ASKED.get(operation, [Asked()])[0]
    async with WORLDS[operation.split("/")[1]]() as world, world.client() as http:
        named = {name: text.format_map(world.own) for name, text in asked.path.items()}
        request = dict(asked.request(world.own, who))
        headers = {**request.pop("headers", {}), **bearer(who)}
        usual = http.build_request(method, path.format_map({**world.own, **named}), headers=headers, **request)
        content = await usual.aread()
        kept = tuple((k, v) for k, v in usual.headers.raw if k.lower() not in (b"content-length", b"host"))
        yield world, http, Sent(method, usual.url.path, usual.url.query.decode(), kept, content)


async def fault_of_answer(world: World, http: httpx.AsyncClient, sent: Sent) -> str | None:
    answer = await http.request(
        sent.method, f"{sent.path}?{sent.query}", headers=list(sent.headers), content=sent.content
    )
    await world.put_back()
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    is_told = not answer.is_client_error or is_problem
    return None if answer.status_code < 500 and is_told else f"{answer.status_code} {answer.text[:200]}"


def hostile(usual: Sent, template: str, document: dict[str, Any]) -> Iterator[Sent]:
    described = document["paths"][template][usual.method.lower()]
    for parameter in described.get("parameters", ()):
        for text in (*IN_URLS, *CURSORS):
            if parameter["in"] == "query":
                yield replace(usual, query=f"{usual.query}&{parameter['name']}={text}")
            elif parameter["in"] == "path":
                yield replace(usual, path=with_segment(usual.path, template, parameter["name"], text))
        for value in HEADERS:
            if parameter["in"] == "header":
                yield usual.with_header(parameter["name"], value)
            elif parameter["in"] == "cookie":
                yield usual.with_header("Cookie", parameter["name"].encode() + b"=" + value)
    for kind, content in described.get("requestBody", {}).get("content", {}).items():
        yield from (usual.with_body(other, body) for other in TYPES for body in BODIES)
        if kind == "application/json":
            body = json.loads(usual.content or b"{}")
            yield from (usual.with_body(kind, each) for each in bodies_like(body, document, content["schema"]))
        else:
            yield from (form(usual, fields) for fields in hostile_forms(document, content["schema"]))


def with_segment(path: str, template: str, name: str, text: str) -> str:
    """The path with another text for `{name}`."""
    segments = zip(template.split("/"), path.split("/"), strict=True)
    return "/".join((text or "%20") if place == f"{{{name}}}" else own for place, own in segments)


def hostile_forms(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[tuple[str, bytes, bytes]]:
    """A field, its file's name if it has one, and what is in it."""
    name = schema["$ref"].rpartition("/")[2]
    for field in document["components"]["schemas"][name]["properties"]:
        yield from ((field, b"", text.encode("utf-8", "surrogatepass")) for text in TEXTS)
        yield from ((field, b"\xe2\x80\xae.csv", file) for file in FILES)


def form(usual: Sent, field: tuple[str, bytes, bytes]) -> Sent:
    """The usual form, with this field once more, behind the others: it wins."""
    name, filename, content = field
    boundary = dict(usual.headers)[b"Content-Type"].rpartition(b"boundary=")[2]
    disposition = b'form-data; name="%s"' % name.encode() + (b'; filename="%s"' % filename if filename else b"")
    part = b"--%s\r\nContent-Disposition: %s\r\n\r\n%s\r\n" % (boundary, disposition, content)
    end = b"--%s--\r\n" % boundary
    assert usual.content.endswith(end)
    return replace(usual, content=usual.content.removesuffix(end) + part + end)

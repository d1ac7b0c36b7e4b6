"""The codes of posts: on their displays, and printed."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from services.checkin.adapters.http_registry_ready import registry_is_read
from services.checkin.application.directory import Directory
from services.checkin.domain.codes import PostCodes
from shared.contracts.registry import Post
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, principal_with
from shared.ports import Clock
from shared.vocabulary.terms import Role

ShowsCodes = Annotated[Principal, Depends(principal_with(Role.DISPLAY, Role.OFFICER, Role.OPERATOR))]
Prints = Annotated[Principal, Depends(principal_with(Role.OFFICER, Role.OPERATOR))]


class ShownCode(BaseModel):
    """The code on a post's display from `since` to `until`."""

    post_id: str
    code: str
    step: int
    since: datetime
    until: datetime


class PrintedCode(BaseModel):
    """A post's fixed code, and the PIN for its people."""

    post_id: str
    code: str
    pin: str


def post_code_routes(directory: Directory, codes: PostCodes, clock: Clock) -> APIRouter:
    """`/posts/{id}/code` and `/posts/{id}/printed-code`."""
    ready = Depends(registry_is_read(directory))
    router = APIRouter(prefix="/checkin/v1", tags=["duty"], dependencies=[ready])

    @router.get("/posts/{post_id}/code")
    async def shown_code(post_id: str, caller: ShowsCodes, response: Response) -> ShownCode:
        """What the post's display shows now. Ask again at `until`."""
        _visible_post(directory, post_id, caller)
        shown = codes.shown(post_id, clock.now())
        response.headers["Cache-Control"] = "no-store"
        return ShownCode(post_id=post_id, code=shown.code, step=shown.step, since=shown.since, until=shown.until)

    @router.get("/posts/{post_id}/printed-code")
    async def printed_code(post_id: str, caller: Prints, response: Response) -> PrintedCode:
        """What is printed at the post, where its site chose so."""
        if not _visible_post(directory, post_id, caller).fixed_code_allowed:
            raise Problem(404, "no-fixed-code")
        printed = codes.printed(post_id)
        response.headers["Cache-Control"] = "no-store"
        return PrintedCode(post_id=post_id, code=printed.code, pin=printed.pin)

    del shown_code, printed_code  # registered
    return router


def _visible_post(directory: Directory, post_id: str, caller: Principal) -> Post:
    found = directory.post(post_id)
    if found is None or not caller.may_see(found[0].path):
        raise Problem(404, "not-found")
    return found[1]

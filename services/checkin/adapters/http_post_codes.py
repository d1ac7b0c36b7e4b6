"""The codes of posts: on their displays, and printed; as text, and as pictures to scan."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from services.checkin.adapters.http_public_url import base_of
from services.checkin.adapters.http_registry_ready import registry_is_read
from services.checkin.adapters.post_qr import labelled_qr_svg, member_page, qr_svg
from services.checkin.application.directory import Directory
from services.checkin.domain.codes import PostCodes
from shared.contracts.base import Id
from shared.contracts.registry import Post
from shared.platform.web.audited import audited
from shared.platform.web.problems import Problem
from shared.platform.web.tokens import Principal, principal_with
from shared.ports import Clock
from shared.vocabulary.terms import Role

SVG = "image/svg+xml"

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


def post_code_routes(directory: Directory, codes: PostCodes, clock: Clock, public_url: str) -> APIRouter:
    """`/posts/{id}/code`, `/posts/{id}/printed-code` and `/posts/{id}/qr.svg`."""
    ready = Depends(registry_is_read(directory))
    router = APIRouter(prefix="/checkin/v1", tags=["duty"], dependencies=[ready])

    @router.get("/posts/{post_id}/code")
    async def shown_code(post_id: Id, caller: ShowsCodes, response: Response) -> ShownCode:
        """What the post's display shows now. Ask again at `until`."""
        _visible_post(directory, post_id, caller)
        shown = codes.shown(post_id, clock.now())
        response.headers["Cache-Control"] = "no-store"
        return ShownCode(post_id=post_id, code=shown.code, step=shown.step, since=shown.since, until=shown.until)

    @router.get("/posts/{post_id}/printed-code")
    async def printed_code(post_id: Id, caller: Prints, request: Request, response: Response) -> PrintedCode:
        """What is printed at the post, where its site chose so."""
        if not _visible_post(directory, post_id, caller).fixed_code_allowed:
            raise Problem(404, "no-fixed-code")
        await audited(request, "pin-seen", post_id)
        printed = codes.printed(post_id)
        response.headers["Cache-Control"] = "no-store"
        return PrintedCode(post_id=post_id, code=printed.code, pin=printed.pin)

    @router.get(
        "/posts/{post_id}/qr.svg",
        response_class=Response,
        responses={
            200: {
                "content": {SVG: {"schema": {"type": "string"}}},
                "description": "The picture",
                "headers": {"X-Valid-Until": {"description": "Ask again then.", "schema": {"type": "string"}}},
            }
        },
    )
    async def qr(
        post_id: Id,
        caller: ShowsCodes,
        request: Request,
        for_: Annotated[
            Literal["display", "print"],
            Query(alias="for", description="print: the fixed code over the post's name, for those who may print it"),
        ] = "display",
    ) -> Response:
        """The code as a QR code of the member's page. A printed one needs its PIN, which is not on it."""
        if for_ == "print" and caller.role is Role.DISPLAY:
            raise Problem(403, "forbidden")
        post = _visible_post(directory, post_id, caller)
        base = base_of(request, public_url)
        unit_id = _only_unit(directory, post_id)
        if for_ == "display":
            shown = codes.shown(post_id, clock.now())
            url = member_page(base, code=shown.code, post_id=post_id, unit_id=unit_id)
            return _svg(qr_svg(url, post.name), {"X-Valid-Until": shown.until.isoformat()})
        if not post.fixed_code_allowed:
            raise Problem(404, "no-fixed-code")
        printed = codes.printed(post_id)
        url = member_page(base, code=printed.code, post_id=post_id, unit_id=unit_id)
        return _svg(labelled_qr_svg(url, post.name), {})

    del shown_code, printed_code, qr  # registered
    return router


def _svg(picture: str, headers: dict[str, str]) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **headers}
    return Response(picture, media_type=SVG, headers=headers)


def _only_unit(directory: Directory, post_id: str) -> str | None:
    """The unit of the post's site, where it has one and no more."""
    found = directory.post(post_id)
    units = [] if found is None else directory.units_of(found[0].site_id)
    return units[0] if len(units) == 1 else None


def _visible_post(directory: Directory, post_id: str, caller: Principal) -> Post:
    found = directory.post(post_id)
    if found is None or not caller.may_see(found[0].path):
        raise Problem(404, "not-found")
    return found[1]

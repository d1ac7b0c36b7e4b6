"""Lists by opaque cursor, with the next page in the `Link` header."""

import base64
import binascii
import re

from fastapi import Request, Response

from shared.platform.web.problems import Problem


def read_cursor(cursor: str | None) -> str | None:
    """The position inside an opaque cursor. Raises Problem 422 `cursor-invalid`."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError) as error:
        raise Problem(422, "cursor-invalid", field="cursor") from error


def match_cursor(cursor: str | None, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The parts of the position inside a cursor; None for the first page. Raises Problem 422 `cursor-invalid`."""
    text = read_cursor(cursor)
    if text is None:
        return None
    found = pattern.fullmatch(text)
    if found is None:
        raise Problem(422, "cursor-invalid", field="cursor")
    return found


def link_next(request: Request, response: Response, position: str | None) -> None:
    """Name the next page, which begins after `position`; None: this is the last."""
    if position is not None:
        cursor = base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")
        response.headers["Link"] = f'<{request.url.include_query_params(cursor=cursor)}>; rel="next"'

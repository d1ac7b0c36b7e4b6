"""Answers that are files to keep."""

import asyncio
from collections.abc import Callable

from fastapi import Request, Response

from shared.platform.web.languages import prefers_chinese

CSV = "text/csv"


async def file_answer(request: Request, name: str, media_type: str, content: Callable[[bool], str | bytes]) -> Response:
    """`content` is told whether to write Chinese. It works in a thread: a long table would hold everybody else up."""
    in_chinese = prefers_chinese(request)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Language": "zh-CN" if in_chinese else "en",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(await asyncio.to_thread(content, in_chinese), media_type=media_type, headers=headers)

"""Chinese or English: what is written for people, the caller chooses by Accept-Language."""

from fastapi import Request


def prefers_chinese(request: Request) -> bool:
    """Whether the caller's first language is Chinese; everybody else is written to in English."""
    return request.headers.get("accept-language", "").lower().startswith("zh")

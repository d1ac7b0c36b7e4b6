"""Where people's browsers reach this platform."""

from fastapi import Request


def base_of(request: Request, public_url: str) -> str:
    """`public_url` without a slash at its end; empty: as the request came."""
    return public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"

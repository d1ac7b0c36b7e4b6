"""The audit as routes use it."""

import asyncio
from typing import cast

from fastapi import Request

from shared.platform.telemetry import get_logger
from shared.platform.waiting import AWAY
from shared.platform.web.tokens import Principal
from shared.ports import Action, AuditLog

REFUSAL_WITHIN_S = 2.0

_log = get_logger("audit")


async def audited(request: Request, action: str, about: str = "") -> None:
    """The caller is about to do or see this. Raises, and so keeps it from happening, when it can not be written."""
    audit = _audit(request)
    if audit is not None:
        await audit.record(_action(request, action, about, None))


async def refusal_audited(request: Request, code: str) -> None:
    """The caller was refused. That is answered also when the brokers are away: then it stands in this process's log.

    Who has no token yet is no caller: logins tell of their own refusals.
    """
    audit = _audit(request)
    if audit is None or not hasattr(request.state, "caller"):
        return
    action = _action(request, f"{request.method.lower()}-refused", request.url.path[:200], code)
    try:
        async with asyncio.timeout(REFUSAL_WITHIN_S):
            await audit.record(action)
    except (*AWAY, TimeoutError) as error:
        _log.warning("refusal-not-audited", actor=action.actor_id, about=action.about, reason=type(error).__name__)


def address_of(request: Request) -> str | None:
    """Where a request came from; behind a gateway, what uvicorn was told to believe of it."""
    return None if request.client is None else request.client.host[:64]


def _audit(request: Request) -> AuditLog | None:
    return cast("AuditLog | None", request.app.state.audit)


def _action(request: Request, action: str, about: str, refused: str | None) -> Action:
    caller = cast("Principal", request.state.caller)
    return Action(
        actor_id=caller.subject,
        role=caller.role.value,
        path=caller.path,
        action=action,
        about=about,
        refused=refused,
        address=address_of(request),
    )

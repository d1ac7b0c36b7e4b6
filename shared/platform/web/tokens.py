"""Bearer tokens: JWTs signed with Ed25519. Services hold the public key only; `meu token` holds the private one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.platform.web.problems import Problem
from shared.ports import Clock
from shared.vocabulary.organisation import within
from shared.vocabulary.terms import Role

ISSUER = "meu"
_CACHE_MAX = 50_000
_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `path` is the organisation subtree the token is good for.

    `expires_at`: when the token that was read ends; None for who was not read from a token.
    """

    subject: str
    role: Role
    path: str
    unit_id: str | None = None
    station_id: str | None = None
    expires_at: datetime | None = field(default=None, compare=False)

    def may_see(self, path: str) -> bool:
        """Whether something of the node `path` lies in this principal's subtree."""
        return within(path, self.path)


class TokenReader:
    """Verifies tokens; remembers verified ones until they expire, since verifying costs 0.1 ms."""

    def __init__(self, public_key: str, clock: Clock) -> None:
        self._key = public_key
        self._clock = clock
        self._verified: dict[str, tuple[float, Principal]] = {}

    def read(self, token: str) -> Principal:
        """The principal of a token. Raises Problem 401 `unauthenticated` or `token-expired`."""
        now = self._clock.now().timestamp()
        known = self._verified.get(token)
        if known is not None and now < known[0]:
            return known[1]
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._key, algorithms=["EdDSA"], issuer=ISSUER, options={"require": ["exp", "sub"]}
            )
            principal = Principal(
                subject=claims["sub"],
                role=Role(claims["role"]),
                path=claims["path"],
                unit_id=claims.get("unit_id"),
                station_id=claims.get("station_id"),
                expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            )
        except jwt.ExpiredSignatureError as error:
            raise Problem(401, "token-expired", headers={"WWW-Authenticate": "Bearer"}) from error
        except (jwt.InvalidTokenError, KeyError, ValueError, OverflowError) as error:
            raise Problem(401, "unauthenticated", headers={"WWW-Authenticate": "Bearer"}) from error
        if len(self._verified) >= _CACHE_MAX:
            self._verified.clear()
        self._verified[token] = (float(claims["exp"]), principal)
        return principal


def issue_token(private_key: str, principal: Principal, clock: Clock, good_for: timedelta) -> str:
    """A signed token for `principal`."""
    now = clock.now()
    claims = {
        "iss": ISSUER,
        "sub": principal.subject,
        "role": principal.role.value,
        "path": principal.path,
        "unit_id": principal.unit_id,
        "station_id": principal.station_id,
        "iat": now,
        "exp": now + good_for,
    }
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, private_key, algorithm="EdDSA")


async def current_principal(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    """FastAPI dependency: the caller. Raises 401. Async like all of them: else FastAPI runs each in a thread."""
    if credentials is None:
        raise Problem(401, "unauthenticated", headers={"WWW-Authenticate": "Bearer"})
    reader: TokenReader = request.app.state.tokens
    request.state.caller = reader.read(credentials.credentials)
    return request.state.caller


def principal_with(*roles: Role) -> Callable[[Principal], Awaitable[Principal]]:
    """FastAPI dependency: the caller, who must have one of these roles. Raises 403."""

    async def check(principal: Annotated[Principal, Depends(current_principal)]) -> Principal:
        if principal.role not in roles:
            raise Problem(403, "forbidden")
        return principal

    return check

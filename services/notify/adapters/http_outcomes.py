"""What an HTTP exchange with a provider proves: sent, certainly not sent, or unknown."""

from collections.abc import Awaitable, Callable

import httpx

from shared.vocabulary.terms import AttemptOutcome

TIMEOUTS = httpx.Timeout(8.0, connect=3.0, pool=3.0)
"""Together within the 10 s that a channel has."""

# The request never left.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)

Exchange = tuple[AttemptOutcome, str, httpx.Response | None]
"""The outcome, why, and the answer if there was one."""


async def exchange(request: Callable[[], Awaitable[httpx.Response]]) -> Exchange:
    """Make a request, and say what became of it: 2xx is accepted, any other answer a refusal."""
    try:
        response = await request()
    except _NOT_SENT as error:
        return AttemptOutcome.FAILED, type(error).__name__, None
    except httpx.HTTPError as error:
        return AttemptOutcome.UNKNOWN, type(error).__name__, None
    outcome = AttemptOutcome.ACCEPTED if response.is_success else AttemptOutcome.FAILED
    return outcome, f"http-{response.status_code}", response

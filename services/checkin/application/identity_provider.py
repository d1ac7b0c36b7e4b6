"""What logging in by somebody else's word needs of the world: a city's identity provider."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.vocabulary.decisions import Refused

STALE = Refused("login-stale", "it took too long, or was begun elsewhere")


class ProviderAway(Exception):
    """The provider does not answer, or not as one does. It passes, or somebody has to set it right."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What is remembered from the way to the provider until the way back, and is nobody else's to read or change.

    `state` ties the answer to the browser that asked, `nonce` the provider's word to this log-in, and `verifier` the
    code to whoever began (PKCE, RFC 7636): 256 random bits each. `redirect_uri`: where the provider sends people back
    to, and `return_to` the page that we do.
    """

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    return_to: str
    until: datetime


class IdentityProvider(Protocol):
    """Knows who somebody is. How it finds out, and by how many factors, is its own matter."""

    async def start(self, begun: Begun) -> str:
        """The address at which the provider asks. Raises ProviderAway."""
        ...

    async def finish(self, begun: Begun, code: str) -> str | Refused:
        """The login of the one that the provider vouches for, for the code that it gave.

        Refused: `login-stale` when the code was used or is too old, `wrong-credentials` when the provider's word does
        not hold. Raises ProviderAway.
        """
        ...

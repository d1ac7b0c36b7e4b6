"""A signing key made anew for each test session, and tokens signed with it."""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from shared.platform.clock import SystemClock
from shared.platform.web.tokens import Principal, issue_token

_key = Ed25519PrivateKey.generate()
PRIVATE_KEY = _key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC_KEY = _key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def token_for(principal: Principal, good_for: timedelta = timedelta(hours=1)) -> str:
    return issue_token(PRIVATE_KEY, principal, SystemClock(), good_for)


def bearer(principal: Principal) -> dict[str, str]:
    """The header of a request made by `principal`."""
    return {"Authorization": f"Bearer {token_for(principal)}"}

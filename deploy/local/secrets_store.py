"""This checkout's own keys, made at the first start and kept under var/: there is no default secret."""

import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


class SecretsStore:
    """Reads keys from files of `directory` (mode 600), making what is missing."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def token_private_key(self) -> str:
        """Ed25519, PEM."""
        return self._kept("token-private-key.pem", _new_signing_key)

    def demo_password(self) -> str:
        """Of every account of the demo: made for this checkout, and of no use elsewhere."""
        return self._kept("demo-password", lambda: f"demo-{secrets.token_hex(6)}")

    def environment(self) -> dict[str, str]:
        """What the services need to know of them."""
        private = load_pem_private_key(self.token_private_key().encode(), None)
        public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return {
            "TOKEN_PUBLIC_KEY": public.decode(),
            "TOKEN_PRIVATE_KEY": self.token_private_key(),
            "PERSONAL_DATA_KEY": self._kept("personal-data-key", lambda: Fernet.generate_key().decode()),
            "POST_CODE_SECRET": self._kept("post-code-secret", lambda: secrets.token_urlsafe(32)),
        }

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        path = self._directory / name
        if not path.exists():
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_text(make())
        return path.read_text()


def _new_signing_key() -> str:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

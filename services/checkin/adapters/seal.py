"""Encryption of personal data at rest."""

from cryptography.fernet import Fernet


class Seal:
    """Fernet (AES-128-CBC with HMAC-SHA256) under one key of 32 bytes in URL-safe base64."""

    def __init__(self, key: str) -> None:
        """ValueError when the key is none."""
        self._fernet = Fernet(key)

    def close(self, text: str) -> bytes:
        """What is stored. Nothing is stored of an empty text."""
        return self.close_bytes(text.encode()) if text else b""

    def open(self, sealed: bytes) -> str:
        """The text again. Raises InvalidToken when it was sealed under another key."""
        return self.open_bytes(sealed).decode() if sealed else ""

    def close_bytes(self, content: bytes) -> bytes:
        """What is stored of a file: a third longer."""
        return self._fernet.encrypt(content)

    def open_bytes(self, sealed: bytes) -> bytes:
        """The file again. Raises InvalidToken as `open` does."""
        return self._fernet.decrypt(sealed)

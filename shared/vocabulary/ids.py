"""Ids that are functions of what they identify, so that a replay gives the same ones."""

from hashlib import sha1
from uuid import UUID

_NAMESPACE = sha1(UUID("6d657500-0000-5000-8000-6d696e696d75").bytes, usedforsecurity=False)


def derived_id(*parts: str | int) -> str:
    """The id of the thing named by `parts`, e.g. `derived_id("incident", incident_id, sequence)`.

    A UUID of version 5 (RFC 9562), as `uuid.uuid5` makes it, in a tenth of its time: every event has one.
    """
    digest = _NAMESPACE.copy()
    digest.update("\x1f".join(map(str, parts)).encode())
    h = digest.hexdigest()
    variant = "89ab"[int(h[16], 16) & 3]
    return f"{h[:8]}-{h[8:12]}-5{h[13:16]}-{variant}{h[17:20]}-{h[20:32]}"

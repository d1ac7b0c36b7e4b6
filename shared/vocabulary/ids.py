"""Ids that are functions of what they identify, so that a replay gives the same ones."""

from uuid import UUID, uuid5

_NAMESPACE = UUID("6d657500-0000-5000-8000-6d696e696d75")


def derived_id(*parts: str | int) -> str:
    """The id of the thing named by `parts`, e.g. `derived_id("incident", incident_id, sequence)`."""
    return str(uuid5(_NAMESPACE, "\x1f".join(map(str, parts))))

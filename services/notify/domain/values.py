"""The values inside a delivery's commands and events, in the shape of the published ones."""

from dataclasses import dataclass

from shared.vocabulary.terms import AttemptOutcome, ChannelKind


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a person. The address is personal: it is passed on, and never decides anything."""

    kind: ChannelKind
    address: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person and the ways to reach them, in the order in which they are tried."""

    member_id: str
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an attempt for one recipient."""

    member_id: str
    outcome: AttemptOutcome
    detail: str = ""

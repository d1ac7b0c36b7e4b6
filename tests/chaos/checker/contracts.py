"""The published contracts as this checker knows them, copied by hand from the documents: names, and derived ids."""

from uuid import UUID, uuid5

CHECKIN_COMMANDS = "meu.checkin.commands.v1"
DISPATCH_COMMANDS = "meu.dispatch.commands.v1"
LANES = {lane: f"meu.notify.{lane}.v1" for lane in ("emergency", "normal", "bulk")}
DUTY = "meu.checkin.duty.v1"
INCIDENTS = "meu.dispatch.incident.v1"
DELIVERIES = "meu.notify.delivery.v1"
POSITIONS = "meu.checkin.positions.v1"
STATES = {name: f"meu.registry.{name}.v1" for name in ("station", "site", "unit", "member")}

EVENTS_OF = {CHECKIN_COMMANDS: DUTY, DISPATCH_COMMANDS: INCIDENTS, **dict.fromkeys(LANES.values(), DELIVERIES)}
"""Command topic → where its decider publishes."""
AGGREGATES = {DUTY: "duty", INCIDENTS: "incident", DELIVERIES: "delivery"}
"""Event topic → the word from which its events' ids are derived."""
LEDGERS = {
    CHECKIN_COMMANDS: "checkin",
    DISPATCH_COMMANDS: "dispatch",
    **{topic: f"notify-{lane}" for lane, topic in LANES.items()},
}
"""Command topic → under which name its decider keeps live state in Redis."""
SERVICES = {
    CHECKIN_COMMANDS: "checkin",
    DISPATCH_COMMANDS: "dispatch",
    **dict.fromkeys(LANES.values(), "notify"),
}
COMMANDS, EVENTS = tuple(EVENTS_OF), tuple(AGGREGATES)
READERS = (
    ("checkin.decide", CHECKIN_COMMANDS),
    ("dispatch.decide", DISPATCH_COMMANDS),
    *(("notify.decide", lane) for lane in LANES.values()),
    *(("dispatch.project", topic) for topic in (INCIDENTS, DUTY, POSITIONS, STATES["station"], STATES["unit"])),
    ("dispatch.match", INCIDENTS),
    *(("notify.project", topic) for topic in (DUTY, STATES["member"])),
    ("notify.plan", INCIDENTS),
    ("notify.plan-bulk", INCIDENTS),
    ("notify.send", DELIVERIES),
    *(("analytics.ingest", topic) for topic in (DUTY, INCIDENTS, DELIVERIES, STATES["station"], STATES["unit"])),
)
"""Who must read what: consumer groups of a system whose workers do all lanes."""
READ = (*COMMANDS, *EVENTS, POSITIONS, *STATES.values())
"""Every topic that is read."""

_NAMESPACE = UUID("6d657500-0000-5000-8000-6d696e696d75")


def derived_id(*parts: str | int) -> str:
    """The id that the platform gives to the thing named by `parts`."""
    return str(uuid5(_NAMESPACE, "\x1f".join(map(str, parts))))

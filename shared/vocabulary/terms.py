"""The closed lists of the field. The Chinese terms are in the docstrings."""

from enum import StrEnum


class SiteClass(StrEnum):
    """四类, by risk."""

    A = "A"
    """治安保卫重点单位, key protected place."""
    B = "B"
    """人流密集场所, crowded place."""
    C = "C"
    """企业事业单位, enterprise or institution."""
    D = "D"
    """村居社区, village or community."""


class EquipmentKind(StrEnum):
    """装备."""

    WHISTLE = "whistle"
    LONG_STICK = "long-stick"
    SHIELD = "shield"
    FORK = "fork"
    RADIO = "radio"
    HAT = "hat"
    VEST = "vest"
    ARMBAND = "armband"
    STRETCHER = "stretcher"
    EXTINGUISHER = "extinguisher"
    SHOULDER_LAMP = "shoulder-lamp"
    FIRST_AID = "first-aid"


class DutyState(StrEnum):
    """A unit's duty."""

    OFF = "off"
    """Nobody is checked in."""
    SHORT = "short"
    """Somebody is checked in, but fewer than the quorum."""
    ON = "on"
    """The quorum is met."""


class IncidentClass(StrEnum):
    """The classes that playbooks are written for."""

    SERIOUS_VIOLENCE = "serious-violence"
    """严重暴力犯罪."""
    PUBLIC_ORDER = "public-order"
    """一般刑事、治安案件."""
    ACCIDENT = "accident"
    """安全事故、灾害."""
    RESCUE = "rescue"
    """求助、服务."""
    MISSING_PERSON = "missing-person"
    """寻人."""
    SELF_HARM = "self-harm"
    """自伤风险."""


class Severity(StrEnum):
    """How grave, as the reporter or the station judges it."""

    MINOR = "minor"
    SERIOUS = "serious"
    CRITICAL = "critical"


class SourceKind(StrEnum):
    """Who reported an incident."""

    STATION = "station"
    UNIT = "unit"
    EXTERNAL = "external"
    """Another system (110/CAD, an alarm), with its own id."""


class HazardKind(StrEnum):
    """隐患: what is dangerous at a site."""

    FIRE = "fire"
    """消防: extinguishers, alarms, what burns easily."""
    ELECTRICAL = "electrical"
    """用电."""
    BLOCKED_EXIT = "blocked-exit"
    """通道堵塞."""
    STRUCTURE = "structure"
    """建筑设施: what may fall or give way."""
    CROWD = "crowd"
    """人员拥挤."""
    EQUIPMENT = "equipment"
    """装备缺损: the unit's own."""
    OTHER = "other"
    """其他."""


class AssigneeKind(StrEnum):
    """Whom an order goes to."""

    UNIT = "unit"
    POLICE = "police"
    """The station's own police; the id is the station's."""


class OrderRole(StrEnum):
    """What the threat rule lets an assignee do."""

    RESPOND = "respond"
    OBSERVE = "observe"
    """Keep away, watch, report: too few people or not the equipment for this threat."""


class Lane(StrEnum):
    """Notify's three lanes; a partition is first-in-first-out, so an emergency has its own."""

    EMERGENCY = "emergency"
    NORMAL = "normal"
    BULK = "bulk"


class ChannelKind(StrEnum):
    """Ways to reach a person."""

    INBOX = "inbox"
    SMS = "sms"
    WEBHOOK = "webhook"
    FILE = "file"
    """For development: a line of JSON in a file."""


class AttemptOutcome(StrEnum):
    """What became of one call to a provider."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    """The provider refused, or could not be reached: certainly not sent."""
    UNKNOWN = "unknown"
    """It may have been sent: a crash or a time-out after the request left."""


class Role(StrEnum):
    """Who a token speaks for."""

    OPERATOR = "operator"
    """City operator."""
    OFFICER = "officer"
    """District or station officer."""
    LEADER = "leader"
    """Unit leader."""
    MEMBER = "member"
    DISPLAY = "display"
    """A post's display, which shows the rotating code."""
    PARTNER = "partner"
    """Another system that reports incidents or reads events."""
    SYSTEM_ADMINISTRATOR = "system-administrator"
    """系统管理员: makes accounts, and keeps nothing but the system running. Gives nobody a right."""
    SECURITY_ADMINISTRATOR = "security-administrator"
    """安全管理员: says what an account may do, and ends it. Makes none."""
    AUDITOR = "auditor"
    """审计员: reads who did and saw what. Does nothing else."""


OF_ADMINISTRATION = (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR)
"""三员分立: the three offices that watch one another; none of them has a part in what units do."""

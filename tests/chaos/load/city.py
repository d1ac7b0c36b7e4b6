"""The city of the fault run: the demo's, in which many are told by SMS or webhook first."""

import hashlib
from dataclasses import replace

from deploy.local.demo.city import City, generate
from deploy.local.demo.people import Person
from shared.vocabulary.terms import ChannelKind

SEED = 1
BY_SMS, BY_WEBHOOK = 0.2, 0.3
"""Up to which share of the people, by their ids."""


def city_of(units: int, webhook_url: str = "") -> City:
    """The same city for the same number of units. `webhook_url`: where webhooks go, without a person's id."""
    city = generate(SEED, units)
    manned = tuple(replace(m, people=tuple(_told(person, webhook_url) for person in m.people)) for m in city.units)
    return replace(city, units=manned)


def _told(person: Person, webhook_url: str) -> Person:
    chance = int(hashlib.sha256(person.member_id.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    if chance < BY_SMS:
        return replace(person, channels=(ChannelKind.SMS, ChannelKind.INBOX))
    if chance < BY_WEBHOOK and webhook_url:
        url = f"{webhook_url}/{person.member_id}"
        return replace(person, channels=(ChannelKind.WEBHOOK, ChannelKind.INBOX), webhook_url=url)
    return person

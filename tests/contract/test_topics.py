"""Every topic has an owner and somebody whom it serves."""

import re

import pytest

from shared.contracts.topics import TOPICS, Topic

SERVICES = {"checkin", "dispatch", "notify", "analytics"}
AWAITING_READERS = {"meu.registry.site.v1"}
"""No service reads it: the sites' fences and posts are for outside systems to come."""
WRITTEN_BY_ALL = {"meu.audit.v1"}
"""The platform writes it for whichever service somebody acted on; each process has a hash chain of its own."""


def _name(topic: Topic) -> str:
    return topic.name


def test_names_are_unique() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)


@pytest.mark.parametrize("topic", TOPICS, ids=_name)
def test_a_topic_has_one_writer_that_exists(topic: Topic) -> None:
    assert topic.writer in ({"platform"} if topic.name in WRITTEN_BY_ALL else SERVICES)


@pytest.mark.parametrize("topic", TOPICS, ids=_name)
def test_a_topic_has_readers_or_is_public(topic: Topic) -> None:
    has_reader = bool(topic.readers) or topic.public
    assert has_reader != (topic.name in AWAITING_READERS)
    assert set(topic.readers) <= SERVICES


@pytest.mark.parametrize("topic", TOPICS, ids=_name)
def test_a_name_says_its_version(topic: Topic) -> None:
    assert re.fullmatch(r"meu(\.[a-z]+)+\.v[0-9]+", topic.name)


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic.kind == "commands"], ids=_name)
def test_commands_go_to_one_reader_and_carry_the_brokers_time(topic: Topic) -> None:
    assert len(topic.readers) == 1
    assert topic.config()["message.timestamp.type"] == "LogAppendTime"


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic.kind == "states"], ids=_name)
def test_states_are_compacted_and_kept(topic: Topic) -> None:
    assert topic.compacted
    assert topic.retention_ms == -1


@pytest.mark.parametrize("topic", TOPICS, ids=_name)
def test_a_topic_carries_messages_of_its_kind_that_hold_its_key(topic: Topic) -> None:
    kinds = {"commands": "command", "events": "event", "states": "state"}
    for message in topic.messages:
        assert kinds[topic.kind] == message.KIND
        assert topic.key in message.model_fields or message.SERVICE == "platform"

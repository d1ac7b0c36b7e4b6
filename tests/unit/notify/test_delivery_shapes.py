"""The domain's messages have the shape of the published ones, and states survive being stored."""

import json
from dataclasses import fields
from typing import get_args

import pytest
from pydantic import TypeAdapter

from services.notify.domain.commands import Command
from services.notify.domain.events import Event
from services.notify.domain.state import State
from shared.contracts.base import Message
from shared.contracts.generate import EXAMPLES, HERE
from shared.contracts.ticks import Tick
from shared.contracts.topics import DELIVERIES, NOTIFY_EMERGENCY, Topic
from shared.platform.translation import Translation
from tests.unit.notify.deliveries import FAILED, INBOX, SMS, WITHDRAW, Log, acknowledge, ended, plan, recipient

PAIRS = [
    *((NOTIFY_EMERGENCY, get_args(Command), message) for message in NOTIFY_EMERGENCY.messages if message is not Tick),
    *((DELIVERIES, get_args(Event), message) for message in DELIVERIES.messages),
]


@pytest.mark.parametrize(("topic", "types", "message"), PAIRS, ids=lambda v: getattr(v, "__name__", ""))
def test_every_published_message_has_its_domain_class(
    topic: Topic, types: tuple[type, ...], message: type[Message]
) -> None:
    domain_type = {kind.__name__: kind for kind in types}[message.__name__]
    assert {field.name for field in fields(domain_type)} == set(message.model_fields)
    example = message.model_validate_json((HERE / EXAMPLES / f"{message.ce_type()}.json").read_bytes())
    translation: Translation[object] = Translation(topic, types)
    assert translation.to_contract(translation.to_domain(example)) == example


def test_the_domain_has_no_class_that_is_not_published() -> None:
    names = {message.__name__ for topic in (NOTIFY_EMERGENCY, DELIVERIES) for message in topic.messages}
    assert {kind.__name__ for kind in (*get_args(Command), *get_args(Event))} <= names


def test_states_survive_being_stored() -> None:
    log = Log()
    states = [log.state]
    for step in (
        lambda: log.do(plan(recipient("a", SMS, INBOX), recipient("b", INBOX))),
        lambda: log.do(ended(log.last_begun(), {"b": FAILED})),
        lambda: log.do(acknowledge("a")),
        lambda: log.do(WITHDRAW),
        lambda: log.wait(60),
    ):
        step()
        states.append(log.state)
    codec: TypeAdapter[State] = TypeAdapter(State)
    for state in states:
        stored = codec.dump_json(state)
        assert codec.validate_json(stored) == state
    assert [json.loads(codec.dump_json(state))["state"] for state in states[:2]] == ["unplanned", "open"]


def test_the_state_holds_no_text_and_no_address() -> None:
    log = Log(plan(recipient("a", SMS)))
    stored = TypeAdapter(State).dump_json(log.state).decode()
    assert "紧急指令" not in stored
    assert "sms:a" not in stored

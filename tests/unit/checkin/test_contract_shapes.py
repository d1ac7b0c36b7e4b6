"""The domain's messages have the names, fields and JSON shapes of the published ones."""

import json
from dataclasses import fields
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.checkin.adapters.duty_ledger import DECIDING, DUTY_RULES
from services.checkin.adapters.hazard_ledger import HAZARD_DECIDING, HAZARD_RULES
from shared.contracts import duty, hazard
from shared.contracts.generate import EXAMPLES, HERE

OF_DUTY = [*DUTY_RULES.command_types, *DUTY_RULES.event_types]
OF_HAZARDS = [*HAZARD_RULES.command_types, *HAZARD_RULES.event_types]
MESSAGES = [*OF_DUTY, *OF_HAZARDS]


@pytest.mark.parametrize(("deciding", "messages"), [(DECIDING, OF_DUTY), (HAZARD_DECIDING, OF_HAZARDS)])
def test_every_message_of_a_deciders_topics_has_its_domain_class(deciding: Any, messages: list[type[Any]]) -> None:
    published = {m.__name__ for m in (*deciding.commands.messages, *deciding.events.messages)} - {"Tick"}
    assert {message.__name__ for message in messages} == published


@pytest.mark.parametrize("domain_type", MESSAGES, ids=lambda t: t.__name__)
def test_a_domain_message_has_the_fields_of_its_contract(domain_type: type[Any]) -> None:
    contract = _contract(domain_type)
    assert {field.name for field in fields(domain_type)} == set(contract.model_fields)


@pytest.mark.parametrize("domain_type", MESSAGES, ids=lambda t: t.__name__)
def test_a_published_example_passes_through_the_domain_unchanged(domain_type: type[Any]) -> None:
    contract = _contract(domain_type)
    example = contract.model_validate_json(_example(contract))
    adapter: TypeAdapter[Any] = TypeAdapter(domain_type)
    through = adapter.validate_python(example.model_dump())
    assert json.loads(adapter.dump_json(through)) == example.model_dump(mode="json")


def _contract(domain_type: type[Any]) -> type[Any]:
    return getattr(duty if domain_type in OF_DUTY else hazard, domain_type.__name__)


def _example(contract: type[Any]) -> str:
    return (HERE / EXAMPLES / f"{contract.ce_type()}.json").read_text("utf-8")

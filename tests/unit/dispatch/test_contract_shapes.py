"""The domain's messages have the names, fields and JSON shapes of the published ones."""

import json
from dataclasses import fields
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.dispatch.adapters.incident_ledger import DECIDING, INCIDENT_RULES
from services.dispatch.domain import commands as domain_commands
from services.dispatch.domain import playbook as domain_playbook
from shared.contracts import incident, playbook
from shared.contracts.generate import EXAMPLES, HERE

MESSAGES = [*INCIDENT_RULES.command_types, *INCIDENT_RULES.event_types]
VALUES = [
    (domain_commands.Source, incident.Source),
    (domain_commands.Candidate, incident.Candidate),
    *(
        (getattr(domain_playbook, n), getattr(playbook, n))
        for n in ("Need", "Stage", "Threat", "Broadcast", "Playbook")
    ),
]


def test_every_message_of_the_incident_topics_has_its_domain_class() -> None:
    published = {m.__name__ for m in (*DECIDING.commands.messages, *DECIDING.events.messages)} - {"Tick"}
    assert {message.__name__ for message in MESSAGES} == published


@pytest.mark.parametrize("domain_type", MESSAGES, ids=lambda t: t.__name__)
def test_a_domain_message_has_the_fields_of_its_contract(domain_type: type[Any]) -> None:
    contract = getattr(incident, domain_type.__name__)
    assert {field.name for field in fields(domain_type)} == set(contract.model_fields)


@pytest.mark.parametrize(("domain_type", "contract"), VALUES, ids=lambda t: t.__name__)
def test_a_value_inside_messages_has_the_fields_of_its_contract(domain_type: type[Any], contract: type[Any]) -> None:
    assert {field.name for field in fields(domain_type)} == set(contract.model_fields)


@pytest.mark.parametrize("domain_type", MESSAGES, ids=lambda t: t.__name__)
def test_a_published_example_passes_through_the_domain_unchanged(domain_type: type[Any]) -> None:
    contract = getattr(incident, domain_type.__name__)
    example = contract.model_validate_json((HERE / EXAMPLES / f"{contract.ce_type()}.json").read_text("utf-8"))
    adapter: TypeAdapter[Any] = TypeAdapter(domain_type)
    through = adapter.validate_python(example.model_dump())
    assert json.loads(adapter.dump_json(through)) == example.model_dump(mode="json")

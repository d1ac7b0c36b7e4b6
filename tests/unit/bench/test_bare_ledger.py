"""The peer of the ledger decides what the service decides: else its speed would say nothing."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.checkin.adapters.duty_ledger import DECIDING, DUTY_RULES
from shared.contracts import duty
from shared.contracts.envelope import EncodedRecord
from shared.platform.clock import to_ms
from shared.vocabulary.decisions import Accepted
from tests.bench.bare_ledger import decide
from tests.bench.duty_commands import check_in_records
from tests.bench.ledger import TEMPLATE

START = datetime(2026, 1, 1, tzinfo=UTC)


def arrivals(*members: str) -> list[dict[str, Any]]:
    """Check-ins as they stand in the log, scanned at START."""
    records: list[EncodedRecord] = check_in_records([replace(TEMPLATE, member_id=m) for m in members], None)
    bodies = [json.loads(value or b"") for _, value, _ in records]
    return [{**body, "scanned_at": START.isoformat(), "code_step": 7} for body in bodies]


@pytest.mark.parametrize(
    "members", [("a",), ("a", "b", "c", "d"), ("a", "a"), ("b", "a", "c", "b")], ids=lambda members: "".join(members)
)
def test_it_publishes_the_same_events(members: tuple[str, ...]) -> None:
    plain: dict[str, Any] = {"sequence": 0, "leases": {}, "used": {}}
    state = DUTY_RULES.initial
    for number, body in enumerate(arrivals(*members)):
        now = START + timedelta(seconds=number)
        command = DECIDING.commands_in.to_domain(duty.CheckIn.model_validate(body))
        decision = DUTY_RULES.decide(state, command, now)
        expected = []
        for event in decision.events if isinstance(decision, Accepted) else ():
            state = DUTY_RULES.evolve(state, event)
            message = DECIDING.events_out.to_contract(event)
            expected.append((message.ce_type(), message))
        found = decide(plain, body, to_ms(now))
        contracts = {message.ce_type(): message for message in DECIDING.events.messages}
        assert [(kind, contracts[kind].model_validate(event)) for kind, event in found] == expected

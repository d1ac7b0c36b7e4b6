"""What schemathesis asks for of an operation, and what its document promises of every answer."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.builders.world import Things

PROMISES = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
PARTS = ("path", "query", "body")


def bounded(cases: int) -> settings:
    """So many cases of an operation, the same ones in each run."""
    return settings(
        max_examples=cases,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def configuration(own: Things) -> schemathesis.Config:
    """Two of three ids are of something that is there: else nearly every answer would be that it is not."""
    bound = {f"{part}.{name}": {"dictionary": name, "probability": 0.67} for part in PARTS for name in own}
    return schemathesis.Config.from_dict(
        {"dictionaries": {name: {"values": [value]} for name, value in own.items()}, "parameters": bound}
    )


def cases(operation: Any) -> st.SearchStrategy[schemathesis.Case]:
    """As the document admits them and, of an operation that can be asked for wrongly, as it does not."""
    modes = schemathesis.GenerationMode
    admitted = operation.as_strategy(modes.POSITIVE)
    if not operation.path_parameters and not operation.query and not operation.body:
        return admitted
    return st.one_of(admitted, operation.as_strategy(modes.NEGATIVE))

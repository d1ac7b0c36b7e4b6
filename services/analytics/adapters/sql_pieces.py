"""Pieces of SQL that several questions have in common.

Parameters are named as in ClickHouse: `{path:String}`, and moments as `rows.moment` writes them.
"""

from typing import Final

from shared.contracts.base import Message

SETTINGS: Final = "SETTINGS join_use_nulls = 1, output_format_json_quote_64bit_integers = 0"
"""Outer joins as in standard SQL; numbers as numbers."""

SUBTREE: Final = "(path = {path:String} OR startsWith(path, concat({path:String}, '/')))"


def time_of(parameter: str) -> str:
    """The moment that a parameter says, to the microsecond."""
    return f"toDateTime64({{{parameter}:String}}, 6, 'UTC')"


START: Final = time_of("start")
END: Final = time_of("end")
BEFORE: Final = time_of("before")


def is_a(*messages: type[Message]) -> str:
    """Whether an event is one of these."""
    names = ", ".join(f"'{message.ce_type()}'" for message in messages)
    return f"type IN ({names})"

"""Writes what is published of the contracts: JSON Schemas, examples, the AsyncAPI document.

`python -m shared.contracts.generate` writes them; with `--check` it writes nothing, names each file that differs and
ends with 1. A change that breaks readers is refused either way: raise the message's VERSION.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.contracts.asyncapi import asyncapi_document
from shared.contracts.base import Message
from shared.contracts.compatibility import incompatibilities
from shared.contracts.examples import example_of
from shared.contracts.schemas_of import json_schema
from shared.contracts.topics import TOPICS, Topic

HERE = Path(__file__).parent
SCHEMAS, EXAMPLES, ASYNCAPI = "schemas", "examples", "asyncapi.json"

Files = Mapping[str, str]
"""Texts by path relative to the contracts' folder."""


def message_types(topics: tuple[Topic, ...] = TOPICS) -> list[type[Message]]:
    """Every type that some topic carries, once."""
    return list(dict.fromkeys(message for topic in topics for message in topic.messages))


def generated(topics: tuple[Topic, ...] = TOPICS) -> dict[str, str]:
    """All the files as they must be."""
    files: dict[str, str] = {ASYNCAPI: _text(asyncapi_document(topics))}
    for message in message_types(topics):
        files[f"{SCHEMAS}/{message.ce_type()}.json"] = _text(json_schema(message))
        files[f"{EXAMPLES}/{message.ce_type()}.json"] = _text(example_of(message).model_dump(mode="json"))
    return files


def committed(folder: Path = HERE) -> dict[str, str]:
    """All the files as they are."""
    found = [folder / ASYNCAPI, *folder.glob(f"{SCHEMAS}/*"), *folder.glob(f"{EXAMPLES}/*")]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found if path.exists()}


def drifted(old: Files, new: Files) -> list[str]:
    """The files that differ, are missing or are left over."""
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def broken(old: Files, new: Files) -> list[str]:
    """Changes to published schemas that readers could not follow. Kept records need their schema for ever."""
    reasons: list[str] = []
    for name in sorted(name for name in old if name.startswith(f"{SCHEMAS}/")):
        if name not in new:
            reasons.append(f"{name}: no topic carries this type any more, but kept records do")
        elif old[name] != new[name]:
            reasons += [f"{name}: {why}" for why in incompatibilities(json.loads(old[name]), json.loads(new[name]))]
    return reasons


def write(folder: Path, old: Files, new: Files) -> None:
    """Bring the folder from `old` to `new`."""
    for name in drifted(old, new):
        path = folder / name
        if name not in new:
            path.unlink()
            continue
        path.parent.mkdir(exist_ok=True)
        path.write_text(new[name], "utf-8")


def main(arguments: list[str] | None = None, folder: Path = HERE) -> int:
    """0: the files are as they must be. 1: they differ (--check). 2: a published schema would break its readers."""
    parser = argparse.ArgumentParser(prog="python -m shared.contracts.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when a file differs")
    parser.add_argument(
        "--unpublished",
        action="store_true",
        help="nobody has these schemas yet: write changes that would break readers",
    )
    options = parser.parse_args(arguments)
    old, new = committed(folder), generated()
    breaking = [] if options.unpublished else broken(old, new)
    if breaking:
        print("These changes break readers; raise the message's VERSION:", *breaking, sep="\n  ", file=sys.stderr)
    if options.check:
        for name in drifted(old, new):
            print(f"{(folder / name).as_posix()} differs: run python -m shared.contracts.generate", file=sys.stderr)
    elif not breaking:
        write(folder, old, new)
    return 2 if breaking else 1 if options.check and drifted(old, new) else 0


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())

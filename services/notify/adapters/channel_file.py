"""The file channel, for development: one JSON line a person."""

import asyncio
import json
import os
from pathlib import Path

from services.notify.application.channels import OutgoingMessage, same_result
from shared.contracts.delivery import Result
from shared.platform.telemetry import get_logger
from shared.vocabulary.terms import AttemptOutcome, ChannelKind

_log = get_logger("file-channel")


class FileChannel:
    """Appends; what is accepted is on the disk."""

    kind = ChannelKind.FILE
    bears_repeats = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = asyncio.Lock()

    async def send(self, message: OutgoingMessage) -> tuple[Result, ...]:
        async with self._lock:
            try:
                await asyncio.to_thread(self._append, message)
            except OSError as error:
                _log.warning("cannot-write", path=str(self._path), reason=str(error))
                return same_result(message, AttemptOutcome.FAILED, type(error).__name__)
        return same_result(message, AttemptOutcome.ACCEPTED)

    def _append(self, message: OutgoingMessage) -> None:
        lines = "".join(_line(message, addressee.member_id, addressee.address) for addressee in message.addressees)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())


def _line(message: OutgoingMessage, member_id: str, address: str) -> str:
    line = {
        "delivery_id": message.delivery_id,
        "attempt_id": message.attempt_id,
        "member_id": member_id,
        "address": address,
        "number": message.short_number,
        "text": message.text,
        "photo_url": message.photo_url,
    }
    return json.dumps(line, ensure_ascii=False) + "\n"

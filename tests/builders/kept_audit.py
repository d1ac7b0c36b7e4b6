"""An audit whose records are in a history at once, as the log and the ingest bring them there."""

from typing import cast

from services.analytics.application.ports import Happening, History
from shared.contracts.audit import ActionRecorded
from shared.contracts.envelope import EncodedRecord, decode
from shared.contracts.topics import AUDIT
from shared.platform.audit import KafkaAuditLog
from shared.platform.clock import SystemIds
from shared.platform.producer import EventProducer
from shared.ports import Action, Clock
from tests.fakes.audit import MemoryAudit


class KeptAudit(MemoryAudit):
    """Remembers, and keeps what `KafkaAuditLog` would publish."""

    def __init__(self, history: History, clock: Clock) -> None:
        super().__init__()
        self._log = KafkaAuditLog(cast("EventProducer", _Fed(history)), clock, SystemIds())

    async def record(self, action: Action) -> None:
        await super().record(action)
        await self._log.record(action)


class _Fed:
    """A topic of one partition that ends in the history."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._offset = -1

    async def publish_one(self, topic: str, record: EncodedRecord) -> None:
        assert topic == AUDIT.name
        key, value, headers = record
        envelope = decode(key, value, dict(headers))
        self._offset += 1
        body = ActionRecorded.model_validate_json(value or b"")
        happening = Happening(
            topic, 0, self._offset, envelope.id, envelope.subject, envelope.type, 0, envelope.time, body
        )
        await self._history.keep(AUDIT, [happening])

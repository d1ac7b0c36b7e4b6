"""The SMS channel: a generic HTTP gateway that takes one text for many numbers."""

from typing import Any

import httpx

from services.notify.adapters.http_outcomes import TIMEOUTS, exchange
from services.notify.application.channels import OutgoingMessage, result_for
from shared.contracts.delivery import Result
from shared.vocabulary.terms import AttemptOutcome, ChannelKind


class SmsChannel:
    """POSTs `{id, to: [number], text, priority}` with `Idempotency-Key`.

    2xx: taken over, but for the numbers that the answer's JSON names in `rejected: [{to, reason}]`.
    """

    kind = ChannelKind.SMS
    bears_repeats = False

    def __init__(self, url: str, token: str) -> None:
        """`token` is sent as a bearer token; empty: none is."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._url = url
        self._client = httpx.AsyncClient(timeout=TIMEOUTS, headers=headers)

    async def send(self, message: OutgoingMessage) -> tuple[Result, ...]:
        body = {
            "id": message.attempt_id,
            "to": [addressee.address for addressee in message.addressees],
            "text": message.text,
            "priority": message.lane.value,
        }
        outcome, detail, response = await exchange(
            lambda: self._client.post(self._url, json=body, headers={"idempotency-key": message.attempt_id})
        )
        rejected = _rejected(response) if outcome is AttemptOutcome.ACCEPTED else {}
        return tuple(
            result_for(a, AttemptOutcome.FAILED, rejected[a.address])
            if a.address in rejected
            else result_for(a, outcome, detail)
            for a in message.addressees
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _rejected(response: httpx.Response | None) -> dict[str, str]:
    """Number → reason, of an answer that may be anything."""
    try:
        answer: Any = None if response is None else response.json()
        refused: list[Any] = answer.get("rejected", []) if isinstance(answer, dict) else []
        return {str(item["to"]): str(item.get("reason", "rejected")) for item in refused}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}

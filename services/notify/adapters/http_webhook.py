"""The webhook channel: one POST a person, signed by the Standard Webhooks specification (standardwebhooks.com)."""

import asyncio
import json
from collections.abc import Collection
from urllib.parse import urlsplit

import httpx
from standardwebhooks import Webhook

from services.notify.adapters.http_outcomes import TIMEOUTS, exchange
from services.notify.application.channels import Addressee, OutgoingMessage, result_for
from shared.contracts.delivery import Result
from shared.ports import Clock
from shared.vocabulary.ids import derived_id
from shared.vocabulary.terms import AttemptOutcome, ChannelKind

REQUESTS_AT_ONCE = 100
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class WebhookChannel:
    """Posts to the addresses' own URLs, but only to `hosts`: an address must not make us call what is inside."""

    kind = ChannelKind.WEBHOOK
    bears_repeats = False

    def __init__(self, secret: str, hosts: Collection[str], clock: Clock) -> None:
        """`secret` as `whsec_…`. ValueError when it is none."""
        self._webhook = Webhook(secret)
        self._hosts = frozenset(hosts)
        self._clock = clock
        limits = httpx.Limits(max_connections=REQUESTS_AT_ONCE, max_keepalive_connections=20)
        self._client = httpx.AsyncClient(timeout=TIMEOUTS, limits=limits)

    async def send(self, message: OutgoingMessage) -> tuple[Result, ...]:
        return tuple(await asyncio.gather(*(self._post(message, addressee) for addressee in message.addressees)))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, message: OutgoingMessage, addressee: Addressee) -> Result:
        if not self._may_call(addressee.address):
            return result_for(addressee, AttemptOutcome.FAILED, "address-not-allowed")
        # The same in every attempt, so that a subscriber that hears an emergency twice can tell.
        message_id = derived_id("webhook", message.delivery_id, addressee.member_id)
        body, now = self._body(message, addressee), self._clock.now()
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(message_id, now, body),
            "idempotency-key": message.attempt_id,
        }
        outcome, detail, _ = await exchange(
            lambda: self._client.post(addressee.address, content=body.encode(), headers=headers)
        )
        return result_for(addressee, outcome, detail)

    def _may_call(self, address: str) -> bool:
        try:
            url = urlsplit(address)
            secure = url.scheme == "https" or (url.scheme == "http" and url.hostname in _LOOPBACK)
        except ValueError:
            return False
        return secure and (url.hostname in self._hosts or url.netloc in self._hosts)

    def _body(self, message: OutgoingMessage, addressee: Addressee) -> str:
        data = {
            "delivery_id": message.delivery_id,
            "member_id": addressee.member_id,
            "purpose": message.purpose,
            "incident_id": message.incident_id,
            "order_id": message.order_id,
            "drill": message.drill,
            "number": message.short_number,
            "text": message.text,
            "photo_url": message.photo_url,
            "actions": message.actions,
            "expires_at": message.expires_at.isoformat(),
        }
        body = {"type": f"meu.notice.{message.purpose}", "timestamp": message.planned_at.isoformat(), "data": data}
        return json.dumps(body, ensure_ascii=False)

"""What an answer, or none, of a provider over HTTP proves."""

import asyncio
import json
from collections.abc import AsyncGenerator

import httpx
import pytest
from standardwebhooks import Webhook

from services.notify.adapters import http_sms, http_webhook
from services.notify.adapters.http_sms import SmsChannel
from services.notify.adapters.http_webhook import WebhookChannel
from services.notify.application.channels import Channel
from shared.platform.clock import SystemClock
from shared.vocabulary.terms import AttemptOutcome
from tests.conformance.notify.messages import message
from tests.conformance.notify.sink import Sink
from tests.conformance.notify.test_channels import SECRET

ACCEPTED, FAILED, UNKNOWN = AttemptOutcome.ACCEPTED, AttemptOutcome.FAILED, AttemptOutcome.UNKNOWN
SOON = httpx.Timeout(0.5)


@pytest.fixture
async def sink() -> AsyncGenerator[Sink]:
    async with Sink() as sink:
        yield sink


@pytest.fixture(params=["sms", "webhook"])
async def channel(
    request: pytest.FixtureRequest, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Channel]:
    for module in (http_sms, http_webhook):
        monkeypatch.setattr(module, "TIMEOUTS", SOON)
    sms = SmsChannel(f"{sink.url}/sms", "")
    webhook = WebhookChannel(SECRET, {"127.0.0.1"}, SystemClock())
    yield {"sms": sms, "webhook": webhook}[request.param]
    await sms.close()
    await webhook.close()


def address(sink: Sink) -> str:
    return f"{sink.url}/hook"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, ACCEPTED), (202, ACCEPTED), (302, FAILED), (400, FAILED), (429, FAILED), (500, FAILED), (503, FAILED)],
)
async def test_an_answer_says_whether_it_was_taken_over(
    channel: Channel, sink: Sink, status: int, outcome: AttemptOutcome
) -> None:
    sink.status = status
    (result,) = await channel.send(message(address(sink)))
    assert (result.outcome, result.detail) == (outcome, f"http-{status}")


async def test_a_provider_that_takes_it_and_says_nothing_may_have_sent_it(channel: Channel, sink: Sink) -> None:
    sink.hangs = True
    (result,) = await channel.send(message(address(sink)))
    assert result.outcome is UNKNOWN
    assert len(sink.given) == 1


async def test_a_provider_that_breaks_off_after_taking_it_may_have_sent_it(channel: Channel) -> None:
    async def take_and_hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(take_and_hang_up, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    if isinstance(channel, SmsChannel):
        channel._url = url  # pyright: ignore[reportPrivateUsage]
    (result,) = await channel.send(message(url))
    assert result.outcome is UNKNOWN
    server.close()
    await server.wait_closed()


async def test_a_provider_that_is_not_there_certainly_did_not_send_it(channel: Channel) -> None:
    closed = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{closed.sockets[0].getsockname()[1]}/hook"
    closed.close()
    await closed.wait_closed()
    if isinstance(channel, SmsChannel):
        channel._url = url  # pyright: ignore[reportPrivateUsage]
    (result,) = await channel.send(message(url))
    assert result.outcome is FAILED


async def test_one_subscriber_that_hangs_touches_no_other(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_webhook, "TIMEOUTS", SOON)
    channel = WebhookChannel(SECRET, {"127.0.0.1"}, SystemClock())
    async with Sink() as hanging:
        hanging.hangs = True
        results = await channel.send(message(address(sink), address(hanging), address(sink)))
        assert [r.outcome for r in results] == [ACCEPTED, UNKNOWN, ACCEPTED]
        hanging.hangs = False
    await channel.close()


async def test_a_webhook_is_signed_so_that_its_subscriber_can_verify_it(sink: Sink) -> None:
    channel = WebhookChannel(SECRET, {"127.0.0.1"}, SystemClock())
    await channel.send(message(address(sink)))
    await channel.send(message(address(sink), number=2))
    first, second = sink.given
    body = Webhook(SECRET).verify(first.body, dict(first.headers))
    assert body["data"]["text"] == "紧急指令0042：求助"
    assert body["type"] == "meu.notice.order"
    assert first.headers["webhook-id"] == second.headers["webhook-id"], "a subscriber must be able to tell a repeat"
    assert [g.headers["idempotency-key"] for g in sink.given] == ["attempt-1", "attempt-2"]
    await channel.close()


@pytest.mark.parametrize(
    "url", ["", "not a url", "http://192.0.2.1/hook", "https://other.example/hook", "ftp://127.0.0.1/", "http://[::1/"]
)
async def test_a_webhook_calls_only_the_hosts_that_are_allowed(sink: Sink, url: str) -> None:
    channel = WebhookChannel(SECRET, {"127.0.0.1", "hooks.example"}, SystemClock())
    (result,) = await channel.send(message(url))
    assert (result.outcome, result.detail) == (FAILED, "address-not-allowed")
    await channel.close()


async def test_an_sms_gateway_gets_one_request_for_all_numbers_with_its_key(sink: Sink) -> None:
    channel = SmsChannel(f"{sink.url}/sms", "s3cret")
    await channel.send(message("10000000001", "10000000002"))
    (given,) = sink.given
    assert given.json == {
        "id": "attempt-1",
        "to": ["10000000001", "10000000002"],
        "text": "紧急指令0042：求助",
        "priority": "emergency",
    }
    assert (given.headers["idempotency-key"], given.headers["authorization"]) == ("attempt-1", "Bearer s3cret")
    await channel.close()


async def test_a_number_that_the_gateway_refuses_fails_alone(sink: Sink) -> None:
    sink.answer = {"rejected": [{"to": "10000000002", "reason": "no such number"}]}
    channel = SmsChannel(f"{sink.url}/sms", "")
    results = await channel.send(message("10000000001", "10000000002", "10000000003"))
    assert [r.outcome for r in results] == [ACCEPTED, FAILED, ACCEPTED]
    assert results[1].detail == "no such number"
    await channel.close()


@pytest.mark.parametrize("answer", [[], "ok", {"rejected": "none"}, {"rejected": [1]}, {"rejected": [{"x": 1}]}])
async def test_a_gateways_answer_that_means_nothing_to_us_is_no_refusal(sink: Sink, answer: object) -> None:
    sink.answer = json.loads(json.dumps(answer))
    channel = SmsChannel(f"{sink.url}/sms", "")
    (result,) = await channel.send(message("10000000001"))
    assert result.outcome is ACCEPTED
    await channel.close()

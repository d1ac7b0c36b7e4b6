"""The sender: a provider is called once an attempt, and what is not known is said to be unknown."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.notify.application import sending
from services.notify.application.sending import Content, Sender
from shared.contracts.delivery import AttemptBegun, DeliveryPlanned, EndAttempt
from shared.vocabulary.terms import ChannelKind, Lane
from tests.component.notify.fakes import T0, FakeChannel, FakeClock, FakeCommands, FakeContents, FakeMarks

MEMBER = {"member_id": "a", "channels": [{"kind": "inbox", "address": ""}, {"kind": "sms", "address": "10000000001"}]}
COMMON: dict[str, Any] = {
    "delivery_id": "d1",
    "incident_id": "i1",
    "station_id": "s1",
    "path": "/440100",
    "drill": False,
    "at": T0,
}


def plan(lane: Lane = Lane.NORMAL, withdrawn: bool = False) -> Content:
    planned = DeliveryPlanned(
        **COMMON,
        lane=lane,
        purpose="order",
        order_id="o1",
        short_number="0042",
        recipients=(MEMBER, {**MEMBER, "member_id": "b"}),  # type: ignore[arg-type]
        text="text",
        photo_url=None,
        actions=(),
        expires_at=T0 + timedelta(hours=1),
    )
    return Content(planned, withdrawn)


def begun(
    attempt_id: str = "at1", lane: Lane = Lane.NORMAL, channel: ChannelKind = ChannelKind.SMS, unknown_s: float = 120
) -> AttemptBegun:
    return AttemptBegun(
        **COMMON,
        lane=lane,
        attempt_id=attempt_id,
        number=1,
        channel=channel,
        recipient_ids=("a", "b"),
        unknown_at=T0 + timedelta(seconds=unknown_s),
    )


class Rig:
    def __init__(self, *channels: FakeChannel) -> None:
        self.channels = {channel.kind: channel for channel in channels or (FakeChannel(),)}
        self.clock, self.marks, self.commands = FakeClock(), FakeMarks(), FakeCommands()
        self.contents = FakeContents({"d1": plan()})

    @property
    def sms(self) -> FakeChannel:
        return self.channels[ChannelKind.SMS]

    def sender(self) -> Sender:
        """A process: what it knows by itself is lost when another one is made."""
        return Sender(self.channels, contents=self.contents, marks=self.marks, commands=self.commands, clock=self.clock)

    def outcomes(self) -> list[tuple[str, str]]:
        ends: list[EndAttempt] = self.commands.of(EndAttempt)
        return [(result.outcome.value, result.detail) for end in ends for result in end.results]


async def crash_in_its_call(rig: Rig) -> None:
    """The provider was called, and the process that called it is gone."""
    rig.sms.gate.clear()
    crashed = asyncio.create_task(rig.sender().on_attempt_begun(begun(), "c1"))
    while not rig.sms.sent:
        await asyncio.sleep(0)
    crashed.cancel()
    await asyncio.gather(crashed, return_exceptions=True)


async def test_an_attempt_is_handed_to_its_channel_and_its_outcome_becomes_a_command() -> None:
    rig = Rig()
    await rig.sender().on_attempt_begun(begun(), "c1")
    (message,) = rig.sms.sent
    assert [(a.member_id, a.address) for a in message.addressees] == [("a", "10000000001"), ("b", "10000000001")]
    assert (message.attempt_id, message.text, message.short_number) == ("at1", "text", "0042")
    (command,) = rig.commands.commands
    assert (command.lane, command.correlation_id) == (Lane.NORMAL, "c1")
    assert rig.outcomes() == [("accepted", ""), ("accepted", "")]


async def test_an_attempt_met_again_after_a_crash_in_its_call_is_unknown_and_not_sent_again() -> None:
    rig = Rig()
    await crash_in_its_call(rig)
    assert rig.outcomes() == []
    await rig.sender().on_attempt_begun(begun(), "c1")
    assert rig.outcomes() == [("unknown", "interrupted")] * 2
    assert len(rig.sms.sent) == 1


async def test_an_attempt_is_not_sent_again_though_its_mark_was_lost() -> None:
    rig = Rig()
    await crash_in_its_call(rig)
    rig.marks.marked.clear()
    rig.marks.since = T0 + timedelta(seconds=1)
    rig.sms.gate.set()
    await rig.sender().on_attempt_begun(begun(), "c1")
    assert len(rig.sms.sent) == 1
    assert rig.outcomes() == [("unknown", "interrupted")] * 2


async def test_a_channel_that_bears_repeats_needs_no_mark() -> None:
    rig = Rig(FakeChannel(kind=ChannelKind.INBOX, bears_repeats=True))
    rig.marks.marked.add("at1")
    await rig.sender().on_attempt_begun(begun(channel=ChannelKind.INBOX), "c1")
    assert rig.outcomes() == [("accepted", "")] * 2


async def test_an_attempt_met_again_after_a_crash_before_its_call_is_sent() -> None:
    rig = Rig()
    rig.marks.marked.add("another-attempt")
    await rig.sender().on_attempt_begun(begun(), "c1")
    assert rig.outcomes() == [("accepted", "")] * 2


async def test_the_same_record_twice_in_one_process_is_called_once_and_ends_once() -> None:
    rig = Rig()
    rig.sms.gate.clear()
    sender = rig.sender()
    first = asyncio.create_task(sender.on_attempt_begun(begun(), "c1"))
    while not rig.sms.sent:
        await asyncio.sleep(0)
    await sender.on_attempt_begun(begun(), "c1")
    rig.sms.gate.set()
    await first
    assert rig.outcomes() == [("accepted", "")] * 2


async def test_the_outcome_is_said_under_the_same_id_however_often() -> None:
    rig = Rig()
    await rig.sender().on_attempt_begun(begun(), "c1")
    await rig.sender().on_attempt_begun(begun(), "c1")
    assert len({command.command_id for command in rig.commands.commands}) == 1


async def test_an_attempt_that_the_decider_has_given_up_is_not_sent() -> None:
    rig = Rig()
    rig.clock.go(120)
    await rig.sender().on_attempt_begun(begun(), "c1")
    assert (rig.sms.sent, rig.commands.commands) == ([], [])


@pytest.mark.parametrize(
    ("contents", "channel", "detail"),
    [
        ({"d1": plan(withdrawn=True)}, ChannelKind.SMS, "withdrawn"),
        ({}, ChannelKind.SMS, "content-missing"),
        ({"d1": plan()}, ChannelKind.WEBHOOK, "channel-missing"),
    ],
)
async def test_what_cannot_or_need_not_be_sent_has_failed(
    contents: dict[str, Content], channel: ChannelKind, detail: str
) -> None:
    rig = Rig()
    rig.contents.contents = contents
    await rig.sender().on_attempt_begun(begun(channel=channel), "c1")
    assert rig.outcomes() == [("failed", detail)] * 2
    assert (rig.sms.sent, rig.marks.marked) == ([], set())


async def test_a_channel_that_breaks_its_promise_may_have_sent_it() -> None:
    rig = Rig()
    rig.sms.fault = ArithmeticError("as asked")
    await rig.sender().on_attempt_begun(begun(), "c1")
    assert rig.outcomes() == [("unknown", "fault: ArithmeticError")] * 2


async def test_a_channel_that_does_not_answer_in_time_may_have_sent_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "CALL_WITHIN_S", 0.05)
    rig = Rig()
    rig.sms.gate.clear()
    await rig.sender().on_attempt_begun(begun(), "c1")
    assert rig.outcomes() == [("unknown", "no-answer-in-time")] * 2


async def test_a_hanging_channel_holds_up_no_other_channel_and_no_other_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "CALLS_AT_ONCE", 2)
    monkeypatch.setattr(sending, "SLOT_WITHIN_S", {**sending.SLOT_WITHIN_S, Lane.NORMAL: 0.05})
    rig = Rig(FakeChannel(), FakeChannel(ChannelKind.INBOX))
    rig.sms.gate.clear()
    sender = rig.sender()
    hanging = [asyncio.create_task(sender.on_attempt_begun(begun(f"at{n}"), "c1")) for n in range(2)]
    while len(rig.sms.sent) < 2:
        await asyncio.sleep(0)
    await sender.on_attempt_begun(begun("busy"), "c1")
    assert rig.outcomes() == [("failed", "channel-busy")] * 2, "certainly not sent, so its next channel gets its turn"
    await sender.on_attempt_begun(begun("inbox", channel=ChannelKind.INBOX), "c1")
    assert rig.outcomes()[2:] == [("accepted", "")] * 2
    emergency = asyncio.create_task(sender.on_attempt_begun(begun("e", lane=Lane.EMERGENCY), "c1"))
    while len(rig.sms.sent) < 3:
        await asyncio.sleep(0)
    assert rig.sms.sent[-1].attempt_id == "e"
    rig.sms.gate.set()
    await asyncio.gather(emergency, *hanging)

"""Sending: an attempt that has begun is handed to its channel once, and its outcome becomes a command."""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.notify.application.channels import Addressee, Channel, OutgoingMessage, same_result
from services.notify.application.lane_commands import LaneCommand, LaneCommands
from shared.contracts.delivery import AttemptBegun, DeliveryPlanned, EndAttempt, Recipient, Result
from shared.ports import Clock
from shared.vocabulary.ids import derived_id
from shared.vocabulary.terms import AttemptOutcome, ChannelKind, Lane

_log = logging.getLogger(__name__)

CALL_WITHIN_S = 10.0
CALLS_AT_ONCE = 32
# A channel whose calls hang is given up soon for an emergency, so that the next channel gets its turn.
SLOT_WITHIN_S = {Lane.EMERGENCY: 5.0, Lane.NORMAL: 60.0, Lane.BULK: 600.0}


@dataclass(frozen=True, slots=True)
class Content:
    """What a delivery says, and whether it still should."""

    plan: DeliveryPlanned
    withdrawn: bool


class Contents(Protocol):
    """What was planned, by delivery."""

    async def find(self, delivery_id: str) -> Content | None:
        """None when it was planned so long ago that it is no longer kept."""
        ...


class CallMarks(Protocol):
    """Which attempts' providers were called, across restarts."""

    async def set(self, attempt_id: str, begun_at: datetime) -> bool:
        """Mark that the provider is called now; False when it was marked before, or may have been: marks were lost."""
        ...


class Sender:
    """Calls channels. A channel whose calls hang blocks no other channel and no other lane."""

    def __init__(
        self,
        channels: Mapping[ChannelKind, Channel],
        *,
        contents: Contents,
        marks: CallMarks,
        commands: LaneCommands,
        clock: Clock,
    ) -> None:
        self._channels = channels
        self._contents = contents
        self._marks = marks
        self._commands = commands
        self._clock = clock
        self._calling: set[str] = set()
        self._slots = {(lane, kind): asyncio.Semaphore(CALLS_AT_ONCE) for lane in Lane for kind in channels}

    async def on_attempt_begun(self, begun: AttemptBegun, correlation_id: str) -> None:
        """Call the provider and say what became of it. Durable on return.

        An attempt met again whose provider may have been called before is unknown. One that is older than its
        `unknown_at` was given up by the decider, and is not sent any more.
        """
        if begun.unknown_at <= self._clock.now() or begun.attempt_id in self._calling:
            return  # the log may hold an event twice; the first is being seen to
        self._calling.add(begun.attempt_id)
        try:
            results, latency_ms = await self._attempt(begun)
            await self._say(begun, results, latency_ms, correlation_id)
        finally:
            self._calling.discard(begun.attempt_id)

    async def _attempt(self, begun: AttemptBegun) -> tuple[tuple[Result, ...], float]:
        content = await self._contents.find(begun.delivery_id)
        channel = self._channels.get(begun.channel)
        if channel is None:
            return _failed(begun, "channel-missing"), 0
        if content is None or content.withdrawn:
            return _failed(begun, "content-missing" if content is None else "withdrawn"), 0
        async with AsyncExitStack() as slot:
            if not await self._take_slot(slot, begun):
                return _failed(begun, "channel-busy"), 0
            return await self._call(channel, begun, content)

    async def _take_slot(self, slot: AsyncExitStack, begun: AttemptBegun) -> bool:
        left_s = (begun.unknown_at - self._clock.now()).total_seconds() - CALL_WITHIN_S
        try:
            async with asyncio.timeout(min(SLOT_WITHIN_S[begun.lane], left_s)):
                await slot.enter_async_context(self._slots[begun.lane, begun.channel])
        except TimeoutError:
            return False
        return True

    async def _call(self, channel: Channel, begun: AttemptBegun, content: Content) -> tuple[tuple[Result, ...], float]:
        message = _message(begun, content.plan)
        if not channel.bears_repeats and not await self._marks.set(begun.attempt_id, begun.at):
            return same_result(message, AttemptOutcome.UNKNOWN, "interrupted"), 0
        started = time.perf_counter()
        try:
            async with asyncio.timeout(CALL_WITHIN_S):
                results = await channel.send(message)
        except TimeoutError:
            results = same_result(message, AttemptOutcome.UNKNOWN, "no-answer-in-time")
        except Exception as fault:  # a channel must not raise; now that it did, the request may have left
            _log.exception("channel %s failed on attempt %s", begun.channel, begun.attempt_id)
            results = same_result(message, AttemptOutcome.UNKNOWN, f"fault: {type(fault).__name__}")
        return results, (time.perf_counter() - started) * 1000

    async def _say(
        self, begun: AttemptBegun, results: tuple[Result, ...], latency_ms: float, correlation_id: str
    ) -> None:
        ended = EndAttempt(
            delivery_id=begun.delivery_id, attempt_id=begun.attempt_id, results=results, latency_ms=latency_ms
        )
        command_id = derived_id("end-attempt", begun.attempt_id)
        await self._commands.submit([LaneCommand(begun.lane, command_id, correlation_id, ended, begun.drill)])


def _failed(begun: AttemptBegun, reason: str) -> tuple[Result, ...]:
    return tuple(
        Result(member_id=member, outcome=AttemptOutcome.FAILED, detail=reason) for member in begun.recipient_ids
    )


def _message(begun: AttemptBegun, plan: DeliveryPlanned) -> OutgoingMessage:
    recipients = {recipient.member_id: recipient for recipient in plan.recipients}
    addressees = tuple(_addressee(recipients[member], begun.channel) for member in begun.recipient_ids)
    return OutgoingMessage(
        attempt_id=begun.attempt_id,
        delivery_id=begun.delivery_id,
        lane=begun.lane,
        purpose=plan.purpose,
        incident_id=plan.incident_id,
        order_id=plan.order_id,
        drill=plan.drill,
        short_number=plan.short_number,
        text=plan.text,
        photo_url=plan.photo_url,
        actions=plan.actions,
        planned_at=plan.at,
        expires_at=plan.expires_at,
        addressees=addressees,
    )


def _addressee(recipient: Recipient, kind: ChannelKind) -> Addressee:
    address = next(channel.address for channel in recipient.channels if channel.kind is kind)
    return Addressee(recipient.member_id, address)

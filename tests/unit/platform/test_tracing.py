"""Traces: continued from record to record, also by time; nothing where nobody traces."""

import asyncio
import subprocess
import sys
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.contracts import duty
from shared.contracts.envelope import Envelope, decode, encode
from shared.platform.dead_letters import DeadLetters
from shared.platform.ledger import Ledger
from shared.platform.recovery import Recovery
from shared.platform.tracing import answering, begin_tracing, end_tracing, on_the_wire, publishing
from tests.fakes.tally import DECIDING, REFUSED_MEMBER
from tests.fakes.world import FakeProducer, FakeReader, FakeStore, World

START = datetime(2026, 1, 1, tzinfo=UTC)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SAMPLED = f"00-{TRACE}-00f067aa0ba902b7-01"
UNSAMPLED = f"00-{TRACE}-00f067aa0ba902b7-00"
COMMANDS, EVENTS = DECIDING.commands, DECIDING.events


@pytest.fixture
def spans() -> Generator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    begin_tracing(provider)
    yield exporter
    end_tracing()
    provider.shutdown()


def decide(*members: str, trace_parent: str | None, tick_after: timedelta | None = None) -> list[str | None]:
    """The contexts that the events carry which a ledger makes of check-outs, and of a tick after them."""
    world = World()
    for number, member in enumerate(members):
        body = duty.CheckOut(unit_id="u1", member_id=member)
        envelope = Envelope(f"c{number}", "/test", body.ce_type(), "u1", START, "story", trace_parent=trace_parent)
        world.append(COMMANDS.name, encode(envelope, body), START)
    if tick_after is not None:
        world.tick(COMMANDS.name, START + tick_after, 1)
    producer = cast("Any", FakeProducer(world, START))
    store = cast("Any", FakeStore(world))
    recovery = Recovery(store, cast("Any", FakeReader(world)), EVENTS)
    letters = DeadLetters(producer, "test")
    ledger = Ledger(DECIDING, store=store, producer=producer, dead_letters=letters, recovery=recovery)
    asyncio.run(ledger.handle(world.logs[COMMANDS.name]))
    return [decode(r.key, r.value, r.headers).trace_parent for r in world.logs.get(EVENTS.name, [])]


def parent_of(span: ReadableSpan) -> str:
    assert span.parent is not None
    return f"{span.parent.span_id:016x}"


def id_of(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.span_id:016x}"


def test_what_a_command_causes_follows_it_in_its_trace(spans: InMemorySpanExporter) -> None:
    carried = decide("m1", trace_parent=SAMPLED)
    decided, published = spans.get_finished_spans()
    assert (decided.name, parent_of(decided)) == ("decide CheckOut", "00f067aa0ba902b7")
    assert (published.name, parent_of(published)) == ("publish tally events", id_of(decided))
    assert carried == [f"00-{TRACE}-{id_of(published)}-01"]


def test_what_time_causes_later_follows_the_aggregates_first_events(spans: InMemorySpanExporter) -> None:
    first, late = decide("m1", trace_parent=SAMPLED, tick_after=timedelta(seconds=2))
    by_name = {span.name: span for span in spans.get_finished_spans()}
    assert first is not None
    assert late is not None
    assert parent_of(by_name["decide TimePassed"]) == first.split("-")[2]
    assert late.startswith(f"00-{TRACE}-")
    assert late != first


def test_a_refused_command_is_decided_and_publishes_nothing(spans: InMemorySpanExporter) -> None:
    assert decide(REFUSED_MEMBER, trace_parent=SAMPLED) == []
    assert [span.name for span in spans.get_finished_spans()] == ["decide CheckOut"]


def test_a_tick_of_aggregates_that_nobody_traces_makes_no_spans(spans: InMemorySpanExporter) -> None:
    assert decide("m1", trace_parent=None, tick_after=timedelta(seconds=2)) == [None, None]
    assert spans.get_finished_spans() == ()


@pytest.mark.parametrize("context", [UNSAMPLED, "no-context", f"00-{'0' * 32}-{'0' * 16}-01"])
def test_what_is_not_sampled_makes_no_spans_and_is_handed_on_as_it_came(
    spans: InMemorySpanExporter, context: str
) -> None:
    assert decide("m1", trace_parent=context) == [context]
    assert spans.get_finished_spans() == ()


def test_a_process_that_does_not_trace_does_not_break_the_chain() -> None:
    assert decide("m1", trace_parent=SAMPLED) == [SAMPLED]


def test_a_request_that_changes_something_continues_its_callers_trace(spans: InMemorySpanExporter) -> None:
    with answering("POST", SAMPLED), publishing(COMMANDS, [duty.CheckOut(unit_id="u1", member_id="m1")]) as carried:
        assert carried is not None
        assert carried.startswith(f"00-{TRACE}-")
    with answering("GET", SAMPLED) as reading:
        assert reading is None
    assert [span.name for span in spans.get_finished_spans()] == ["publish CheckOut", "POST"]


def test_an_exceptions_text_is_not_told(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError), answering("POST", None):
        raise ValueError("what somebody wrote")
    (span,) = spans.get_finished_spans()
    assert "what somebody wrote" not in span.to_json()
    assert (span.attributes or {})["error.type"] == "ValueError"


def test_others_clients_find_the_context_where_they_look_for_it(spans: InMemorySpanExporter) -> None:
    headers = [("ce_id", b"1"), ("ce_traceparent", SAMPLED.encode())]
    assert on_the_wire(headers) == [*headers, ("traceparent", SAMPLED.encode())]
    assert on_the_wire(headers[:1]) == headers[:1]


def test_without_the_setting_no_exporter_is_imported() -> None:
    program = """
import sys
import services.dispatch.entrypoints.worker, services.dispatch.entrypoints.api
print(sorted({"opentelemetry.sdk.trace.export", "opentelemetry.exporter"} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"

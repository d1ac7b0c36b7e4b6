"""Traces across Kafka, by setting (docs/adr/0005): what follows from one report is one trace, in whatever service.

A trace begins with an HTTP request that changes something. Who acts on a record continues the trace that the record's
`ce_traceparent` names, and who acts on a record without one makes no spans. Spans carry opaque ids, never a text.
Without OTEL_EXPORTER_OTLP_ENDPOINT no exporter is even imported, and every function here returns at once.
"""

import sys
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.contracts.base import Message
from shared.contracts.topics import Topic
from shared.platform.records import Received
from shared.platform.settings import EX_CONFIG, PlatformSettings

SCOPE: Final = "meu"
CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_NOTHING: Final = nullcontext[None](None)
_IDS: Final = (
    ("incident_id", "meu.incident.id"),
    ("order_id", "meu.order.id"),
    ("delivery_id", "meu.delivery.id"),
    ("drill", "meu.drill"),
)
_W3C: Final = TraceContextTextMapPropagator()

_tracer: Tracer | None = None


def configure_tracing(settings: PlatformSettings, process: str) -> None:
    """Export this process's spans, if the setting says where to. Ends the process when the SDK is not installed."""
    if settings.otel_exporter_otlp_endpoint:
        begin_tracing(_exporting(settings.otel_exporter_otlp_endpoint, process))


def begin_tracing(provider: TracerProvider) -> None:
    """Trace with this provider. It is not made the process's: frameworks must not add spans of their own to ours."""
    global _tracer
    _tracer = provider.get_tracer(SCOPE)


def end_tracing() -> None:
    """Make no more spans."""
    global _tracer
    _tracer = None


def _exporting(endpoint: str, process: str) -> TracerProvider:
    """Sampling and batching are read from OpenTelemetry's own variables (OTEL_TRACES_SAMPLER, OTEL_BSP_…)."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider as ExportingProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        print("wrong setting OTEL_EXPORTER_OTLP_ENDPOINT: the extra `tracing` is not installed", file=sys.stderr)
        raise SystemExit(EX_CONFIG) from error
    provider = ExportingProvider(resource=Resource.create({"service.name": process, "service.namespace": SCOPE}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")))
    return provider


def answering(method: str, trace_parent: str | None) -> AbstractContextManager[Span | None]:
    """A request that changes something, in the caller's trace if the caller has one; None when it is not traced."""
    if _tracer is None or method not in CHANGING:
        return _NOTHING
    return _current(_tracer.start_span(method, _W3C.extract(_carrier(trace_parent), Context()), SpanKind.SERVER))


def answered(span: Span | None, method: str, route: str, status: int, correlation_id: str) -> None:
    """What the request turned out to be. A path or a query may name people: neither is told."""
    if span is None:
        return
    span.update_name(f"{method} {route}")
    span.set_attributes(
        {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
            "meu.correlation_id": correlation_id,
        }
    )
    if status >= 500:
        span.set_status(StatusCode.ERROR)


def publishing(topic: Topic, bodies: Sequence[Message]) -> AbstractContextManager[str | None]:
    """Yields the `trace_parent` of records that are published together; None where nothing is traced."""
    if _tracer is None or not bodies or not trace.get_current_span().is_recording():
        return _NOTHING
    attributes, name = published(topic, bodies), type(bodies[0]).__name__
    return _publishing(_tracer.start_span(f"publish {name}", kind=SpanKind.PRODUCER, attributes=attributes))


@contextmanager
def _publishing(span: Span) -> Generator[str | None]:
    with _current(span):
        yield trace_parent_of(span)


def continuing(doing: str, item: Received) -> AbstractContextManager[Span | None]:
    """What a consumer does about one record, e.g. `match ReinforcementRequested`."""
    span = begin(f"{doing} {type(item.body).__name__}", SpanKind.CONSUMER, item.envelope.trace_parent)
    if span is None:
        return _NOTHING
    span.set_attributes(consumed(item))
    return _current(span)


def calling(what: str, about_: object) -> AbstractContextManager[Span | None]:
    """A call to something outside, within what is being done."""
    if _tracer is None or not trace.get_current_span().is_recording():
        return _NOTHING
    return _current(_tracer.start_span(what, kind=SpanKind.CLIENT, attributes=about(about_)))


def begin(name: str, kind: SpanKind, trace_parent: str | None) -> Span | None:
    """A span that follows from a record's context, to be ended by the caller; None where that is not sampled."""
    if _tracer is None or trace_parent is None:
        return None
    context = _W3C.extract(_carrier(trace_parent), Context())
    if not trace.get_current_span(context).get_span_context().trace_flags.sampled:
        return None
    return _tracer.start_span(name, context, kind)


def trace_parent_of(span: Span) -> str | None:
    """As W3C writes it; None for a span that is not sampled: what follows from it makes no spans either."""
    if not span.is_recording():
        return None
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, trace.set_span_in_context(span, Context()))
    return carrier["traceparent"]


def on_the_wire(headers: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Adds the plain `traceparent` that others' Kafka clients read. Ours read `ce_traceparent`, which no broker-side
    tool writes anew; CloudEvents wants both to say the same on the first hop.
    """
    if _tracer is None:
        return headers
    context = next((value for name, value in headers if name == "ce_traceparent"), None)
    return headers if context is None else [*headers, ("traceparent", context)]


def about(what: object) -> dict[str, Any]:
    """What a message says of itself that may be told: opaque ids, and whether it is a drill's."""
    found = {name: getattr(what, field, None) for field, name in _IDS}
    return {name: value for name, value in found.items() if value is not None}


def consumed(item: Received) -> dict[str, Any]:
    """Which record it is, and what about."""
    return {
        **_messaging(item.record.topic, "process"),
        "messaging.destination.partition.id": str(item.record.partition),
        "messaging.kafka.offset": item.record.offset,
        **about(item.body),
    }


def published(topic: Topic, bodies: Sequence[object]) -> dict[str, Any]:
    """What is published together, by the first of it."""
    return {**_messaging(topic.name, "publish"), "messaging.batch.message_count": len(bodies), **about(bodies[0])}


@contextmanager
def _current(span: Span) -> Generator[Span]:
    """An exception's kind is told, its text is not: it may hold what a person wrote."""
    with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield span
        except Exception as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(StatusCode.ERROR)
            raise


def _carrier(trace_parent: str | None) -> dict[str, str]:
    return {} if trace_parent is None else {"traceparent": trace_parent}


def _messaging(topic: str, operation: str) -> dict[str, Any]:
    return {
        "messaging.system": "kafka",
        "messaging.operation.type": operation,
        "messaging.destination.name": topic,
    }

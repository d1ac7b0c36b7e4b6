"""The spans of a ledger's steps: one for each traced record that is decided, one for the events that it caused."""

from collections import OrderedDict
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

from opentelemetry.trace import Span, SpanKind

from shared.contracts.topics import Topic
from shared.platform.records import Received
from shared.platform.tracing import about, begin, consumed, published, trace_parent_of

REMEMBERED_MAX: Final = 10_000
_UNTRACED: Final = nullcontext[None](None)


class StepTraces:
    """Of one ledger. A trace is told of, never decided by: what is forgotten here changes no event."""

    def __init__(self, aggregate: str, events: Topic) -> None:
        self._aggregate = aggregate
        self._events = events
        self._first: OrderedDict[str, str] = OrderedDict()
        self._publishing: list[Span] = []

    def deciding(self, command: str, item: Received, trace_parent: str | None) -> AbstractContextManager[str | None]:
        """Yields the context for what the decision causes. One that is not sampled here is handed on as it came."""
        if trace_parent is None:
            return _UNTRACED
        span = begin(f"decide {command}", SpanKind.CONSUMER, trace_parent)
        if span is None:
            return nullcontext(trace_parent)
        span.set_attributes(consumed(item))
        return _deciding(span)

    def of(self, aggregate_id: str) -> str | None:
        """The context of the aggregate's first events that this process published: what time causes follows them.

        Not remembered beyond this process: after a change of owner, what time causes is not traced.
        """
        return self._first.get(aggregate_id)

    def publishing(self, aggregate_id: str, events: Sequence[object], trace_parent: str | None) -> str | None:
        """The context that the events carry. Their span lasts until `published`."""
        if trace_parent is None or not events:
            return trace_parent
        span = begin(f"publish {self._aggregate} events", SpanKind.PRODUCER, trace_parent)
        if span is None:
            return trace_parent
        span.set_attributes(published(self._events, events))
        for event in events:
            span.add_event(type(event).__name__, about(event))
        self._publishing.append(span)
        context = trace_parent_of(span)
        if context is not None:
            self._remember(aggregate_id, context)
        return context

    def published(self) -> None:
        """The brokers have the events of this step, or it has failed and is done again."""
        for span in self._publishing:
            span.end()
        self._publishing.clear()

    def _remember(self, aggregate_id: str, trace_parent: str) -> None:
        self._first.setdefault(aggregate_id, trace_parent)
        if len(self._first) > REMEMBERED_MAX:
            self._first.popitem(last=False)


@contextmanager
def _deciding(span: Span) -> Generator[str | None]:
    try:
        yield trace_parent_of(span)
    finally:
        span.end()

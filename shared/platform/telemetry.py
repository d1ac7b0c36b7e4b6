"""Logs with correlation ids, and metrics with their units in the names."""

import logging
import sys

import structlog
from prometheus_client import Counter, Gauge, Histogram

from shared.platform.settings import PlatformSettings

# Every metric is explained in docs/observability.md. No label names a person, a unit, an incident or a record.
LEDGER_STEP_SECONDS = Histogram(
    "meu_ledger_step_seconds",
    "One ledger step: read, decide, publish, remember.",
    ["ledger"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
LEDGER_COMMANDS = Counter("meu_ledger_commands", "Commands decided.", ["ledger", "outcome"])
LEDGER_EVENTS = Counter("meu_ledger_events", "Events decided; again after a crash.", ["ledger", "event", "drill"])
LEDGER_REBUILDS = Counter("meu_ledger_rebuilds", "Partitions folded again from their events.", ["ledger"])
PROJECTION_REBUILDS = Counter(
    "meu_projection_rebuilds", "Partitions of which a projection read again what its store had not.", ["topic"]
)
DEADLINE_LATENESS_SECONDS = Histogram(
    "meu_deadline_lateness_seconds",
    "How long after its due time a deadline fired, by the first event that it caused.",
    ["ledger", "caused"],
    buckets=(0.1, 0.25, 0.5, 0.75, 1, 2, 5, 12, 30, 60),
)
CONSUMER_LAG_RECORDS = Gauge(
    "meu_consumer_lag_records",
    "Records of a partition that its owner has not handled yet.",
    ["group", "topic", "partition"],
)
DEAD_LETTERS = Counter("meu_dead_letters", "Records that could not be processed.", ["topic"])
LAST_TICK_TIMESTAMP_SECONDS = Gauge(
    "meu_last_tick_timestamp_seconds",
    "The time of the last tick that an owned partition has decided, in seconds since 1970.",
    ["ledger", "partition"],
)
HTTP_SECONDS = Histogram(
    "meu_http_request_seconds",
    "Answer time by route.",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
)


def configure_logs(settings: PlatformSettings, service: str) -> None:
    """Every line is one JSON object (or a console line) with service, level, time and correlation id."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    console = settings.log_format == "console"
    renderer = structlog.dev.ConsoleRenderer(colors=False) if console else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # A client that retries a broker that is away says so once a second at ERROR; ours says it once.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    structlog.contextvars.bind_contextvars(service=service)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines carry `part=name`."""
    return structlog.get_logger(part=name)

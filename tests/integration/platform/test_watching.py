"""One incident through dispatch's API, dispatch's worker and notify's worker: one trace, and the metrics it leaves."""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.ports import free_port, give_back
from deploy.local.processes import ChildProcess
from services.dispatch.settings import DispatchSettings
from shared.contracts.registry import Member
from shared.contracts.topics import MEMBERS
from shared.platform.producer import EventProducer
from tests.fakes.keys import PUBLIC_KEY
from tests.integration.dispatch.running import OPERATOR, Dispatch, Quarter, eventually, new_id
from tests.integration.notify.stories import example
from tests.integration.platform.otlp_receiver import OtlpReceiver, ReceivedSpan, receiving

pytestmark = pytest.mark.timeout(240)  # three processes are started, on machines that may be busy
READY_WITHIN_S = 90.0
STORY = "一名女孩往体育中心去了"
REPORT = "POST /dispatch/v1/incidents"


@dataclass(frozen=True)
class Running:
    """Three processes of the system, by the ports that they serve HTTP on."""

    api: int
    dispatch: int
    notify: int

    def samples(self, port: int) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
        """What a process says of itself: by sample name, by labels."""
        found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            for family in text_string_to_metric_families(answer.read().decode()):
                for sample in family.samples:
                    found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
        return found


@pytest.fixture(scope="module")
def collector() -> Generator[OtlpReceiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def running(
    topics_applied: str, redis_url: str, collector: OtlpReceiver, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Running]:
    logs = tmp_path_factory.mktemp("logs")
    ports = [free_port() for _ in range(3)]
    environment = {
        "KAFKA_BOOTSTRAP": topics_applied,
        "REDIS_URL": redis_url,
        "TOKEN_PUBLIC_KEY": PUBLIC_KEY,
        "NOTIFY_SMS_URL": f"{collector.url}/sms",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    processes = [
        ChildProcess(
            module.replace(".", "-"),
            [sys.executable, "-m", f"services.{module}"],
            log=logs / f"{module}.log",
            environment={**environment, "HTTP_PORT": str(port), "WORKER_HTTP_PORT": str(port)},
        )
        for module, port in zip(
            ("dispatch.entrypoints.api", "dispatch.entrypoints.worker", "notify.entrypoints.worker"), ports, strict=True
        )
    ]
    try:
        for process in processes:
            process.start()
        for process, port in zip(processes, ports, strict=True):
            process.wait_ready(lambda port=port: _is_ready(port), within=READY_WITHIN_S)
        yield Running(*ports)
    finally:
        for process in processes:
            process.end()
        for process in processes:
            process.stop()
        for port in ports:
            give_back(port)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except urllib.error.HTTPError:
        return False


@pytest.fixture
async def dispatch(running: Running, topics_applied: str, redis_url: str) -> AsyncGenerator[Dispatch]:
    settings = DispatchSettings(kafka_bootstrap=topics_applied, redis_url=redis_url, token_public_key=PUBLIC_KEY)
    producer = EventProducer(topics_applied)
    await producer.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{running.api}", timeout=30) as http:
        dispatch = Dispatch(settings, http, producer)
        yield dispatch
        await dispatch.redis.aclose()
    await producer.stop()


async def enrol(dispatch: Dispatch, quarter: Quarter, channels: dict[str, dict[str, str]]) -> None:
    """Units on duty, each with one member who is told over one channel; until notify knows them."""
    for unit_id, channel in channels.items():
        member = example(
            Member,
            member_id=f"{unit_id}-m0",
            unit_id=unit_id,
            station_id=quarter.station_id,
            path=quarter.path,
            channels=[channel],
        )
        await dispatch.publish(MEMBERS, member.member_id, member, 1)
    await dispatch.settle(quarter, {unit_id: 100.0 * (n + 1) for n, unit_id in enumerate(channels)})

    async def known() -> bool:
        members = [await dispatch.redis.exists(f"notify:member:{unit_id}-m0") for unit_id in channels]
        on_duty = [await dispatch.redis.exists(f"notify:duty:{unit_id}") for unit_id in channels]
        return all(members) and all(on_duty)

    await eventually(known)


def way_to(spans: list[ReceivedSpan], last: ReceivedSpan) -> list[tuple[str, str]]:
    """(process, name) from the trace's first span to this one. KeyError where the chain is broken."""
    by_id = {span.span_id: span for span in spans}
    way = [last]
    while way[0].parent_id:
        way.insert(0, by_id[way[0].parent_id])
    return [(span.process, span.name) for span in way]


API, DISPATCH, NOTIFY = "dispatch-api", "dispatch-worker", "notify-worker"
REPORTED = [
    (API, REPORT),
    (API, "publish ReportIncident"),
    (DISPATCH, "decide ReportIncident"),
    (DISPATCH, "publish incident events"),
]
MATCHED = [
    (DISPATCH, "match ReinforcementRequested"),
    (DISPATCH, "publish AssignUnits"),
    (DISPATCH, "decide AssignUnits"),
    (DISPATCH, "publish incident events"),
]
PLANNED = [
    (NOTIFY, "plan OrderIssued"),
    (NOTIFY, "publish PlanDelivery"),
    (NOTIFY, "decide PlanDelivery"),
    (NOTIFY, "publish delivery events"),
    (NOTIFY, "send AttemptBegun"),
]
ENDED = [
    (NOTIFY, "publish EndAttempt"),
    (NOTIFY, "decide EndAttempt"),
    (NOTIFY, "publish delivery events"),
]


async def test_one_incident_is_one_trace_from_the_report_to_the_inbox_and_the_sms(
    running: Running, dispatch: Dispatch, collector: OtlpReceiver
) -> None:
    quarter, key = Quarter(), new_id()
    telephone = "+8613800000001"
    await enrol(
        dispatch,
        quarter,
        {f"near-{key}": {"kind": "inbox", "address": ""}, f"next-{key}": {"kind": "sms", "address": telephone}},
    )
    incident = await dispatch.report(quarter, OPERATOR, description=STORY)
    incident_id = incident["incident_id"]

    async def told() -> list[ReceivedSpan] | None:
        """Spans are sent when they end, so some come before their parents."""
        spans = collector.trace_of(REPORT, incident_id)
        known = {"", *(span.span_id for span in spans)}
        has_ended = sum(("AttemptEnded", 1) in counted(span) for span in spans) == 2
        return spans if has_ended and all(span.parent_id in known for span in spans) else None

    spans = await eventually(told)
    assert len({span.trace_id for span in spans}) == 1
    for call in ("call inbox", "call sms"):
        calls = [span for span in spans if span.name == call]
        assert [way_to(spans, span) for span in calls] == [[*REPORTED, *MATCHED, *PLANNED, (NOTIFY, call)]]
    ends = [span for span in spans if span.name == "publish delivery events" and ("AttemptEnded", 1) in counted(span)]
    assert [way_to(spans, span) for span in ends] == [[*REPORTED, *MATCHED, *PLANNED, *ENDED]] * 2

    orders = await dispatch.orders(incident_id, 3)
    issued = {about["meu.order.id"] for span in spans for name, about in span.events if name == "OrderIssued"}
    assert issued == {order["order_id"] for order in orders.values()}
    assert {span.attributes["meu.drill"] for span in spans if "meu.drill" in span.attributes} == {False}
    everything = json.dumps([[span.name, span.attributes, span.events] for span in spans], ensure_ascii=False)
    assert STORY not in everything
    assert telephone not in everything
    assert f"near-{key}-m0" not in everything


def counted(span: ReceivedSpan) -> list[tuple[str, int]]:
    names = [name for name, _ in span.events]
    return [(name, names.count(name)) for name in dict.fromkeys(names)]


async def test_what_happened_can_be_read_from_the_metrics(running: Running, dispatch: Dispatch) -> None:
    quarter, key = Quarter(), new_id()
    real, inbox = ("drill", "false"), (("channel", "inbox"), ("lane", "emergency"))
    await enrol(dispatch, quarter, {f"only-{key}": {"kind": "inbox", "address": ""}})
    chosen_before = running.samples(running.dispatch).get("meu_match_units_chosen_total", {})
    incident = await dispatch.report(quarter, OPERATOR, description=STORY)
    order_id = (await dispatch.orders(incident["incident_id"], 2))[f"only-{key}"]["order_id"]  # the other: police
    path = f"incidents/{incident['incident_id']}/orders/{order_id}/acknowledge"
    assert (await dispatch.post(path, quarter.member(f"only-{key}"))).status_code == 200

    async def stage_attained() -> Any:
        dispatched, notified = running.samples(running.dispatch), running.samples(running.notify)
        attained = dispatched.get("meu_stage_attained_seconds_count", {})
        accepted = notified.get("meu_delivery_accepted_seconds_count", {})
        return (dispatched, notified) if attained and accepted else None

    dispatched, notified = await eventually(stage_attained)
    respond = (real, ("role", "respond"))
    assert dispatched["meu_match_units_chosen_total"][respond] == chosen_before.get(respond, 0) + 1
    assert dispatched["meu_match_units_missing_total"][(real,)] >= 1
    assert dispatched["meu_match_choice_seconds_count"][()] >= 2
    assert dispatched["meu_stage_attained_seconds_count"] == {(real, ("stage", "1")): 1}
    assert dispatched["meu_order_acknowledged_seconds_count"] == {(("assignee_kind", "unit"), real): 1}
    assert dispatched["meu_ledger_events_total"][(real, ("event", "OrderAcknowledged"), ("ledger", "/dispatch"))] == 1
    assert notified["meu_attempts_total"][(*inbox, ("outcome", "accepted"))] >= 1
    assert notified["meu_channel_call_seconds_count"][inbox] >= 1
    ticked = {dict(labels)["partition"] for labels in dispatched["meu_last_tick_timestamp_seconds"]}
    assert ticked == {str(partition) for partition in range(12)}

    async def caught_up() -> bool:
        lag = running.samples(running.dispatch)["meu_consumer_lag_records"]
        groups = {dict(labels)["group"] for labels in lag}
        return groups == {"dispatch.decide", "dispatch.project", "dispatch.match"} and max(lag.values()) < 24

    assert await eventually(caught_up)

"""What is on the log is in the figures, once, whatever is killed or lost in between."""

import asyncio
import shutil
import signal
from pathlib import Path

from shared.contracts.topics import INCIDENTS
from tests.integration.analytics.city import City
from tests.integration.analytics.conftest import AnalyticsProcess

ARRIVED = {"total": 5, "done": 5, "never": 0, "stood_down": 0, "open": 0}


async def test_what_happens_shows_in_the_figures(analytics: AnalyticsProcess, city: City) -> None:
    await city.on_duty()
    await city.incidents(0, 2)
    await analytics.ready()
    await analytics.until(city, 2)
    await city.incidents(2, 3)
    figures = await analytics.until(city, 5)
    assert figures["incidents"] == {"self-harm": 5}
    assert {name: figures["arrived"][name] for name in ARRIVED} == ARRIVED
    assert figures["stages"][0]["share"] == 1.0
    assert figures["coverage"] == {"on_duty_s": 21_600.0, "registered_s": 86_400.0, "share": 0.25}
    of_station = await analytics.figures(city, station=city.id("station"))
    assert of_station == figures


async def test_what_producers_repeat_counts_once(analytics: AnalyticsProcess, city: City) -> None:
    await city.on_duty()
    await city.incidents(0, 5)
    await city.repeats()
    await analytics.ready()
    await city.repeats()
    await city.incidents(5, 1)  # the log is in order: once this one is counted, the repeats before it were seen
    figures = await analytics.until(city, 6)
    assert figures["incidents"] == {"self-harm": 6}
    assert figures["coverage"]["on_duty_s"] == 21_600.0


async def test_what_is_no_event_holds_up_nothing(analytics: AnalyticsProcess, city: City) -> None:
    await analytics.ready()
    await city.incidents(0, 1)
    await city.says_nonsense(INCIDENTS.name)
    await city.incidents(1, 1)
    assert (await analytics.until(city, 2))["incidents"] == {"self-harm": 2}


async def test_a_kill_loses_nothing_and_counts_nothing_twice(analytics: AnalyticsProcess, city: City) -> None:
    await analytics.ready()
    await city.incidents(0, 30)
    await analytics.until(city, 5)
    analytics.stop(signal.SIGKILL)
    await city.incidents(30, 10)
    analytics.start()
    await analytics.ready()
    figures = await analytics.until(city, 40)
    assert figures["incidents"] == {"self-harm": 40}
    assert figures["arrived"]["total"] == 40


async def test_a_history_that_is_lost_is_made_again_from_the_log(
    analytics: AnalyticsProcess, city: City, history_folder: Path
) -> None:
    await city.on_duty()
    await city.incidents(0, 5)
    await analytics.ready()
    before = await analytics.until(city, 5)
    analytics.stop()
    shutil.rmtree(history_folder)
    analytics.start()
    await analytics.ready()
    assert await analytics.figures(city) == before


async def test_without_a_broker_the_api_is_alive_and_says_that_it_is_not_ready(
    environment: dict[str, str], tmp_path: Path
) -> None:
    process = AnalyticsProcess({**environment, "KAFKA_BOOTSTRAP": "127.0.0.1:9"}, tmp_path / "waiting.log")
    process.start()
    async with asyncio.timeout(60):
        assert (await process.answer("/livez")).status_code == 200
        answer = await process.answer("/readyz")
    await process.close()
    assert answer.status_code == 503
    assert answer.json()["failing"] == {"ingest": "is starting"}

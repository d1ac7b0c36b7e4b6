"""Who looks at the audit is found in it: by way of the log, and also after the history was lost."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.platform.web.tokens import Principal
from shared.vocabulary.terms import Role
from tests.fakes.keys import bearer
from tests.integration.analytics.city import City
from tests.integration.analytics.conftest import AnalyticsProcess

WITHIN_S = 30


async def looked_at(analytics: AnalyticsProcess, city: City) -> list[dict[str, Any]]:
    """What the audit shows of the looks before this one."""
    auditor = Principal(city.id("auditor"), Role.AUDITOR, city.path)
    today = datetime.now(UTC)
    window = {"from": (today - timedelta(days=1)).isoformat(), "to": (today + timedelta(days=1)).isoformat()}
    params = {**window, "actor": auditor.subject, "action": "audit-seen"}
    answer = await analytics.client.get("/analytics/v1/audit", params=params, headers=bearer(auditor))
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def until_there_are(analytics: AnalyticsProcess, city: City, looks: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(WITHIN_S):
        while len(items := await looked_at(analytics, city)) < looks:
            await asyncio.sleep(0.2)
        return items


async def test_a_look_comes_back_and_is_there_again_after_the_history_was_lost(
    analytics: AnalyticsProcess, city: City, history_folder: Path
) -> None:
    await analytics.ready()
    assert await looked_at(analytics, city) == []
    before = await until_there_are(analytics, city, 2)
    assert {item["role"] for item in before} == {"auditor"}
    assert [item["at"] for item in before] == sorted((item["at"] for item in before), reverse=True)
    analytics.stop()
    shutil.rmtree(history_folder)
    analytics.start()
    await analytics.ready()
    after = await looked_at(analytics, city)
    assert after[-len(before) :] == before

"""How a scenario is played: before it begins, everybody in it must be there to be sent."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from deploy.local.demo import playing
from deploy.local.demo.cast import Cast
from deploy.local.demo.checks import Checklist
from deploy.local.demo.playing import Play
from deploy.local.demo.scenario_data import scenario
from deploy.local.demo.topic_watch import TopicWatch

TIRED_UNTIL = 3
"""Drills until the unit that comes nearest has rested."""


class City:
    """Answers every drill with an order to the one unit of the cast, or with another when that one rests."""

    def __init__(self) -> None:
        self.drills: list[str] = []
        self.messages: dict[str, Any] = {}

    async def post(self, path: str, body: dict[str, Any]) -> SimpleNamespace:
        if path.endswith("/cancel"):
            return SimpleNamespace(was_pending=False, body={})
        assert body["drill"]
        drill_id = f"d{len(self.drills) + 1}"
        self.drills.append(drill_id)
        for purpose in ("order", "stand-down"):
            self.messages[drill_id + purpose] = {"incident_id": drill_id, "purpose": purpose}
        return SimpleNamespace(was_pending=False, body={"incident_id": drill_id})

    def events(self, incident_id: str, *types: str) -> list[SimpleNamespace]:
        reasons = ["resting"] if self.drills.index(incident_id) < TIRED_UNTIL else ["nearest"]
        candidates = [{"unit_id": "u-near", "reasons": reasons}, {"unit_id": "u-stranger", "reasons": ["resting"]}]
        considered = {"candidates": candidates}
        bodies = {"units-considered": considered, "incident-cancelled": {}}
        return [SimpleNamespace(body=bodies[kind]) for kind in types if kind in bodies]


async def test_a_play_does_not_begin_while_somebody_in_it_rests_from_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(playing, "LOOK_AGAIN_S", 0)
    city = City()
    responder = SimpleNamespace(listener=SimpleNamespace(messages=city.messages))
    people = SimpleNamespace(
        scene=SimpleNamespace(lon=113.3, lat=23.1), station_id="s", officer=city, responders={"u-near": responder}
    )
    play = Play(scenario("S1"), cast("Cast", people), cast("TopicWatch", city), 1.0, Checklist("S1"))
    await play.rehearse()
    assert len(city.drills) == TIRED_UNTIL + 1

"""The registry in memory, as the topics tell it."""

from dataclasses import replace

from services.checkin.application.directory import Directory
from services.checkin.application.ports import Publication, PublishedKind
from services.checkin.application.states import site_state, unit_state
from services.checkin.domain.registry import SiteEntry
from shared.contracts.base import Message
from tests.conformance.checkin.city import BACK, GATE, SHIELD, SITE, STATION_PATH, UNIT


def told(directory: Directory, kind: PublishedKind, id_: str, sequence: int, state: Message | None) -> None:
    directory.apply(Publication(kind, id_, sequence, state))


def site(**changes: object) -> Message:
    entry = SiteEntry(**{**{name: getattr(SITE, name) for name in SITE.__slots__}, **changes})  # type: ignore[arg-type]
    return site_state(entry, STATION_PATH)


def test_a_post_is_found_with_its_site() -> None:
    directory = Directory()
    told(directory, "site", "s-1", 1, site())
    found = directory.post("p-2")
    assert found is not None
    assert (found[0].site_id, found[1].name) == ("s-1", "西门")
    assert directory.post("p-9") is None


def test_an_older_state_is_not_taken() -> None:
    directory = Directory()
    told(directory, "site", "s-1", 2, site(name="new"))
    told(directory, "site", "s-1", 1, site(name="old"))
    told(directory, "site", "s-1", 2, None)
    assert directory.sites["s-1"].name == "new"


def test_what_is_deleted_is_gone_with_its_posts() -> None:
    directory = Directory()
    told(directory, "site", "s-1", 1, site())
    told(directory, "site", "s-1", 2, None)
    assert directory.sites == {}
    assert directory.post("p-1") is None
    told(directory, "unit", "u-1", 3, None)  # was never here


def test_a_post_that_went_to_another_site_stays_there_whichever_is_told_first() -> None:
    for order in ((0, 1), (1, 0)):
        directory = Directory()
        told(directory, "site", "s-1", 1, site())
        changes = [("s-1", site(posts=(BACK,))), ("s-2", site(code="s-2", posts=(GATE,)))]
        for number, index in enumerate(order):
            told(directory, "site", changes[index][0], 2 + number, changes[index][1])
        found = directory.post("p-1")
        assert found is not None
        assert found[0].site_id == "s-2"


def test_units_come_by_id_even_while_some_go() -> None:
    directory = Directory()
    at = site_state(SITE, STATION_PATH)
    for number, code in enumerate(("u-3", "u-1", "u-2")):
        state = unit_state(UNIT, at, [], []).model_copy(update={"unit_id": code})
        told(directory, "unit", code, number, state)
    units = directory.units_after("u-1")
    assert [next(units).unit_id] == ["u-2"]
    told(directory, "unit", "u-3", 9, None)
    assert list(units) == []
    assert [unit.unit_id for unit in directory.units_after("")] == ["u-1", "u-2"]


def test_a_unit_has_its_equipment_when_it_is_asked_for_with_it() -> None:
    directory = Directory()
    state = unit_state(UNIT, site_state(SITE, STATION_PATH), [], [SHIELD])
    told(directory, "unit", "u-1", 1, state)
    assert directory.with_equipment(directory.units["u-1"]) == state
    told(directory, "unit", "u-1", 2, state.model_copy(update={"equipment": ()}))
    assert directory.with_equipment(directory.units["u-1"]).equipment == ()


def test_a_sites_units_follow_them_when_they_move_or_go() -> None:
    directory = Directory()
    for sequence, (code, site) in enumerate([("u-2", "s-1"), ("u-1", "s-1"), ("u-3", "s-2")]):
        told(directory, "unit", code, sequence, at_site(code, site))
    assert (directory.units_of("s-1"), directory.units_of("s-2")) == (["u-1", "u-2"], ["u-3"])
    told(directory, "unit", "u-2", 9, at_site("u-2", "s-2"))
    told(directory, "unit", "u-1", 9, None)
    assert (directory.units_of("s-1"), directory.units_of("s-2")) == ([], ["u-2", "u-3"])
    assert directory.units_of("s-9") == []


def at_site(code: str, site: str) -> Message:
    where = site_state(replace(SITE, code=site), STATION_PATH)
    return unit_state(replace(UNIT, code=code, site=site), where, [], [])

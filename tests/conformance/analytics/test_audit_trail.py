"""What every history must do with the audit."""

from datetime import timedelta
from typing import Any

import pytest

from services.analytics.application.audit_trail import Position, Wanted, position_of
from services.analytics.application.ports import History
from services.analytics.domain.window import Window
from shared.contracts.audit import ActionRecorded, chained, hash_of
from shared.contracts.examples import example_of
from shared.contracts.topics import AUDIT
from shared.platform.audit import Chains
from tests.conformance.analytics.happenings import CITY, DISTRICT, OTHER_STATION, START, STATION, Writer, after, keep

DAY = Window(START, after(86_400))


class Trail:
    """Writes a chain, a second between two records."""

    def __init__(self) -> None:
        self.writer = Writer()
        self.written = 0

    def does(self, actor_id: str, action: str, path: str | None = STATION, **values: Any) -> ActionRecorded:
        self.written += 1
        named = {"actor_id": actor_id, "action": action, "path": path, "number": self.written}
        at = values.pop("at", after(self.written))
        written = self.writer.write(ActionRecorded, at, **{"refused": None, **named, **values})
        assert isinstance(written.body, ActionRecorded)
        return written.body


@pytest.fixture
def trail() -> Trail:
    return Trail()


async def found(history: History, trail: Trail, wanted: Wanted) -> list[int]:
    """The numbers of the records that are wanted."""
    await keep(history, trail.writer.written)
    return [record.number for record in await history.actions(wanted, None, 100)]


async def test_an_empty_history_has_no_actions(history: History) -> None:
    assert list(await history.actions(Wanted(CITY, DAY), None, 10)) == []


async def test_a_record_comes_back_as_it_was_written(history: History, trail: Trail) -> None:
    strange = "=cmd|'/c calc'!A1\u202e \u2066\"\\ \t\u0000 '; DROP TABLE audit_records; -- 天河"
    record = trail.does("officer-1", "units-imported", about=strange, address="2001:db8::1", refused="forbidden")
    await keep(history, trail.writer.written)
    assert list(await history.actions(Wanted(CITY, DAY), None, 10)) == [record]


async def test_what_is_kept_is_enough_to_check_its_hash(history: History) -> None:
    """Also of a time without a fraction, in another zone, and of what is not there."""
    example = example_of(ActionRecorded)
    second = chained(example.model_copy(update={"number": 2, "previous": example.hash, "role": None, "path": None}))
    writer = Writer()
    for record in (example, second):
        writer.write(ActionRecorded, **record.model_dump())
    await keep(history, writer.written)
    chains = Chains()
    whole = Window(example.at - timedelta(days=1), example.at + timedelta(days=1))
    for record in await history.actions(Wanted(CITY, whole), None, 10):
        assert hash_of(record) == record.hash
        chains.add(record)
    assert chains.faults() == []
    assert [head.number for head in chains.heads()] == [2]


async def test_the_newest_come_first_and_repeats_are_one(history: History, trail: Trail) -> None:
    for number in range(4):
        trail.does(f"o-{number}", "log-in")
    trail.writer.repeat(trail.writer.written[1])
    assert await found(history, trail, Wanted(CITY, DAY)) == [4, 3, 2, 1]
    assert await history.kept(AUDIT) == {0: 4}


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        (CITY, [5, 4, 3, 2, 1]),
        (DISTRICT, [3, 2]),
        (STATION, [2]),
        (OTHER_STATION, [4]),
        ("/440300", [5]),
        (f"{DISTRICT}1", []),
    ],
)
async def test_a_subtree_has_its_people_s_actions_and_the_root_those_of_nobody(
    history: History, trail: Trail, path: str, seen: list[int]
) -> None:
    trail.does("operator", "duty-board-seen", CITY)
    trail.does("officer-1", "members-seen", STATION)
    trail.does("officer-2", "members-seen", DISTRICT)
    trail.does("officer-3", "members-seen", OTHER_STATION)
    trail.does("nobody", "log-in", None, role=None, refused="wrong-credentials")
    assert await found(history, trail, Wanted(path, DAY)) == seen


@pytest.mark.parametrize(
    ("filters", "seen"),
    [
        ({}, [4, 3, 2, 1]),
        ({"actor_id": "a"}, [3, 1]),
        ({"action": "log-in"}, [4, 1]),
        ({"only_refused": True}, [4, 3]),
        ({"actor_id": "a", "action": "log-in", "only_refused": True}, []),
        ({"actor_id": "A"}, []),
        ({"actor_id": "a'; DROP TABLE audit_records; --"}, []),
    ],
)
async def test_filters_leave_what_fits_all_of_them(
    history: History, trail: Trail, filters: dict[str, Any], seen: list[int]
) -> None:
    trail.does("a", "log-in")
    trail.does("b", "log-out")
    trail.does("a", "members-seen", refused="forbidden")
    trail.does("b", "log-in", refused="wrong-credentials")
    assert await found(history, trail, Wanted(CITY, DAY, **filters)) == seen


async def test_the_window_begins_with_its_start_and_stops_before_its_end(history: History, trail: Trail) -> None:
    for at_s in (-0.000001, 0, 86_399.999999, 86_400):
        trail.does("a", "log-in", at=after(at_s))
    assert await found(history, trail, Wanted(CITY, DAY)) == [3, 2]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_page_by_page_nothing_is_left_out_and_nothing_comes_twice(
    history: History, trail: Trail, limit: int
) -> None:
    """Also among records of one moment, in two chains."""
    for number in range(6):
        for chain in ("chain-a", "chain-b"):
            trail.does("a", "log-in", at=after(number // 3), chain_id=chain)
    for written in list(trail.writer.written):
        trail.writer.repeat(written)
    await keep(history, trail.writer.written)
    wanted = Wanted(CITY, DAY)
    whole = list(await history.actions(wanted, None, 100))
    seen: list[ActionRecorded] = []
    before: Position | None = None
    while page := await history.actions(wanted, before, limit):
        seen += page
        before = position_of(page[-1])
    assert len(seen) == 12
    assert seen == whole
    assert seen[0].chain_id == "chain-b"


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 7])
async def test_a_page_is_full_however_often_its_records_were_repeated(
    history: History, trail: Trail, limit: int
) -> None:
    for _ in range(6):
        trail.does("a", "log-in")
    for _ in range(4):
        await keep(history, trail.writer.written)
    page = await history.actions(Wanted(CITY, DAY), None, limit)
    assert [record.number for record in page] == [6, 5, 4, 3, 2, 1][:limit]


@pytest.mark.parametrize(
    ("path", "filters", "up_to", "counted"),
    [
        (CITY, {}, 10, 4),
        (CITY, {}, 4, 4),
        (CITY, {}, 3, 3),
        (CITY, {"actor_id": "a"}, 10, 2),
        (CITY, {"only_refused": True}, 10, 1),
        (DISTRICT, {}, 10, 3),
        (OTHER_STATION, {}, 10, 0),
    ],
)
async def test_what_is_wanted_is_counted_once_each_and_no_further_than_asked(
    history: History, trail: Trail, path: str, filters: dict[str, Any], up_to: int, counted: int
) -> None:
    trail.does("a", "log-in")
    trail.does("b", "log-out")
    trail.does("a", "members-seen", refused="forbidden")
    trail.does("nobody", "log-in", None)
    trail.does("a", "log-in", at=DAY.end)
    for _ in range(2):
        await keep(history, trail.writer.written)
    assert await history.count(Wanted(path, DAY, **filters), up_to) == counted

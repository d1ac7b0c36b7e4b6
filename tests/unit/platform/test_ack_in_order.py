"""What may be acknowledged: a record behind which nothing earlier of its partition is in hand."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.platform.stream import AckInOrder

Place = tuple[int, int]
PARTITIONS, EACH = 3, 5


@given(st.permutations([(partition, offset) for partition in range(PARTITIONS) for offset in range(EACH)]))
def test_what_is_acknowledged_is_always_the_beginning_of_each_partition(order: list[Place]) -> None:
    acknowledged: list[Place] = []

    def event(place: Place) -> Any:
        message = SimpleNamespace(partition=place[0], offset=place[1])
        return SimpleNamespace(message=message, ack=lambda: acknowledged.append(place))

    events = {place: event(place) for place in sorted(order)}
    acks = AckInOrder()
    for each in events.values():
        acks.begin(each)
    finished: set[Place] = set()
    for place in order:
        acks.finish(events[place])
        finished.add(place)
        for partition in range(PARTITIONS):
            mine = [offset for at, offset in acknowledged if at == partition]
            first_in_hand = next((n for n in range(EACH) if (partition, n) not in finished), EACH)
            assert mine == list(range(first_in_hand))

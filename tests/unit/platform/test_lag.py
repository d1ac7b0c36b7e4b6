"""A group's lag is shown for what it owns, and for nothing else."""

from collections.abc import Mapping

from prometheus_client import REGISTRY

from shared.platform.lag import LagWatch


class FakeGroup:
    def __init__(self, lag: Mapping[tuple[str, int], int]) -> None:
        self.behind = lag

    async def lag(self) -> Mapping[tuple[str, int], int]:
        return self.behind


def shown(partition: int) -> float | None:
    labels = {"group": "test.decide", "topic": "meu.test.v1", "partition": str(partition)}
    return REGISTRY.get_sample_value("meu_consumer_lag_records", labels)


async def test_what_went_to_another_worker_is_shown_no_more() -> None:
    group = FakeGroup({("meu.test.v1", 0): 7, ("meu.test.v1", 1): 0})
    watch = LagWatch({"test.decide": group})
    await watch.look()
    assert (shown(0), shown(1)) == (7, 0)
    group.behind = {("meu.test.v1", 1): 3}
    await watch.look()
    assert (shown(0), shown(1)) == (None, 3)

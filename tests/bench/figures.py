"""All figures of a city over one year, as the history measures them for its API."""

from tests.bench import history_year
from tests.bench.load import LoadProcess
from tests.bench.ratios import Figure, Goal, Series
from tests.bench.rows import Measured, Row, Say
from tests.bench.stage import Stage

REPETITIONS = 3


async def measure(say: Say) -> Measured:
    with Stage("figures") as stage, LoadProcess() as engine:
        stage.directory.mkdir(parents=True, exist_ok=True)
        count = await engine.call(history_year.make, str(stage.directory / "history"))
        say(f"{count:,} duty events and {history_year.INCIDENTS:,} incidents are there")
        ours: list[float] = []
        bare: list[dict[str, float]] = []
        for number in range(REPETITIONS):
            ours.append(await engine.call(history_year.ask_service))
            bare.append(await engine.call(history_year.ask_bare))
            say(f"{number + 1}: {ours[-1]:.2f} s, bare {sum(bare[-1].values()):.2f} s")
        await engine.call(history_year.close)
    year = Series("all figures of one year", "s", tuple(ours))
    peer = Series("the same SQL in bare chDB", "s", tuple(sum(took.values()) for took in bare))
    parts = [Figure(Series(f"bare {name}", "s", tuple(took[name] for took in bare))) for name in bare[0]]
    return Measured(
        (
            Figure(year, peer, Goal("at most", 1.2, "ratio")),
            Figure(year, goal=Goal("at most", 1, "figure")),
            *parts,
        ),
        (
            f"{count:,} duty events of {history_year.UNITS:,} units, {history_year.INCIDENTS:,} incidents of 12 events,"
            " three deliveries of three events each; one question: the whole city, the whole year, seven queries.",
        ),
    )


ROW = Row(
    key="figures",
    what="figures over one city-year (15 M duty events, 100,000 incidents)",
    peer="the same SQL in bare chDB",
    goal="≤ 1.2 × it, ≤ 1 s",
    run=measure,
)

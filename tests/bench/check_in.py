"""Check-ins over HTTP, durable and decided, through one API process and one worker."""

from deploy.local.demo import load_city
from deploy.local.demo.accounts import principal_of
from deploy.local.demo.city import City, generate
from tests.bench import bare_route
from tests.bench.check_in_load import Scanner, check_in_closed, check_in_open, get_ready, post_closed
from tests.bench.kafka_topics import make_topics
from tests.bench.load import LoadProcess, Tally
from tests.bench.ratios import Figure, Goal, Series, percentile
from tests.bench.rows import CannotMeasure, Measured, Row, Say
from tests.bench.stage import Stage

UNITS, CLIENTS, REPETITIONS, SECONDS = 2000, 64, 3, 5.0
DECIDED = 201
OURS, BARE = "/checkin/v1/check-ins", "/check-ins"


def scanners(stage: Stage, city: City) -> list[Scanner]:
    """Everybody at their post."""
    return [
        Scanner(
            stage.issue(principal_of(person)),
            manned.unit.unit_id,
            (post := manned.site.posts[0]).post_id,
            post.location.lon,
            post.location.lat,
        )
        for manned in city.units
        for person in manned.people
    ]


async def measure(say: Say) -> Measured:
    city = generate(seed=1, units=UNITS)
    with Stage("check-in") as stage, LoadProcess() as load:
        stage.worker("checkin")
        ours = stage.api("checkin")
        make_topics(stage.addresses().kafka_bootstrap, bare_route.TOPIC)
        bare = stage.serve("bare", "tests.bench.bare_route", "HTTP_PORT", "/readyz")
        await load_city(ours, stage.issue, city, say)
        people = scanners(stage, city)
        await load.call(get_ready, people, stage.environment()["POST_CODE_SECRET"])
        await load.call(check_in_closed, ours, OURS, CLIENTS, 2.0)  # everything is warm, and connected, after it
        await load.call(post_closed, bare, BARE, CLIENTS, 2.0)
        rates: list[float] = []
        bare_rates: list[float] = []
        tallies: list[Tally] = []
        for number in range(REPETITIONS):
            tallies.append(await load.call(check_in_closed, ours, OURS, CLIENTS, SECONDS))
            rates.append(tallies[-1].rate(DECIDED))
            bare_rates.append((await load.call(post_closed, bare, BARE, CLIENTS, SECONDS)).rate(DECIDED))
            say(f"{number + 1}: {rates[-1]:.0f}/s, the bare route {bare_rates[-1]:.0f}/s")
        half = sorted(rates)[len(rates) // 2] / 2
        calm = [await load.call(check_in_open, ours, OURS, half, SECONDS) for _ in range(REPETITIONS)]
    for tally in (*tallies, *calm):
        _all_decided(tally)
    late = Series("answer at half that load, p99", "ms", tuple(percentile(t.latencies_s, 0.99) * 1000 for t in calm))
    usual = Series("answer at half that load, p50", "ms", tuple(percentile(t.latencies_s, 0.5) * 1000 for t in calm))
    full = Series("answer at full load, p99", "ms", tuple(percentile(t.latencies_s, 0.99) * 1000 for t in tallies))
    return Measured(
        (
            Figure(
                Series("check-ins decided", "/s", tuple(rates)),
                Series("bare FastAPI route, acks=all", "/s", tuple(bare_rates)),
                Goal("at least", 0.5, "ratio"),
            ),
            Figure(late, goal=Goal("at most", 100, "figure")),
            Figure(usual),
            Figure(full),
        ),
        (
            f"{len(people):,} members of {UNITS} units, each code used once by each; {CLIENTS} clients;"
            f" {SECONDS:g} s a repetition; open loop at {half:.0f}/s.",
            f"Statuses: {dict(sum((t.statuses for t in (*tallies, *calm)), start=type(calm[0].statuses)()))}.",
        ),
    )


def _all_decided(tally: Tally) -> None:
    """202 (durable, not decided within 2 s) is an answer, and is not counted as decided. Anything else is a fault."""
    if not tally.latencies_s:
        raise CannotMeasure("everybody had used the code of that half minute: more members are needed")
    wrong = {status: count for status, count in tally.statuses.items() if status not in (DECIDED, 202)}
    if wrong:
        raise CannotMeasure(f"check-ins were answered {wrong}")


ROW = Row(
    key="check-in",
    what="check-in over HTTP, durable and decided, one API process, 64 clients",
    peer="a bare FastAPI route that only produces with acks=all",
    goal="≥ 0.5 of it; p99 ≤ 100 ms at half that load",
    run=measure,
)

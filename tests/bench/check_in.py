"""Check-ins over HTTP, durable and decided, through one API process and one worker."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

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
        full: list[Tally] = []
        peer: list[Tally] = []
        for number in range(REPETITIONS):
            full.append(await load.call(check_in_closed, ours, OURS, CLIENTS, SECONDS))
            peer.append(await load.call(post_closed, bare, BARE, CLIENTS, SECONDS))
            say(f"{number + 1}: {full[-1].rate(DECIDED):.0f}/s, the bare route {peer[-1].rate(DECIDED):.0f}/s")
        half = median(tally.rate(DECIDED) for tally in full) / 2
        calm = [await load.call(check_in_open, ours, OURS, half, SECONDS) for _ in range(REPETITIONS)]
    for tally in (*full, *calm):
        _all_decided(tally)
    statuses = sum((tally.statuses for tally in (*full, *calm)), start=Counter[int]())
    return Measured(
        _figures(full, peer, calm),
        (
            f"{len(people):,} members of {UNITS:,} units, each code used once by each; {CLIENTS} clients;"
            f" {SECONDS:g} s a repetition; open loop at {half:.0f}/s; answers by status: {dict(statuses)}.",
        ),
    )


def _figures(full: Sequence[Tally], peer: Sequence[Tally], calm: Sequence[Tally]) -> tuple[Figure, ...]:
    def rates(name: str, tallies: Sequence[Tally]) -> Series:
        return Series(name, "/s", tuple(tally.rate(DECIDED) for tally in tallies))

    def answers(load: str, tallies: Sequence[Tally], share: float) -> Series:
        times = tuple(percentile(tally.latencies_s, share) * 1000 for tally in tallies)
        return Series(f"answer at {load} load, p{share * 100:.0f}", "ms", times)

    return (
        Figure(
            rates("check-ins decided", full),
            rates("bare FastAPI route, acks=all", peer),
            Goal("at least", 0.5, "ratio"),
        ),
        Figure(answers("half that", calm, 0.99), goal=Goal("at most", 100, "figure")),
        Figure(answers("half that", calm, 0.5)),
        Figure(answers("full", full, 0.99)),
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

"""When a partition that looks alive is taken for stuck."""

from aiokafka import TopicPartition

from shared.platform.stuck import LOOKS_UNTIL_STUCK, StuckJudge

HERE = ("dispatch.match", TopicPartition("meu.dispatch.incident.v1", 7))


def test_a_partition_of_which_nothing_is_read_though_nobody_is_busy_is_stuck() -> None:
    judge = StuckJudge()
    seen = [judge.see(HERE, 100, 149, busy=False) for _ in range(LOOKS_UNTIL_STUCK)]
    assert seen == [*[False] * (LOOKS_UNTIL_STUCK - 1), True]


def test_who_reads_on_however_slowly_is_not_stuck() -> None:
    judge = StuckJudge()
    assert not any(judge.see(HERE, 100 + n // 2, 1000, busy=False) for n in range(50))


def test_who_has_read_all_is_not_stuck() -> None:
    judge = StuckJudge()
    assert not any(judge.see(HERE, 149, 149, busy=False) for _ in range(50))


def test_who_is_busy_or_waits_is_not_stuck_and_a_busy_look_clears_nobody() -> None:
    judge = StuckJudge()
    assert not any(judge.see(HERE, 100, 149, busy=True) for _ in range(50))
    looks = [judge.see(HERE, 100, 149, busy=n % 2 == 0) for n in range(2 * LOOKS_UNTIL_STUCK)]
    assert looks.index(True) == 2 * LOOKS_UNTIL_STUCK - 1


def test_what_went_away_is_looked_at_anew_when_it_comes_back() -> None:
    judge = StuckJudge()
    for _ in range(LOOKS_UNTIL_STUCK - 1):
        judge.see(HERE, 100, 149, busy=False)
    judge.forget_others([])
    assert not judge.see(HERE, 100, 149, busy=False)

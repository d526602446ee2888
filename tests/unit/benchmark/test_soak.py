import pytest

from tests.benchmark.soak import CONNECTIONS, Told, tell_answers


def reached(name: str, told: Told) -> list[bool]:
    return [line.is_reached for line in tell_answers({name: told})]


@pytest.mark.parametrize("name", ["new", "same"])
def test_small_answers_may_spread_to_ten_times_their_median(name: str) -> None:
    assert reached(name, Told(1000, "", 2, 20, 500)) == [True, True]
    assert reached(name, Told(1000, "", 2, 20.1, 500)) == [True, False]


@pytest.mark.parametrize("name", ["large", "bare", "system"])
def test_other_answers_have_no_target_but_to_come(name: str) -> None:
    assert reached(name, Told(1000, "", 2, 200, 500)) == [True, True]
    assert reached(name, Told(1000, "1 timeout", 2, 20, 500)) == [False, True]


def test_times_are_told_with_the_spread() -> None:
    count, times = tell_answers({"bare": Told(1000, "", 0.25, 5, 30)})
    assert count.measured == "1000, none"
    assert times.measured == "0.2 / 5 / 30 ms, 20.0"


def test_the_slow_client_is_the_last_of_64() -> None:
    assert sum(CONNECTIONS.values()) == 63

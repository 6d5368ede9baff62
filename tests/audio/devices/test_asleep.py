"""Whether the machine has slept, told from two clocks."""

from audio.devices.asleep import Sleep, asleep_s


def test_a_sleep_is_told_once_and_with_its_length() -> None:
    asleep = [5.0, 5.0, 65.0, 65.0001, 65.0, 66.5]
    sleep = Sleep(lambda: asleep.pop(0))
    assert [sleep.slept_s() for _ in range(5)] == [0.0, 60.0, 0.0, 0.0, 1.5]


def test_the_time_between_two_looks_at_a_clock_is_no_sleep() -> None:
    asleep = [5.0, 5.4, 5.9, 5.2]
    sleep = Sleep(lambda: asleep.pop(0))
    assert [sleep.slept_s() for _ in range(3)] == [0.0] * 3


def test_a_machine_that_is_awake_gains_no_sleep() -> None:
    first = asleep_s()
    assert abs(asleep_s() - first) < 0.1

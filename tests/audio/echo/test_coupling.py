"""Whether there is an echo at all."""

from audio.echo.coupling import COUPLED_FROM, UNCOUPLED_AFTER, UNCOUPLED_BELOW, Coupling


def test_it_takes_many_stretches_that_are_unlike_to_believe_in_headphones_and_one_like_to_stop() -> None:
    coupling = Coupling()
    assert not any(coupling.observe(0.1) for _ in range(UNCOUPLED_AFTER - 1))
    assert coupling.observe(0.1)
    assert not coupling.is_coupled
    assert not coupling.observe(0.1)
    assert coupling.observe(COUPLED_FROM)
    assert coupling.is_coupled


def test_one_stretch_that_may_be_an_echo_begins_the_count_anew() -> None:
    coupling = Coupling()
    for likeness in [*[0.1] * (UNCOUPLED_AFTER - 1), UNCOUPLED_BELOW, *[0.1] * (UNCOUPLED_AFTER - 1)]:
        assert not coupling.observe(likeness)
    assert coupling.is_coupled

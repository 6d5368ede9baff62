"""Leaky buckets, without a network and on a clock of their own."""

import asyncio
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.websockets import WebSocket

from assistant.server import rate
from assistant.server.rate import Bucket, RateOfAddresses
from assistant.server.websocket import WireSocket
from tests.virtual_time import run_in_virtual_time


@given(st.lists(st.floats(0, 5)), st.floats(0.1, 50), st.integers(1, 50))
def test_never_more_than_it_holds_and_gets(pauses_s: list[float], per_s: float, most: int) -> None:
    now_s = 0.0
    bucket = Bucket(per_s, most, lambda: now_s)
    taken = 0
    for pause_s in pauses_s:
        now_s += pause_s
        wait_s = bucket.take()
        taken += not wait_s
        assert 0 <= wait_s <= 1 / per_s + 1e-9
    assert taken <= most + per_s * now_s + 1e-6 * (taken + 1)


@given(st.floats(0.1, 50), st.integers(1, 20))
def test_whoever_waits_as_long_as_told_gets_one(per_s: float, most: int) -> None:
    now_s = 0.0
    bucket = Bucket(per_s, most, lambda: now_s)
    for _ in range(most):
        assert bucket.take() == 0
    now_s += bucket.take()
    assert bucket.take() == 0


def test_addresses_do_not_pay_for_each_other_and_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_ADDRESSES", 2)
    addresses = RateOfAddresses(1, lambda: 0.0)
    assert addresses.take("a") == addresses.take("b") == 0
    assert addresses.take("a") == pytest.approx(60)
    assert addresses.take("c") == 0, "b, of whom nothing was heard for longest, is forgotten"
    assert addresses.take("a") > 0
    assert addresses.take("b") == 0


def test_messages_that_come_too_fast_are_read_later_and_none_is_lost() -> None:
    class Socket:
        """Has as many messages as anybody wants."""

        count = 0

        async def receive(self) -> dict[str, object]:
            self.count += 1
            return {"type": "websocket.receive", "text": str(self.count)}

    async def main() -> tuple[list[str], float]:
        now_s = asyncio.get_running_loop().time
        wire = WireSocket(cast(WebSocket, Socket()), Bucket(10, 50, now_s))
        began_s = now_s()
        return [await wire.receive() for _ in range(70)], now_s() - began_s

    messages, took_s = run_in_virtual_time(main())
    assert messages == [str(number) for number in range(1, 71)]
    assert took_s == pytest.approx(2.0, abs=0.11), "50 at once, then 10 a second"

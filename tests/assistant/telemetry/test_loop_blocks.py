"""What holds the event loop up is seen, and afterwards nothing of the measuring is left."""

import asyncio
import time

from assistant.telemetry.loop_blocks import LoopBlocks, measured_loop


def test_a_callback_that_blocks_is_seen_and_one_that_waits_is_not() -> None:
    async def work() -> None:
        await asyncio.sleep(0.05)
        until_s = time.perf_counter() + 0.02
        while time.perf_counter() < until_s:
            pass

    before, blocks = asyncio.Handle._run, LoopBlocks()
    with measured_loop(blocks):
        asyncio.run(work())
    assert asyncio.Handle._run is before
    assert 20 <= blocks.longest_ms < 49
    assert blocks.percentile_ms(0) < 5


def test_nothing_measured_is_no_block() -> None:
    blocks = LoopBlocks()
    with measured_loop(blocks):
        pass
    assert (blocks.longest_ms, blocks.percentile_ms(99.9)) == (0.0, 0.0)

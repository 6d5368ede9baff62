"""`hearthside bench turns`: the frontier alone, how soon a turn's end is known against how often it is mistaken."""

import argparse
import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path

from PIL import Image, ImageDraw
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.cli.bench.clips import Clip, read_clips
from assistant.cli.options import configuration
from assistant.config import Config, ConfigError
from assistant.conversation.notices import Notice
from assistant.opening import open_engines
from assistant.policies import history_of, turn_policy
from audio.frames import MIC_RATE_HZ, to_float
from audio.turn_end.frontier import FrontierPoint, Silence, measure, steps, two_waits
from audio.turn_end.protocol import PausedTurn
from audio.wav import read_wav

HEARD_AFTER_S = 0.1
"""The transcript of a pause is that of the audio up to so long after the last word."""
ASKED_AFTER_S = (0.1, 0.2, 0.3, 0.5, 0.8)
"""The model is asked after so much silence."""
THRESHOLDS = tuple(step / 20 for step in range(1, 20))
TIMERS_S = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2)
SIZE, EDGE = 640, 60


def bench_turns(args: argparse.Namespace) -> int:
    """Run the benchmark and print it."""
    config = configuration(args, {})
    clips = read_clips(Path(args.clips), config, args.limit)
    if not any(clip.has_pause for clip in clips):
        raise ConfigError(f"--clips {args.clips}: no clip has a pause inside; scripts/make_clips.py makes some")
    silences = asyncio.run(_silences(clips, config))
    policy = turn_policy(config)
    ours = measure(f"{config.turn_end.engine}, as configured", silences, policy.patience.wait_s)
    curve = two_waits(silences, short_s=0.2, long_s=1.3, thresholds=THRESHOLDS)
    timers = [measure(f"silence of {timer_s:g} s", silences, steps(((0.0, timer_s),))) for timer_s in TIMERS_S]
    table = Table("rule", "pauses cut", "median s", "90 % s", "95 % s")
    for point in (ours, *curve, *timers):
        table.add_row(
            point.rule, f"{100 * point.cut:.1f} %", f"{point.median_s:.2f}", f"{point.p90_s:.2f}", f"{point.p95_s:.2f}"
        )
    console = Console()
    console.print(table)
    console.print(f"{ours.pauses} pauses and {ours.ends} ends of turn in {len(clips)} clips; {config.stt.model}")
    if args.report:
        report = Path(args.report)
        rules = {"configured": [ours], "thresholds": curve, "timers": timers}
        report.write_text(
            json.dumps({name: [asdict(one) for one in points] for name, points in rules.items()}, indent=1)
        )
        draw(rules, report.with_suffix(".png"))
    return 0


async def _silences(clips: list[Clip], config: Config) -> list[Silence]:
    """All pauses and ends of the clips, with what the configured model thinks of each."""

    def ignore(_: Notice) -> None:
        pass

    silences = []
    async with AsyncExitStack() as stack:
        engines, _ = await open_engines(stack, config, history := history_of(config), ignore)
        for clip in track(clips, "listening", console=Console(stderr=True)):
            samples = read_wav(clip.file)
            for begin_s, end_s in (*clip.pauses, (clip.speech_end_s, float("inf"))):
                heard = samples[: round((begin_s + HEARD_AFTER_S) * MIC_RATE_HZ)]
                text = (await engines.stt.revise(to_float(heard), start_s=0.0, earlier=None)).text
                expected = await engines.llm.warm(history.messages(text)) if text else None
                opinions = []
                for silence_s in ASKED_AFTER_S:
                    if silence_s < end_s - begin_s:
                        so_far = samples[: round((begin_s + silence_s) * MIC_RATE_HZ)]
                        opinion = await engines.end_of_turn.probability(PausedTurn(so_far, silence_s, text, expected))
                        opinions.append((silence_s, opinion))
                silences.append(Silence(end_s - begin_s, tuple(opinions)))
    return silences


def draw(rules: dict[str, list[FrontierPoint]], file: Path) -> None:
    """Share of pauses cut (to the right) against the median delay (upwards); lines for curves, a dot for one rule."""
    image = Image.new("RGB", (SIZE + 2 * EDGE, SIZE + 2 * EDGE), "white")
    pen = ImageDraw.Draw(image)
    longest_s = max(1.4, *(point.median_s for points in rules.values() for point in points if point.median_s < 10))

    def place(point: FrontierPoint) -> tuple[float, float]:
        return EDGE + SIZE * point.cut, EDGE + SIZE * (1 - min(point.median_s, longest_s) / longest_s)

    pen.rectangle((EDGE, EDGE, EDGE + SIZE, EDGE + SIZE), outline="#222222")
    pen.text((EDGE, EDGE + SIZE + 10), "pauses cut: 0 to 100 %", fill="#222222", font_size=14)
    pen.text((EDGE, 20), f"median delay: 0 to {longest_s:.1f} s", fill="#222222", font_size=14)
    for number, (name, points) in enumerate(rules.items()):
        colour = ("#c1121f", "#2a6f97", "#6a994e")[number % 3]
        places = [place(point) for point in points]
        if len(places) > 1:
            pen.line(places, fill=colour, width=2)
        for x, y in places:
            pen.ellipse((x - 4, y - 4, x + 4, y + 4), fill=colour)
        pen.text((EDGE + SIZE - 140, EDGE + 10 + 20 * number), name, fill=colour, font_size=14)
    image.save(file)

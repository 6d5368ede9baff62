"""Where the time goes between the end of speech and the first sound: a table of stages, and a picture of it."""

from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw

from assistant.cli.bench.answered import Answered
from assistant.cli.bench.figures import Distribution

WIDTH, ROW, LABEL = 1000, 34, 320
MEDIAN_COLOUR, P95_COLOUR, INK = "#2a6f97", "#a9d6e5", "#222222"


def stages(results: list[Answered]) -> dict[str, Distribution]:
    """When each stage was reached, in ms after the end of speech, of the turns that were answered whole.

    Below 0: before the user had finished. The end of speech is the clip's, not the assistant's own guess.
    """
    turns = [(one.clip.speech_end_s, one.turns[0]) for one in results if one.latency_ms is not None]
    reached: dict[str, list[float | None]] = {
        "last transcription": [turn.stt_final_s for _, turn in turns],
        "answer begun": [turn.answer_begun_s for _, turn in turns],
        "first token": [turn.llm_first_token_s for _, turn in turns],
        "first clause written": [turn.first_clause_s for _, turn in turns],
        "first sound made": [turn.tts_first_audio_s for _, turn in turns],
        "turn decided": [turn.committed_s for _, turn in turns],
        "first sound heard": [turn.first_audio_out_s for _, turn in turns],
    }
    ends_s = [end_s for end_s, _ in turns]
    return {
        name: Distribution.of(
            None if at_s is None else 1000 * (at_s - end_s) for at_s, end_s in zip(times, ends_s, strict=True)
        )
        for name, times in reached.items()
    }


def draw(table: Mapping[str, Distribution], file: Path) -> None:
    """A bar for each stage up to its median, and a lighter one up to its 95 %."""
    shown = {name: stage for name, stage in table.items() if stage.n}
    image = Image.new("RGB", (WIDTH, ROW * (len(shown) + 2)), "white")
    pen = ImageDraw.Draw(image)
    least = min([0.0, *(stage.median for stage in shown.values())])
    most = max([1.0, *(stage.p95 for stage in shown.values())])

    def x(at_ms: float) -> float:
        return LABEL + (WIDTH - LABEL - 20) * (at_ms - least) / (most - least)

    for row, (name, stage) in enumerate(shown.items()):
        top = ROW * (row + 1)
        pen.text((10, top + 8), f"{name}: {stage.median:.0f} ms, 95 % {stage.p95:.0f} ms", fill=INK, font_size=14)
        for at_ms, colour in ((stage.p95, P95_COLOUR), (stage.median, MEDIAN_COLOUR)):
            pen.rectangle((min(x(0), x(at_ms)), top + 6, max(x(0), x(at_ms)) + 1, top + ROW - 6), fill=colour)
    pen.line((x(0), ROW // 2, x(0), image.height - ROW // 2), fill=INK)
    pen.text((x(0) + 4, 8), "end of speech", fill=INK, font_size=13)
    image.save(file)

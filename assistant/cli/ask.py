"""`hearthside ask`: one question in text, one answer, spoken into a file on request."""

import argparse
import asyncio
import base64
import json
import mimetypes
import sys
import time
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import numpy as np
import soundfile

from assistant.brain.build import open_language_model
from assistant.cli.options import add_config_option, configuration
from assistant.config import Config, ConfigError
from assistant.conversation.messages import ImagePart, Message, TextDelta, TextPart
from assistant.conversation.reading_aloud import read_aloud
from assistant.models.verify import verified_folder
from assistant.opening import build_engine
from assistant.policies import history_of
from audio.tts.protocol import TextToSpeech


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("ask", help="ask in text")
    parser.add_argument("text", metavar="TEXT", help="the question")
    add_config_option(parser)
    parser.add_argument("--image", metavar="FILE", type=Path, help="an image that the question is about")
    parser.add_argument("--speak", metavar="FILE.wav", type=Path, help="speak the answer into this file")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """Answer the question on standard output."""
    config = configuration(args)
    question = _question(args.text, args.image, config)
    return asyncio.run(_ask(config, question, args))


async def _ask(config: Config, question: Message, args: argparse.Namespace) -> int:
    started_s = time.monotonic()
    timings_ms: dict[str, float] = {}

    def mark(what: str) -> None:
        timings_ms.setdefault(what, round(1000 * (time.monotonic() - started_s), 1))

    answer: list[str] = []
    async with AsyncExitStack() as stack:
        llm = await stack.enter_async_context(open_language_model(config.llm, verified_folder))
        messages = [*history_of(config).prefix(), question]
        mark("ready")
        async with aclosing(llm.stream(messages)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    mark("first_token")
                    answer.append(event.text)
                    if not args.json:
                        print(event.text, end="", flush=True)
        mark("answer")
        text = "".join(answer).strip()
        if args.speak:
            tts = await asyncio.to_thread(build_engine, "tts", config.tts)
            stack.push_async_callback(tts.close)
            await _speak(tts, text, args.speak)
            mark("spoken")
    if args.json:
        document = {"answer": text, "route": "llm", "tools": [], "sources": [], "timings_ms": timings_ms}
        json.dump(document, sys.stdout, ensure_ascii=False)
    print()
    return 0


async def _speak(tts: TextToSpeech, text: str, file: Path) -> None:
    async with aclosing(read_aloud(text, tts)) as chunks:
        pieces = [np.zeros(0, np.int16), *[chunk.samples async for chunk in chunks]]
    try:
        soundfile.write(file, np.concatenate(pieces), tts.rate_hz, subtype="PCM_16", format="WAV")
    except (OSError, soundfile.SoundFileError) as error:
        raise ConfigError(f"--speak {file}: cannot be written: {error}") from None


def _question(text: str, image: Path | None, config: Config) -> Message:
    if image is None:
        return Message("user", text)
    if not config.llm.base_url:
        raise ConfigError("--image: the embedded model cannot see; set llm.base_url to a server with a vision model")
    kind = mimetypes.guess_type(image.name)[0] or ""
    if not kind.startswith("image/"):
        raise ConfigError(f"--image {image}: not an image file; use PNG or JPEG")
    try:
        data = base64.b64encode(image.read_bytes()).decode()
    except OSError as error:
        raise ConfigError(f"--image {image}: cannot be read: {error.strerror}") from None
    return Message("user", (TextPart(text), ImagePart(f"data:{kind};base64,{data}")))

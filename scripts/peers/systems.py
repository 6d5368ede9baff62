"""The peers that were asked for, up and warm."""

import argparse
from contextlib import AsyncExitStack
from pathlib import Path

from scripts.peers import pipecat, speech_to_speech
from scripts.peers.conversation import Models
from scripts.peers.program import Program

PEERS = ("pipecat", "speech-to-speech")

Peer = pipecat.Pipecat | speech_to_speech.SpeechToSpeech


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How the peers are set."""
    default = pipecat.Settings()
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--pipecat-stop", type=float, default=default.stop_s, help="seconds of silence")
    parser.add_argument("--pipecat-wait", type=float, default=default.smart_turn_wait_s, help="seconds")
    parser.add_argument("--pipecat-beams", type=int, default=default.beam_size)
    parser.add_argument(
        "--pipecat-min-words", type=int, nargs="+", default=[default.min_words], metavar="N",
        help="words that interrupt it; 0: any voice; several: a bot for each",
    )  # fmt: skip
    parser.add_argument(
        "--speech-to-speech-option", action="append", default=[], help="passed on, e.g. =--no_smart_turn"
    )


async def add_peers(stack: AsyncExitStack, args: argparse.Namespace, models: Models, logs: Path) -> dict[Peer, Program]:
    """The peers, each with its program; they stop with `stack`. Raises ProgramFailed or EnvironmentFailed."""
    found: dict[Peer, Program] = {}
    if "pipecat" in args.peers:
        for words in args.pipecat_min_words:
            settings = pipecat.Settings(args.pipecat_stop, args.pipecat_wait, args.pipecat_beams, words)
            bot, program = await stack.enter_async_context(pipecat.serving(models, args.home, logs, settings))
            found[bot] = program
    if "speech-to-speech" in args.peers:
        serving = speech_to_speech.serving(models, args.home, logs, args.speech_to_speech_option)
        peer, program = await stack.enter_async_context(serving)
        found[peer] = program
    return found

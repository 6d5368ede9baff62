"""`hearthside bench`: measure the assistant on recordings, on this machine, with this configuration."""

import argparse

from assistant.cli.options import add_config_option


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("bench", help="measure how fast it answers, and how often it cuts off")
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    latency = kinds.add_parser("latency", help="end of speech to first sound of the answer, and false ends of turn")
    turns = kinds.add_parser("turns", help="the end-of-turn decision alone: its delay against false cut-offs")
    echo = kinds.add_parser(
        "echo", help="does it hear itself, and the user over itself: virtual rooms, real recordings"
    )
    for kind in (latency, turns, echo):
        add_config_option(kind)
        kind.add_argument("--clips", metavar="DIR", required=True, help="WAV files, with labels.jsonl or without")
        kind.add_argument("--report", metavar="FILE.json", help="write all figures here (and a picture beside it)")
        kind.add_argument("--limit", type=int, metavar="N", help="only so many clips, spread over the folder")
    echo.add_argument(
        "--rooms", metavar="DIR", help="impulse responses in DIR/rir, microphone and loop-back pairs beside"
    )
    echo.add_argument("--minutes", type=float, metavar="M", default=10.0, help="how long the assistant talks in all")
    latency.add_argument("--interruptions", type=int, metavar="N", default=8, help="clips that are interrupted as well")
    latency.add_argument(
        "--max-tokens", type=int, metavar="N", default=40, help="bound on an answer, so that runs stay short"
    )


def run(args: argparse.Namespace) -> int:
    """Measure and print; 1 when a clip was not answered at all."""
    if args.kind == "echo":
        from assistant.cli.bench.echo import bench_echo

        return bench_echo(args)
    if args.kind == "turns":
        from assistant.cli.bench.turns import bench_turns

        return bench_turns(args)
    from assistant.cli.bench.latency import bench_latency

    return bench_latency(args)

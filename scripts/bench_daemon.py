#!/usr/bin/env python3
"""Measures the daemon at rest: time to listening, processor time while nobody speaks, memory.

usage: python scripts/bench_daemon.py [--runs N] [--idle-s S] [-- OPTIONS OF hearthside run]

Without options it listens to a file of room noise. Give `-- --mic default --speaker default` for real devices.
Processor time is that of the daemon and all its children together, in per cent of one core. Memory is the sum of
the resident sets (RSS, which counts shared pages several times) and of the proportional sets (PSS, which does not).
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import soundfile


def room_noise(file: Path, duration_s: float) -> Path:
    noise = np.random.default_rng(0).normal(0, 30, round(duration_s * 16000))
    soundfile.write(file, noise.astype(np.int16), 16000, subtype="PCM_16")
    return file


def cpu_s(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def measure(options: list[str], idle_s: float) -> dict[str, float]:
    began_s = time.monotonic()
    daemon = subprocess.Popen(
        [sys.executable, "-m", "assistant", "run", "--no-wake", *options], stderr=subprocess.PIPE, text=True
    )
    assert daemon.stderr is not None
    try:
        for line in daemon.stderr:
            if "listening, " in line:
                break
        else:
            raise SystemExit("the daemon ended before it listened; run it by hand to see why")
        to_listening_s = time.monotonic() - began_s
        time.sleep(2)  # what the start has left to do is not part of being idle
        main = psutil.Process(daemon.pid)
        processes = [main, *main.children(recursive=True)]
        before_s, at_s = cpu_s(processes), time.monotonic()
        time.sleep(idle_s)
        used, passed = cpu_s(processes) - before_s, time.monotonic() - at_s
        memory = [process.memory_full_info() for process in processes]
        return {
            "to listening, s": to_listening_s,
            "idle, % of one core": 100 * used / passed,
            "processes": len(processes),
            "RSS, MB": sum(one.rss for one in memory) / 1e6,
            "PSS, MB": sum(one.pss for one in memory) / 1e6,
        }
    finally:
        daemon.terminate()
        daemon.wait(timeout=10)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--idle-s", type=float, default=20)
    parser.add_argument("options", nargs="*")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        noise = room_noise(Path(scratch) / "noise.wav", args.idle_s + 60)
        options = args.options or ["--mic", str(noise), "--speaker", str(Path(scratch) / "out.wav")]
        measure(options, 1)  # the first run warms the disk's cache
        runs = [measure(options, args.idle_s) for _ in range(args.runs)]
    print(f"{os.cpu_count()} processors, {args.runs} runs, {args.idle_s:.0f} s of silence each")
    for name in runs[0]:
        values = [run[name] for run in runs]
        print(f"{name:<22} median {statistics.median(values):8.2f}   from {min(values):.2f} to {max(values):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

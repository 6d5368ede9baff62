"""What a program and its children take of the machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.config import ConfigError

NAMES = {"piper_child": "voice", "onnx_child": "language model", "llama_child": "language model"}
"""Of a child, by the Python module that it runs."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one program, by the names of its processes."""

    cpu_s: Mapping[str, float]
    """Processor time so far."""
    pss_mb: Mapping[str, float]
    """Memory; what is shared counts in part (RSS where the system does not tell)."""


class Processes:
    """Those of one program, or of several that work together."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        """The main processes by name, which is also that of a child of no known kind. Raises ConfigError without
        psutil."""
        try:
            import psutil
        except ImportError:
            raise ConfigError("bench load needs psutil: pip install psutil") from None
        self._gone: tuple[type[Exception], ...] = (psutil.NoSuchProcess, psutil.AccessDenied)
        self._mains = {name: psutil.Process(pid) for name, pid in pids.items()}

    def usage(self) -> Usage:
        """Now."""
        cpu_s: dict[str, float] = {}
        pss_mb: dict[str, float] = {}
        for main_name, main in self._mains.items():
            for process in (main, *main.children(recursive=True)):
                try:
                    name = main_name if process == main else _name(process.cmdline(), main_name)
                    times, memory = process.cpu_times(), process.memory_full_info()
                except self._gone:
                    continue
                cpu_s[name] = cpu_s.get(name, 0.0) + times.user + times.system
                pss_mb[name] = pss_mb.get(name, 0.0) + _bytes(memory) / 1e6
        return Usage(cpu_s, pss_mb)


def _bytes(memory: Any) -> float:
    return float(getattr(memory, "pss", 0) or memory.rss)


def _name(command: list[str], otherwise: str) -> str:
    return next((NAMES[kind] for kind in NAMES if any(kind in word for word in command)), otherwise)

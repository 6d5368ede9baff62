"""The status line: what the assistant is doing, in one line of a terminal."""

from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from assistant.conversation.announcements import Device
from assistant.conversation.notices import (
    AnswerCaption,
    DevicePresence,
    MicrophoneLevel,
    Notice,
    PhaseChanged,
    Stopped,
    Trouble,
    UserTranscript,
)
from assistant.conversation.record import TurnRecord
from assistant.conversation.turn_taking import Phase

FLOOR_DBFS = -60.0
METER_CELLS = 10
REFRESH_HZ = 8


class StatusLine:
    """A line that lives at the bottom of the terminal; finished turns are printed above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._phase = PhaseChanged(Phase.IDLE)
        self._transcript = ""
        self._caption = ""
        self._dbfs = FLOOR_DBFS
        self._is_stopped = False
        self._lost: dict[Device, str] = {}
        self._live = Live(get_renderable=self._render, console=console, refresh_per_second=REFRESH_HZ, transient=True)

    def __enter__(self) -> "StatusLine":
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.stop()

    def observe(self, notice: Notice) -> None:
        """Take in what the conversation tells. The line redraws itself, a few times a second."""
        match notice:
            case MicrophoneLevel(dbfs=dbfs):
                self._dbfs = dbfs
            case PhaseChanged():
                self._phase = notice
                if notice.phase is Phase.LISTENING:
                    self._transcript = self._caption = ""
            case UserTranscript(text=text):
                self._transcript = text
            case AnswerCaption(text=text):
                self._caption = text.strip()
            case Stopped():
                self._is_stopped = notice.is_stopped
            case DevicePresence(device=device, lost=lost):
                self._lost[device] = lost
            case Trouble(message=message):
                self._console.print(Text(f"! {message}", style="yellow"))
            case TurnRecord():
                self._console.print(Text(f"you        {notice.user_text}", style="cyan"))
                cut = " (interrupted)" if notice.interrupted else ""
                self._console.print(Text(f"hearthside {notice.heard_text}{cut}"))
                if notice.latency_ms is not None:
                    self._console.print(
                        Text(f"           {notice.latency_ms:.0f} ms after your last word", style="dim")
                    )

    def _render(self) -> Text:
        doing, style = self._doing()
        filled = round(METER_CELLS * (max(self._dbfs, FLOOR_DBFS) - FLOOR_DBFS) / -FLOOR_DBFS)
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f"{doing:<10} ", style=style)
        for device in Device:
            if self._lost.get(device):
                line.append(f"no {device.value} ", style="bold red")
        line.append("▮" * filled + "▯" * (METER_CELLS - filled), style="green")
        line.append(f"  {self._caption or self._transcript}", style="dim")
        return line

    def _doing(self) -> tuple[str, str]:
        if self._is_stopped:
            return "stopped: say resume", "bold red"
        match self._phase:
            case PhaseChanged(phase=Phase.ANSWERING, is_sounding=True):
                return "speaking", "bold magenta"
            case PhaseChanged(phase=Phase.ANSWERING | Phase.DECIDED):
                return "thinking", "bold yellow"
            case PhaseChanged(is_muted=True):
                return "muted", "bold red"
            case PhaseChanged(phase=Phase.LISTENING | Phase.PAUSED):
                return "hearing", "bold green"
            case PhaseChanged(is_awake=False):
                return "asleep", "dim"
            case _:
                return "listening", "bold blue"

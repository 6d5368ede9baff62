"""The far end: what the speaker really played, on the microphone's sample clock."""

from dataclasses import dataclass, field

import numpy as np

from audio.devices.ducking import Ducking
from audio.devices.protocol import Played
from audio.frames import FRAME_SAMPLES, MIC_RATE_HZ, Frame, Pcm16
from audio.recent import RecentAudio
from audio.resample import StreamResampler

KEPT_S = 4.0
"""How much of the past can be asked for."""
JUMP = MIC_RATE_HZ // 100
"""A report that is 10 ms off means that the speaker paused or skipped; what is less is jitter, or a drifting clock."""
AGAIN = MIC_RATE_HZ // 4
"""So much stays at hand: a speaker that paused may turn out to play it only now."""
TOLERATED = 8
"""Half a millisecond. The canceller follows what is less by itself, and every correction costs it some accuracy."""
WEIGHT = 1 / 50
"""Of one report in the mean that is followed: a single one is wrong by some milliseconds, and 50 come a second."""


@dataclass(slots=True)
class _Epoch:
    """What was written between two clears of the speaker, at MIC_RATE_HZ."""

    resampler: StreamResampler
    signal: Pcm16 = field(default_factory=lambda: np.zeros(0, np.int16))
    first: int = 0
    """Position of the signal's first sample in the epoch: what is over is dropped."""
    written: int = 0
    """At the speaker's rate."""
    is_flushed: bool = True
    reported: int = 0
    """At the speaker's rate."""
    left_at: int | None = None
    """Sample of the session at which the epoch's sample 0 would have left, at the pace of now; None: it is paused."""
    off_by: float = 0.0
    """How far the reports are from that, on average."""
    end: int | None = None
    """The position where it was cut off, once that is known."""


class FarEnd:
    """Fed with all that goes to a speaker and comes back from it; asked for the frames that it played.

    Between reports it is assumed that the speaker plays on what is written; after a `clear` it plays on, too, until
    its final report tells where it stopped. Positions and times are samples at MIC_RATE_HZ.
    """

    def __init__(self, rate_hz: int, *, lead_s: float = 0.0) -> None:
        """`rate_hz` is the speaker's. All is handed out `lead_s` early, so that no error of a clock makes it late."""
        self._rate_hz = rate_hz
        self._lead = round(lead_s * MIC_RATE_HZ)
        self._epoch = 0
        self._epochs = {0: self._new_epoch()}
        self._recent = RecentAudio(KEPT_S)
        self.ducking = Ducking()
        """Of what the speaker plays."""

    def wrote(self, samples: Pcm16) -> None:
        """The speaker was given these samples, at its rate."""
        epoch = self._epochs[self._epoch]
        epoch.written += len(samples)
        epoch.is_flushed = False
        epoch.signal = np.concatenate([epoch.signal, epoch.resampler.push(samples)])

    def cleared(self, epoch: int) -> None:
        """The speaker was told to drop what it has not played; what it is given from now on is of this epoch."""
        self._epoch = epoch
        self._epochs[epoch] = self._new_epoch()

    def played(self, report: Played) -> None:
        """The speaker's report."""
        epoch = self._epochs.get(report.epoch)
        if epoch is None:
            return
        if report.samples > epoch.reported:
            left_at = round(report.at_s * MIC_RATE_HZ) - self._position(report.samples)
            if epoch.left_at is None or abs(left_at - epoch.left_at) > JUMP:
                epoch.left_at = left_at
                epoch.off_by = 0.0
            epoch.off_by += WEIGHT * (left_at - epoch.left_at - epoch.off_by)
            epoch.reported = report.samples
        if report.is_final:
            epoch.end = self._position(report.samples)
            if epoch.left_at is None:
                del self._epochs[report.epoch]

    def frame(self, start_sample: int) -> Pcm16:
        """What was played from this sample of the session on, FRAME_SAMPLES of it. Ask in order."""
        played = np.zeros(FRAME_SAMPLES, np.int16)
        for number, epoch in list(self._epochs.items()):
            if epoch.left_at is None:
                continue
            self._mix(epoch, start_sample + self._lead, played)
            if epoch.left_at is None and epoch.end is not None and number != self._epoch:
                del self._epochs[number]
        self.ducking.apply(played)
        self._recent.append(Frame(start_sample, played))
        return played

    def between(self, from_s: float, until_s: float) -> tuple[float, Pcm16]:
        """What `frame` handed out from `from_s` to `until_s` of the last KEPT_S seconds: the start, and the samples."""
        return self._recent.between(from_s, until_s)

    def _mix(self, epoch: _Epoch, at: int, into: Pcm16) -> None:
        """Add what the epoch plays from `at` of the session on."""
        assert epoch.left_at is not None
        start = at - epoch.left_at
        step = 0
        if abs(epoch.off_by) >= TOLERATED:
            step = 1 if epoch.off_by > 0 else -1
            epoch.left_at += step
            epoch.off_by -= step
        needed = start + FRAME_SAMPLES + 1
        if needed > epoch.first + len(epoch.signal) and not epoch.is_flushed:
            self._flush(epoch)
        until = epoch.first + len(epoch.signal)
        if epoch.end is not None:
            until = min(until, epoch.end)
        if start >= until:
            epoch.left_at = None
            self._forget(epoch, until)
            return
        piece = np.zeros(FRAME_SAMPLES + 2, np.int16)  # from the sample before the frame to the one after it
        begin, end = max(start - 1, epoch.first), min(needed, until)
        if begin < end:
            piece[begin - start + 1 : end - start + 1] = epoch.signal[begin - epoch.first : end - epoch.first]
        if step:  # one sample more or less, spread over the frame: a click would be new to the canceller
            positions = 1 + np.linspace(0, FRAME_SAMPLES - 1 - step, FRAME_SAMPLES)
            into += np.rint(np.interp(positions, np.arange(len(piece)), piece)).astype(np.int16)
        else:
            into += piece[1:-1]
        self._forget(epoch, start - AGAIN)

    def _forget(self, epoch: _Epoch, position: int) -> None:
        """What lies before this position of the epoch is over."""
        over = min(max(0, position - epoch.first), len(epoch.signal))
        epoch.signal = epoch.signal[over:]
        epoch.first += over

    def _flush(self, epoch: _Epoch) -> None:
        """All that was written is needed now: what the resampler holds back, too."""
        rest = epoch.resampler.finish()
        missing = self._position(epoch.written) - epoch.first - len(epoch.signal)
        epoch.signal = np.concatenate([epoch.signal, rest[:missing], np.zeros(max(0, missing - len(rest)), np.int16)])
        epoch.is_flushed = True

    def _position(self, samples: int) -> int:
        return samples * MIC_RATE_HZ // self._rate_hz

    def _new_epoch(self) -> _Epoch:
        return _Epoch(StreamResampler(self._rate_hz, MIC_RATE_HZ, quality="MQ"))

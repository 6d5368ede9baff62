"""The speaker of the sound card, as the daemon sees it."""

import logging
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from audio.child import Child, ChildGone
from audio.child_messages import Header
from audio.clock import SampleClock
from audio.devices.playback import MAX_QUEUED_S, PlayedReports
from audio.devices.protocol import DeviceHealth, Played
from audio.frames import Pcm16

log = logging.getLogger(__name__)

LEAD_S = 2.0
"""How far ahead of its playing the child is fed: it bridges a daemon that is busy for a moment."""


@dataclass(slots=True)
class _Epoch:
    """How much of an epoch has been played: by children that are gone, and in all; and when the last of it was."""

    played_before: int = 0
    played: int = 0
    at_s: float | None = None


class PortAudioSpeaker:
    """Hands samples to the audio child and keeps them until the child reports that they have left the device.

    When a child dies, the next one goes on where the last report was; nobody who writes need know.
    """

    def __init__(self, rate_hz: int, clock: SampleClock) -> None:
        self.rate_hz = rate_hz
        self.epoch = 0
        self.lost = ""
        """See `DeviceHealth`."""
        self._clock = clock
        self._child: Child | None = None
        self._reports = PlayedReports()
        self._current = _Epoch()
        self._ending: dict[int, _Epoch] = {}  # cleared, but the child has not said how much was played
        self._unsent: deque[Pcm16] = deque()
        self._sent: deque[Pcm16] = deque()  # but not reported as played
        self._is_ducked = False
        self._queued = 0  # samples in both
        self._in_flight = 0  # samples in the latter
        self._overflows = 0
        self._underflows = 0
        self._restarts = 0

    def write(self, samples: Pcm16) -> None:
        """Queue samples. They must not be changed afterwards."""
        if self._queued + len(samples) > MAX_QUEUED_S * self.rate_hz:
            self._overflows += 1
            log.warning("speaker: more than %d s are queued; dropping %d samples", MAX_QUEUED_S, len(samples))
            return
        self._unsent.append(samples)
        self._queued += len(samples)
        self._feed()

    def clear(self) -> int:
        """Drop what the child has not yet given to the device. Returns the new epoch."""
        ended = self.epoch
        self.epoch += 1
        self._ending[ended] = self._current
        self._current = _Epoch()
        self._unsent.clear()
        self._sent.clear()
        self._queued = self._in_flight = 0
        self._post({"type": "clear", "epoch": self.epoch})
        if self._child is None or self.lost:  # nobody would say
            self._end_all()
        return self.epoch

    def duck(self, *, is_ducked: bool) -> None:
        self._is_ducked = is_ducked
        self._post({"type": "duck", "is_ducked": is_ducked})

    def reports(self) -> AsyncIterator[Played]:
        """Progress about every 20 ms while something plays, from when it is given to the device. For one reader.

        `at_s` is when it will have left the device, a device latency ahead.
        """
        return aiter(self._reports)

    def health(self) -> DeviceHealth:
        return DeviceHealth(self._overflows, self._underflows, restarts=self._restarts, lost=self.lost)

    def close(self) -> None:
        self._reports.close()

    def child_began(self, child: Child, *, is_first: bool) -> None:
        """A child is there: what is not known to be played goes to it."""
        self._restarts += not is_first
        self._child = child
        self._post({"type": "clear", "epoch": self.epoch})
        if self._is_ducked:
            self._post({"type": "duck", "is_ducked": True})
        self._feed()

    def child_lost(self) -> None:
        """The child is gone, and with it what it had not given to the device."""
        self._child = None
        self._current.played_before = self._current.played
        self._unsent.extendleft(reversed(self._sent))
        self._sent.clear()
        self._in_flight = 0
        self._end_all()

    def played(self, epoch: int, samples: int, monotonic_s: float, *, is_final: bool) -> None:
        """The child's count of what it has given to the device in an epoch."""
        at_s = self._clock.at(monotonic_s)
        if epoch == self.epoch:
            self._took(self._current.played_before + samples - self._current.played)
            self._current.at_s = at_s
            self._reports.put(Played(epoch, self._current.played, at_s))
            self._feed()
        elif (ending := self._ending.get(epoch)) is not None:
            ending.played = ending.played_before + samples
            ending.at_s = at_s if samples else ending.at_s
            if is_final:
                self._end(epoch)

    def underflowed(self, times: int) -> None:
        self._underflows += times

    def _feed(self) -> None:
        room = round(LEAD_S * self.rate_hz) - self._in_flight
        while self._child is not None and self._unsent and room > 0:
            chunk = self._unsent.popleft()
            if len(chunk) > room:
                self._unsent.appendleft(chunk[room:])
                chunk = chunk[:room]
            self._sent.append(chunk)
            self._in_flight += len(chunk)
            room -= len(chunk)
            self._post({"type": "write", "epoch": self.epoch}, chunk.tobytes())

    def _took(self, samples: int) -> None:
        self._current.played += samples
        self._in_flight -= samples
        self._queued -= samples
        while samples > 0 and self._sent:
            chunk = self._sent.popleft()
            if len(chunk) > samples:
                self._sent.appendleft(chunk[samples:])
            samples -= len(chunk)

    def _end(self, epoch: int) -> None:
        ended = self._ending.pop(epoch)
        at_s = self._clock.now() if ended.at_s is None else ended.at_s
        self._reports.put(Played(epoch, ended.played, at_s, is_final=True))

    def _end_all(self) -> None:
        for epoch in list(self._ending):
            self._end(epoch)

    def _post(self, header: Header, payload: bytes = b"") -> None:
        try:
            if self._child is not None:
                self._child.post(header, payload)
        except ChildGone:
            self._child = None  # whoever waits for its messages will find out, and call child_lost

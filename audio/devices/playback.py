"""Samples on their way out of a speaker, and the count of those that have gone."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np

from audio.devices.ducking import Ducking
from audio.devices.protocol import Played
from audio.frames import Pcm16

MAX_QUEUED_S = 600
"""A speaker takes no more than this ahead; what is written beyond is dropped and counted as an overflow."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one `PlaybackQueue.take` brought: `samples` of the epoch are gone in all, `now` of them just then."""

    epoch: int
    samples: int
    now: int
    is_final: bool = False


class PlaybackQueue:
    """What one thread writes and another one plays, by epoch (see `Played`).

    Takes no lock, since an audio callback must not wait for one: `deque.append` and `popleft` are atomic,
    each counter has one writer, and a chunk carries its epoch, so that what is stale is dropped where it
    is taken.
    """

    def __init__(self, epoch: int = 0) -> None:
        self.ducking = Ducking()
        """Of what is taken from now on."""
        self._wanted_epoch = epoch  # the writer's
        self._written = 0
        self._chunks: deque[tuple[int, Pcm16]] = deque()
        self._silenced = epoch - 1
        """The last epoch of which nothing more is to be heard; the taker's."""
        self._epoch = epoch  # the taker's
        self._played = 0
        self._chunk: Pcm16 = np.zeros(0, np.int16)
        self._offset = 0

    @property
    def queued(self) -> int:
        """Samples of the current epoch that wait. Exact where one thread writes and takes."""
        return 0 if self._wanted_epoch <= self._silenced else self._written - self._played

    @property
    def epoch(self) -> int:
        """That is written now."""
        return self._wanted_epoch

    def silence(self, epoch: int) -> None:
        """Nothing more is played of this epoch or an earlier one, whatever is still written in it. The taker's."""
        self._silenced = max(self._silenced, epoch)

    def write(self, epoch: int, samples: Pcm16) -> None:
        """Queue samples of an epoch; those of one that is over will be dropped."""
        if epoch <= self._silenced:
            return
        self._chunks.append((epoch, samples))
        if epoch == self._wanted_epoch:
            self._written += len(samples)

    def begin(self, epoch: int) -> None:
        """A new epoch: whatever waits of the earlier ones is dropped."""
        self._written = 0
        self._wanted_epoch = epoch

    def take(self, into: Pcm16) -> list[Taken]:
        """Fill `into`, shape (n,), with what is due and silence after it.

        Returns first the end of every epoch that is over, then what was taken of the current one, if any.
        """
        taken: list[Taken] = []
        while self._epoch < self._wanted_epoch:
            taken.append(Taken(self._epoch, self._played, 0, is_final=True))
            self._epoch += 1
            self._played = 0
            self._chunk = self._chunk[:0]
            while self._chunks and self._chunks[0][0] < self._epoch:
                self._chunks.popleft()
        filled = 0
        while filled < len(into) and self._has_chunk():
            piece = self._chunk[self._offset : self._offset + len(into) - filled]
            into[filled : filled + len(piece)] = piece
            filled += len(piece)
            self._offset += len(piece)
        into[filled:] = 0
        self.ducking.apply(into)
        if filled:
            self._played += filled
            taken.append(Taken(self._epoch, self._played, filled))
        return taken

    def _has_chunk(self) -> bool:
        """Whether a sample of the current epoch is at hand; drops chunks of earlier ones, leaves later ones."""
        if self._epoch <= self._silenced:
            self._chunk = self._chunk[:0]
            self._offset = 0
            while self._chunks and self._chunks[0][0] <= self._silenced:
                self._chunks.popleft()
            return False
        while self._offset >= len(self._chunk):
            if not self._chunks or self._chunks[0][0] > self._epoch:
                return False
            epoch, chunk = self._chunks.popleft()
            if epoch == self._epoch:
                self._chunk, self._offset = chunk, 0
        return True


class PlayedReports:
    """Reports for one reader. One that reads slowly sees the latest progress, and every final report."""

    def __init__(self) -> None:
        self._waiting: deque[Played] = deque()
        self._news = asyncio.Event()
        self._is_closed = False

    def put(self, report: Played) -> None:
        """A newer progress takes the place of one that nobody has read."""
        if self._waiting and self._waiting[-1].epoch == report.epoch and not self._waiting[-1].is_final:
            self._waiting.pop()
        self._waiting.append(report)
        self._news.set()

    def close(self) -> None:
        """The iteration ends after what waits."""
        self._is_closed = True
        self._news.set()

    async def __aiter__(self) -> AsyncIterator[Played]:
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            if self._is_closed:
                return
            self._news.clear()
            await self._news.wait()

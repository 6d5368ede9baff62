"""A room to measure in: what a speaker plays reaches the microphone late, softer, reverberated, bent and with noise."""

from dataclasses import dataclass

import numpy as np
import soxr

from audio.frames import MIC_RATE_HZ, Pcm16, PcmFloat, to_float, to_pcm16


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """How sound comes from the speaker to the microphone."""

    name: str
    impulse: PcmFloat
    """The impulse response from its direct sound on, shape (n,), at MIC_RATE_HZ; only its shape matters."""
    delay_s: float = 0.04
    """From a sample's playing, as the clocks see it, to its echo's first sound."""
    attenuation_db: float = 6.0
    """By how much the echo is softer than what is played."""
    noise_dbfs: float = -65.0
    """Level of the room's own noise."""
    drift_ppm: float = 0.0
    """By how much the speaker's clock is slower than the microphone's."""
    distortion: float = 0.3
    """How much a small speaker bends loud sounds: 0 not at all, 1 hard."""

    def echo(self, played: Pcm16) -> PcmFloat:
        """What of `played` arrives at the microphone, shape (n + drift,), in [-1, 1]."""
        sound = self.bent(to_float(played))
        if self.drift_ppm:
            sound = soxr.resample(sound, MIC_RATE_HZ, MIC_RATE_HZ * (1 + self.drift_ppm * 1e-6))
        heard = convolved(sound, self.response)[: len(sound)]
        return np.concatenate([np.zeros(round(self.delay_s * MIC_RATE_HZ), np.float32), heard])[: len(sound)]

    @property
    def response(self) -> PcmFloat:
        """The impulse response at the level that the echo comes with, shape (n,)."""
        level = 10 ** (-self.attenuation_db / 20) / float(np.sqrt((self.impulse**2).sum()))
        return self.impulse * np.float32(level)

    def bent(self, sound: PcmFloat) -> PcmFloat:
        """What the loudspeaker makes of a sound, shape (n,)."""
        drive = 4 * self.distortion
        return (np.tanh(drive * sound) / drive).astype(np.float32) if self.distortion else sound

    def heard(self, played: Pcm16, near: Pcm16, noise: Pcm16 | None = None) -> Pcm16:
        """The microphone's signal: the echo of `played`, `near` as it arrives there, and noise; as long as `near`.

        `noise` is a recording, brought to the room's level and repeated; without one it is white.
        """
        echo = self.echo(played)[: len(near)]
        mixed = to_float(near) + self._noise(len(near), noise)
        mixed[: len(echo)] += echo
        return to_pcm16(mixed)

    def _noise(self, samples: int, recording: Pcm16 | None) -> PcmFloat:
        if recording is None:
            noise = np.random.default_rng(0).standard_normal(samples).astype(np.float32)
        else:
            noise = np.resize(to_float(recording), samples)
        rms = float(np.sqrt(np.mean(noise**2)))
        return (noise * np.float32(10 ** (self.noise_dbfs / 20) / max(rms, 1e-9))).astype(np.float32)


class LiveEcho:
    """A room's echo, block by block as it comes: as `Room.echo`, without delay and drift, which are the caller's."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._response = room.response
        self._sound = np.zeros(len(self._response) - 1, np.float32)
        """So much of the past is still to be heard."""

    def push(self, played: Pcm16) -> PcmFloat:
        """The echo of a block, shape (n,), over those before it."""
        sound = np.concatenate([self._sound, self._room.bent(to_float(played))])
        self._sound = sound[len(played) :]
        past = len(self._response) - 1
        return convolved(sound, self._response)[past : past + len(played)]


def reverberation(rt60_s: float, *, direct_db: float = 3.0, seed: int = 0) -> PcmFloat:
    """An impulse response made up: a direct sound, then noise that dies away.

    `rt60_s` is how long it takes to fall by 60 dB, `direct_db` by how much the direct sound outweighs the rest.
    """
    times_s = np.arange(round(rt60_s * MIC_RATE_HZ)) / MIC_RATE_HZ
    tail = np.random.default_rng(seed).standard_normal(len(times_s)) * np.exp(-6.9 * times_s / rt60_s)
    tail[: MIC_RATE_HZ // 500] = 0.0
    tail *= 10 ** (-direct_db / 20) / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    return tail.astype(np.float32)


def measured(recording: Pcm16) -> PcmFloat:
    """A recorded impulse response, from its direct sound on."""
    return to_float(recording)[int(np.argmax(np.abs(recording))) :]


def convolved(sound: PcmFloat, impulse: PcmFloat) -> PcmFloat:
    """Both, one through the other, shape (n + m - 1,)."""
    length = len(sound) + len(impulse) - 1
    size = 1 << (length - 1).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.fft.rfft(impulse, size)
    return np.fft.irfft(spectrum, size)[:length].astype(np.float32)

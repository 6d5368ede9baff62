"""What a voice says, as one piece of sound: for whoever listens to it, instead of playing it as it comes."""

from contextlib import aclosing

import numpy as np

from audio.frames import MIC_RATE_HZ, Pcm16
from audio.resample import resampled
from audio.tts.protocol import TextToSpeech


async def spoken(text: str, tts: TextToSpeech) -> Pcm16:
    """The whole text, shape (n,), at the microphone's rate. Raises SynthesisError."""
    async with aclosing(tts.synthesize(text)) as chunks:
        samples = np.concatenate([chunk.samples async for chunk in chunks])
    return resampled(samples, tts.rate_hz, MIC_RATE_HZ)

"""Whisper's own signs that it has made up a text (Radford et al., 2022, section 4.5)."""

import zlib

NO_SPEECH_PROBABILITY = 0.6
NO_SPEECH_LOGPROB = -1.0
"""What is probably not speech and what the model is not sure of, too, was made out of noise."""

LOOP_COMPRESSION = 2.4
"""Text that compresses better than this is a loop."""


def is_noise(text: str, *, no_speech_probability: float, logprob: float) -> bool:
    """Whether there were no words. `logprob` is the mean log probability of a token."""
    is_unlikely = no_speech_probability > NO_SPEECH_PROBABILITY and logprob < NO_SPEECH_LOGPROB
    return is_unlikely or not any(character.isalnum() for character in text)


def is_loop(text: str) -> bool:
    """Whether the decoder repeats itself."""
    raw = text.encode()
    return len(raw) > LOOP_COMPRESSION * len(zlib.compress(raw))

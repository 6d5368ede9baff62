import warnings

import numpy as np
import pytest

from assistant.server.realtime.wire_audio import Encoding, decoded, encoded

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    audioop = pytest.importorskip("audioop", reason="the reference left the standard library with Python 3.13")

EVERY_CODE = bytes(range(256))
EVERY_SAMPLE = np.arange(65_536, dtype=np.uint16).view(np.int16)


def test_mu_law_is_that_of_the_reference_in_every_code_and_every_sample() -> None:
    assert decoded(EVERY_CODE, Encoding.MU_LAW).astype("<i2").tobytes() == audioop.ulaw2lin(EVERY_CODE, 2)
    assert encoded(EVERY_SAMPLE, Encoding.MU_LAW) == audioop.lin2ulaw(EVERY_SAMPLE.astype("<i2").tobytes(), 2)


def test_a_law_is_that_of_the_reference_in_every_code_and_every_sample() -> None:
    assert decoded(EVERY_CODE, Encoding.A_LAW).astype("<i2").tobytes() == audioop.alaw2lin(EVERY_CODE, 2)
    assert encoded(EVERY_SAMPLE, Encoding.A_LAW) == audioop.lin2alaw(EVERY_SAMPLE.astype("<i2").tobytes(), 2)


@pytest.mark.parametrize("encoding", Encoding)
def test_what_was_decoded_is_encoded_to_the_same_sound(encoding: Encoding) -> None:
    data = EVERY_CODE if encoding is not Encoding.PCM else EVERY_SAMPLE.astype("<i2").tobytes()
    samples = decoded(data, encoding)
    assert np.array_equal(decoded(encoded(samples, encoding), encoding), samples)
    assert len(encoded(samples, encoding)) == encoding.bytes_per_sample * len(samples)

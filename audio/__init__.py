"""Sound: devices, echo, speech found and transcribed, speech made."""

import os

# From 1.29 on ONNX Runtime gives the machine an identity and tells its maker of every model that is loaded, unless
# this is set before it is imported, by whomever.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# Numpy's threads spin while they wait for each other, on cores that speech-to-text and the language model need: with
# one of them the last transcription was there after 162 ms, not 235 (medians of 10 commands, two cores), and a second
# look for "emergency stop", in its own process, took 23 ms, not 57.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

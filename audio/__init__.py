"""Sound: devices, echo, speech found and transcribed, speech made."""

import os

# From 1.29 on ONNX Runtime gives the machine an identity and tells its maker of every model that is loaded, unless
# this is set before it is imported, by whomever.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

"""Hearthside: a voice-first assistant daemon."""

import audio as audio  # before any engine's library: it keeps ONNX Runtime from telling its maker what is run

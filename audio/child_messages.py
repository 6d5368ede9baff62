"""How the daemon and its child processes write messages: a JSON header and a binary payload, length-prefixed."""

import json
import struct
from typing import Any, TypeAlias

Header: TypeAlias = dict[str, Any]

PREFIX = struct.Struct("<II")
"""Byte lengths of the header and of the payload."""

MAX_HEADER_BYTES = 1 << 20
MAX_PAYLOAD_BYTES = 1 << 26


def encode(header: Header, payload: bytes | memoryview = b"") -> bytes:
    """One message as bytes."""
    head = json.dumps(header, separators=(",", ":")).encode()
    return PREFIX.pack(len(head), len(payload)) + head + bytes(payload)

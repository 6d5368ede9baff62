"""The process that holds the sound card: `python -m audio.devices.portaudio_child open WISH | list`.

WISH is JSON: `mic` and `speaker` (a device as `choose_device` takes it, or null), `speaker_rate_hz` (null: the
best) and the speaker's `epoch`; `latch`, the file of the switch that silences the speaker, and `ear`, the socket of
whoever else listens to the microphone (both may be null). The first message is `ready`. After it come

- `audio`: the payload is int16 at 16 kHz, `index` its first sample, `at` when the device handed it over;
- `played`: how many `samples` of an `epoch` the device was given, `at` when the last of them leaves it, `is_final`;
- `flow`: how often the input overflowed and the output underflowed since the last time;
- `alive`, when there is nothing to say; `error`, before it leaves.

It takes `write` (`epoch`; the payload is int16) and `clear` (the new `epoch`). Times are `time.monotonic()`, which
all processes of a machine share.
"""

import json
import os
import queue
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from audio.child_side import ParentPipe, connect
from audio.devices.choose import USE_FILES, DeviceInfo, choose_device
from audio.devices.portaudio_streams import MAX_WAITING_MESSAGES, Input, Item, Output
from audio.devices.protocol import DeviceError
from audio.stop.latch import Latch
from audio.stop.sockets import Sender

ALIVE_EVERY_S = 0.5
STUCK_AFTER_S = 2.0
"""A stream whose callback has not been called for so long is opened anew, in a new process."""


def list_devices(sound: Any) -> list[DeviceInfo]:
    """What PortAudio sees."""
    hosts = sound.query_hostapis()
    first_in, first_out = sound.default.device
    return [
        DeviceInfo(
            number=device["index"],
            name=device["name"],
            host=hosts[device["hostapi"]]["name"],
            inputs=device["max_input_channels"],
            outputs=device["max_output_channels"],
            rate_hz=int(device["default_samplerate"]),
            is_default_input=device["index"] == first_in,
            is_default_output=device["index"] == first_out,
        )
        for device in sound.query_devices()
    ]


def serve(pipe: ParentPipe, wish: dict[str, Any], sound: Any) -> None:
    """Open what is wished for and stay with it until it fails."""
    messages: queue.SimpleQueue[Item] = queue.SimpleQueue()
    devices = list_devices(sound)
    microphone = speaker = None
    latch = Latch(Path(wish["latch"])) if wish["latch"] else None
    ear = Sender(Path(wish["ear"])) if wish["ear"] else None
    if wish["mic"] is not None:
        microphone = Input(sound, choose_device("microphone", wish["mic"], devices), messages)
    if wish["speaker"] is not None:
        chosen = choose_device("speaker", wish["speaker"], devices)
        speaker = Output(sound, chosen, wish["speaker_rate_hz"], wish["epoch"], messages, latch)
    streams = [stream for stream in (microphone, speaker) if stream is not None]
    for stream in streams:
        stream.stream.start()
    pipe.send(
        {
            "type": "ready",
            "speaker_rate_hz": speaker.rate_hz if speaker else None,
            **{stream.kind: f"{stream.device.name}, {stream.rate_hz} Hz" for stream in streams},
        }
    )
    threading.Thread(target=obey, args=(pipe, speaker), daemon=True).start()
    outgoing: queue.SimpleQueue[Item] = queue.SimpleQueue()
    threading.Thread(target=send_all, args=(pipe, outgoing), daemon=True).start()
    flow = {"overflows": 0, "underflows": 0}
    while True:
        try:
            item = messages.get(timeout=ALIVE_EVERY_S)
        except queue.Empty:
            item = {"type": "alive"}, b""
        if item is not None:
            header, payload = item
            if microphone is not None and header["type"] == "audio":
                header, payload = microphone.convert(header, payload)
                if ear is not None:
                    ear.send(payload)
                if outgoing.qsize() >= MAX_WAITING_MESSAGES:
                    microphone.overflows += 1
                    continue
            outgoing.put((header, payload))
        now = {
            "overflows": microphone.overflows if microphone else 0,
            "underflows": speaker.underflows if speaker else 0,
        }
        if now != flow:
            outgoing.put(({"type": "flow", **{key: now[key] - flow[key] for key in now}}, b""))
            flow = now
        for stream in streams:
            check(stream)


def send_all(pipe: ParentPipe, outgoing: "queue.SimpleQueue[Item]") -> None:
    """A daemon that does not read holds up this thread only: whoever else listens goes on hearing."""
    while True:
        if (item := outgoing.get()) is not None:
            pipe.send(*item)


def check(stream: Input | Output) -> None:
    """Raise DeviceError when the stream is dead."""
    if stream.is_finished:
        raise DeviceError(f"the {stream.kind} was closed by the sound server")
    if time.monotonic() - stream.called_at_s > STUCK_AFTER_S:
        raise DeviceError(f"the {stream.kind} has stopped without a word")


def obey(pipe: ParentPipe, speaker: Output | None) -> None:
    """Do what the daemon says, until it closes the pipe; then leave, without PortAudio's own farewell: it can hang."""
    for header, payload in pipe.receive():
        if speaker is not None and header["type"] == "write":
            speaker.queue.write(header["epoch"], np.frombuffer(payload, np.int16))
        elif speaker is not None and header["type"] == "clear":
            speaker.queue.begin(header["epoch"])
        elif speaker is not None and header["type"] == "duck":
            speaker.queue.ducking.is_ducked = header["is_ducked"]
    os._exit(0)


def main(args: list[str]) -> None:
    pipe = connect()
    try:
        import sounddevice  # here, since it starts PortAudio, which may fail

        if args[0] == "list":
            pipe.send({"type": "ready", "devices": [asdict(device) for device in list_devices(sounddevice)]})
            os._exit(0)
        else:
            serve(pipe, json.loads(args[1]), sounddevice)
    except DeviceError as error:
        pipe.send({"type": "error", "message": str(error)})
    except OSError as error:  # the library is not there
        pipe.send(
            {"type": "error", "message": f"PortAudio cannot be loaded: {error}; install libportaudio2, or {USE_FILES}"}
        )
    except Exception as error:  # sounddevice.PortAudioError, which has no name before the import
        pipe.send({"type": "error", "message": f"PortAudio: {error}; choose another device, or {USE_FILES}"})
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])

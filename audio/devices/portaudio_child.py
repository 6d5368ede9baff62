"""The process that holds the sound card: `python -m audio.devices.portaudio_child open WISH | list`.

WISH is JSON: `microphone` and `speaker` (a device as `choose_device` takes it, or null), `server_names` (what the
sound server calls them, where that is known already), `on_server` (whether the sound server is to be waited for),
`is_muted` (whether the microphone stays closed), `speaker_rate_hz` (null: the best) and the speaker's `epoch`; `latch`,
the file of the switch that silences the speaker, and `ear`, the socket of whoever else listens to the microphone (both
may be null). The first message is `ready`, before it any number of `waiting`. `ready` tells the `server_names`, the
`devices` and, as `routes` does, which are `lost`. After it come

- `audio`: the payload is int16 at 16 kHz, `index` its first sample, `at` when the device handed it over;
- `played`: how many `samples` of an `epoch` the device was given, `at` when the last of them leaves it, `is_final`;
- `flow`: how often the input overflowed and the output underflowed since the last time;
- `routes`: the `devices` that are heard and played to now, and for each, why it is `lost`, or "";
- `alive`, when there is nothing to say; `error`, before it leaves.

It takes `write` (`epoch`; the payload is int16), `clear` (the new `epoch`), `duck` (`is_ducked`) and `mute`
(`is_muted`). Times are `time.monotonic()`, which all processes of a machine share.
"""

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from audio.child_side import ParentPipe, connect
from audio.devices.asleep import Sleep
from audio.devices.choose import KINDS, PULSE, USE_FILES, DeviceInfo, Kind, choose_device
from audio.devices.portaudio_streams import MAX_WAITING_MESSAGES, Input, Item, Output
from audio.devices.protocol import DeviceError
from audio.devices.sound_server import ServerGone, SoundServer
from audio.devices.whereabouts import Whereabouts
from audio.stop.latch import Latch
from audio.stop.sockets import Sender

ALIVE_EVERY_S = 0.5
LOOK_EVERY_S = 0.25
"""A sound server that is away is looked for so often."""
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


def all_devices(sound: Any, server: SoundServer | None) -> list[DeviceInfo]:
    """What PortAudio sees and, where it can reach them, the sound server's devices."""
    devices = list_devices(sound)
    if server is not None and any(device.name == PULSE for device in devices):
        with suppress(ServerGone):
            devices += server.devices(len(devices))
    return devices


def serve(pipe: ParentPipe, wish: dict[str, Any], load_sound: Callable[[], Any]) -> None:
    """Open what is wished for and stay with it until it fails."""
    messages: queue.SimpleQueue[Item] = queue.SimpleQueue()
    streams: dict[Kind, Input | Output] = {}
    latch = Latch(Path(wish["latch"])) if wish["latch"] else None
    ear = Sender(Path(wish["ear"])) if wish["ear"] else None
    threading.Thread(target=obey, args=(pipe, streams, messages), daemon=True).start()
    server = wait_for_server(pipe) if wish["on_server"] else find_server()
    sound = load_sound()
    devices = all_devices(sound, server)
    meant: dict[Kind, str] = {}
    for kind in KINDS:
        if wish[kind] is None:
            continue
        device = choose_device(kind, wish[kind], devices)
        meant[kind] = wish["server_names"].get(kind) or device.server_name
        if device.server_name:
            device = choose_device(kind, PULSE, devices)
        if kind == "microphone":
            streams[kind] = Input(sound, device, messages, is_muted=wish["is_muted"])
        else:
            streams[kind] = Output(sound, device, wish["speaker_rate_hz"], wish["epoch"], messages, latch)
    for stream in streams.values():
        stream.start()
    whereabouts = Whereabouts(streams, meant, server, messages)
    microphone, speaker = streams.get("microphone"), streams.get("speaker")
    pipe.send(
        {
            "type": "ready",
            "speaker_rate_hz": speaker.rate_hz if speaker else None,
            "server_names": meant,
            "on_server": whereabouts.is_watching,
            **whereabouts.as_told(),
        }
    )
    outgoing: queue.SimpleQueue[Item] = queue.SimpleQueue()
    threading.Thread(target=send_all, args=(pipe, outgoing), daemon=True).start()
    whereabouts.watch()
    sleep = Sleep()
    flow = {"overflows": 0, "underflows": 0}
    while True:
        try:
            item = messages.get(timeout=ALIVE_EVERY_S)
        except queue.Empty:
            item = {"type": "alive"}, b""
        if item is not None and isinstance(microphone, Input) and item[0]["type"] == "mute":
            microphone.mute(is_muted=item[0]["is_muted"])
        elif item is not None and isinstance(microphone, Input) and item[0]["type"] == "audio":
            if not microphone.is_excused:
                header, payload = microphone.convert(*item)
                if ear is not None:
                    ear.send(payload)
                if whereabouts.has_heard(payload):
                    outgoing.put(({"type": "routes", **whereabouts.as_told()}, b""))
                if outgoing.qsize() < MAX_WAITING_MESSAGES:
                    outgoing.put((header, payload))
                else:
                    microphone.overflows += 1
        elif item is not None:
            outgoing.put(item)
        now = {
            "overflows": microphone.overflows if isinstance(microphone, Input) else 0,
            "underflows": speaker.underflows if isinstance(speaker, Output) else 0,
        }
        if now != flow:
            outgoing.put(({"type": "flow", **{key: now[key] - flow[key] for key in now}}, b""))
            flow = now
        if slept_s := sleep.slept_s():
            raise DeviceError(f"the machine slept for {slept_s:.0f} s")
        whereabouts.check()
        for stream in streams.values():
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
    if stream.is_excused:  # it may have no device at all that calls back
        stream.called_at_s = time.monotonic()
    if time.monotonic() - stream.called_at_s > STUCK_AFTER_S:
        raise DeviceError(f"the {stream.kind} has stopped without a word")


def find_server() -> SoundServer | None:
    """The sound server, if there is one."""
    try:
        return SoundServer()
    except ServerGone:
        return None


def wait_for_server(pipe: ParentPipe) -> SoundServer:
    """The sound server, as soon as there is one that has devices to give."""
    while True:
        if (server := find_server()) is not None:
            if server.is_ready:
                return server
            server.close()
        pipe.send({"type": "waiting"})
        time.sleep(LOOK_EVERY_S)


def obey(pipe: ParentPipe, streams: Mapping[Kind, Input | Output], messages: "queue.SimpleQueue[Item]") -> None:
    """Do what the daemon says, until it closes the pipe; then leave, without PortAudio's own farewell: it can hang."""
    for header, payload in pipe.receive():
        speaker = streams.get("speaker")
        if header["type"] == "mute":
            messages.put((header, payload))  # it takes its time, which what is played has not
        if not isinstance(speaker, Output):
            continue
        if header["type"] == "write":
            speaker.queue.write(header["epoch"], np.frombuffer(payload, np.int16))
        elif header["type"] == "clear":
            speaker.queue.begin(header["epoch"])
        elif header["type"] == "duck":
            speaker.queue.ducking.is_ducked = header["is_ducked"]
    os._exit(0)


def _sounddevice() -> Any:
    import sounddevice  # here, since it starts PortAudio, which may fail

    return sounddevice


def main(args: list[str]) -> None:
    pipe = connect()
    try:
        if args[0] == "list":
            devices = all_devices(_sounddevice(), find_server())
            pipe.send({"type": "ready", "devices": [asdict(device) for device in devices]})
            os._exit(0)
        else:
            serve(pipe, json.loads(args[1]), _sounddevice)
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

"""What the sound server (PipeWire, PulseAudio) says about devices and about this process's streams.

PortAudio does not: a stream whose device goes runs on, elsewhere. Only for the process that holds the streams: the
library (libpulse) is native code, and what it says is about the process that asks.
"""

import contextlib
import os
from collections.abc import Mapping
from typing import Any

from audio.devices.choose import DeviceInfo, Kind
from audio.devices.routes import Endpoint, Route, route

NO_INDEX = 2**32 - 1
FACILITIES = ("server", "sink", "source", "sink_input", "source_output")


class ServerGone(Exception):
    """There is no sound server that answers, or no library to ask it with."""


class SoundServer:
    """A connection to the sound server; for one thread at a time."""

    def __init__(self) -> None:
        """Connect; a server that hangs hangs whoever asks. Raises ServerGone."""
        try:
            import pulsectl  # here, since it loads libpulse, which not every system has
        except (ImportError, OSError) as error:
            raise ServerGone(str(error)) from error
        self._gone: tuple[type[Exception], ...] = (pulsectl.PulseError, pulsectl.PulseDisconnected)
        self._failed: type[Exception] = pulsectl.PulseOperationFailed
        self._stop: type[Exception] = pulsectl.PulseLoopStop
        try:
            self._pulse: Any = pulsectl.Pulse("hearthside", connect=False)
            self._pulse.connect()  # with a timeout it would take all of it
        except self._gone as error:
            raise ServerGone(str(error)) from error
        self._has_changed = True
        self._seen: set[Kind] = set()
        self._pulse.event_mask_set(*FACILITIES)
        self._pulse.event_callback_set(self._changed)

    @property
    def is_ready(self) -> bool:
        """Whether streams get devices: PipeWire's do not before its session manager is there."""
        with contextlib.suppress(*self._gone):
            default = self._pulse.server_info().default_sink_name
            return any(sink.name == default for sink in self._pulse.sink_list())
        return False

    def close(self) -> None:
        """End the connection."""
        self._pulse.close()

    def devices(self, first_number: int) -> list[DeviceInfo]:
        """Sources and sinks as devices, numbered from there on. Raises ServerGone."""
        try:
            server = self._pulse.server_info()
            sources, sinks = self._pulse.source_list(), self._pulse.sink_list()
        except self._gone as error:
            raise ServerGone(str(error)) from error
        return [
            DeviceInfo(
                number=number,
                name=one.description,
                host="sound server",
                inputs=one.channel_count if is_source else 0,
                outputs=0 if is_source else one.channel_count,
                rate_hz=one.sample_spec.rate,
                is_default_input=is_source and one.name == server.default_source_name,
                is_default_output=not is_source and one.name == server.default_sink_name,
                server_name=one.name,
                is_monitor=is_source and _endpoint(one).is_monitor,
            )
            for number, (one, is_source) in enumerate(
                [*((one, True) for one in sources), *((one, False) for one in sinks)], start=first_number
            )
        ]

    def routes(self, wanted: Mapping[Kind, str]) -> dict[Kind, Route]:
        """Where this process's streams are; those that it has never had are left out. Raises ServerGone.

        `wanted` are names as in `route`. A stream that is elsewhere than its device, which is there, is moved.
        """
        self._has_changed = False
        try:
            found = {kind: self._route(kind, name) for kind, name in wanted.items()}
        except self._gone as error:
            raise ServerGone(str(error)) from error
        return {kind: one for kind, one in found.items() if one is not None}

    def wait(self, timeout_s: float | None = None) -> None:
        """Until something has changed since `routes` was called, or that time has passed. Raises ServerGone."""
        try:
            if not self._has_changed:
                self._pulse.event_listen(timeout_s)
        except self._gone as error:
            raise ServerGone(str(error)) from error

    def _changed(self, event: object) -> None:
        # It may come in the middle of a question; the flag keeps it until the next `wait`.
        self._has_changed = True
        raise self._stop

    def _route(self, kind: Kind, wanted: str) -> Route | None:
        is_input = kind == "microphone"
        streams = self._pulse.source_output_list() if is_input else self._pulse.sink_input_list()
        ours = [one for one in streams if one.proplist.get("application.process.id") == str(os.getpid())]
        if not ours and kind not in self._seen:
            return None
        self._seen.add(kind)
        present = [_endpoint(one) for one in (self._pulse.source_list() if is_input else self._pulse.sink_list())]
        there = (ours[0].source if is_input else ours[0].sink) if ours else None
        found = route(kind, wanted, next((one for one in present if one.index == there), None), present)
        if ours and found.move_to is not None:
            move = self._pulse.source_output_move if is_input else self._pulse.sink_input_move
            with contextlib.suppress(self._failed):  # one of the two is gone again: word of that is on its way
                move(ours[0].index, found.move_to)
        return found


def _endpoint(one: Any) -> Endpoint:
    """A source or a sink, as pulsectl lists it."""
    is_monitor = getattr(one, "monitor_of_sink", NO_INDEX) != NO_INDEX
    return Endpoint(one.index, one.name, one.description, is_monitor=is_monitor)

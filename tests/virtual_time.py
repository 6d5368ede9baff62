"""Conversations in virtual time."""

from audio.virtual_time import VirtualTimeLoop, run_in_virtual_time

__all__ = ["VirtualTimeLoop", "run_in_virtual_time"]

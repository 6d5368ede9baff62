"""SIGUSR1 stops everything, SIGUSR2 resumes. A thread waits for them: an event loop that is blocked is not asked."""

import signal
import threading

from assistant.safety.emergency_stop import EmergencyStop

SIGNALS = (signal.SIGUSR1, signal.SIGUSR2)
"""The command line holds both back, in all threads, from its first line on: one that did not would be ended by them."""


def obey(emergency: EmergencyStop) -> None:
    """Do what the signals say, for as long as the process lives."""
    threading.Thread(target=_wait, args=(emergency,), name="stop signals", daemon=True).start()


def _wait(emergency: EmergencyStop) -> None:
    while True:
        if signal.sigwait(SIGNALS) == signal.SIGUSR1:
            emergency.stop("signal")
        else:
            emergency.resume("signal")

"""What can go wrong with any way into the daemon."""


class DoorError(Exception):
    """A door cannot be opened, or nobody answers behind it. One line: why, and what to do."""

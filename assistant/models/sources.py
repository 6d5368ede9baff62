"""What the sources of model files have in common."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the bytes received so far and the bytes that are to come in all."""


class SourceError(Exception):
    """One source could not give the files; another one may. One line."""


def part_of(whole: Progress, before: int, total: int) -> Callable[[int], None]:
    """The progress of one download that comes after `before` bytes of others."""
    return lambda so_far: whole(before + so_far, total)

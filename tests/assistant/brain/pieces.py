"""Cutting a text or a body where it may not hurt."""

import itertools
from collections.abc import Iterable
from typing import TypeVar

Whole = TypeVar("Whole", str, bytes)


def pieces(whole: Whole, cuts: Iterable[int]) -> list[Whole]:
    """`whole` cut at these positions; those beyond its end are ignored."""
    edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    return [whole[start:end] for start, end in itertools.pairwise(edges)]

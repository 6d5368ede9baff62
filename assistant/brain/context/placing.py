"""Where what a question is told stands: before it what was known while it was being said, behind it what came up last.

A model's server keeps the evaluation of a prompt up to its first change. What stands before the question is evaluated
while the user still speaks, if it does not change any more; what stands behind it is evaluated when the user waits.
Pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain, takewhile

from assistant.conversation.told import Background


def told_ahead(told: Background, lines: Sequence[str]) -> Background:
    """What a question that is still being said is told from now on, where the sources have these lines to say.

    As long as they say nothing new, nothing changes: a line that its last words no longer call for does less harm than
    evaluating everything anew. Else those that stay go first, in the order that they have.
    """
    if set(lines) <= set(told.before):
        return replace(told, behind=())
    kept = [line for line in told.before if line in lines]
    return replace(told, before=(*kept, *(line for line in lines if line not in kept)), behind=())


def told_at_last(told: Background, parts: Sequence[Sequence[str]], fits: Callable[[Sequence[str]], bool]) -> Background:
    """What the whole question is told; `parts` are the lines of each source, the most important first. What stands
    before it stays. Behind it, where the user waits for every word, comes what is new and more important than all that
    stands already, as far as it fits beside that. `fits` tells whether so many lines find room."""
    if not told.before:
        return replace(told, before=tuple(chain.from_iterable(parts)))
    behind: list[str] = []
    for lines in parts:
        for line in takewhile(lambda line: line not in told.before, lines):
            if fits([*told.before, *behind, line]):
                behind.append(line)
    return replace(told, behind=tuple(behind))

"""A drawing in words, for who cannot see it."""

from __future__ import annotations

from . import words
from .groups import groups_of
from .subject import Subject
from .text import clean

MOST = 80
"""Steps that are told."""


def describe(subject: Subject) -> str:
    """The way of the values from the picture to the output, step by step."""
    first, *others = groups_of(subject)
    steps = []
    for group in others[:MOST]:
        rest = ", ".join(words.spec(row) for row in group.also if row.kind != "flatten")
        then = f", then {rest}" if rest else ""
        steps.append(f"{group.name} ({group.does}) gives {words.size(group.shape)}{then}")
        steps += [
            f"the auxiliary head {clean(head.name)} branches off, its loss times {head.weight:g}"
            for head in group.heads
        ]
    if len(others) > MOST:
        steps.append(f"{len(others) - MOST} further steps")
    told = "; ".join(steps)
    start = f"From the input, {words.size(first.shape)}"
    return f"{clean(subject.title)}: {subject.facts}. {start}: {told}."

"""The five lecture notes: each printed table and number as data, with what judges it."""

from __future__ import annotations

import importlib
from functools import cache

from ...said import Check, Page, check

NAMES = tuple(f"notes-00{number}" for number in range(5))
"""What the notes are called where a source is asked for."""


@cache
def page(name: str) -> Page:
    """All that one of the notes prints; ValueError for another name."""
    plain = name.lower().replace(" ", "-").replace("_", "-")
    plain = plain if plain.startswith("notes") else f"notes-{plain}"
    if plain not in NAMES:
        raise ValueError(f"unknown source {name!r}. Sources: {', '.join(NAMES)}")
    made: Page = importlib.import_module(f"{__name__}.n{plain[-3:]}").page()
    return made


def further(of: str | None = None) -> tuple[tuple[str, Check], ...]:
    """Numbers of the notes that no network's record holds, each once, with its network's name.

    Those of no network have an empty name. `of`: those of this network alone.
    """
    found = []
    for name in NAMES:
        for claim in page(name).claims(held=False):
            network = claim.of[0] if claim.of else ""
            if of in (None, network):
                found.append((network, check(claim)))
    return tuple(found)

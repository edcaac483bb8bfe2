"""Parts of what `explain` prints of a network: its cost by stage, and its memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from papernets.nets import Found
from papernets.show.document import Chapter, Grid, Words
from papernets.show.network_page import network_page
from website import text


@lru_cache(maxsize=1)
def _chapters(found: Found) -> tuple[Chapter, ...]:
    return network_page(found).chapters


def stages(found: Found) -> Iterator[str]:
    """The table by stage, with the sums."""
    overview = _chapters(found)[0]
    for piece in overview.pieces:
        if isinstance(piece, Grid):
            yield text.scrolling(piece.table, "Cost by stage", "stages")


def memory(found: Found) -> Iterator[str]:
    """What it takes to predict and to train, by optimiser."""
    for chapter in _chapters(found):
        if chapter.heading.startswith("Memory"):
            yield "## Memory"
            yield f"{text.plain(chapter.heading.partition('; ')[2].capitalize())}."
            for piece in chapter.pieces:
                if isinstance(piece, Grid):
                    yield text.scrolling(piece.table, "Memory")
                elif isinstance(piece, Words):
                    yield text.plain(piece.text)

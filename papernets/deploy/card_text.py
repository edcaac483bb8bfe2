"""Text of others on a model card: what a bundle says, so that nothing in it is set or run."""

from __future__ import annotations

import re

from ..texts import escaped


def text_of(value: object) -> str:
    """What a bundle says, on one line in which Markdown and a browser find nothing to set."""
    return re.sub(r"([\\`*_\[\]<>#|~$&!])", r"\\\1", line(str(value)))


def code(text: str) -> str:
    """A name as code, which nothing in it ends."""
    return f"`{line(text).replace('`', chr(39))}`"


def line(text: str) -> str:
    """Text on one line: what ends a line, as all that a terminal acts on, is written out."""
    return escaped(text).replace("\n", r"\n").replace("\t", r"\t")

"""Which blocks of a network become one class, and what that is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .calls import Call
from .tree import THROUGH, Block, Found, form_of

SHORTCUT = "shortcut"
PLAIN_NAMES = ("conv", "stage", "res", "block", "layer", "group")
"""How the names of blocks begin that say nothing of what the block is."""


def title_of(names: Sequence[str], block: Block) -> str:
    """A name for a class of blocks, from what they are called, or from what they are."""
    start = names[0]
    for name in names[1:]:
        while not name.startswith(start):
            start = start[:-1]
    if len(names) > 1 or re.search(r"\d$", start):
        start = re.sub(r"[\d_\-]+$", "", start) or start
    plain = start.split("_")[0].rstrip("0123456789-")
    if block.sum is not None and plain.lower() in PLAIN_NAMES:
        return _kind(block)
    words = [part for part in re.split(r"[_\W]+", start) if part]
    title = "".join(part[:1].upper() + part[1:] for part in words)
    return title if title.isidentifier() else f"{_kind(block)}{title}"


def _kind(block: Block) -> str:
    """What a residual block is called by what is in it."""
    own = [call for name, call in block.children if name != SHORTCUT]
    convs = [call for call in own if _conv(call) is not None]
    shape = "Bottleneck" if len(convs) == 3 else "BasicBlock"
    if block.before:
        return f"First{shape}"
    preactivated = bool(own) and _conv(own[0]) is None
    return f"PreActivation{shape}" if preactivated else shape


def _conv(call: Call) -> Call | None:
    if call.name == "nn.Conv2d" or call.name.startswith("Conv"):
        return call
    return next((found for _, v in call.given if isinstance(v, Call) and (found := _conv(v))), None)


@dataclass(frozen=True)
class Group:
    """Blocks of a network that become one class: their places in it."""

    places: tuple[int, ...]
    odd: tuple[bool, ...]


def groups_of(found: Sequence[Found]) -> list[Group]:
    """The blocks of a network by the classes that they become, in the order of their first."""
    shapes: dict[object, list[int]] = {}
    for at, one in enumerate(found):
        if isinstance(one.what, Block):
            shapes.setdefault(form_of(one.what, _optional(one.what)), []).append(at)
    groups = []
    for places in shapes.values():
        through = [at for at in places if _through(found[at].what)]
        others: dict[object, list[int]] = {}
        for at in places:
            if at not in through:
                what = found[at].what
                assert isinstance(what, Block)
                others.setdefault(form_of(what), []).append(at)
        kinds = list(others.values()) or [[]]
        kinds[0] = sorted([*kinds[0], *through])
        for kind in kinds:
            groups.append(Group(tuple(kind), tuple(at in through for at in kind)))
    return sorted(groups, key=lambda group: group.places[0])


def _optional(block: Block) -> str:
    return SHORTCUT if block.sum is not None and SHORTCUT in dict(block.children) else ""


def _through(block: object) -> bool:
    """Whether a block's shortcut is its input itself."""
    return isinstance(block, Block) and dict(block.children).get(SHORTCUT) == THROUGH

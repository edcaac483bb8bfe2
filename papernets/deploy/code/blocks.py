"""Blocks that are alike as one class: what differs between them is what the class is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .calls import Call, Slot, Text, Value, is_name
from .grouping import SHORTCUT
from .tree import Block, slots_of

FACTORS = (2, 4)


@dataclass
class BlockClass:
    """A class for blocks that are alike.

    `asks` are what it is given, each with the blocks' values in their order; those with a default
    come last. `written` says of each slot, by its place, what stands there.
    """

    name: str
    base: str
    form: Block
    asks: dict[str, list[Value]] = field(default_factory=dict)
    slots: dict[tuple[str, int], Value] = field(default_factory=dict)
    condition: str = ""

    @property
    def ordered(self) -> list[str]:
        """What it is given, in order; what has a default comes last."""
        return sorted(self.asks, key=lambda word: word in DEFAULTS)

    def call(self, at: int) -> Call:
        """The call that makes the block of this number."""
        given: list[tuple[str, Value]] = []
        for word in self.ordered:
            value = self.asks[word][at]
            if word in DEFAULTS:
                if value != DEFAULTS[word]:
                    given.append((word, value))
            else:
                given.append(("", value))
        return Call(self.name, tuple(given))


DEFAULTS: dict[str, Value] = {"stride": 1, "project": False}


def class_for(name: str, several: Sequence[Block], odd: Sequence[bool]) -> BlockClass:
    """The class of blocks that are alike; `odd` are those whose shortcut is the input itself."""
    whole = next(block for block, one in zip(several, odd, strict=True) if not one or all(odd))
    found = BlockClass(name, "Concat" if whole.joins else "nn.Module", whole)
    if whole.sum is None and not whole.joins:
        found.base = "nn.Sequential"
    if any(odd) and not all(odd):
        found.asks["project"] = [not one for one in odd]
    every = list(_columns(whole, several, odd))
    last = next((column for place, _, column in every if place == _last(whole)), None)
    for place, role, column in every:
        found.slots[place] = _written(found, place, role, column, column == last)
    if "project" in found.asks:
        found.condition = _condition(found)
    return found


Place = tuple[str, int]


def _columns(
    whole: Block, several: Sequence[Block], odd: Sequence[bool]
) -> Iterator[tuple[Place, str, list[Value | None]]]:
    """Each slot of a class's blocks: where it is, its role, and its value in each; None in none."""
    each: list[dict[Place, Slot]] = []
    for block, one in zip(several, odd, strict=True):
        held = {}
        for name, call in block.children:
            if one and name == SHORTCUT and not all(odd):
                continue
            for at, (path, slot) in enumerate(call.slots(name)):
                held[(path, at)] = slot
        each.append(held)
    for name, call in whole.children:
        for at, (path, slot) in enumerate(call.slots(name)):
            yield (
                (path, at),
                slot.role,
                [held[(path, at)].value if (path, at) in held else None for held in each],
            )


def _last(block: Block) -> Place | None:
    """Where the channels stand that a sum gives: the last outputs on its first branch."""
    if block.sum is None or not block.sum.branches or not block.sum.branches[0]:
        return None
    name = block.sum.branches[0][-1]
    call = dict(block.children)[name]
    places = [
        (path, at) for at, (path, slot) in enumerate(call.slots(name)) if slot.role == "outputs"
    ]
    return places[-1] if places else None


def _written(
    found: BlockClass, place: Place, role: str, column: list[Value | None], last: bool
) -> Value:
    """What stands in a slot: a number, what the class is given, or a multiple of that."""
    known = [one for one in column if one is not None]
    if role == "inputs" and found.asks.get("inputs") == column:
        return Text("inputs")
    if len(set(known)) == 1 and not (len(known) > 1 and role == "inputs" and not found.asks):
        return known[0]
    for times in (1, *FACTORS):
        for word, own in found.asks.items():
            if word in DEFAULTS and (role != word or times > 1):
                continue
            if all(
                a is None or a == b * times if isinstance(b, int) else a in (None, b)
                for a, b in zip(column, own, strict=True)
            ):
                return Text(word if times == 1 else f"{times} * {word}")
    if None in column:
        # what the shortcut alone has: elsewhere it has no meaning
        column = [one if one is not None else DEFAULTS.get(role, 0) for one in column]
    word = _word(found, place[0], role, last)
    found.asks[word] = [one for one in column if one is not None]
    return Text(word)


def _word(found: BlockClass, path: str, role: str, last: bool) -> str:
    """A name for what a class is given."""
    if role == "stride" and "stride" not in found.asks:
        return "stride"
    if role == "inputs" and "inputs" not in found.asks:
        return "inputs"
    if found.form.sum is not None and role == "outputs":
        first = "outputs" if last else "width"
        if first not in found.asks:
            return first
    *branch, end = [part for part in path.split(".") if part not in OPERATIONS] or ["outputs"]
    inner = [one for one in path.split(".")[:-1] if one not in OPERATIONS]
    word = "_".join((*branch, end))
    if len(inner) or branch:
        parts = [name for name, _ in found.form.children]
        head = path.split(".")[0]
        ends = _ends(found.form, head)
        word = head if head in parts and path == ends else word
    word = re.sub(r"\W", "_", word)
    word = word if is_name(word) else f"n_{word}"
    while word in found.asks:
        word += "_"
    return word


OPERATIONS = ("linear", "table", "subsample", "norm")


def _ends(block: Block, head: str) -> str:
    """The path of the last row of a branch that gives channels."""
    paths = [path for path, slot in slots_of(block) if path.split(".")[0] == head]
    own = [path for path, slot in slots_of(block) if slot.role == "outputs"]
    return next((path for path in reversed(own) if path in paths), "")


def _condition(found: BlockClass) -> str:
    """When a shortcut is projected, in what the class is given anyway; else by `project`."""
    flags = found.asks["project"]
    outputs = next(
        (v.code for p, v in found.slots.items() if p == _last(found.form) and isinstance(v, Text)),
        "",
    )
    inputs = found.asks.get("inputs")
    times, _, word = outputs.rpartition(" * ")
    own = found.asks.get(word)
    if inputs is None or own is None:
        return "project"
    factor = int(times or 1)
    differ = [a != factor * b for a, b in zip(inputs, own, strict=True)]  # type: ignore[operator]
    if differ == flags:
        del found.asks["project"]
        return f"inputs != {outputs}"
    strides = found.asks.get("stride")
    if strides is not None and [one != 1 for one in strides] == flags:
        del found.asks["project"]
        return "stride != 1"
    return "project"

"""Blocks that are alike as one class: what differs between them is what the class is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .calls import Call, Slot, Text, Value, assigned, is_name, number, written
from .tree import FORWARD, THROUGH, Block, Found, form_of, slots_of

SHORTCUT = "shortcut"
PLAIN_NAMES = ("conv", "stage", "res", "block", "layer", "group")
"""How the names of blocks begin that say nothing of what the block is."""
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


def lines_of(found: BlockClass, words: str) -> list[str]:
    """The code of a class."""
    asks = "".join(
        f", {word}" + (f"={number(DEFAULTS[word])}" if word in DEFAULTS else "")
        for word in found.ordered
    )
    lines = [f"class {found.name}({found.base}):", f'    """{words}"""', ""]
    begin = f"    def __init__(self{asks}):"
    lines += [begin] if len(begin) <= 100 else _wrapped(asks)
    children = []
    for name, call in found.form.children:
        count = iter(range(10_000))

        def put(path: str, slot: Slot) -> Value:
            return found.slots[(path, next(count))]  # noqa: B023

        children.append((name, call.mapped(put, name).tidy()))
    if found.base == "Concat":
        first, *rest = written(Call("super().__init__", tuple(children)))
        return [*lines, *(f"        {line}" for line in (first, *rest))]
    body = ["super().__init__()"]
    for name, call in children:
        if call == THROUGH and name == SHORTCUT and not found.condition:
            continue
        if name == SHORTCUT and found.condition:
            body += _either(call, found.condition)
            continue
        body += assigned(name, call)
    lines += [f"        {line}" for line in body]
    if found.form.sum is not None:
        lines += ["", "    def forward(self, x):", *_forward(found)]
    return lines


def _wrapped(asks: str) -> list[str]:
    """A long list of what is given, in lines of about the same length."""
    lines, line = [], "        self"
    for one in asks.split(", ")[1:]:
        if len(line) + len(one) > 92:
            lines.append(f"{line},")
            line = f"        {one}"
        else:
            line += f", {one}"
    return ["    def __init__(", *lines, f"{line},", "    ):"]


def _either(call: Call, condition: str) -> list[str]:
    """A shortcut that is projected, or the input itself."""
    [code, *more] = written(call, 10_000)
    assert not more
    single = f"self.{SHORTCUT} = {code} if {condition} else nn.Identity()"
    if len(single) <= 90:
        return [single]
    return [f"self.{SHORTCUT} = nn.Identity()", f"if {condition}:", f"    self.{SHORTCUT} = {code}"]


def _forward(found: BlockClass) -> list[str]:
    """What a sum computes."""
    total = found.form.sum
    assert total is not None
    lines = [f"x = {_at(name)}(x)" for name in found.form.before]
    terms = []
    through = [n for n, c in found.form.children if c == THROUGH and not found.condition]
    for at, (branch, scale) in enumerate(zip(total.branches, total.scales, strict=True)):
        own = [name for name in branch if name not in through]
        value = "x"
        if len(own) == 1:
            value = f"{_at(own[0])}(x)"
        elif own:
            value = "out" if at == 0 else f"out{at}"
            for place, name in enumerate(own):
                lines.append(f"{value} = {_at(name)}({'x' if not place else value})")
        terms.append(value if scale == 1 else f"{scale:g} * {value}")
    added = " + ".join(terms)
    act = FORWARD.get(total.activation or "")
    lines.append(f"return {act}({added})" if act else f"return {added}")
    return [f"        {line}" for line in lines]


def _at(name: str) -> str:
    return f"self.{name}" if is_name(name) else f'self.get_submodule("{name}")'


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
    return "".join(
        part[:1].upper() + part[1:] for part in re.split(r"[_\W]+", start) if part
    ) or _kind(block)


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

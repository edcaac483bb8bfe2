"""The classes of one network, and what they are called."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ...spec import Net, walk
from .block_lines import lines_of
from .blocks import BlockClass, class_for
from .calls import Call, Slot, Text, Value, inside, number
from .grouping import groups_of, title_of
from .loops import lines_of as lines_of_parts
from .operations import TABLE
from .rows import RowClass, by_class, classes_of
from .tree import Block, Found, Reader

ROOM = 88
INDENT: dict[str, Any] = {
    "initial_indent": "    ", "subsequent_indent": "    ", "break_long_words": False,
}  # fmt: skip


@dataclass
class Classes:
    """The classes that were written so far, by their names: code, in order."""

    taken: Counter[str] = field(default_factory=Counter)
    code: list[str] = field(default_factory=list)
    tables: dict[str, object] = field(default_factory=dict)

    def name(self, wanted: str) -> str:
        """A name that is not taken yet."""
        self.taken[wanted] += 1
        return wanted if self.taken[wanted] == 1 else f"{wanted}{self.taken[wanted]}"


def network_code(net: Net, title: str, classes: Classes) -> str:
    """Write the classes of a network; the name of its own."""
    reader = Reader({row.name: row.input for row in walk(net)})
    parts = [_with_tables(part, classes) for part in reader.whole(net.body)]
    rows = _rows(parts)
    kinds = classes_of(rows)
    named: dict[Call, RowClass] = {}
    for kind, one in kinds.items():
        made = RowClass(classes.name(one.name), one.chain, one.asks)
        named[kind] = made
        classes.code.append("\n".join(made.lines()))
    parts = [_with_classes(part, named) for part in parts]
    calls = dict(_blocks(parts, classes))
    whole = [
        (one.name, one.what if isinstance(one.what, Call) else calls[at])
        for at, one in enumerate(parts)
    ]
    whole, own = _classes_asked(whole, net.classes)
    own_name = classes.name(class_name(net.name))
    asks = f", classes={net.classes}" if own else ""
    size = ", ".join(map(str, net.input))
    lines = [
        f"class {own_name}(nn.Sequential):",
        *_told(title, f"(N, {size}) to (N, {net.classes}), larger is better."),
        "",
        f"    def __init__(self{asks}):",
        "        super().__init__()",
        *(f"        {line}" for line in lines_of_parts([(n, c.tidy()) for n, c in whole], ROOM)),
    ]
    classes.code.append("\n".join(lines))
    return own_name


def _told(title: str, shapes: str) -> list[str]:
    """The docstring of a network's class."""
    title = inside(title)
    single = f'    """{title}: {shapes}"""'
    if len(single) <= ROOM + 8:
        return [single]
    return [*textwrap.wrap(f'"""{title}.', ROOM, **INDENT), "", f"    {shapes}", '    """']


def class_name(network: str) -> str:
    """A network's name as that of a class: LeNet5, InceptionV4."""
    known = {"lenet": "LeNet", "alexnet": "AlexNet", "zfnet": "ZFNet", "nin": "NIN", "vgg": "VGG"}
    known |= {"googlenet": "GoogLeNet", "resnet": "ResNet", "mobilenet": "MobileNet", "bn": "BN"}
    found = ""
    for word in re.findall(r"[A-Za-z]+|\d+", network.partition("+")[0]):
        found += ("_" if found[-1:].isdigit() and word.isdigit() else "") + known.get(
            word.lower(), word[:1].upper() + word[1:]
        )
    return found if found[:1].isalpha() else f"Net{found}"


def _with_tables(part: Found, classes: Classes) -> Found:
    """A part with its connection table as a constant of the file."""

    def lifted(call: Call) -> Call:
        given = []
        for name, value in call.given:
            if call.name == TABLE and isinstance(value, tuple):
                word = f"{re.sub(r'[^A-Za-z0-9]', '_', part.name).upper()}_TABLE"
                word = f"_{word}" if word[:1].isdigit() else word
                while classes.tables.setdefault(word, value) != value:
                    word += "_"
                value = Text(word)
            given.append((name, lifted(value) if isinstance(value, Call) else value))
        return Call(call.name, tuple(given))

    return Found(part.name, lifted(part.what)) if isinstance(part.what, Call) else part


def table_lines(name: str, table: object) -> list[str]:
    """A connection table as a constant: the maps that each map sees, in lines."""
    lines, line = [f"{name} = ("], "   "
    for maps in table:  # type: ignore[attr-defined]
        text = f" {number(maps)},"
        if len(line) + len(text) > ROOM:
            lines.append(line)
            line = "   "
        line += text
    return [*lines, line, ")"]


def _rows(parts: list[Found]) -> list[Call]:
    """All rows of a network, also within blocks."""

    def inner(call: Call) -> list[Call]:
        within = [one for _, value in call.given if isinstance(value, Call) for one in inner(value)]
        return [call, *within]

    found = []
    for part in parts:
        calls = [part.what] if isinstance(part.what, Call) else [c for _, c in part.what.children]
        found += [one for call in calls for one in inner(call)]
    return found


def _with_classes(part: Found, kinds: dict[Call, RowClass]) -> Found:
    if isinstance(part.what, Call):
        return Found(part.name, by_class(part.what, kinds))
    block = part.what
    children = tuple((name, by_class(call, kinds)) for name, call in block.children)
    return Found(part.name, Block(children, block.sum, block.before, block.joins))


def _blocks(parts: list[Found], classes: Classes) -> list[tuple[int, Call]]:
    """Write a class for each kind of block; the call of each, by the block's place."""
    found = []
    for group in groups_of(parts):
        several = [_block(parts[at]) for at in group.places]
        whole = several[0]
        names = [parts[at].name for at in group.places]
        name = classes.name(title_of(names, whole))
        made = class_for(name, several, group.odd)
        classes.code.append("\n".join(lines_of(made, _words(names, made))))
        found += [(at, made.call(number)) for number, at in enumerate(group.places)]
    return found


def _block(part: Found) -> Block:
    assert isinstance(part.what, Block)
    return part.what


def _words(names: list[str], made: BlockClass) -> str:
    """What a class of blocks is, in a sentence."""
    which = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
    if made.base == "Concat":
        return f"Branches side by side: {which}."
    if made.form.sum is None:
        return f"Layers one after another: {which}."
    return f"A block with a shortcut: {which}."


def _classes_asked(
    parts: list[tuple[str, Call]], classes: int
) -> tuple[list[tuple[str, Call]], bool]:
    """The parts with `classes` where the last one with weights has as many outputs."""
    for at in range(len(parts) - 1, -1, -1):
        name, call = parts[at]
        slots = [slot for _, slot in call.slots(name) if slot.role == "outputs"]
        if not slots:
            continue
        if slots[-1].value != classes:
            break

        def put(_: str, slot: Slot) -> Value:
            return Text("classes") if slot.role == "outputs" else slot

        return [*parts[:at], (name, call.mapped(put)), *parts[at + 1 :]], True
    return parts, False

"""The code of a class of blocks."""

from __future__ import annotations

from .blocks import DEFAULTS, BlockClass
from .calls import Call, Slot, Value, assigned, inside, is_name, number, quoted, written
from .grouping import SHORTCUT
from .tree import FORWARD, THROUGH


def lines_of(found: BlockClass, words: str) -> list[str]:
    """The code of a class."""
    asks = "".join(
        f", {word}" + (f"={number(DEFAULTS[word])}" if word in DEFAULTS else "")
        for word in found.ordered
    )
    lines = [f"class {found.name}({found.base}):", f'    """{inside(words)}"""', ""]
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
    return f"self.{name}" if is_name(name) else f"self.get_submodule({quoted(name)})"

"""What stands on the right of an assignment: calls, their numbers, and how they are laid out."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from ...texts import escaped

WIDTH = 88


@dataclass(frozen=True)
class Slot:
    """A number that another block of the same kind may have otherwise: `inputs`, `outputs`, ..."""

    role: str
    value: int | tuple[int, int]


@dataclass(frozen=True)
class Text:
    """A piece of code as it stands: `classes`, `4 * width`."""

    code: str


Value: TypeAlias = "int | float | bool | str | tuple[Any, ...] | Slot | Text | Call"
Given: TypeAlias = "tuple[tuple[str, Value], ...]"


@dataclass(frozen=True)
class Call:
    """A call: what is called, and what it is given, by place (an empty name) or by name."""

    name: str
    given: Given = ()

    def mapped(self, change: Callable[[str, Slot], Value], path: str = "") -> Call:
        """The same with each slot, inner ones too, as `change` has it; it is told where that is."""

        def one(name: str, value: Value) -> Value:
            if isinstance(value, Slot):
                return change(path, value)
            if isinstance(value, Call):
                return value.mapped(change, f"{path}.{name}" if path and name else path or name)
            return value

        return replace(self, given=tuple((name, one(name, value)) for name, value in self.given))

    def slots(self, path: str = "") -> Iterator[tuple[str, Slot]]:
        """All slots in their order, each with the names of the parts that it is in."""
        found: list[tuple[str, Slot]] = []

        def keep(place: str, slot: Slot) -> Value:
            found.append((place, slot))
            return slot

        self.mapped(keep, path)
        yield from found

    def tidy(self) -> Call:
        """The same without a stride of 1, which is so anyway."""
        given = tuple((n, v.tidy() if isinstance(v, Call) else v) for n, v in self.given)
        return replace(
            self, given=tuple((n, v) for n, v in given if n != "stride" or plain(v) != 1)
        )

    @property
    def form(self) -> Call:
        """The same without the numbers in its slots."""
        return self.mapped(lambda _, slot: Slot(slot.role, 0))


def plain(value: Value) -> Value:
    """What stands in a slot; anything else as it is."""
    return value.value if isinstance(value, Slot) else value


def number(value: Value) -> str:
    """A value as code."""
    if isinstance(value, Slot):
        return number(value.value)
    if isinstance(value, Text):
        return value.code
    if isinstance(value, Call):
        return "".join(written(value, 10_000))
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    if isinstance(value, tuple):
        return f"({', '.join(map(number, value))}{',' if len(value) == 1 else ''})"
    return repr(value)


def quoted(text: str) -> str:
    """Text as code: what is no letter to see, a sign that turns text round say, is an escape."""
    signs = {"\\": "\\\\", '"': '\\"'}
    return '"' + "".join(signs.get(c) or (c if c.isprintable() else _escape(c)) for c in text) + '"'


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape").decode()


def inside(text: str) -> str:
    """Text from outside as a docstring may hold it: it ends none, and hides nothing."""
    told = escaped(" ".join(text.split()))
    return told.replace("\\", "\\\\").replace('"""', "'''")


def written(call: Call, room: int = WIDTH) -> list[str]:
    """The lines of a call: one where it has room, else one for each thing that it is given."""
    odd = [name for name, _ in call.given if name and not is_name(name)]
    given = [
        (f"{quoted(name)}: " if odd else f"{name}=" if name else "", value)
        for name, value in call.given
    ]
    begin, end = (f"{call.name}(**{{", "})") if odd else (f"{call.name}(", ")")
    parts = [
        [f"{name}{line}" if not at else line for at, line in enumerate(lines)]
        for name, value in given
        for lines in [
            written(value, room - 4 - len(name) - 1) if isinstance(value, Call) else [number(value)]
        ]
    ]
    single = begin + ", ".join(lines[0] for lines in parts) + end
    if all(len(lines) == 1 for lines in parts) and len(single) <= room:
        return [single]
    inside = "    " + single[len(begin) : -len(end)]
    if not any(isinstance(value, Call) for _, value in given) and len(inside) <= room:
        return [begin, inside, end]
    found = [begin]
    for lines in parts:
        found += [f"    {line}" for line in lines]
        found[-1] += ","
    return [*found, end]


def is_name(text: str) -> bool:
    """Whether Python takes it as the name of an attribute."""
    return text.isascii() and text.isidentifier() and not keyword.iskeyword(text)


def assigned(name: str, call: Call, room: int = WIDTH) -> list[str]:
    """The lines that give a module a child."""
    if is_name(name):
        first, *rest = written(call, room - len(name) - 8)
        return [f"self.{name} = {first}", *rest]
    first, *rest = written(call, room - len(name) - 22)
    lines = [f"self.add_module({quoted(name)}, {first}", *rest]
    lines[-1] += ")"
    return lines

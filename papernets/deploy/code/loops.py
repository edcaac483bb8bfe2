"""Parts that repeat, as loops."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .calls import Call, assigned, quoted, written

LEAST, LONGEST = 4, 3
"""How often something stands there before it becomes a loop; how many parts a loop has at most."""
Part = tuple[str, Call]


def lines_of(parts: Sequence[Part], room: int) -> list[str]:
    """The lines that put parts into a module, those that repeat in loops."""
    lines: list[str] = []
    at = 0
    while at < len(parts):
        length, times = _repeats(parts, at)
        if times < LEAST:
            lines += assigned(*parts[at], room)
            at += 1
            continue
        first = _number(parts[at][0])
        assert first is not None
        word = "block"
        lines.append(f"for {word} in range({first}, {first + times}):")
        for name, call in parts[at : at + length]:
            stem = quoted(re.sub(r"\d+$", "", name).replace("{", "{{").replace("}", "}}"))
            code = written(call, room - len(name) - 30)
            code[0] = f'    self.add_module(f{stem[:-1]}{{{word}}}", {code[0]}'
            code[1:] = [f"    {line}" for line in code[1:]]
            code[-1] += ")"
            lines += code
        at += length * times
    return lines


def _number(name: str) -> int | None:
    found = re.search(r"\d+$", name)
    return int(found[0]) if found and (found[0] == "0" or found[0][0] != "0") else None


def _repeats(parts: Sequence[Part], at: int) -> tuple[int, int]:
    """How many parts stand there again and again, and how often, with numbers that count on."""
    best = (1, 1)
    for length in range(1, LONGEST + 1):
        times = 1
        while _again(parts, at, length, times):
            times += 1
        if times >= LEAST and length * times > best[0] * best[1]:
            best = (length, times)
    return best


def _again(parts: Sequence[Part], at: int, length: int, times: int) -> bool:
    if at + length * (times + 1) > len(parts):
        return False
    first = _number(parts[at][0])
    for place in range(length):
        name, call = parts[at + place]
        other, later = parts[at + place + length * times]
        stem, number = re.sub(r"\d+$", "", name), _number(name)
        if number is None or number != first:
            return False
        if other != f"{stem}{number + times}" or call != later:
            return False
    return True

"""Reader of figures with towers: one line a branch, its layers from the input on.

b5x5: 1x1 48, 3x3/2 64 V       kernel, stride where it is not 1, maps, V for no padding
pool: avg 3x3, 1x1 n           n is given apart, as the letters in the papers' figures are
b3x3: 1x1 384, 1x3 256 | 3x1 256       two convolutions side by side, joined
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..spec import Concat, Conv, Norm, Padding, Pair, Part, Pool, chain, concat, each_part

WINDOW = r"(\d+)x(\d+)(?:/(\d+))?"
CONV = re.compile(rf"{WINDOW} (\w+)( V)?")
POOL = re.compile(rf"(max|avg) {WINDOW}( V)?")


@dataclass(frozen=True)
class Defaults:
    """What no line says: the normalisation, and whether an average counts its padding."""

    norm: Norm
    count_padding: bool = False


Widths = Mapping[str, int]


def layers(text: str, defaults: Defaults, **widths: int) -> dict[str, Part]:
    """Layers one after another, each on a line with its name; a wrong line is a ValueError."""
    return {name: _layer(name, line, defaults, widths)[1] for name, line in _lines(text)}


def branches(text: str, defaults: Defaults, **widths: int) -> Concat:
    """Branches joined along channels, each on a line; a wrong line is a ValueError."""
    return concat({name: _branch(name, line, defaults, widths) for name, line in _lines(text)})


def repeated(name: str, times: int, part: Part) -> dict[str, Part]:
    """The same part several times, one after another, numbered from 1."""
    return {f"{name}{n}": part for n in range(1, times + 1)}


def _lines(text: str) -> list[tuple[str, str]]:
    pairs = [line.partition(":") for line in text.strip().splitlines() if line.strip()]
    for name, colon, _ in pairs:
        if not colon:
            raise ValueError(f"{name.strip()!r}: a line is `name: layer, layer`")
    return [(name.strip(), rest.strip()) for name, _, rest in pairs]


def _branch(name: str, line: str, defaults: Defaults, widths: Widths) -> Part:
    """A branch: its only layer, or a chain of layers that are named by what they do there."""
    cells = [cell.strip() for cell in line.split(",")]
    if len(cells) == 1:
        return _layer(name, line, defaults, widths)[1]
    parts: dict[str, Part] = {}
    for at, cell in enumerate(cells):
        kind, layer = _layer(name, cell, defaults, widths)
        if kind == "conv1x1":
            kind = "project" if "pool" in parts else "reduce" if at == 0 else kind
        count = sum(key.partition("_")[0] == kind for key in parts)
        parts[f"{kind}_{count + 1}" if count else kind] = layer
    return chain(parts)


def _layer(branch: str, text: str, defaults: Defaults, widths: Widths) -> tuple[str, Part]:
    """What kind of layer it is, and the layer; `|` puts two side by side."""
    if "|" in text:
        both = dict(_layer(branch, half.strip(), defaults, widths) for half in text.split("|"))
        return "fork", concat(both)
    if found := POOL.fullmatch(text):
        how, height, width, step, valid = found.groups()
        kernel, stride, padding = _window(height, width, step, valid)
        how = "average" if how == "avg" else how
        return "pool", Pool(how, kernel, stride, padding, count_padding=defaults.count_padding)
    found = CONV.fullmatch(text)
    if not found:
        raise ValueError(f"branch {branch}: {text!r} is no layer; write `3x3/2 96 V` or `avg 3x3`")
    height, width, step, maps, valid = found.groups()
    if not maps.isdigit() and maps not in widths:
        raise ValueError(f"branch {branch}: no width is given for {maps!r} in {text!r}")
    out = int(maps) if maps.isdigit() else widths[maps]
    kernel, stride, padding = _window(height, width, step, valid)
    return f"conv{height}x{width}", Conv(
        out, kernel, stride, padding, bias=False, norm=defaults.norm, activation="relu"
    )


def _window(
    height: str, width: str, stride: str | None, valid: str | None
) -> tuple[Pair, int, Padding]:
    """Kernel, stride and padding; without a V the grid stays where the stride is 1."""
    kernel = int(height), int(width)
    return kernel, int(stride or 1), 0 if valid else (kernel[0] // 2, kernel[1] // 2)


def statistics(part: Part) -> int:
    """Moving means and variances of all normalisations, which Keras counts as parameters."""
    convolutions = (inner for _, inner in each_part(part) if isinstance(inner, Conv))
    return sum(2 * conv.out for conv in convolutions if conv.norm)

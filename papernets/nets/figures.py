"""Reader of figures with towers: one line a branch, its layers from the input on.

b5x5: 1x1 48, 3x3/2 64 V       kernel, stride where it is not 1, maps, V for no padding
pool: avg 3x3, 1x1 n           n is given apart, as the letters in the papers' figures are
b3x3: 1x1 384, 1x3 256 | 3x1 256       two convolutions side by side, joined
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..spec import Concat, Conv, Norm, Part, Pool, chain, each_part
from ..spec import concat as join

CONV = re.compile(r"(\d+)x(\d+)(?:/(\d+))? (\w+)( V)?")
POOL = re.compile(r"(max|avg) (\d+)x(\d+)(?:/(\d+))?( V)?")


@dataclass(frozen=True)
class Manner:
    """What the lines leave open: normalisation, and if an average counts its padding."""

    norm: Norm
    count_padding: bool = False


Widths = Mapping[str, int]


def layers(text: str, manner: Manner, **widths: int) -> dict[str, Part]:
    """Layers one after another, each on a line with its name; a wrong line is a ValueError."""
    return {name: _step(name, line, manner, widths)[1] for name, line in _lines(text)}


def branches(text: str, manner: Manner, **widths: int) -> Concat:
    """Branches joined along channels, each on a line; a wrong line is a ValueError."""
    return join({name: _branch(name, line, manner, widths) for name, line in _lines(text)})


def _lines(text: str) -> list[tuple[str, str]]:
    pairs = [line.partition(":") for line in text.strip().splitlines() if line.strip()]
    for name, colon, _ in pairs:
        if not colon:
            raise ValueError(f"{name.strip()!r}: a line is `name: layer, layer`")
    return [(name.strip(), rest.strip()) for name, _, rest in pairs]


def _branch(name: str, line: str, manner: Manner, widths: Widths) -> Part:
    steps = [step.strip() for step in line.split(",")]
    if len(steps) == 1:
        return _step(name, line, manner, widths)[1]
    parts: dict[str, Part] = {}
    for at, step in enumerate(steps):
        kind, layer = _step(name, step, manner, widths)
        if kind == "conv1x1":
            kind = "project" if "pool" in parts else "reduce" if at == 0 else kind
        count = sum(key.partition("_")[0] == kind for key in parts)
        parts[f"{kind}_{count + 1}" if count else kind] = layer
    return chain(parts)


def _step(branch: str, text: str, manner: Manner, widths: Widths) -> tuple[str, Part]:
    """One layer and what kind it is; `|` puts two side by side."""
    if "|" in text:
        both = dict(_step(branch, half.strip(), manner, widths) for half in text.split("|"))
        return "fork", join(both)
    if found := POOL.fullmatch(text):
        how, height, width, stride, valid = found.groups()
        kernel = (int(height), int(width))
        return "pool", Pool(
            "average" if how == "avg" else how,
            kernel,
            int(stride or 1),
            padding=0 if valid else (kernel[0] // 2, kernel[1] // 2),
            count_padding=manner.count_padding,
        )
    found = CONV.fullmatch(text)
    if not found:
        raise ValueError(f"branch {branch}: {text!r} is no layer; write `3x3/2 96 V` or `avg 3x3`")
    height, width, stride, maps, valid = found.groups()
    if not maps.isdigit() and maps not in widths:
        raise ValueError(f"branch {branch}: no width is given for {maps!r} in {text!r}")
    kernel = (int(height), int(width))
    return f"conv{height}x{width}", Conv(
        int(maps) if maps.isdigit() else widths[maps],
        kernel,
        int(stride or 1),
        padding=0 if valid else (kernel[0] // 2, kernel[1] // 2),
        bias=False,
        norm=manner.norm,
        activation="relu",
    )


def statistics(part: Part) -> int:
    """Moving means and variances of all normalisations, which Keras counts as parameters."""
    convolutions = (inner for _, inner in each_part(part) if isinstance(inner, Conv))
    return sum(2 * conv.out for conv in convolutions if conv.norm)

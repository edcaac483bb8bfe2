"""One part of a network swapped for another, for experiments; the sizes follow from the layers.

A swapped network says so in its name, `alexnet+activation=tanh`: it is not the one that was
printed. Rows keep their names, and so do weights: those that still fit can be loaded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..spec import (
    LRN,
    MONOTONE,
    SWAPS,
    Add,
    Chain,
    Conv,
    Dense,
    Dropout,
    Initialisation,
    Net,
    Part,
    each_part,
    parted,
    rebuilt,
    walk,
)
from ..spec import shown as by_size
from ..words import did_you_mean, either
from .classifier import last_rows
from .norms import NORMS, normed
from .pooling import POOLINGS, pooled

LEAST = 1e-6
"""Of a residual scale; 0 would leave the shortcuts alone."""


def swapped(net: Net, wanted: Mapping[str, Any]) -> Net:
    """The network with each of these swapped; `wanted` has some of `SWAPS`, None is left as it is.

    `activation` is a word of `MONOTONE`, which all layers but the classifier's get in the place of
    theirs; `norm` none, batch or lrn; `lrn` False; `dropout` a rate, 0 for none; `pooling`
    overlapping or plain; `residual_scale` what each block is multiplied by before it is added to
    its shortcut. ValueError for an unknown swap or value, and for one that changes nothing here.
    """
    unknown = [name for name in wanted if name not in SWAPS]
    if unknown:
        raise ValueError(
            f"no swap {unknown[0]!r}.{did_you_mean(unknown[0], SWAPS)} There are {either(SWAPS)}"
        )
    plain, before = parted(net.name)
    done = dict(before)
    for name in SWAPS:
        if wanted.get(name) is None:
            continue
        value = checked(name, wanted[name])
        made = _SWAPS[name](net, value)
        if made == net:
            raise ValueError(f"{net.name}: {name}={shown(value)} changes nothing: {WHY[name]}")
        done[name] = shown(value)
        net = replace(made, name=plain + "".join(f"+{n}={done[n]}" for n in SWAPS if n in done))
    return net


def checked(name: str, given: Any) -> Any:
    """The value of a swap; text, as a shell or a network's name has it, is read. ValueError."""
    if name in WORDS:
        if given not in WORDS[name]:
            said = str(given)
            raise ValueError(
                f"{name}={said}: unknown {name}.{did_you_mean(said, WORDS[name])} "
                f"There is {either(WORDS[name])}"
            )
        return given
    if name == "lrn":
        if str(given).casefold() != "false":
            raise ValueError(
                f"lrn={given}: only false, which takes it out; norm=lrn puts it in the place of "
                "batch normalisation"
            )
        return False
    try:
        value = math.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError):
        value = math.nan
    least, most, what = LIMITS[name]
    if not least <= value <= most:
        raise ValueError(f"{name}={given}: {what}")
    return value


def shown(value: object) -> str:
    """A value of a swap as a network's name has it."""
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


def told(net: Net) -> tuple[str, ...]:
    """What was swapped in a network, a few words each; none for a printed one."""
    return tuple(
        f"{TOLD[name].get(value) or TOLD[name][''].format(value)}, as {name}={value} asks"
        for name, value in parted(net.name)[1].items()
    )


def resized(net: Net, other: Net) -> str:
    """Which row of a network gives another size where something was swapped, in words; or ""."""
    try:
        before = {row.name: row for row in walk(net)}
        after = walk(other)
    except ValueError:  # who walks it says so
        return ""
    for row in after:
        was = before.get(row.name)
        if was and was.out != row.out:
            return f"{row.name} gives {by_size(row.out)} in place of {by_size(was.out)}"
    return ""


def first_weights(rule: Initialisation, net: Net) -> Initialisation:
    """How weights are drawn where a network's rule is this: the paper's, whatever was swapped.

    He's rule alone is made for an activation: its factor 2 is for rectifiers (He et al. 2015,
    section 2.2). For a sigmoid or a tanh it is 1, as LeCun et al. 1998b, section 4.6, draw.
    """
    activation = parted(net.name)[1].get("activation", "")
    if activation in ("", "relu", "relu6"):
        return rule
    return replace(
        rule,
        scale=rule.scale / 2 if rule.kind in ("he", "he_out") else rule.scale,
        but=tuple((pattern, first_weights(other, net)) for pattern, other in rule.but),
    )


def _mapped(net: Net, change: Callable[[str, Part], Part | None]) -> Net:
    body = rebuilt(net.body, change)
    assert isinstance(body, Chain)
    return net.with_body(body)


def _activation(net: Net, word: str) -> Net:
    """All activations but those of the classifiers, and what comes after them."""
    last = last_rows(net)

    def change(name: str, part: Part) -> Part:
        if name in last or getattr(part, "activation", None) not in MONOTONE:
            return part
        return replace(part, activation=word)  # type: ignore[type-var]

    return _mapped(net, change)


def _without_lrn(net: Net, _: bool) -> Net:
    return _mapped(net, lambda name, part: None if isinstance(part, LRN) else part)


def _dropout(net: Net, rate: float) -> Net:
    def change(name: str, part: Part) -> Part | None:
        if not isinstance(part, Dropout):
            return part
        return replace(part, rate=rate) if rate else None

    return _mapped(net, change)


def _residual_scale(net: Net, scale: float) -> Net:
    """Each sum's branches times the scale, but for the shortcut: the one of fewest layers."""

    def change(name: str, part: Part) -> Part:
        if not isinstance(part, Add) or len(part.branches) < 2:
            return part
        depths = [
            sum(isinstance(one, Conv | Dense) for _, one in each_part(branch))
            for _, branch in part.branches
        ]
        at = depths.index(min(depths))
        scales = tuple(1.0 if n == at else scale for n in range(len(depths)))
        same = scales == (part.scales or (1.0,) * len(depths))
        return part if same else replace(part, scales=scales)

    return _mapped(net, change)


_SWAPS: dict[str, Callable[[Net, Any], Net]] = {
    "lrn": _without_lrn,
    "norm": normed,
    "activation": _activation,
    "dropout": _dropout,
    "pooling": pooled,
    "residual_scale": _residual_scale,
}
WORDS = {
    "activation": tuple(sorted(MONOTONE)),
    "norm": NORMS,
    "pooling": POOLINGS,
}
"""The swaps that take a word, and which."""
LIMITS = {
    "dropout": (0.0, 0.99, "a rate from 0, which takes dropout out, to 0.99"),
    "residual_scale": (LEAST, 1.0, "a number above 0 and at most 1, such as 0.1"),
}
"""Of those that take a number: the least, the most, and both in words."""
WHY = {
    "lrn": "it has no local response normalisation",
    "norm": "it is normalised so already, or has nothing to normalise",
    "activation": "its layers have that one already, or none",
    "dropout": "it has no dropout, or that rate already",
    "pooling": "its pooling is so already, or it has none with a step",
    "residual_scale": "it has no shortcuts, or that scale already",
}
TOLD = {
    "lrn": {"": "no local response normalisation"},
    "norm": {
        "none": "no normalisation; every layer has a bias",
        "batch": "batch normalisation in each convolution and dense layer before its activation, "
        "without bias, and no local response normalisation",
        "lrn": "local response normalisation with AlexNet's constants behind each convolution and "
        "block, and no batch normalisation",
    },
    "activation": {"": "{} behind every layer that had an activation, but for the classifier"},
    "dropout": {"0": "no dropout", "": "dropout at rate {} wherever there was some"},
    "pooling": {
        "plain": "pooling windows as large as their step",
        "overlapping": "pooling windows one pixel larger than their step",
    },
    "residual_scale": {"": "each block times {} before it is added to its shortcut"},
}
"""What a swap does, by its value; by "" where that is one of many."""

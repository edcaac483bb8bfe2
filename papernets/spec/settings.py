"""What a layer's counts do not show, as values and in words: padding, constants, rates, scales.

Two layers of one size and one cost may differ in these alone. The words are those of `explain`'s
rows and of `diff`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .window import Pair, Window

Settings = Mapping[str, Any]
"""A layer's settings by name. A name that is not there has no meaning for the layer."""


@dataclass(frozen=True)
class Zeros:
    """Zeros round a map: (above, below), (left, right); `rule` where its size decides how many."""

    rows: Pair
    columns: Pair
    rule: str | None = None

    def __bool__(self) -> bool:
        return any((*self.rows, *self.columns))

    def words(self) -> str:
        """`pad 2`, `pad 0x3` for rows and columns, `pad 0+1` for none before and one behind."""
        rows, columns = (f"{a}" if a == b else f"{a}+{b}" for a, b in (self.rows, self.columns))
        sides = rows if rows == columns else f"{rows}x{columns}"
        return f"pad {sides}" + (f" ({self.rule})" if self.rule else "")


def padding(window: Window, size: Pair) -> Settings:
    """The zeros that a window lays round a map of this size; nothing for 1x1 without any."""
    by_size = window.padding == "same" and window.stride != (1, 1)
    zeros = Zeros(*window.pads(size), rule="same" if by_size else None)
    return {} if window.kernel == (1, 1) and not zeros else {"padding": zeros}


def phrases(settings: Settings) -> dict[str, str]:
    """Each setting in a few words, by its name; those that go without saying are left out."""
    said = {name: phrase(name, value) for name, value in settings.items()}
    return {name: words for name, words in said.items() if words}


def phrase(name: str, value: Any) -> str:
    """A setting in a few words, `pad 2` say; empty for what goes without saying."""
    return WORDS[name](value) if name in WORDS else f"{name} {value}"


def _scales(scales: Mapping[str, float]) -> str:
    of = {name or "residual": scale for name, scale in scales.items() if scale != 1}
    return ", ".join(f"{name}×{scale:g}" for name, scale in of.items())


WORDS: Mapping[str, Callable[[Any], str]] = {
    "padding": lambda zeros: zeros.words() if zeros or zeros.rule else "",
    "ceil": lambda ceil: "ceil" if ceil else "",
    "padding_counted": lambda counted: "padding counted" if counted else "padding not counted",
    "bias": lambda bias: "",  # the parameters show it
    "norm": lambda norm: f"BN {norm.words()}" if norm else "",
    "size": lambda size: f"{size} maps",
    "k": lambda k: f"k {k:g}",
    "alpha": lambda alpha: f"alpha {alpha:g}",
    "beta": lambda beta: f"beta {beta:g}",
    "rate": lambda rate: f"rate {rate:g}",
    "scales": _scales,
    "scale": lambda scale: f"scale {scale:g}" if scale != 1 else "",
    "before": lambda before: f"{before} of the zeros in front" if before else "",
}


def told(name: str, value: Any) -> str:
    """As `phrase`, with what goes without saying too: `pad 0`, `no bias`."""
    return FULL[name](value) if name in FULL else phrase(name, value)


FULL: Mapping[str, Callable[[Any], str]] = {
    "padding": lambda zeros: zeros.words(),
    "ceil": lambda ceil: "ceil" if ceil else "floor",
    "bias": lambda bias: "bias" if bias else "no bias",
    "norm": lambda norm: f"BN {norm.words()}" if norm else "no BN",
    "eps": lambda eps: f"eps {eps:g}",
    "momentum": lambda momentum: f"momentum {momentum:g}",
    "gamma": lambda gamma: "gamma" if gamma else "no gamma",
    "scales": lambda scales: _scales(scales) or "no scales",
    "scale": lambda scale: f"scale {scale:g}",
    "before": lambda before: f"{before} of the zeros in front",
}

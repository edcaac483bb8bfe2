"""How parameters are drawn before training."""

from __future__ import annotations

import fnmatch
import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Initialisation:
    """How parameters are drawn before training.

    `kind` is one of `DRAWN`, each with what `scale` means in it. With `cut`, a Gaussian value that
    lies more than so many deviations from 0 is drawn again. Biases begin at `bias`, at 1 in the
    rows that `ones` names. `but` has the rules of rows that are drawn otherwise, each for a name
    or a pattern (`aux*.fc`), the first that fits. ValueError for a rule that cannot be drawn.
    """

    kind: str
    scale: float
    source: str
    ones: tuple[str, ...] = ()
    bias: float = 0.0
    cut: float | None = None
    but: tuple[tuple[str, Initialisation], ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in DRAWN:
            raise ValueError(f"unknown initialisation {self.kind!r}: there are {', '.join(DRAWN)}")
        if not (self.scale > 0 and math.isfinite(self.scale)):
            raise ValueError(f"the scale of an initialisation must be above 0, not {self.scale!r}")
        if self.cut is not None and not (self.gaussian and self.cut >= 0.5):
            raise ValueError(
                f"cut {self.cut!r}: give a Gaussian and at least half a deviation, or no cut"
            )

    @property
    def gaussian(self) -> bool:
        """True where weights are Gaussian, not uniform."""
        return DRAWN[self.kind].startswith("Gaussian")

    @property
    def biases_too(self) -> bool:
        """True where biases are drawn as the weights are."""
        return self.kind in ("fan_in", "root_fan_in")

    def spread(self, fan_in: int, fan_out: int) -> float:
        """The deviation of a Gaussian before any cut, the bound of a uniform distribution."""
        return {
            "fan_in": self.scale / fan_in,
            "root_fan_in": self.scale / math.sqrt(fan_in),
            "xavier": math.sqrt(3 * self.scale / fan_in),
            "glorot": self.scale * math.sqrt(6 / (fan_in + fan_out)),
            "he": math.sqrt(self.scale / fan_in),
            "he_out": math.sqrt(self.scale / fan_out),
            "gaussian": self.scale,
        }[self.kind]

    def of(self, row: str) -> Initialisation:
        """The rule of one row, by its name."""
        for pattern, rule in self.but:
            if fnmatch.fnmatchcase(row, pattern):
                return rule.of(row)
        return self

    def words(self) -> str:
        """The rule in one line: Gaussian of deviation 0.01, biases 0, 1 in conv2."""
        cut = f", drawn again beyond {self.cut:g} deviations" if self.cut else ""
        biases = "biases too" if self.biases_too else f"biases {self.bias:g}"
        ones = f", 1 in {', '.join(self.ones)}" if self.ones else ""
        but = "".join(f"; in {pattern}: {rule.words()}" for pattern, rule in self.but)
        return f"{DRAWN[self.kind].format(self.scale)}{cut}, {biases}{ones}{but}"


DRAWN = {
    "fan_in": "uniform in ±{:g}/fan-in",
    "root_fan_in": "uniform in ±{:g}/√fan-in",
    "xavier": "uniform in ±√(3×{:g}/fan-in)",
    "glorot": "uniform in ±{:g}×√(6/(fan-in + fan-out))",
    "he": "Gaussian of variance {:g}/fan-in",
    "he_out": "Gaussian of variance {:g}/fan-out",
    "gaussian": "Gaussian of deviation {:g}",
}
"""How each kind of `Initialisation` draws weights; fans are a unit's inputs and its outputs."""

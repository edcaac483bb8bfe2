"""How weights are moved: the optimiser, bounds on its steps, which weights are kept. No torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from .basics import check_keys, check_word
from .toml import check_setting
from .transfer import PLACES

OPTIMIZERS = (
    "adam", "adamw", "sgd", "rmsprop", "rmsprop_tensorflow", "levenberg_marquardt",
)  # fmt: skip
AVERAGES = ("exponential", "polyak")
PRECISIONS = ("float32", "bf16", "fp16", "float64", "auto")
"""In which numbers a step computes (`train.precision`)."""
HALVES = ("bf16", "fp16")
KINDS = ("conv", "dense", "depthwise", "norm", "bias")
"""What `decays` and `speeds` may hold: kinds of parameters. Connection tables and subsampling are
conv."""
TAKEN = {
    "betas": ("adam", "adamw"),
    "momentum": ("sgd", "rmsprop", "rmsprop_tensorflow"),
    "nesterov": ("sgd",),
    "alpha": ("rmsprop", "rmsprop_tensorflow"),
    "epsilon": ("adam", "adamw", "rmsprop", "rmsprop_tensorflow", "levenberg_marquardt"),
    "curvature": ("levenberg_marquardt",),
}
"""Settings of some optimisers alone."""


@dataclass(frozen=True)
class Learning:
    """The optimiser and all that stands between a gradient and the weights that are kept."""

    optimizer: str = "adam"
    learning_rate: float = 1e-3  # the peak of the schedule
    betas: tuple[float, ...] = (0.9, 0.999)
    momentum: float = 0.9
    nesterov: bool = False  # of sgd: the gradient is added to the momentum's step once more
    alpha: float = 0.9  # of rmsprop: the decay of the mean square
    epsilon: float = 0.0  # 0: the optimiser's own; of levenberg_marquardt mu, 0.02
    curvature: int = 500  # pictures on which levenberg_marquardt takes second derivatives
    weight_decay: float = 0.0
    decays: dict[str, float] = field(default_factory=dict)  # times it; see KINDS, PLACES
    speeds: dict[str, float] = field(default_factory=dict)  # times the rate; see KINDS, PLACES
    clip_norm: float = 0.0  # the longest gradient of all parameters together; 0: any
    clip_value: float = 0.0  # the largest number in a gradient; 0: any
    filter_rms: float = 0.0  # a filter whose root mean square is above it is set back to it
    precision: str = "float32"  # of a step; see PRECISIONS
    micro_batch: int = 0  # pictures of a batch that are computed at a time; 0: all
    sync_norm: bool = True  # batch normalisation sees the whole batch, on however many ranks
    average: float = 0.0  # decay of a running mean of the weights, which is what is saved; 0: none
    average_kind: str = "exponential"  # polyak: the plain mean over that share of all steps

    def check_learning(self) -> None:
        """ValueError names a value that cannot be."""
        check_word("optimizer", self.optimizer, OPTIMIZERS)
        check_word("average_kind", self.average_kind, AVERAGES)
        check_word("precision", self.precision, PRECISIONS)
        if self.precision in HALVES and self.optimizer == "levenberg_marquardt":
            raise ValueError(
                "levenberg_marquardt takes second derivatives, for which half precision is too "
                "coarse: leave precision out"
            )
        good = math.isfinite(self.learning_rate) and self.learning_rate > 0
        check_setting(self, "learning_rate", good, "above 0")
        for name in ("weight_decay", "epsilon", "clip_norm", "clip_value", "filter_rms"):
            value = getattr(self, name)
            check_setting(self, name, math.isfinite(value) and value >= 0, "0 or more")
        for name in ("momentum", "alpha"):
            check_setting(self, name, 0 <= getattr(self, name) < 1, "from 0 to below 1")
        if self.average_kind == "polyak":
            check_setting(self, "average", 0 <= self.average <= 1, "a share of all steps, 0 to 1")
        check_setting(
            self, "average", self.average_kind == "polyak" or 0 <= self.average < 1,
            "from 0 to below 1",
        )  # fmt: skip
        good = len(self.betas) == 2 and all(0 <= b < 1 for b in self.betas)
        check_setting(self, "betas", good, "two numbers from 0 to below 1")
        check_setting(self, "curvature", self.curvature >= 1, "at least 1")
        check_setting(self, "micro_batch", self.micro_batch >= 0, "0 or more")
        if self.nesterov and self.optimizer == "sgd" and not self.momentum:
            raise ValueError(
                "nesterov changes a momentum, which is 0: --set momentum=0.9 or "
                "--set nesterov=false"
            )
        for name in ("decays", "speeds"):
            _check_kinds(name, getattr(self, name))


def _check_kinds(name: str, table: Mapping[str, object]) -> None:
    """ValueError for an unknown kind or place of parameters, or a factor that is none."""
    check_keys(name, table, KINDS + PLACES)
    for key, value in table.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (number and math.isfinite(value) and value >= 0):  # type: ignore[arg-type, operator]
            raise ValueError(f"{name}.{key} takes a number of 0 or more, not {value!r}")

"""What is done in a training run: the network, the data, and how it learns. No torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..nets import Found, look_up
from ..spec import Initialisation
from .augmenting import check_augment, check_table
from .basics import Basics, check_word
from .learning import Learning
from .pacing import Pacing
from .toml import check_numbers, check_setting
from .transfer import MOST_ENLARGED, Transfer

CHOICES = {
    "loss": ("map", "mse", "cross_entropy", "binary"),
    "keep": ("best", "last"),
    "mean": ("", "channel", "pixel"),
    "balance": ("", "weights", "sampling"),
}
"""Settings that are one of a few words; the optimiser's and the schedule's stand in their files."""
BOOST = ("rounds", "again")
"""What `boost` may hold: passes of a filter, and the share of the distortions on filtered sets."""
LEAST_MIXED, MOST_MIXED = 0.001, 10
"""The smallest and the largest `mixup` and `cutmix`: nearly all shares are then 0 or 1, or halves.
"""
OTHERWISE = {
    "channels": "use --channels, or channels of the run",
    "input": "use input of the run, such as --set input=32",
    "classes": "they come from the data",
    "name": "the network is the first argument of papernets train",
}
"""What `options` may not hold, and where it is said instead."""


@dataclass(frozen=True)
class TrainRecipe(Pacing, Learning, Transfer, Basics):
    """A printed recipe resolved: every setting that decides what a run learns.

    The parts that it is made of have a file each; `run.toml` and --set know one flat list.
    ValueError names an impossible value.
    """

    loss: str = "cross_entropy"  # map is equation 9 of LeCun et al. 1998
    distance_scale: float = 1.0  # multiplies the logits in the loss
    constant: float = math.inf  # j of equation 9; infinity leaves the term out
    label_smoothing: float = 0.0
    neighbours: float = 0.0  # share of digits shown between others, or none: section VII's strips
    mixup: float = 0.0  # pictures are added in pairs, by shares of Beta(mixup, mixup); 0: not
    cutmix: float = 0.0  # a box of one in another, its share by Beta(cutmix, cutmix); 0: none
    balance: str = ""  # classes count alike: weights, in the loss; sampling, drawn as often
    keep: str = "best"
    stop_after: int = 0  # epochs without a better one on held-out pictures; 0: all are done
    low: float = -0.1  # what the background becomes
    high: float = 1.175  # what the ink becomes
    standardise: bool = False  # in place of low and high: mean 0, deviation 1 for each channel
    mean: str = ""  # what is subtracted of 0 to 255, in place of low and high: channel's or pixel's
    gcn: float = 0.0  # each picture without its mean as a vector of this length; 55 as Maxout's
    zca: float = 0.0  # whitening, with this added to each eigenvalue; 0.1 as Maxout's
    digit_size: int = 20  # 16 as LeNet-1 saw them
    enlarge: float = 1.0  # photographs are stored so many times the input; training crops them
    channels: int = 0  # 0: the network's own
    input: tuple[int, ...] = ()  # a side, or height and width; empty: the network's own
    augment: dict[str, float] = field(default_factory=dict)  # see `train.augmenting`
    boost: dict[str, float] = field(default_factory=dict)  # see BOOST
    options: dict[str, Any] = field(default_factory=dict)  # the network's

    def __post_init__(self) -> None:
        check_numbers(self)
        for name, known in CHOICES.items():
            check_word(name, getattr(self, name), known)
        self.check_basics()
        self.check_transfer(self.probe, self.neighbours)
        self.check_learning()
        self.check_pacing()
        self._check_loss()
        self._check_pictures()
        self._check_held_out()
        check_augment(self.augment, self.neighbours)
        check_table("boost", self.boost, BOOST)
        check_options(self.options)
        rounds = self.boost.get("rounds", 1)
        if rounds < 1 or rounds != int(rounds):
            raise ValueError(f"boost.rounds must be a whole number of at least 1, not {rounds}")

    def _check_loss(self) -> None:
        if self.unfreeze and self.optimizer == "levenberg_marquardt":
            raise ValueError("levenberg_marquardt moves all rows at once: leave unfreeze out")
        if self.balance == "weights" and self.loss != "cross_entropy":
            raise ValueError(
                "balance=weights weighs the classes of loss 'cross_entropy', not of "
                f"{self.loss!r}: draw them as often, --set balance=sampling, or leave one out"
            )
        if self.balance == "sampling" and (self.neighbours or self.boost):
            which = "neighbours" if self.neighbours else "boost"
            raise ValueError(f"{which} chooses the pictures itself: leave balance=sampling out")
        if self.balance == "weights" and self.optimizer == "levenberg_marquardt":
            raise ValueError("levenberg_marquardt knows no weights of classes: leave balance out")
        self._check_mixing()
        good = math.isfinite(self.distance_scale) and self.distance_scale > 0
        check_setting(self, "distance_scale", good, "above 0")
        good = 0 <= self.label_smoothing < 1
        check_setting(self, "label_smoothing", good, "from 0 to below 1")
        good = self.constant > -math.inf
        check_setting(self, "constant", good, "a number, or inf for no term")

    def _check_mixing(self) -> None:
        for name in ("mixup", "cutmix"):
            value = getattr(self, name)
            good = value == 0 or LEAST_MIXED <= value <= MOST_MIXED
            check_setting(self, name, good, f"0, or from {LEAST_MIXED} to {MOST_MIXED}")
            if not value:
                continue
            if self.loss != "cross_entropy":
                raise ValueError(
                    f"{name} gives a picture two classes at once, and loss {self.loss!r} takes "
                    "one: --set loss=cross_entropy"
                )
            if self.optimizer == "levenberg_marquardt":
                raise ValueError(f"levenberg_marquardt knows no mixed pictures: leave {name} out")

    def _check_held_out(self) -> None:
        check_setting(self, "stop_after", self.stop_after >= 0, "0 or more")
        if self.stop_after and self.keep != "best":
            raise ValueError(
                "stop_after ends a run when no better epoch has come, and that is the one to keep: "
                "--set keep=best"
            )
        if self.val_share == 0 and (asks := self.asks_held_out):
            raise ValueError(
                f"val_share=0 trains on all pictures, and {asks[0]}: {asks[1]}, or hold some out, "
                "--set val_share=0.1"
            )

    @property
    def asks_held_out(self) -> tuple[str, str]:
        """What these settings need held-out pictures for, and what would do without; or empty."""
        if self.head_only:
            return ()  # type: ignore[return-value]
        if self.keep == "best":
            return "keep='best' chooses the epoch by held-out ones", "--set keep=last"
        if self.schedule == "plateau" and self.monitor != "train_error":
            without = (
                "watch the training error, --set monitor=train_error, or take a schedule of steps, "
                "--set schedule=step"
            )
            return "schedule 'plateau' looks at held-out ones", without
        if self.fallback:
            return "fallback keeps what does better on held-out ones", "--set fallback=false"
        return ()  # type: ignore[return-value]

    def _check_pictures(self) -> None:
        check_setting(self, "channels", self.channels >= 0, "0 or more")
        check_setting(self, "digit_size", self.digit_size in (16, 20), "20 or 16")
        good = len(self.input) <= 2 and all(type(n) is int and n >= 1 for n in self.input)
        wanted = "a side or height and width in pixels, such as 32 or [32, 160]"
        check_setting(self, "input", good, wanted)
        check_setting(self, "neighbours", 0 <= self.neighbours <= 1, "from 0 to 1")
        if self.neighbours and not (self.loss == "map" and math.isfinite(self.constant)):
            raise ValueError(
                "neighbours needs loss 'map' with a finite constant, the penalty of no digit: "
                "--set loss=map --set constant=5, or --recipe scan"
            )
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low != self.high):
            raise ValueError(
                f"low and high must be two different numbers, not {self.low} and {self.high}"
            )
        for name in ("gcn", "zca"):
            good = math.isfinite(getattr(self, name)) and getattr(self, name) >= 0
            check_setting(self, name, good, "0 or more")
        self._check_measured()
        good = 1 <= self.enlarge <= MOST_ENLARGED
        check_setting(self, "enlarge", good, f"from 1 to {MOST_ENLARGED}")

    def _check_measured(self) -> None:
        """ValueError for two ways at once to bring pixels to a scale."""
        given = [name for name in ("mean", "gcn", "zca") if getattr(self, name)]
        if given and self.standardise:
            raise ValueError(
                f"standardise and {given[0]} are two scales of pixels: --set standardise=false"
            )
        if self.mean and len(given) > 1:
            raise ValueError(f"{given[1]} takes the mean away itself: leave mean out")
        if self.neighbours and given and self.mean != "channel":
            raise ValueError(
                f"{given[0]} is of whole pictures, which strips have not: leave one of them out"
            )

    @property
    def passes(self) -> int:
        """The epochs that there are: none where the classifier alone is fitted."""
        return 0 if self.head_only else self.epochs

    @property
    def at_once(self) -> int:
        """The pictures that are computed together, of which batch normalisation takes its mean."""
        return min(self.micro_batch or self.batch_size, self.batch_size)

    @property
    def shrink(self) -> float:
        """How much digits are made smaller before the network sees them: 0.8 makes 20x20 16x16."""
        return self.digit_size / 20

    def draw(self, found: Found) -> Initialisation:
        """How the weights of a network are drawn before training."""
        return self.drawn_by() or found.initialisation

    def look_up(self, classes: int | None = None) -> Found:
        """The network for so many classes; None takes the network's own."""
        size = (self.input[0], self.input[-1]) if self.input else None
        return look_up(self.net, classes, self.channels or None, size, **self.options)


def check_options(options: Mapping[str, Any]) -> None:
    """ValueError for an option that a run has a place of its own for."""
    for key, instead in OTHERWISE.items():
        if key in options:
            raise ValueError(f"options.{key}: {key} is not an option of a network; {instead}")

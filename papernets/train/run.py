"""A run is one frozen value: what to train, on what, and how. No torch."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ..nets import Found, look_up
from ..words import did_you_mean

OPTIMIZERS = ("adam", "adamw", "sgd")
SCHEDULES = ("constant", "cosine", "one_cycle")
LOSSES = ("map", "mse", "cross_entropy")
KEEPS = ("best", "last")
DEVICES = ("auto", "cpu", "cuda", "mps")
DISTORTIONS = (
    "rotate", "scale", "squeeze", "shear", "shift", "elastic_alpha", "elastic_sigma",
)  # fmt: skip
"""The strengths that `augment` may hold: the fields of `data.Distortion`."""
CROPS = ("flip", "padding", "area")
"""What else `augment` may hold, for photographs alone: see `data.crops`."""
MOST_ENLARGED = 8
BOOST = ("rounds", "again")
"""What `boost` may hold: passes of a filter, and the share of the distortions on filtered sets."""
MOST_SEED, MOST_BATCH, MOST_THREADS = 2**60, 2**31, 1024
OTHERWISE = {
    "channels": "use --channels, or channels of the run",
    "input": "use --set input=32, say, or input of the run",
    "classes": "they come from the data",
    "name": "the network is the first argument of papernets train",
}
"""What `options` may not hold, and where it is said instead."""


@dataclass(frozen=True)
class Run:
    """The whole configuration of a training run; `run.toml` holds it.

    weights is a bundle with whose weights the run begins (`train.begin`), or empty: they are drawn.
    learning_rate is the peak of the schedule. warmup is the share of all steps that one_cycle rises
    in. average is the decay of a running mean of the weights, which is what is evaluated and saved;
    0 for none. loss is `map` (LeCun et al. 1998, equation 9), `mse` or `cross_entropy`;
    distance_scale multiplies the logits in it, and constant is j of equation 9 (infinity leaves the
    term out). low and high are what background and ink become. digit_size is 20, or 16 as LeNet-1
    saw them. neighbours is the share of digits shown between others, or with none in the middle, so
    that the network reads strips (section VII). standardise: each channel of the training pictures
    gets mean 0 and deviation 1, in place of low and high. enlarge: photographs are stored so many
    times as large as the input: training cuts random crops of the input's size out of them, all
    else their middle. augment holds strengths of distortion, and for photographs flip (how often
    one is mirrored), padding (pixels around it, before the crop) and area (the least share of it
    that a crop takes, scaled to the input; 1 for crops that are not scaled). boost holds what
    boosting needs, options those of the network. memory: gigabytes that pictures may take, 0 for a
    share of what is free; with more pictures they are read anew in every epoch. tiles: on a CPU,
    train the first layers as one chain where they can be (`build.tiles`): faster, the same but for
    rounding. workers: on a CPU, so many processes of one thread share each batch (`train.workers`);
    0 or 1 for none. strict: a file that cannot be read is an error. ValueError names an impossible
    value.
    """

    net: str
    data: str = "digits"
    data_dir: str = ""
    strict: bool = False
    memory: float = 0.0
    recipe: str = ""
    weights: str = ""
    epochs: int = 10
    batch_size: int = 128
    seed: int = 0
    device: str = "auto"
    threads: int = 0
    workers: int = 0
    tiles: bool = True
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    betas: tuple[float, ...] = (0.9, 0.999)
    momentum: float = 0.9
    weight_decay: float = 0.0
    schedule: str = "constant"
    warmup: float = 0.15
    average: float = 0.0
    loss: str = "cross_entropy"
    distance_scale: float = 1.0
    constant: float = math.inf
    label_smoothing: float = 0.0
    neighbours: float = 0.0
    keep: str = "best"
    low: float = -0.1
    high: float = 1.175
    standardise: bool = False
    digit_size: int = 20
    enlarge: float = 1.0
    channels: int = 0
    input: tuple[int, ...] = ()
    augment: dict[str, float] = field(default_factory=dict)
    boost: dict[str, float] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, known in (
            ("optimizer", OPTIMIZERS),
            ("schedule", SCHEDULES),
            ("loss", LOSSES),
            ("keep", KEEPS),
        ):
            _one_of(name, getattr(self, name), known)
        if self.device not in DEVICES:  # the name nearest to gpu is not what is meant
            raise ValueError(f"unknown device {self.device!r}. Devices: {', '.join(DEVICES)}")
        if not self.data:
            raise ValueError("data must name a data set or a folder: digits, mnist, cifar10")
        for name in ("epochs", "batch_size"):
            _check(self, name, getattr(self, name) >= 1, "at least 1")
        _check(self, "batch_size", self.batch_size <= MOST_BATCH, f"at most {MOST_BATCH:,}")
        for name in ("threads", "workers", "channels"):
            _check(self, name, getattr(self, name) >= 0, "0 or more")
        for name in ("threads", "workers"):
            _check(self, name, getattr(self, name) <= MOST_THREADS, f"at most {MOST_THREADS:,}")
        _check(self, "seed", 0 <= self.seed < MOST_SEED, f"from 0 to below {MOST_SEED:,}")
        for name in ("learning_rate", "distance_scale"):
            value = getattr(self, name)
            _check(self, name, math.isfinite(value) and value > 0, "above 0")
        _check(
            self,
            "weight_decay",
            math.isfinite(self.weight_decay) and self.weight_decay >= 0,
            "0 or more",
        )
        for name in ("average", "label_smoothing", "warmup", "momentum"):
            _check(self, name, 0 <= getattr(self, name) < 1, "from 0 to below 1")
        _check(
            self,
            "betas",
            len(self.betas) == 2 and all(0 <= b < 1 for b in self.betas),
            "two numbers from 0 to below 1",
        )
        _check(self, "constant", self.constant > -math.inf, "a number, or inf for no term")
        _check(self, "digit_size", self.digit_size in (16, 20), "20 or 16")
        _check(
            self,
            "input",
            len(self.input) <= 2 and all(type(n) is int and n >= 1 for n in self.input),
            "a side or height and width in pixels, such as 32 or [32, 160]",
        )
        _check(self, "neighbours", 0 <= self.neighbours <= 1, "from 0 to 1")
        if self.neighbours and not (self.loss == "map" and math.isfinite(self.constant)):
            raise ValueError(
                "neighbours needs loss 'map' with a finite constant, the penalty of no digit: "
                "--set loss=map --set constant=5, or --recipe scan"
            )
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low != self.high):
            raise ValueError(
                f"low and high must be two different numbers, not {self.low} and {self.high}"
            )
        _check(self, "enlarge", 1 <= self.enlarge <= MOST_ENLARGED, f"from 1 to {MOST_ENLARGED}")
        _check(self, "memory", math.isfinite(self.memory) and self.memory >= 0, "0 or more")
        _check_table("augment", self.augment, (*DISTORTIONS, *CROPS))
        _check_crops(self.augment)
        _check_table("boost", self.boost, BOOST)
        check_options(self.options)
        rounds = self.boost.get("rounds", 1)
        if rounds < 1 or rounds != int(rounds):
            raise ValueError(f"boost.rounds must be a whole number of at least 1, not {rounds}")

    @property
    def shrink(self) -> float:
        """How much digits are made smaller before the network sees them: 0.8 makes 20x20 16x16."""
        return self.digit_size / 20

    def network(self, classes: int | None) -> Found:
        """The network of this run for so many classes; None takes the network's own."""
        size = (self.input[0], self.input[-1]) if self.input else None
        return look_up(self.net, classes, self.channels or None, size, **self.options)

    def to_dict(self) -> dict[str, Any]:
        """As values that JSON has: tuples are lists, an infinite number is the text `inf`."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def to_toml(self) -> str:
        """As run.toml holds it: read back, the same run."""
        values = asdict(self)
        tables = {k: v for k, v in values.items() if isinstance(v, dict) and v}
        lines = [f"{_key(k)} = {_toml(v)}\n" for k, v in values.items() if k not in tables]
        for name, table in tables.items():
            lines.append(f"\n[{name}]\n")
            lines += [f"{_key(k)} = {_toml(v)}\n" for k, v in table.items()]
        return "".join(lines)


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):  # JSON's text is TOML's, but for the character DEL
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    return str(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _toml(name)


def _check(run: Run, name: str, good: bool, wanted: str) -> None:
    if not good:
        given = getattr(run, name)
        raise ValueError(f"{name} must be {wanted}, not {_toml(given)}")


def _check_table(name: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key, value in table.items():
        if key not in known:
            raise ValueError(
                f"unknown key {key!r} in {name}.{did_you_mean(key, known)} "
                f"It takes {', '.join(known)}"
            )
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (number and math.isfinite(value) and value >= 0):
            raise ValueError(f"{name}.{key} takes a number of 0 or more, not {value!r}")


def _check_crops(augment: Mapping[str, float]) -> None:
    flip, padding, area = (augment.get(k, d) for k, d in zip(CROPS, (0, 0, 1), strict=True))
    if flip > 1:
        raise ValueError(f"augment.flip takes a share from 0 to 1, not {flip}")
    if padding != int(padding):
        raise ValueError(f"augment.padding takes a whole number of pixels, not {padding}")
    if not 0 < area <= 1:
        raise ValueError(f"augment.area takes a share above 0 and up to 1, not {area}")


def check_options(options: Mapping[str, Any]) -> None:
    """ValueError for an option that a run has a place of its own for."""
    for key, instead in OTHERWISE.items():
        if key in options:
            raise ValueError(f"options.{key}: {key} is no option of a network; {instead}")


def _one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(
            f"unknown {name} {value!r}.{did_you_mean(str(value), known)} "
            f"{name} is one of {', '.join(known)}"
        )


NAMES = tuple(f.name for f in fields(Run))
TABLES = ("augment", "boost", "options")

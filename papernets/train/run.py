"""A run is one frozen value: what to train, on what, and how. No torch."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from ..nets import find, net
from ..spec import Committee, Net

OPTIMIZERS = ("adam", "adamw", "sgd")
SCHEDULES = ("constant", "cosine", "one_cycle")
LOSSES = ("map", "mse", "cross_entropy")
KEEPS = ("best", "last")


@dataclass(frozen=True)
class Run:
    """The whole configuration of a training run; `run.toml` holds it.

    learning_rate is the peak of the schedule. warmup is the share of all steps that one_cycle rises in. average
    is the decay of a running mean of the weights, which is what is evaluated and saved; 0 for none. loss is
    `map` (LeCun et al. 1998, equation 9), `mse` or `cross_entropy`; distance_scale multiplies the logits in
    it, and constant is j of equation 9 (infinity leaves the term out). low and high are what background and
    ink become. digit_size is 20, or 16 as LeNet-1 saw them. neighbours is the share of digits shown between
    others, or with none in the middle, so that the network reads strips (section VII). augment holds strengths of distortion.
    """

    net: str
    data: str = "digits"
    data_dir: str = ""
    recipe: str = ""
    epochs: int = 10
    batch_size: int = 128
    seed: int = 0
    device: str = "auto"
    threads: int = 0
    workers: int = 0
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
    digit_size: int = 20
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
        for name in ("epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        for name in ("seed", "threads", "workers"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative: {getattr(self, name)}")
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise ValueError(f"learning_rate must be above 0, not {self.learning_rate}")
        for name in ("average", "label_smoothing", "warmup"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} must be from 0 to below 1, not {getattr(self, name)}")
        if self.digit_size not in (16, 20):
            raise ValueError(f"digit_size must be 20 or 16, not {self.digit_size}")
        if not 0 <= self.neighbours <= 1:
            raise ValueError(f"neighbours must be from 0 to 1, not {self.neighbours}")
        if self.neighbours and not (self.loss == "map" and math.isfinite(self.constant)):
            raise ValueError(
                "neighbours needs loss 'map' with a finite constant, the penalty of a window on no digit: "
                "--set loss=map --set constant=5, or --recipe scan"
            )
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low != self.high):
            raise ValueError(f"low and high must be two different numbers, not {self.low} and {self.high}")

    @property
    def shrink(self) -> float:
        """How much digits are made smaller before the network sees them: 0.8 makes 20x20 ones 16x16."""
        return self.digit_size / 20

    def network(self, classes: int) -> Net | Committee:
        """The network of this run for so many classes."""
        size = (self.input[0], self.input[-1]) if self.input else None
        return net(self.net, classes, self.channels or None, size, **self.options)

    def to_dict(self) -> dict[str, Any]:
        """As plain values; infinity as text."""
        values = asdict(self)
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}

    def to_toml(self) -> str:
        """As run.toml holds it."""
        plain, tables = [], []
        for key, value in self.to_dict().items():
            if isinstance(value, dict):
                if value:
                    tables.append(f"\n[{key}]\n" + "".join(f"{k} = {_toml(v)}\n" for k, v in value.items()))
            else:
                plain.append(f"{key} = {_toml(value)}\n")
        return "".join(plain) + "".join(tables)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return repr(value) if not isinstance(value, float) or math.isfinite(value) else str(value)


def _one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"unknown {name} {value!r}{_near(str(value), known)} {name} is one of {', '.join(known)}")


def _near(word: str, known: tuple[str, ...] | list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f". Did you mean {near[0]!r}?" if near else "."


NAMES = tuple(f.name for f in fields(Run))
TABLES = ("augment", "boost", "options")


def read_config(path: Path) -> dict[str, Any]:
    """The settings of a TOML file; an unknown key, or one of the wrong type, is a ValueError."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"no configuration {path}: --config takes a TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not TOML: {error}") from None
    return {key: checked(key, value, str(path)) for key, value in values.items()}


def parse_set(text: str) -> tuple[str, Any]:
    """One `--set key=value`, or `table.key=value`; the value as TOML, else as text."""
    key, equals, given = text.partition("=")
    key = key.strip().replace("-", "_")
    if not equals:
        raise ValueError(f"--set {text}: give key=value. The keys: {', '.join(NAMES)}")
    try:
        value = tomllib.loads(f"x = {given.strip()}")["x"]
    except tomllib.TOMLDecodeError:
        value = given.strip()
    table, dot, inner = key.partition(".")
    if dot:
        if table not in TABLES:
            raise ValueError(f"--set {text}: unknown table {table!r}{_near(table, TABLES)} Tables: {', '.join(TABLES)}")
        return table, {inner: value}
    return key, checked(key, value, f"--set {text}")


def checked(key: str, value: Any, where: str) -> Any:
    """The value of a key in the type of the field; an unknown key is a ValueError with the nearest name."""
    if key not in NAMES:
        raise ValueError(f"{where}: unknown key {key!r}{_near(key, NAMES)} The keys: {', '.join(NAMES)}")
    wanted = get_type_hints(Run)[key]
    text = str(wanted)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if text.startswith("tuple"):
        numbers = value if isinstance(value, list | tuple) else [value]
        if all(isinstance(v, int | float) and not isinstance(v, bool) for v in numbers):
            return tuple(numbers)
        raise ValueError(f"{where}: {key} takes numbers, not {value!r}")
    plain = dict if text.startswith("dict") else wanted
    if not isinstance(value, plain) or (isinstance(value, bool) and plain is not bool):
        raise ValueError(f"{where}: {key} takes {_kind(plain)}, not {value!r}")
    return value


def _kind(wanted: type) -> str:
    return {int: "a whole number", float: "a number", str: "text", dict: "a table"}[wanted]


def resolve(name: str, *layers: Mapping[str, Any]) -> Run:
    """The run of a network: defaults, then its recipe, then each layer of settings in turn.

    The recipe is the one that the settings name, else the one for this data set, else the network's first.
    """
    wanted: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            wanted[key] = {**wanted.get(key, {}), **value} if key in TABLES else value
    found = net(name, **_declared(name, wanted.get("options", {})))
    data = str(wanted.get("data", Run.data)).lower()
    fitting = [r.name for r in found.recipes if data in r.data] + [r.name for r in found.recipes]
    recipe = wanted.get("recipe") or (fitting[0] if fitting else "")
    settings: dict[str, Any] = {}
    if recipe:
        for known in found.recipes:
            if known.name == recipe:
                settings = {k: checked(k, v, f"recipe {recipe}") for k, v in known.settings.items()}
                break
        else:
            names = [r.name for r in found.recipes]
            raise ValueError(
                f"{found.name} has no recipe {recipe!r}{_near(recipe, names)} Its recipes: {', '.join(names) or 'none'}"
            )
    for table in TABLES:
        if table in wanted and table != "options":
            wanted[table] = {**settings.get(table, {}), **wanted[table]} if wanted[table] else {}
    named = found.name if ".py:" not in name else name
    return Run(**{**settings, **wanted, "net": named, "recipe": recipe})


def _declared(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    if ".py:" not in name:
        find(name)
    return dict(options)

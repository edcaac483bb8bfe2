"""What every run says first: its network and pictures, where it begins, how long. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..spec import Initialisation
from ..words import brief, did_you_mean
from .toml import check_setting

SPLITS, DRAWS = ("content", "order"), ("picture",)
LABELS = ("fine", "coarse")
BEGINNING = ("probe", "fallback", "freeze_norm", "freeze_to", "head_only", "unfreeze", "zooms")
"""Settings that only a run with `weights` takes."""
BEGIN = ("bundle", "rows")
"""What `begin` may hold: a trained network, and the rows of the table that take its weights."""
MOST_SEED, MOST_BATCH = 2**60, 2**31
STREAM = "hf-stream:"
"""How the name of a stream begins, as `data.hub` has it."""
MOST_HELD = 0.8
"""The largest `val_share`, as `data.parting` has it."""


@dataclass(frozen=True)
class Basics:
    """The network, its pictures, the weights that it begins with, and how long it learns."""

    net: str
    data: str = "digits"
    recipe: str = ""  # the printed recipe's name
    weights: str = ""  # a bundle to begin with (`train.pretrained`); without, weights are drawn
    probe: bool = False  # with weights: a new classifier is fitted first (`train.probe`)
    fallback: bool = False  # with weights: epoch 0 is kept where training does no better
    freeze_norm: bool = False  # with weights: batch normalisation keeps its mean and variance
    epochs: int = 10
    batch_size: int = 128
    val_share: float = -1.0  # held out of the training pictures; 0: none; -1: the set's own share
    split: str = "content"  # how parts are drawn; "order": of the files, as until November 2026
    draws: str = "picture"  # by what augmentation and dropout draw: nothing else is left
    labels: str = "fine"  # of CIFAR-100, which has two for each picture
    nested: bool = False  # the innermost folders are the classes, not the outermost
    exact_decoding: bool = False  # JPEGs are decoded whole, and then scaled
    shuffle_buffer: int = 10_000  # pictures of a stream among which the next is drawn
    seed: int = 0
    drawn: str = ""  # how first weights are, a kind and its scale; empty: by the network's own rule
    begin: dict[str, Any] = field(default_factory=dict)  # see BEGIN

    def check_basics(self) -> None:
        """ValueError names a value that cannot be."""
        check_word("split", self.split, SPLITS)
        check_word("draws", self.draws, DRAWS)
        check_word("labels", self.labels, LABELS)
        if not self.data:
            raise ValueError("data must name a data set or a folder: digits, mnist, cifar10")
        for name in BEGINNING:
            if getattr(self, name) and not self.weights:
                raise ValueError(f"{name} is for a run that begins with weights: --weights BUNDLE")
        for name in ("epochs", "batch_size", "shuffle_buffer"):
            check_setting(self, name, getattr(self, name) >= 1, "at least 1")
        check_setting(self, "batch_size", self.batch_size <= MOST_BATCH, f"at most {MOST_BATCH:,}")
        within = f"from 0 to below {MOST_SEED:,}"
        check_setting(self, "seed", 0 <= self.seed < MOST_SEED, within)
        good = self.val_share == -1 or 0 <= self.val_share <= MOST_HELD
        within = f"from 0 to {MOST_HELD}, or -1 for as many as the set has"
        check_setting(self, "val_share", good, within)
        self.drawn_by()
        _check_begin(self.begin)
        if self.begin and self.weights:
            raise ValueError(
                "begin takes some rows from another network, weights takes them all: give one "
                "of the two"
            )

    def drawn_by(self) -> Initialisation | None:
        """How `drawn` says that first weights are drawn; None where it is empty. ValueError."""
        if not self.drawn:
            return None
        kind, _, scale = self.drawn.partition(" ")
        try:
            return Initialisation(kind, float(scale), "drawn, a setting of the run")
        except ValueError as error:
            raise ValueError(
                f"drawn must be a kind and its scale, such as 'gaussian 0.01', not "
                f"{brief(self.drawn)}: {error}"
            ) from None

    @property
    def buffer(self) -> int:
        """Among how many pictures the next one is drawn; 0: among all, where these have places."""
        return self.shuffle_buffer if self.data.startswith(STREAM) else 0

    @property
    def first_weights(self) -> str:
        """The bundle, if any, of which the network has weights before it learns."""
        return self.weights or str(self.begin.get("bundle", ""))

    @property
    def begin_rows(self) -> tuple[str, ...]:
        """The rows and blocks that take the weights of `begin`."""
        rows = self.begin.get("rows", ())
        given = rows.split(",") if isinstance(rows, str) else rows
        return tuple(row.strip() for row in given)


def _check_begin(begin: Mapping[str, Any]) -> None:
    if not begin:
        return
    check_keys("begin", begin, BEGIN)
    rows = begin.get("rows")
    named = isinstance(rows, str) or (
        isinstance(rows, list | tuple) and all(isinstance(row, str) for row in rows)
    )
    if not (isinstance(begin.get("bundle"), str) and begin["bundle"] and named and rows):
        raise ValueError(
            "begin takes a bundle and the rows that take its weights: "
            "--set begin.bundle=runs/vgg11 --set begin.rows=conv1_1,fc6"
        )


def check_keys(name: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """ValueError for a key that a table of settings does not take."""
    for key in table:
        if key not in known:
            raise ValueError(
                f"unknown key {key!r} in {name}.{did_you_mean(key, known)} "
                f"It takes {', '.join(known)}"
            )


def check_word(name: str, value: object, known: tuple[str, ...]) -> None:
    """ValueError where a setting is none of the words that it takes."""
    if value not in known:
        raise ValueError(
            f"unknown {name} {value!r}.{did_you_mean(str(value), known)} "
            f"{name} is one of {', '.join(filter(None, known))}{'' if all(known) else ', or empty'}"
        )

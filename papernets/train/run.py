"""A run: what is done, and where. `run.toml` holds it, one key a setting. No torch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from ..nets import Found
from .recipe import TrainRecipe
from .toml import json_value, toml_key, toml_value
from .where import Where


@dataclass(frozen=True)
class Run:
    """The whole configuration of a training run, in two halves.

    `looked_up` is the network as `found` gives it, where somebody has found it already.
    """

    recipe: TrainRecipe
    where: Where = Where()  # noqa: RUF009 - frozen
    looked_up: Found | None = field(default=None, compare=False, repr=False)

    @staticmethod
    def of(settings: Mapping[str, Any]) -> Run:
        """The run of settings by their names, as `run.toml` holds them; ValueError, TypeError."""
        here = {name: value for name, value in settings.items() if name in PLACES}
        what = {name: value for name, value in settings.items() if name not in PLACES}
        return Run(TrainRecipe(**what), Where(**here))

    def changed(self, **settings: Any) -> Run:
        """The same run with other settings of what is done."""
        return Run(replace(self.recipe, **settings), self.where)

    @cached_property
    def found(self) -> Found:
        """The network that is meant, with the classes of its own; looked up once."""
        return self.looked_up or self.recipe.look_up()

    def network(self, classes: int) -> Found:
        """The network for so many classes; with loss `binary` it has one output for two."""
        own = self.found
        if self.recipe.loss == "binary":
            if classes != 2:
                raise ValueError(
                    f"loss 'binary' tells two classes apart, and {self.recipe.data} has "
                    f"{classes}: take --set loss=cross_entropy"
                )
            classes = 1
        # a function of the user's own is asked whatever the number: it may take none
        same = own.net.member.classes == classes and ".py:" not in self.recipe.net
        return own if same else self.recipe.look_up(classes)

    def settings(self) -> dict[str, Any]:
        """Every setting by its name, in the order of `NAMES`."""
        values = asdict(self.recipe) | asdict(self.where)
        return {name: values[name] for name in NAMES}

    def to_dict(self) -> dict[str, Any]:
        """As values that JSON has: tuples are lists, an infinite number is the text `inf`."""
        plain: dict[str, Any] = json_value(self.settings())
        return plain

    def to_toml(self, without: Collection[str] = ()) -> str:
        """As run.toml holds it: read back, the same run. `without` names settings to leave out."""
        values = {name: value for name, value in self.settings().items() if name not in without}
        tables = {k: v for k, v in values.items() if isinstance(v, dict) and v}
        lines = [f"{toml_key(k)} = {toml_value(v)}\n" for k, v in values.items() if k not in tables]
        for name, table in tables.items():
            lines.append(f"\n[{name}]\n")
            lines += [f"{toml_key(k)} = {toml_value(v)}\n" for k, v in table.items()]
        return "".join(lines)


PLACES = tuple(f.name for f in fields(Where))
AFTER = {
    "data": ("data_dir", "strict", "memory"),
    "seed": (
        "device",
        "threads",
        "workers",
        "processes",
        "tiles",
        "compile",
        "checkpointing",
        "channels_last",
        "save_every",
        "tracker",
    ),
}
"""In a file, the settings of where stand after those of what they are nearest to."""
NAMES = tuple(n for f in fields(TrainRecipe) for n in (f.name, *AFTER.get(f.name, ())))
TABLES = ("augment", "boost", "options", "decays", "speeds", "begin")

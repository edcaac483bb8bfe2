"""A run: what is done, and where. `run.toml` holds it, one key a setting. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from .recipe import TrainRecipe
from .toml import key_of, plain_values, written
from .where import Where


@dataclass(frozen=True)
class Run:
    """The whole configuration of a training run, in two halves."""

    recipe: TrainRecipe
    where: Where = Where()  # noqa: RUF009 - frozen

    @staticmethod
    def of(settings: Mapping[str, Any]) -> Run:
        """The run of settings by their names, as `run.toml` holds them; ValueError, TypeError."""
        here = {name: value for name, value in settings.items() if name in PLACES}
        what = {name: value for name, value in settings.items() if name not in PLACES}
        return Run(TrainRecipe(**what), Where(**here))

    def changed(self, **settings: Any) -> Run:
        """The same run with other settings of what is done."""
        return replace(self, recipe=replace(self.recipe, **settings))

    def settings(self) -> dict[str, Any]:
        """Every setting by its name: what is done, then where."""
        return asdict(self.recipe) | asdict(self.where)

    def to_dict(self) -> dict[str, Any]:
        """As values that JSON has: tuples are lists, an infinite number is the text `inf`."""
        plain: dict[str, Any] = plain_values(self.settings())
        return plain

    def to_toml(self) -> str:
        """As run.toml holds it: read back, the same run."""
        values = self.settings()
        tables = {k: v for k, v in values.items() if isinstance(v, dict) and v}
        lines = [f"{key_of(k)} = {written(v)}\n" for k, v in values.items() if k not in tables]
        for name, table in tables.items():
            lines.append(f"\n[{name}]\n")
            lines += [f"{key_of(k)} = {written(v)}\n" for k, v in table.items()]
        return "".join(lines)


PLACES = tuple(f.name for f in fields(Where))
NAMES = (*(f.name for f in fields(TrainRecipe)), *PLACES)
TABLES = ("augment", "boost", "options")

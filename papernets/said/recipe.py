"""How a network is trained, as somebody wrote it down: field by field, each with its source.

A printed recipe is written as a table, a line a field:

    field          value  where      note
    optimizer      sgd    section 5
    learning_rate  0.01   section 5
    gamma          0.1    section 5  the rate is divided by 10
    patience       5      open       "stopped improving" is not said in passes
    test           10     section 4  four corners and the centre, and their mirror images

`where` is the place of a field that is printed. `open` is what the source leaves open, with what we
chose; behind a colon stands where the choice comes from, and the note says what the source has. A
field is a setting of a run by its name, `table.key` in a table, or one of `WORDS`.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from .recipe_words import WORDS
from .tables import cells

Told: TypeAlias = object
"""A field's value: a number, a word, true or false, or a list of such."""
COLUMNS = ("field", "value", "where", "note")
OPEN = "open"
NEEDED = "needed"
"""The value of a setting that nobody can print, the place of a trained network, say."""
OURS = "ours"


@dataclass(frozen=True)
class Field:
    """One line of a recipe: a setting of a run or one of `WORDS`, and who says so.

    `printed` is false for what the source leaves open: then `source` says whose choice it is.
    """

    field: str
    value: Told
    source: str = ""
    printed: bool = True
    note: str = ""

    @property
    def is_setting(self) -> bool:
        """True where a run takes it."""
        return self.field not in WORDS and self.value != NEEDED

    def to_dict(self) -> dict[str, object]:
        """The field as `recipe --json` prints it; an infinite value is the text `inf`."""
        infinite = isinstance(self.value, float) and math.isinf(self.value)
        return {**vars(self), "value": str(self.value) if infinite else self.value}


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; `settings` are fields of a run and override its defaults.

    It is taken by itself for the data sets that `data` names; for others the network's first is.
    A printed recipe is made of `fields`, and its settings of them; one of our own may give its
    settings alone. ValueError where both are given and differ.
    """

    name: str
    source: str
    settings: Mapping[str, object] = field(default_factory=dict)
    data: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()

    def __post_init__(self) -> None:
        if not self.fields:
            if isinstance(self.settings, Mapping):  # a user's own file may give anything
                object.__setattr__(self, "fields", tuple(_fields_of(self.settings)))
            return
        made = settings_of(self.fields)
        if self.settings and dict(self.settings) != made:
            raise ValueError(f"recipe {self.name}: its settings are not those of its fields")
        object.__setattr__(self, "settings", made)

    @property
    def printed(self) -> bool:
        """True for a recipe that somebody else printed."""
        return any(one.printed for one in self.fields)

    @property
    def needs(self) -> tuple[Field, ...]:
        """What a run must be given, because nobody can print it."""
        return tuple(one for one in self.fields if one.value == NEEDED)

    def changed(self, name: str, source: str, table: str, without: tuple[str, ...] = ()) -> Recipe:
        """Another recipe with the fields of a table in place of its own, and new ones behind them.

        ValueError for a field in `without` that it does not have.
        """
        own = {one.field: one for one in self.fields}
        if missing := [name for name in without if name not in own]:
            raise ValueError(f"recipe {self.name} has no field {missing[0]!r} to leave out")
        kept = {key: one for key, one in own.items() if key not in without}
        fields = kept | {one.field: one for one in read_fields(table)}
        return replace(self, name=name, source=source, settings={}, fields=tuple(fields.values()))


def recipe(name: str, source: str, table: str, data: tuple[str, ...] = ()) -> Recipe:
    """The recipe that a table prints; ValueError names a wrong line."""
    return Recipe(name, source, data=data, fields=tuple(read_fields(table)))


def read_fields(table: str) -> Iterator[Field]:
    """The fields of a table, each line one; a field that stands twice is a ValueError."""
    seen: set[str] = set()
    for cell in cells(table, "recipes", COLUMNS, COLUMNS[:3]):
        name, where = cell["field"], cell["where"]
        if name in seen:
            raise ValueError(f"a recipe has {name!r} twice")
        seen.add(name)
        kind, _, whose = where.partition(": ")
        printed = kind != OPEN
        value = cell["value"] if name in WORDS else read_value(cell["value"])
        source = where if printed else whose or OURS
        yield Field(name, value, source, printed, cell.get("note", ""))


def read_value(cell: str) -> Told:
    """A cell as a setting's value: a number, a fraction as 4/3, true, a list; else text."""
    if re.fullmatch(r"[\[\]\d., /]+", cell):
        cell = re.sub(r"([\d.]+)/([\d.]+)", lambda m: str(float(m[1]) / float(m[2])), cell)
    try:
        value: Told = tomllib.loads(f"x = {cell}")["x"]
    except tomllib.TOMLDecodeError:
        return cell
    return value


def settings_of(fields: tuple[Field, ...]) -> dict[str, object]:
    """The settings of a run that fields are, those of a table in a table."""
    found: dict[str, object] = {}
    for one in fields:
        table, dot, key = one.field.partition(".")
        if not one.is_setting:
            continue
        if dot:
            inner = found.setdefault(table, {})
            assert isinstance(inner, dict)
            inner[key] = one.value
        else:
            found[one.field] = one.value
    return found


def _fields_of(settings: Mapping[str, object]) -> Iterator[Field]:
    """The fields that settings of our own are."""
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from (Field(f"{key}.{k}", v, OURS, False) for k, v in value.items())
        else:
            yield Field(key, value, OURS, False)


def differences(one: Recipe, other: Recipe) -> Iterator[tuple[str, Field | None, Field | None]]:
    """The fields in which two recipes differ, with each side's; None where it does not say it."""
    ours, theirs = ({f.field: f for f in recipe.fields} for recipe in (one, other))
    for name in (*ours, *(name for name in theirs if name not in ours)):
        a, b = ours.get(name), theirs.get(name)
        if a is None or b is None or a.value != b.value:
            yield name, a, b

"""Settings from a file, from --set and from flags, joined over a recipe into a run. No torch."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_type_hints

from ..files import FOLDER, SPECIAL, path_of, read_bytes, unreadable
from ..nets import Found, find, look_up
from ..said import Recipe
from ..spec import SWAPS, Committee, Net, parted
from ..texts import toml
from ..words import by, did_you_mean, plain
from .older import todays
from .own_copy import at_home
from .possible import check_learns, check_norms
from .recipe import TrainRecipe, check_options
from .run import NAMES, TABLES, Run
from .shape import shaped
from .transfer import check_waits
from .usual_words import meant
from .where import Where

FINE = "finetune"  # the recipe that begins with trained weights
ZOOMS = (1.0, 1.125, 1.25)  # times enlarge: where the classifier alone is fitted, one is chosen
BEGUN = {"probe": True, "fallback": True}  # of every recipe where a run does
UNHELD = {"keep": "last", "fallback": False}  # where nothing is held out, unless told otherwise
LARGE = 64  # pixels of a network's input, for which handwritten digits are no default
MOST_BYTES = 1_000_000  # of a configuration
FEW = 20  # keys that an error lists
MOST = 2**63  # what TOML's whole numbers are held in
TYPES = get_type_hints(TrainRecipe) | get_type_hints(Where)


def read_config(path: Path) -> dict[str, Any]:
    """The settings of a TOML file; an unknown key, or one of the wrong type, is a ValueError.

    A network's file in the folder of this file, as a run keeps it, has its whole path.
    """
    _check_file(path)
    if path.is_dir():
        inside = f"{path / 'run.toml'}, say" if (path / "run.toml").exists() else "not a folder"
        raise FileNotFoundError(f"{path} is a folder: --config takes a file, {inside}")
    try:
        values = toml(read_bytes(path, MOST_BYTES).decode("utf-8-sig"))
    except FileNotFoundError:
        raise FileNotFoundError(f"no configuration {path}: --config takes a TOML file") from None
    except RecursionError:
        raise ValueError(f"{path} is not a configuration: it is nested too deeply") from None
    except ValueError as error:  # also of a number with too many digits
        raise ValueError(f"{path} is not TOML: {error}") from None
    read = {key: checked(key, value, str(path)) for key, value in todays(values).items()}
    return read | ({"net": at_home(read["net"], path.parent)} if "net" in read else {})


def _check_file(path: Path) -> None:
    """ValueError for what is neither a file nor a folder, and for a file that is far too large."""
    what = unreadable(path, MOST_BYTES)
    if what == SPECIAL:
        raise ValueError(f"{path} is {what}: --config takes a TOML file")
    if what and what != FOLDER:
        raise ValueError(
            f"{path} is no configuration: it has {what}, and a TOML file of "
            f"settings at most {MOST_BYTES:,}"
        )


def parse_set(text: str) -> tuple[str, Any]:
    """One `--set key=value`, or `table.key=value`; the value as TOML, else as text.

    What is swapped in a network (`lrn=false`) is one of its options.
    """
    key, value = _pair(text, NAMES)
    if key in SWAPS:
        return "options", {key: value}
    table, dot, inner = key.partition(".")
    if dot:
        if table not in TABLES:
            raise ValueError(
                f"--set {text}: unknown table {table!r}.{did_you_mean(table, TABLES)} "
                f"Tables: {', '.join(TABLES)}"
            )
        if not inner or "." in inner:
            raise ValueError(f"--set {text}: give {table}.key=value")
        return table, checked(table, {inner: value}, f"--set {table}.{inner}")
    return key, checked(key, value, f"--set {text}")


def parse_option(text: str) -> tuple[str, Any]:
    """One option of a network, `--set key=value`, or `options.key=value`; the value as in a run."""
    key, value = _pair(text, SWAPS)
    return key.removeprefix("options."), value


def _pair(text: str, known: Sequence[str]) -> tuple[str, Any]:
    """The key and the value of a `--set`; ValueError where it is no pair, or no value."""
    key, equals, given = text.partition("=")
    key = key.strip().replace("-", "_")
    if not equals or not key:
        raise ValueError(f"--set {text}: give key=value.{_all(known)}")
    try:
        read = toml(f"x = {given.strip()}")
        value = read["x"] if len(read) == 1 else given.strip()
    except tomllib.TOMLDecodeError:
        value = given.strip()
    except RecursionError:
        raise ValueError(f"--set {key}: the value is nested too deeply") from None
    except ValueError as error:  # of a number with too many digits
        raise ValueError(f"--set {key}: {error}") from None
    return key, value


def checked(key: str, value: Any, where: str) -> Any:
    """The value of a key in the type of its field; an unknown key is a ValueError with the nearest.

    A whole number will do for a number, a number for a list of one.
    """
    if key not in NAMES:
        raise ValueError(f"{where}: unknown key {key!r}.{meant(key)}{_all(NAMES)}")
    if _largest(value) >= MOST:
        raise ValueError(f"{where.partition('=')[0]}: {key} takes numbers below 2**63")
    wanted = TYPES[key]
    text = str(wanted)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if text.startswith("tuple"):
        numbers = value if isinstance(value, list | tuple) else [value]
        if text.startswith("tuple[tuple") and all(map(_numbers, numbers)):
            return tuple(map(tuple, numbers))
        if _numbers(numbers):
            return tuple(numbers)
        raise ValueError(f"{where}: {key} takes numbers, not {value!r}")
    plain = dict if text.startswith("dict") else wanted
    if not isinstance(value, plain) or (isinstance(value, bool) and plain is not bool):
        raise ValueError(f"{where}: {key} takes {_kind(plain)}, not {value!r}")
    return value


def _all(known: Sequence[str]) -> str:
    """How to see all keys: a few are listed here, many by a command."""
    if len(known) <= FEW:
        return f" The keys: {', '.join(known)}"
    return " All keys, with their values: papernets train lenet5 --dry-run"


def _numbers(value: object) -> bool:
    """Whether a value is a list of numbers."""
    return isinstance(value, list | tuple) and all(
        isinstance(v, int | float) and not isinstance(v, bool) for v in value
    )


def _largest(value: object) -> int:
    """The largest whole number in a value, however it is nested, without its sign."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return max(map(_largest, value), default=0)
    return abs(value) if isinstance(value, int) else 0


def _kind(wanted: type) -> str:
    whole = {bool: "true or false", int: "a whole number", float: "a number"}
    return {**whole, str: "text", dict: "a table"}[wanted]


def joined(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Layers of settings as one: a later value takes an earlier one's place.

    A table adds its keys to an earlier one's; an empty table empties it.
    """
    found: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            found[key] = {**found.get(key, {}), **value} if key in TABLES and value else value
    return found


def located(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The same settings with whole paths, so that a run can be resumed from any folder.

    A data set's name, or a folder that is looked for in data_dir, stays as it is.
    """
    found = dict(settings)
    if found.get("data_dir"):
        found["data_dir"] = str(path_of(found["data_dir"]).absolute())
    own = str(found.get("net", ""))
    if ".py:" in own:
        path, _, name = own.rpartition(":")
        found["net"] = f"{path_of(path).absolute()}:{name}"
    weights, begin = found.get("weights"), found.get("begin")
    if weights and path_of(weights).exists():
        found["weights"] = str(path_of(weights).absolute())
    if begin and begin.get("bundle") and path_of(str(begin["bundle"])).exists():
        found["begin"] = {**begin, "bundle": str(path_of(begin["bundle"]).absolute())}
    data = found.get("data")
    if data and (path_of(data).exists() or "{" in data):
        from ..data import NAMES as SETS
        from ..data.kinds import is_there
        from ..data.names import normal

        if normal(data) not in SETS and is_there(path_of(data)):
            found["data"] = str(path_of(data).absolute())
    return found


def resolve(name: str, *layers: Mapping[str, Any]) -> Run:
    """The run of a network: defaults, then its recipe, then each layer of settings in turn.

    The recipe is the one that the settings name, else the one for this data set, else the network's
    first. ValueError where a name, a value, or the network that they ask for is impossible.
    """
    wanted = joined(*layers)
    check_options(wanted.get("options", {}))
    if parted(name)[1]:
        name, told = parted(name)
        wanted = joined({"options": told}, wanted)
    if wanted.get("weights"):
        from .pretrained import settings_of  # it needs torch

        name, trained = settings_of(wanted["weights"], name, wanted)
        wanted = {**wanted, **trained}
    named = name if ".py:" in name else find(name).name
    found = look_up(name, **wanted.get("options", {}))
    if isinstance(found.net, Net) and not found.net.classes:
        raise ValueError(
            f"{found.name} is a module, not a whole network: it gives maps and no classes, so it "
            "is explained and compared, not trained. Whole networks: papernets list"
        )
    _check_data(found.net, found.recipes, wanted)
    recipe = _chosen(found, wanted)
    _check_needs(found.name, recipe, wanted)
    printed = shaped(recipe, wanted, max(found.net.member.input[1:]))
    settings = {k: checked(k, v, f"recipe {recipe.name}") for k, v in printed.items()}
    settings |= _other_scales(wanted)
    begun = BEGUN if wanted.get("weights") else {}
    if wanted.get("head_only"):
        settings |= _for_head(settings, wanted)
    unheld = UNHELD if joined(settings, wanted).get("val_share") == 0 else {}
    run = Run.of({**joined(begun, settings, unheld, wanted), "net": named, "recipe": recipe.name})
    if not (run.recipe.channels or run.recipe.input):
        run = replace(run, looked_up=found)
    # says so where its options, channels or input are impossible
    if not run.recipe.freeze_norm:
        check_norms(run.found.net.member, run.recipe.at_once)
    check_learns(run.found.net, run.recipe)
    check_waits(run.found.net.member, run.recipe)
    if run.recipe.begin:
        from .pretrained import bundle_of

        bundle_of(str(run.recipe.begin["bundle"]))  # says so where there is none
    return run


def _for_head(settings: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What is otherwise where the classifier alone is fitted.

    No epoch is chosen, so nothing is held out; how large photographs are shown is chosen instead.
    """
    enlarge = settings.get("enlarge", 1.0)
    chosen = enlarge > 1 and not {"enlarge", "augment"} & set(wanted)
    zooms = {"zooms": tuple(enlarge * times for times in ZOOMS)} if chosen else {}
    return {"val_share": 0.0, **zooms}


def _other_scales(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe's ways to scale pixels that are off, as another one is asked for."""
    off = {"standardise": False, "mean": "", "gcn": 0.0, "zca": 0.0}
    asked = {key for key in off if wanted.get(key)}
    if asked or {"low", "high"} & set(wanted):
        return {key: value for key, value in off.items() if key not in asked}
    return {}


def _chosen(found: Found, wanted: Mapping[str, Any]) -> Recipe:
    """The recipe that settings name, else the one for their data, else the first; an empty one.

    ValueError for a name that the network does not have.
    """
    name = wanted.get("recipe")
    if name:
        return found.recipe(str(name))
    recipes = found.recipes
    data = _squeezed(str(wanted.get("data", TrainRecipe.data)))
    fitting = [recipe for recipe in recipes if data in map(_squeezed, recipe.data)]
    if wanted.get("weights"):
        fitting = [recipe for recipe in recipes if recipe.name == FINE] + fitting
    return next(iter([*fitting, *recipes]), Recipe("", source=""))


def _check_needs(network: str, recipe: Recipe, wanted: Mapping[str, Any]) -> None:
    """ValueError where a recipe needs what only a run can name, and it is not given."""
    for one in recipe.needs:
        table, dot, key = one.field.partition(".")
        given = wanted.get(table, {})
        if not (given.get(key) if dot else given):
            flag = f"--set {one.field}=BUNDLE" if dot else f"--{table} BUNDLE"
            raise ValueError(
                f"recipe {recipe.name} of {network} begins with trained weights, {one.note}: give "
                f"them by {flag}. All of it: papernets recipe {network} {recipe.name}"
            )


def _squeezed(name: str) -> str:
    """A data set's name in the form in which names are compared: CIFAR-10 is cifar10."""
    return plain(name).replace("_", "").replace(" ", "")


def _check_data(
    found: Net | Committee, recipes: Sequence[Recipe], wanted: Mapping[str, Any]
) -> None:
    """ValueError where no data are given to a network for photographs: digits are no default there.

    Small networks are quick with digits, and take them.
    """
    if wanted.get("data") or isinstance(found, Committee) or not recipes:
        return
    if recipes[0].name == "modern" and max(found.input[1:]) > LARGE:
        raise ValueError(
            f"{found.name} is a network for photographs: give a folder of them with one folder a "
            f"class, --data PATH, or parquet files. (--data digits shows it scikit-learn's digits, "
            f"enlarged to {by(found.input[1:])}: slow)"
        )

"""Every network by name, in order of year; names as users know them."""

from __future__ import annotations

import fnmatch
import importlib
import importlib.util
import re
from collections.abc import Iterable
from dataclasses import replace
from types import ModuleType
from typing import Any

from .. import rewrite
from ..numbers import is_whole, plain_int
from ..said import Check
from ..said import verify as check
from ..spec import SWAPS, Committee, Net, parted
from ..words import brief, did_you_mean, nearest, plain
from .entry import COMMON, OTHER_WORDS, Entry, check_most, either_word
from .own_code import run
from .own_file import networks_in, own
from .shelf import Found, Shelf, in_file, printed_by, split_swaps, with_swaps

FAMILIES = (
    *("lenet", "lenet.notes"),
    *("alexnet", "alexnet.peers"),
    "zfnet",
    "nin",
    *("vgg", "vgg.peers"),
    *("googlenet", "googlenet.peers"),
    "bn_inception",
    *("inception", "inception.peers"),
    *("inception_v4", "inception_v4.peers"),
    *("resnet", "resnet.cifar", "resnet.peers", "resnet.v2"),
    *("mobilenet", "mobilenet.peers"),
)
"""Where networks are: a folder or a file a family, and what else in its folder lists some."""
_FILES = tuple(importlib.import_module(f"{__package__}.{name}") for name in FAMILIES)
NETS: tuple[Entry, ...] = tuple(
    sorted((entry for file in _FILES for entry in file.NETWORKS), key=lambda e: e.year)
)


def squeezed(name: str) -> str:
    """A plain name without its separators, but those between digits: lenet5 for LeNet-5."""
    return re.sub(r"(?<!\d)_|_(?!\d)", "", plain(name))


_BY_NAME = {plain(n): entry for entry in NETS for n in (entry.name, *entry.aliases)}
_SQUEEZED: dict[str, list[Entry]] = {}
for _name, _one in _BY_NAME.items():
    if _one not in _SQUEEZED.setdefault(squeezed(_name), []):
        _SQUEEZED[squeezed(_name)].append(_one)


def list_nets(pattern: str = "*") -> list[str]:
    """The plain names that match a pattern (`*` and `?`, or a part of one), in order of year."""
    for form in (plain, squeezed):  # LeNet-5 finds lenet5 where nothing matches lenet_5
        wanted = form(pattern)
        wanted = wanted if set("*?[") & set(wanted) else f"*{wanted}*"
        found = [e.name for e in NETS if fnmatch.fnmatchcase(form(e.name), wanted)]
        if found:
            return found
    return []


def _named(name: str) -> Entry | None:
    """The entry that a family makes of a name by its grammar, mobilenet_v1_0.4_96 say."""
    for file in _FILES:
        entry: Entry | None = getattr(file, "named", lambda name: None)(name)
        if entry is not None:
            return _BY_NAME.get(plain(entry.name), entry)
    return None


def _entry(name: str) -> Entry | None:
    """The entry of a name; None where there is none, or several that it may mean."""
    entry = _BY_NAME.get(plain(name)) or _named(plain(name))
    alike = _SQUEEZED.get(squeezed(name), [])
    return alike[0] if entry is None and len(alike) == 1 else entry


def find(name: str) -> Entry:
    """The entry of a name or an alias; a wrong name is a ValueError with the nearest one.

    Separators may be left out or put in (`LeNet-5`, `lenet_5`) where that means one network only.
    What a name says is swapped (`alexnet+norm=batch`) does not matter here.
    """
    _check_name(name)
    name = parted(name)[0]
    entry = _entry(name)
    if entry is None and name.endswith(".py"):
        names = networks_in(run(name))
        which = names[0] if names else "NAME"
        raise ValueError(
            f"{name} is a file: say which network in it, {name}:{which}; "
            f"networks in it: {', '.join(names) or 'none'}"
        )
    if entry is None:
        hint = did_you_mean(name, _BY_NAME, loosely=True)
        raise ValueError(f"unknown network {brief(name)}.{hint} All names: papernets list")
    return entry


def look_up(
    name: str,
    classes: int | None = None,
    channels: int | None = None,
    input: int | tuple[int, int] | None = None,
    **options: object,
) -> Found:
    """The network of a name, or of a user's own `file.py:NAME`, and what stands beside it.

    `input` is a side or (height, width) in pixels; None keeps the paper's. No classes, 0, are the
    features (F, 1, 1) before the classifier. Further options are those that the network's file
    declares, and the swaps of any network (`rewrite.swaps`), which the name may have too:
    `alexnet+norm=batch`. An unknown one, or an impossible value, is a ValueError that says what
    would work.
    """
    _check_name(name)
    name, told = parted(name)
    options = {**told, **options}
    every = zip(COMMON, sizes(classes, channels, input), strict=True)
    given: dict[str, object] = {k: v for k, v in every if v is not None}
    features = given.get("classes") == 0
    if features:
        del given["classes"]
    found = _made(name, given, options)
    return without_classifier(found) if features else found


def _made(name: str, given: dict[str, object], options: dict[str, Any]) -> Found:
    """The network of a name for sizes of one's own, and what stands beside it."""
    if ".py:" in name:
        return own(name, given, options)
    entry = find(name)
    check_options(entry, options)
    options, wanted = split_swaps(options, entry.options)
    return with_swaps(beside(entry.make(**given, **options)), wanted)


def without_classifier(found: Found) -> Found:
    """A network without its classifier and heads; ValueError for a committee, whose answers add."""
    if isinstance(found.net, Committee):
        raise ValueError(
            f"{found.name} is a committee: it adds its members' outputs and has no features of "
            f"its own. Ask for them of a member's network, {found.net.member.name}"
        )
    return replace(found, net=rewrite.without_classifier(found.net))


def net(
    name: str,
    classes: int | None = None,
    channels: int | None = None,
    input: int | tuple[int, int] | None = None,
    **options: Any,
) -> Net | Committee:
    """The network of a name, or of a user's own `file.py:NAME`.

    `classes` and `channels` (create_model's `num_classes` and `in_chans` are taken too) and
    `input`, a side or (height, width) in pixels, are the paper's where None; classes=0 leaves the
    classifier out, so that the network gives features. Further options are those that the network's
    file declares, and what may be swapped in any: `activation`, `norm`, `lrn`, `dropout`,
    `pooling`, `residual_scale` (`rewrite.swaps`). ValueError says what is wrong with a name, an
    option or a value, and what works.
    """
    classes = either_word("classes", classes, OTHER_WORDS["classes"], options)
    channels = either_word("channels", channels, OTHER_WORDS["channels"], options)
    return look_up(name, classes, channels, input, **options).net


def beside(net: Net | Committee) -> Found:
    """A network that somebody holds, with what stands beside it under its name, if that is ours."""
    entry = _held(net.name)
    if entry is None:
        return Found(net)
    return Found(net, _shelf(entry.family).by(_own_name), printed_by(entry.make, net))


def _held(name: str) -> Entry | None:
    """The entry of the name that a network carries; None where it is none of ours."""
    try:
        return _entry(parted(name)[0])
    except ValueError:  # of our grammar with an impossible size
        return None


def _own_name(name: str) -> str:
    """The name under which a shelf has a network, where it carries an alias."""
    entry = _held(name)
    return name if entry is None else entry.name


def verify(network: str | Net | Committee | Found) -> tuple[Check, ...]:
    """All claims on a network, checked: by its name, FILE.py:NAME, or as a value."""
    if isinstance(network, str):
        network = look_up(network)
    found = network if isinstance(network, Found) else beside(network)
    return check(found.net, found.record)


def _shelf(family: str) -> Shelf:
    """What a folder's claims.py and recipes.py have; of a family of one file, its constants.

    They are imported when they are asked for: to know a network is not to know what was said.
    """

    def part(name: str) -> ModuleType:
        return importlib.import_module(f"{family}.{name}")

    folder = importlib.util.find_spec(family)
    alone = folder is None or folder.submodule_search_locations is None
    if alone or importlib.util.find_spec(f"{family}.claims") is None:
        home = importlib.import_module(family)
        return in_file(home, family, {entry.name: entry.title for entry in home.NETWORKS})
    return Shelf(
        lambda net: part("claims").record(net),
        lambda net: part("recipes").initialisation(net),
        lambda net: part("recipes").recipes(net),
    )


def check_options(entry: Entry, options: Iterable[str], common: tuple[str, ...] = COMMON) -> None:
    """ValueError for an option that a network lacks; `common` is what every network takes."""
    for option in options:
        if option not in (*entry.options, *SWAPS):
            known = (*common, *entry.options)
            meant = OTHER_WORDS.get(nearest(option, OTHER_WORDS) or "")  # `Classes` is num_classes
            hint = did_you_mean(option if meant not in known else meant, (*known, *SWAPS))
            raise ValueError(
                f"{entry.name} has no option {brief(option)}.{hint} Its options: "
                f"{', '.join(known)}. Swaps in any network: {', '.join(SWAPS)}"
            )


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        raise ValueError(
            f"a network is a name such as 'lenet5', not {brief(name)}. All names: papernets list"
        )


def sizes(
    classes: int | None, channels: int | None, input: int | tuple[int, int] | None
) -> tuple[int | None, int | None, int | tuple[int, int] | None]:
    """The same as Python's own ints, whatever kind of whole number is given, such as numpy's.

    An impossible one is a ValueError.
    """
    several = isinstance(input, tuple | list)  # a list: as TOML and JSON write it
    input = tuple(map(plain_int, input)) if several else plain_int(input)  # type: ignore
    classes, channels = plain_int(classes), plain_int(channels)
    _check(classes, channels, input)
    return classes, channels, input


def _check(classes: object = None, channels: object = None, input: object = None) -> None:
    for what, value, least in (("classes", classes, 0), ("channels", channels, 1)):
        if value is not None and not is_whole(value, least):
            other = "" if least else " (0: the features, without a classifier)"
            raise ValueError(
                f"{what} must be a whole number of at least 1{other}, not {brief(value)}"
            )
        check_most(what, value)
    if input is not None:
        sides = input if isinstance(input, tuple) else (input, input)
        if len(sides) != 2 or not all(is_whole(side, 1) for side in sides):
            raise ValueError(
                f"input must be a side or (height, width) in pixels, not {brief(input)}"
            )
        for side in sides:
            check_most("a side of the input", side)

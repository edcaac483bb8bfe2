"""What a comparison says of a network, column by column, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..tables import Cell, Column, Section, Table
from ..words import by, did_you_mean, percent, plain, plural
from .depth import RULE
from .footnotes import marks, notes
from .one import Compared
from .published import Published
from .results import Result

Get = Callable[[Compared, str], Cell]
"""A cell of a network, with the errors that a protocol chooses."""


@dataclass(frozen=True)
class What:
    """A column: its heading for people, its value, how a number is shown, what it means.

    `words`: set to the left.
    """

    name: str
    get: Get
    show: Callable[[float], str] | None = None
    means: str = ""
    words: bool = False


def millions(number: float) -> str:
    """A number in millions, with four digits that count: 60.97, 724.4, 15,470, 0.06."""
    return digits(number / 1e6)


def digits(value: float) -> str:
    """Four digits that count, and none that do not: 243.9, 15,470, 0.24."""
    if value == 0:
        return "0"
    places = 3
    while abs(value) >= 10 ** (4 - places) and places > 0:
        places -= 1
    if abs(value) < 0.1:
        return f"{value:.3g}"
    return f"{round(value, places):,.{places}f}"


def _mega(size: float) -> str:
    return digits(size / 1e6)


def _mebi(size: float) -> str:
    return digits(size / 2**20)


def _field(one: Compared, _: str) -> Cell:
    field = one.receptive_field
    return by(field) if field else None


def _shown(get: Callable[[Published], Cell]) -> Get:
    def cell(one: Compared, protocol: str) -> Cell:
        found = one.shown(protocol)
        return get(found) if found else None

    return cell


def _measured(one: Compared, protocol: str) -> Cell:
    ours = one.ours(protocol)
    return ours.error if ours else None


def _interval(one: Compared, protocol: str) -> Cell:
    ours = one.ours(protocol)
    if ours is None or ours.error is None:
        return None
    low, high = ours.interval
    return f"{100 * low:.2f} to {percent(high)}"


def _ours(get: Callable[[Result], Cell]) -> Get:
    def cell(one: Compared, protocol: str) -> Cell:
        found = one.ours(protocol)
        return get(found) if found else None

    return cell


def _of_network(get: Callable[[Compared], Cell]) -> Get:
    return lambda one, protocol: get(one)


WHATS: Mapping[str, What] = {
    "network": What("network", _of_network(lambda one: one.called), words=True),
    "title": What("what it is", _of_network(lambda one: one.found.record.title), words=True),
    "paper": What("paper", _of_network(lambda one: one.found.record.source), words=True),
    "year": What("year", _of_network(lambda one: one.year), str),
    "input": What("input", _of_network(lambda one: by(one.net.input))),
    "classes": What("classes", _of_network(lambda one: one.net.classes)),
    "depth": What("depth", _of_network(lambda one: one.depth), means=RULE),
    "params": What(
        "params (M)",
        _of_network(lambda one: one.params),
        millions,
        "params: trained parameters, in millions",
    ),
    "fixed_params": What("fixed", _of_network(lambda one: one.fixed_params)),
    "macs": What(
        "MACs (M)",
        _of_network(lambda one: one.macs),
        millions,
        "MACs: multiply-adds for one picture, in millions",
    ),
    "megabytes": What(
        "MB",
        _of_network(lambda one: one.bytes),
        _mega,
        "MB: the parameters in float32, 10^6 bytes each",
    ),
    "mebibytes": What(
        "MiB",
        _of_network(lambda one: one.bytes),
        _mebi,
        "MiB: the parameters in float32, 2^20 bytes each",
    ),
    "memory": What(
        "memory (MB)",
        _of_network(lambda one: one.memory),
        _mega,
        "memory: the outputs of all layers for one picture, float32, in MB",
    ),
    "field": What(
        "field", _field, means="field: the side in pixels of what one value of the last map sees"
    ),
    "top1": What("top-1", _shown(lambda one: one.top1), percent),
    "top5": What("top-5", _shown(lambda one: one.top5), percent),
    "protocol": What("protocol", _shown(lambda one: one.protocol), words=True),
    "conditions": What("conditions", _shown(lambda one: one.conditions), words=True),
    "source": What("source", _shown(lambda one: one.source), words=True),
    "measured": What("ours", _measured, percent, "ours: the test error of the run that is given"),
    "interval": What("95 % interval", _interval),
    "data": What("ours on", _ours(lambda one: one.data), words=True),
    "shown": What("ours by", _ours(lambda one: one.protocol), words=True),
}
"""All columns by name, in their order."""
NAMES = tuple(WHATS)
USUAL = ("network", "year", "depth", "params", "macs", "megabytes", "memory", "field")
ERRORS, OURS = ("top1", "top5"), ("measured", "interval", "data", "shown")
EXACT = {
    "megabytes": ("megabytes", 1e6),
    "mebibytes": ("mebibytes", float(2**20)),
    "memory": ("activation_megabytes", 1e6),
}
"""Columns that hold bytes: what programs get them as, and in which unit."""
KEYS = {"top1": "top1_error", "top5": "top5_error", "measured": "test_error"}


WRITTEN = {plain(what.name.split(" (")[0]): name for name, what in WHATS.items()}
"""Columns by their headings: MACs, MB, top-1."""


def check_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """The columns by their names, of which their headings are others; ValueError with the nearest.

    Case, `-` and `_` are the same.
    """
    known = {**WRITTEN, **{plain(name): name for name in NAMES}}
    for name in columns:
        if plain(name) not in known:
            hint = did_you_mean(name, WHATS)
            raise ValueError(f"unknown column {name!r}.{hint} Columns: {', '.join(NAMES)}")
    return tuple(dict.fromkeys(known[plain(name)] for name in columns))


def value_of(name: str, one: Compared, protocol: str) -> Cell | tuple[int, ...]:
    """By what a network is sorted in a column; ValueError for an unknown one."""
    (name,) = check_columns((name,))
    if name == "field":
        return one.receptive_field
    if name == "input":
        return one.net.input
    return WHATS[name].get(one, protocol)


def usual(several: Sequence[Compared], protocol: str, exact: bool = False) -> tuple[str, ...]:
    """The columns without being asked: errors where somebody published one, ours where given."""
    published = any(one.shown(protocol) for one in several)
    ours = any(one.measured for one in several)
    more = ("protocol", "source") if exact else ()
    sizes = ("mebibytes",) if exact else ()
    errors = (*ERRORS, *more) if published else ()
    return (*USUAL[:6], *sizes, *USUAL[6:], *errors, *(OURS if ours else ()))


def table(
    several: Sequence[Compared], protocol: str, columns: tuple[str, ...], exact: bool
) -> Table:
    """The networks as a table: rounded, with the protocols marked; or exact, for programs."""
    names = columns or usual(several, protocol, exact)
    if exact:
        return _exact(several, protocol, names)
    letters = marks(several, protocol) if set(names) & set(ERRORS) else {}
    rows = tuple(tuple(_cell(name, one, protocol, letters) for name in names) for one in several)
    heads = tuple(
        Column(WHATS[name].name, not WHATS[name].words, name, WHATS[name].show) for name in names
    )
    title = f"{plural(len(rows), 'network')} compared"
    below = notes(several, protocol, letters, "measured" in names)
    means = [WHATS[name].means for name in names if WHATS[name].means]
    below += [f"{'; '.join(means)}."] if means else []
    return Table(heads, (Section(rows),), title, tuple(below))


def _cell(name: str, one: Compared, protocol: str, letters: Mapping[str, str]) -> Cell:
    cell = WHATS[name].get(one, protocol)
    if name in ERRORS and isinstance(cell, float):
        found = one.shown(protocol)
        assert found is not None
        more = "> " if found.least else ""
        return f"{more}{short_percent(cell)} {letters[found.protocol]}"
    if name == "field" and (seen := one.receptive_field) and seen[0] == seen[1]:
        return str(seen[0])
    return cell


def short_percent(fraction: float) -> str:
    """A published error in per cent, with one digit at least: 27.0, 10.07, 6.43."""
    value = round(100 * fraction, 4)
    return f"{value:.1f}" if value == round(value, 1) else f"{value:g}"


def _exact(several: Sequence[Compared], protocol: str, names: tuple[str, ...]) -> Table:
    heads = []
    for name in names:
        what = WHATS[name]
        key = EXACT[name][0] if name in EXACT else KEYS.get(name, name)
        heads.append(Column(what.name, not what.words, key))
    rows = tuple(
        tuple(_plain(name, WHATS[name].get(one, protocol)) for name in names) for one in several
    )
    return Table(tuple(heads), (Section(rows),))


def _plain(name: str, cell: Cell) -> Cell:
    return round(cell / EXACT[name][1], 6) if name in EXACT and isinstance(cell, int) else cell

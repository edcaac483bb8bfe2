"""The explorer in a notebook: some networks, in a frame that can do nothing outside of itself."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from dataclasses import dataclass

from ..bundle.find import find_bundle
from ..nets import Found, beside
from ..nets.registry import NETS, find, look_up
from ..spec import Committee, Net
from .engine import LIMIT
from .page import Shown, whole
from .taught import NONE, asked_for
from .trained import SHIPPED, PageNetwork, coming, trained

Given = str | os.PathLike[str] | Net | Committee | Found
HEIGHT = 760
"""Of the frame, in pixels."""


@dataclass(frozen=True)
class Explorer:
    """The explorer's page of some networks; notebooks show it by themselves."""

    page: str
    names: tuple[str, ...]
    height: int = HEIGHT

    def _repr_html_(self) -> str:
        """The page in a frame without an origin: its scripts run, and reach nothing outside."""
        return (
            f'<iframe title="Papernets explorer: {html.escape(", ".join(self.names))}" '
            f'sandbox="allow-scripts" srcdoc="{html.escape(self.page)}" '
            f'style="width:100%;height:{self.height}px;border:1px solid #8888"></iframe>'
        )

    def __repr__(self) -> str:
        size = len(self.page.encode()) / 1e6
        return f"Explorer of {', '.join(self.names)}: {size:.1f} MB. In a notebook it is a page"


def explore(
    *nets: Given, height: int = HEIGHT, limit: int = LIMIT, lessons: Sequence[str] = (NONE,)
) -> Explorer:
    """The explorer's page of these networks, for a cell of a notebook.

    Each is a network, its name, or a bundle's or run's folder. What is trained runs in the page:
    bundles, and the networks whose weights come with the package. `height` is the frame's, in
    pixels; `limit` how many bytes trained networks may add. `lessons` are words that choose some,
    or `all`: by itself a cell has none. ValueError, FileNotFoundError and TypeError as for every
    verb.
    """
    if not nets:
        raise ValueError("no network is given: papernets.explore('lenet5'), or several")
    shown: list[Shown] = []
    works: list[PageNetwork] = []
    for given in nets:
        if isinstance(given, Net | Committee | Found):
            found = given if isinstance(given, Found) else beside(given)
            shown.append((_free(found.name, shown, works), found, None))
        elif isinstance(given, str | os.PathLike):
            _by_name(os.fspath(given), shown, works)
        else:
            raise TypeError(
                f"explore takes networks, their names and bundles' folders, not a "
                f"{type(given).__name__}"
            )
    names = dict.fromkeys([*(own for own, _, _ in shown), *(one.own for one in works)])
    several = asked_for(lessons, [found.name for _, found, entry in shown if entry], every=False)
    page = whole(shown, works, limit, lessons=several)
    return Explorer(page, tuple(names), height)


def _by_name(name: str, shown: list[Shown], works: list[PageNetwork]) -> None:
    """Puts what a name means among the networks, or those at work."""
    entries = {entry.name for entry in NETS}
    if name not in entries and _is_bundle(name):
        works.append(trained(name, _free(os.path.basename(os.path.abspath(name)), shown, works)))
        return
    found = look_up(name)
    entry = find(name) if found.name in entries else None
    shown.append((_free(found.name, shown, works), found, entry))
    if found.name in SHIPPED and shown[-1][0] == found.name:
        works.append(coming(found.name))


def _is_bundle(name: str) -> bool:
    try:
        find_bundle(name)
    except (ValueError, OSError):
        return False
    return True


def _free(name: str, shown: list[Shown], works: list[PageNetwork]) -> str:
    """A name that nothing else in the page has."""
    taken = {own for own, _, _ in shown} | {one.own for one in works}
    number, own = 2, name
    while own in taken:
        number, own = number + 1, f"{name} ({number})"
    return own

"""The explorer: one page that needs nothing else, with every network, and small ones at work."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from ..diagram.themes import THEMES
from ..lessons import Lesson
from ..lessons.page import colours
from ..lessons.page import css as lesson_css
from ..lessons.page import home as lesson_home
from ..lessons.page import script as lesson_script
from ..nets import Found
from ..nets.entry import Entry
from ..nets.registry import NETS, find, list_nets, look_up
from ..watch import watched
from ..words import brief
from .drawings import drawings
from .engine import LIMIT, PagePart
from .engine import script as engine_script
from .engine.export import embedded
from .export import net_data
from .packed import packed
from .replay import replays
from .samples import samples
from .taught import asked_for, taught
from .trained import PAD, SHIPPED, PageNetwork, at_work, trained

Values = dict[str, Any]
Shown = tuple[str, Found, Entry | None]
"""A network of the page: what it is called there, and what makes it for other sizes."""
SCRIPTS = (
    *("text", "window", "settings", "layers", "weighted", "weightless"),
    *("walk", "smallest", "graph", "memory", "stages"),
    *("explain", "steps", "fields", "ways", "blocks", "place", "align", "diff", "meaning"),
    *("data", "run", "pen", "scan", "ink", "pixel"),
    *("dom", "state", "typed", "drawing", "picture", "panel", "sizes", "list", "level", "overview"),
    *(
        "networks",
        "compare",
        "maps",
        "work",
        "inspect",
        "codes",
        "rows",
        "pad",
        "strip",
        "replay",
        "digit",
    ),
    *("seen", "look", "lessons", "unknown", "main"),
)
"""The page's scripts behind the engine's: the arithmetic, networks at work, the page itself."""
ARITHMETIC = SCRIPTS[: SCRIPTS.index("data")]
"""Those that need no page: they walk a network of `net_data`."""
AT_WORK = SCRIPTS[: SCRIPTS.index("dom")]
"""Those that need no page, with what asks a trained network; the engine stands before them."""
STYLES = ("page", "drawing", "digit", "lessons")
COMMENT = re.compile(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
"""A comment of JavaScript that has its lines for itself."""


def explorer(
    bundles: Sequence[str] = (),
    pattern: str = "*",
    limit: int = LIMIT,
    lessons: Sequence[str] = (),
) -> str:
    """The page with the networks of a pattern and of these bundles, as HTML.

    Bundles are run in the page beside the LeNets that come with the package, which the pad always
    has, as it has `lenet5_scan` for strips; so is `resnet20` where the pattern has it. Only bundles
    and networks of the pattern are listed. Trained networks add at most `limit` bytes. The words of
    `lessons` choose some, `all` or `none`; without any they fit the networks (`taught.asked_for`).
    ValueError where networks would add more, the page cannot run a bundle, no network fits the
    pattern or no lesson a word; FileNotFoundError where there is no bundle.
    """
    names = chosen(pattern)
    several = asked_for(lessons, names, every=len(names) == len(NETS))
    own = [trained(name, own) for name, own in zip(bundles, _own_names(bundles), strict=True)]
    shipped = [name for name in SHIPPED if name in PAD or name in names]
    return whole(
        [(name, look_up(name), find(name)) for name in names],
        [*(trained(name, name) for name in shipped), *own],
        limit,
        {*PAD} - {*names},
        several,
    )


def whole(
    nets: Sequence[Shown],
    works: Sequence[PageNetwork],
    limit: int = LIMIT,
    unlisted: Container[str] = (),
    lessons: Sequence[Lesson] = (),
) -> str:
    """The page with these networks, these trained ones at work, and these lessons; errors as
    `explorer`.

    The network of a trained one stands among the others too, unless it is `unlisted`: then it is
    in its room alone.
    """
    engine, told = at_work(works, limit)
    entries = {entry.name: entry for entry in NETS}
    known = {own for own, _, _ in nets}
    more = [(one.own, one.found, entries.get(one.own)) for one in works if one.own not in known]
    every = [*nets, *more]
    data = [
        {**net_data(found, entry), "own": own, "listed": own not in unlisted}
        for own, found, entry in every
    ]
    shown = [(own, found) for own, found, _ in every if own not in unlisted]
    drawn = {
        own: _packed_drawings(found) for own, found in watched(shown, "networks drawn", len(shown))
    }
    package = [own for own, _ in shown if own in entries]
    told_all = {"networks": told}
    return _page({"nets": data}, drawn, told_all, engine, replays(works), taught(lessons, package))


def chosen(pattern: str) -> list[str]:
    """The networks of a pattern; ValueError where there are none."""
    names = list_nets(pattern)
    if not names:
        raise ValueError(f"no network is called {brief(pattern)}. All names: papernets list")
    return names


def _own_names(bundles: Sequence[str]) -> Iterator[str]:
    """What each bundle is called in the page: as it was given, its folder alone where that does."""
    short = [Path(name).name for name in bundles]
    taken = {*(entry.name for entry in NETS), *SHIPPED}
    for name, last in zip(bundles, short, strict=True):
        own = last if last and last not in taken and short.count(last) == 1 else name
        yield own if own not in taken else f"{own} (bundle)"


def _packed_drawings(found: Found) -> str:
    """The drawings of a network, which are read when they are first wanted."""
    return packed(drawings(found))


def _page(
    networks: Values,
    drawn: Values,
    told: Values,
    engine: PagePart | None,
    replayed: Sequence[Values] = (),
    lessons: Values | None = None,
) -> str:
    pictures = any(not one["drawn"] for one in told["networks"])
    folder = files("papernets.explore")
    home = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = home.from_string((folder / "page.html").read_text("utf-8"))
    return template.render(
        styles="\n".join([colours(), _paints(), lesson_css(), *_texts("css", STYLES)]),
        lesson_home=lesson_home(),
        lesson_script=lesson_script(),
        script=script(SCRIPTS),
        networks=embedded(networks),
        drawings=embedded(drawn),
        trained=embedded(told),
        lessons=embedded(lessons or taught((), ())),
        replay=embedded({"replays": list(replayed)}),
        samples=embedded({"samples": samples() if pictures else []}),
        engine=engine.data if engine else embedded({"networks": []}),
    )


def script(names: Iterable[str]) -> str:
    """The engine, and scripts of the page one behind the other, without comments and indents.

    They stand in the sources: no script of ours has a text of several lines.
    """
    whole = "\n".join([engine_script(), *_texts("js", names)])
    return re.sub(r"^[ \t]+", "", COMMENT.sub("", whole), flags=re.MULTILINE)


def _texts(kind: str, names: Iterable[str]) -> Iterator[str]:
    folder = files("papernets.explore") / kind
    return ((folder / f"{name}.{kind}").read_text("utf-8") for name in names)


def _paints() -> str:
    """The colours of drawings as classes, light and dark, from the themes of `papernets draw`."""
    paints = sorted({*THEMES["light"].fills, *THEMES["light"].outlines})

    def values(name: str) -> str:
        theme = THEMES[name]
        return "".join(
            f"--fill-{one}:{theme.fill(one)};--edge-{one}:{theme.outline(one)};" for one in paints
        )

    dark = values("dark")
    classes = "".join(
        f".paint-{one}{{fill:var(--fill-{one});stroke:var(--edge-{one});"
        f"--own-fill:var(--fill-{one});--own-edge:var(--edge-{one})}}"
        for one in paints
    )
    return (
        f":root{{{values('light')}}}\n@media screen and (prefers-color-scheme:dark)"
        f"{{:root:not([data-theme=light]){{{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{dark}}}}}\n{classes}"
    )

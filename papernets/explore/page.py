"""The explorer: one page that needs nothing else, with every network, and small ones at work."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from ..diagram.themes import THEMES
from ..lessons.page import colours
from ..nets import Found
from ..nets.registry import NETS, find, list_nets, look_up
from ..words import brief
from .drawings import drawings
from .export import net_data
from .weights import SHIPPED, packed

Values = dict[str, Any]
SCRIPTS = (
    *("text", "window", "settings", "layers", "weighted", "weightless"),
    *("walk", "smallest", "graph", "memory", "stages"),
    *("explain", "steps", "fields", "ways", "blocks", "place", "align", "diff", "meaning"),
    *("data", "tensor", "run", "pen", "shrink"),
    *("dom", "state", "drawing", "picture", "panel", "sizes", "list", "level", "overview"),
    *("networks", "compare", "work", "pad", "digit", "look", "main"),
)
"""The page's scripts, one behind the other: the arithmetic, networks at work, the page itself."""
ARITHMETIC = SCRIPTS[: SCRIPTS.index("data")]
"""Those that need no page: they walk a network of `net_data`."""
AT_WORK = SCRIPTS[: SCRIPTS.index("dom")]
"""Those that need no page, with what runs a network of digits."""
STYLES = ("page", "drawing", "digit")


def explorer(bundles: Sequence[str] = (), pattern: str = "*") -> str:
    """The page with the networks of a pattern and of these bundles, as HTML.

    Bundles whose networks the page can run stand beside the LeNets that come with the package.
    ValueError or FileNotFoundError where a bundle cannot be read, or no network fits the pattern.
    """
    nets = {name: (look_up(name), find(name)) for name in chosen(pattern)}
    shown = [net_data(found, entry) for found, entry in nets.values()]
    drawn = {found.name: _packed_drawings(found) for found, _ in nets.values()}
    trained = []
    for name in SHIPPED if "resnet20" not in nets else (*SHIPPED, "resnet20"):
        found, weights = packed(name)
        assert weights is not None
        if name not in nets:
            shown.append(net_data(found, find(name)))
            drawn[found.name] = _packed_drawings(found)
        trained.append({"own": name, **weights})
    for name, own in zip(bundles, _own_names(bundles), strict=True):
        found, weights = packed(name)
        shown.append({**net_data(found), "own": own})
        drawn[own] = _packed_drawings(found)
        trained += [{"own": own, **weights}] if weights else []
    return _page({"nets": shown}, drawn, {"networks": trained})


def chosen(pattern: str) -> list[str]:
    """The networks of a pattern; ValueError where there are none."""
    names = list_nets(pattern)
    if not names:
        raise ValueError(f"no network is called {brief(pattern)}. All names: papernets list")
    return names


def _own_names(bundles: Sequence[str]) -> Iterator[str]:
    """What each bundle is called in the page: as it was given, its folder alone where that does."""
    short = [Path(name).name for name in bundles]
    taken = {entry.name for entry in NETS}
    for name, last in zip(bundles, short, strict=True):
        own = last if last and last not in taken and short.count(last) == 1 else name
        yield own if own not in taken else f"{own} (bundle)"


def _packed_drawings(found: Found) -> str:
    """The drawings of a network, deflated, in base64: they are read when they are first wanted."""
    text = json.dumps(drawings(found), separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _page(networks: Values, drawn: Values, trained: Values) -> str:
    folder = files("papernets.explore")
    home = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = home.from_string((folder / "page.html").read_text("utf-8"))
    return template.render(
        styles="\n".join([colours(), _paints(), *_texts("css", STYLES)]),
        script="\n".join(_texts("js", SCRIPTS)),
        networks=_embedded(networks),
        drawings=_embedded(drawn),
        trained=_embedded(trained),
    )


def script(names: Iterable[str]) -> str:
    """Scripts of the page one behind the other."""
    return "\n".join(_texts("js", names))


def _texts(kind: str, names: Iterable[str]) -> Iterator[str]:
    folder = files("papernets.explore") / kind
    return ((folder / f"{name}.{kind}").read_text("utf-8") for name in names)


def _embedded(value: Values) -> str:
    """JSON in which nothing can end the script element that it stands in."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("<", "\\u003c")


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
        f":root{{{values('light')}}}\n@media (prefers-color-scheme:dark)"
        f"{{:root:not([data-theme=light]){{{dark}}}}}\n:root[data-theme=dark]{{{dark}}}\n{classes}"
    )

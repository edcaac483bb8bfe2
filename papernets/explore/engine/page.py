"""What a page has in it to run networks: the engine's script, its kernels, programs and weights."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ...words import plural
from .export import Planned, embedded, planned

Values = dict[str, Any]
SCRIPTS = (
    *("numbers", "plain", "kernels", "layers"),
    *("resize", "ink", "handwriting", "prepare", "picture", "engine", "wide"),
)
"""The engine's parts, one behind the other, in a function of their own."""
PUBLIC = (
    "load",
    "decode",
    "prepared",
    "resized",
    "softmax",
    "bytesOf",
    "runsKernels",
    "widened",
    "stepAlong",
    "EngineError",
)
"""What a page may use of it: `Engine.load`, ..."""
LIMIT = 4_000_000
"""Bytes that networks may add to a page where nobody allows more."""
MOST = 500_000_000
"""Bytes that nobody can allow: browsers hold no longer text."""
FLAG = "--page-limit"
"""What allows more, in megabytes."""


@dataclass(frozen=True)
class PagePart:
    """What a page takes in to run networks.

    `script` is JavaScript that defines `Engine` and nothing else; `data` is JSON for a script
    element: `wasm`, the kernels in base64, and `networks`, each with `own`, what it was called,
    `program` and `weights`. Names in it are text: a page sets them as such.
    """

    script: str
    data: str
    size: int
    """Bytes of both."""


def page_part(
    *bundles: str | os.PathLike[str], limit: int = LIMIT, called: Sequence[str] = ()
) -> PagePart:
    """What a page takes in to run the networks of these bundles, `resnet20` if none is given.

    How large it becomes is known before any weights are read; more than `limit` bytes are a
    ValueError, and so is a bundle that the page cannot run: see `export`. `called` are names for
    the networks; by themselves they have their folders'.
    """
    given = [os.fspath(bundle) for bundle in bundles or ("resnet20",)]
    names = called or _called(given)
    plans = [(own, planned(bundle)) for own, bundle in zip(names, given, strict=True)]
    code, wasm = script(), kernels()
    _check_size(plans, len(code) + len(wasm), limit)
    networks = []
    for own, plan in plans:
        made = plan.exported()
        networks.append({"own": own, "program": made.program, "weights": made.packed})
    data = embedded({"wasm": wasm, "networks": networks})
    return PagePart(code, data, len(code.encode()) + len(data.encode()))


def _called(given: list[str]) -> list[str]:
    """What each bundle is called in the page: its folder alone where that tells them apart."""
    short = [Path(one).name or one for one in given]
    return [own if short.count(own) == 1 else one for own, one in zip(short, given, strict=True)]


def _check_size(plans: list[tuple[str, Planned]], engine: int, limit: int) -> None:
    total = engine + sum(plan.size for _, plan in plans)
    if total <= min(limit, MOST):
        return
    own, largest = max(plans, key=lambda one: one[1].size)
    more = len(plans) - 1
    named = f"{own} and {plural(more, 'more network')}" if more else own
    larger = f"{named}: the page would be {total / 1e6:.1f} MB larger"
    if total > MOST:
        raise ValueError(
            f"{larger}, more than the {MOST / 1e6:g} MB that browsers open as one text"
        )
    others = f" ({own} alone {largest.size / 1e6:.1f} MB)" if more else ""
    raise ValueError(
        f"{larger}{others}, more than {limit / 1e6:g} MB. Weights are in it in float16. "
        f"{FLAG} {-(-total // 1_000_000)} allows it; a smaller network does with less"
    )


@cache
def script() -> str:
    """The engine as JavaScript that defines `Engine`; docs/engine.md has its few functions."""
    folder = files("papernets.explore.engine")
    parts = [(folder / f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    given = f"return {{{', '.join(PUBLIC)}}};"
    return "\n".join(["const Engine = (() => {", *parts, given, "})();", ""])


@cache
def kernels() -> str:
    """The kernels, compiled from kernels.c by `make kernels`, in base64."""
    folder = files("papernets.explore.engine")
    return base64.b64encode((folder / "kernels.wasm").read_bytes()).decode()

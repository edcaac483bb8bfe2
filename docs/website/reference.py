"""The Python reference: the public names of papernets, and the classes that they return."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator

import papernets

GROUPS = (
    (
        "Networks as values",
        ("papernets.spec", "papernets.nets", "papernets.said", "papernets.show"),
    ),
    ("Modules", ("papernets.bundle", "papernets.run", "papernets.peers", "papernets.modules")),
    ("Networks that answer", ("papernets.evaluate", "papernets.deploy")),
)
"""Under which heading a name stands, by the room that it comes from."""


def public() -> list[tuple[str, object]]:
    """The public names and what they are, in the order of the alphabet."""
    return [(name, getattr(papernets, name)) for name in papernets.__all__ if name[0] != "_"]


def _classes() -> dict[str, list[type]]:
    """Our classes by name, as far as they are imported."""
    found: dict[str, list[type]] = {}
    for name, module in list(sys.modules.items()):
        if module is not None and name.split(".")[0] == "papernets":
            for cls in vars(module).values():
                if isinstance(cls, type) and cls.__module__ == name:
                    found.setdefault(cls.__name__, []).append(cls)
    return found


def returned(things: list[tuple[str, object]]) -> list[type]:
    """The classes of ours that public functions return, and that public classes hold."""
    known, found = _classes(), []
    todo = [thing for _, thing in things]
    while todo:
        thing = todo.pop(0)
        for word in re.findall(r"\w+", _gives(thing)):
            for cls in known.get(word, []):
                if cls not in found and cls not in [one for _, one in things]:
                    found.append(cls)
                    todo += [cls] if cls.__module__.startswith("papernets.evaluate") else []
    return sorted(found, key=lambda cls: cls.__name__)


def _gives(thing: object) -> str:
    """What a function returns, or what a class's methods do, as it is written."""
    if inspect.isclass(thing):
        methods = [f for name, f in vars(thing).items() if name[0] != "_" and callable(f)]
        return " ".join(_gives(method) for method in methods)
    try:
        given = inspect.signature(thing).return_annotation  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ""
    return given if isinstance(given, str) else getattr(given, "__name__", "")


def page() -> str:
    """The page in reStructuredText, which autodoc fills."""
    things = public()
    classes = returned(things)
    lines = ["Python reference", "================", ""]
    lines += [
        "The public names of ``papernets`` and the classes that they return. ``import papernets``",
        "is quick: torch is imported when a function first needs it. :doc:`../python` shows them",
        "at work.",
        "",
    ]
    entries = [("papernets", name, thing) for name, thing in things]
    entries += [(cls.__module__, cls.__name__, cls) for cls in classes]
    for heading, rooms in GROUPS:
        own = [one for one in entries if _room(one[2]).startswith(rooms)]
        entries = [one for one in entries if one not in own]
        lines += _section(heading, own)
    if entries:
        lines += _section("More", entries)
    return "\n".join(lines) + "\n"


def _room(thing: object) -> str:
    return str(getattr(thing, "__module__", ""))


def _section(heading: str, entries: list[tuple[str, str, object]]) -> Iterator[str]:
    if not entries:
        return
    yield from (heading, "-" * len(heading), "")
    for module, name, thing in entries:
        kind = "autoclass" if inspect.isclass(thing) else "autofunction"
        yield f".. {kind}:: {module}.{name}"
        if kind == "autoclass":
            yield "   :members:"
        yield ""


def write(put: Callable[[str, str], None]) -> None:
    """The page of the Python reference."""
    put("reference/python.rst", page())

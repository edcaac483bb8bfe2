"""What a shell offers behind Tab: networks, their layers and recipes, bundles, lessons, names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Words = Callable[[dict[str, Any]], Iterable[str]]
"""The words for a place on the command line; what was typed before it, by parameter."""
REST = ""
"""Where words stand that no parameter has taken."""
DATA = ("digits", "mnist", "fashion_mnist", "cifar10", "cifar100")
"""Data sets by name; the room that reads them would import torch for a Tab."""
KINDS = (
    *("filters", "features", "deconv", "occlusion", "saliency"),
    *("guided", "smooth", "cam", "field", "embedding", "augment", "protocol"),
)
"""What `look` draws."""


def _networks(_: dict[str, Any]) -> Iterable[str]:
    from ..nets.registry import list_nets

    return list_nets()


def _trained(_: dict[str, Any]) -> Iterable[str]:
    from ..bundle import INFO
    from ..bundle.find import SHIPPED

    return sorted(path.parent.name for path in SHIPPED.glob(f"*/{INFO}"))


def _network(typed: dict[str, Any]) -> str:
    """The network that stands before; behind an option without its value it is not parsed yet."""
    return str(typed.get("name") or typed.get("bundle") or next(iter(typed[REST]), ""))


def _layers(typed: dict[str, Any]) -> Iterable[str]:
    from ..nets import find
    from ..spec import walk

    network = find(_network(typed)).make().member
    names = [row.name for row in walk(network)]
    blocks = dict.fromkeys(name.rpartition(".")[0] for name in names)
    return [name for name in (*names, *blocks) if name]


def _recipes(typed: dict[str, Any]) -> Iterable[str]:
    from ..nets import look_up

    return [recipe.name for recipe in look_up(_network(typed)).recipes]


def _lessons(_: dict[str, Any]) -> Iterable[str]:
    from ..lessons.contents import FILES

    return [word for line in FILES.splitlines() for word in line.split()[1:]]


def _claims(_: dict[str, Any]) -> Iterable[str]:
    from ..reproduce.claims import EXPERIMENTS

    return [one.name for one in EXPERIMENTS]


def _protocols(_: dict[str, Any]) -> Iterable[str]:
    from ..evaluate.protocols.protocol import NAMES

    return NAMES


def _formats(_: dict[str, Any]) -> Iterable[str]:
    from ..deploy import FORMATS

    return FORMATS


def _of(*words: str) -> Words:
    return lambda _: words


COMPLETED: dict[str, dict[str, Words]] = {
    **{verb: {"*": _networks} for verb in ("cite", "compare", "draw", "verify", "list")},
    "diff": {"a": _networks, "b": _networks},
    "explain": {"name": _networks, "layer": _layers},
    "recipe": {"name": _networks, "which": _recipes},
    "train": {"name": _networks, "data": _of(*DATA), "recipe": _recipes},
    "find-lr": {"name": _networks, "data": _of(*DATA), "recipe": _recipes},
    "evaluate": {"bundle": _trained, "data": _of(*DATA), "protocol": _protocols},
    "predict": {"bundle": _trained, "protocol": _protocols},
    "export": {"bundle": _trained, "to": _formats},
    "serve": {"bundles": _trained},
    "explore": {"bundles": _trained},
    "look": {"kind": _of(*KINDS), "bundle": _trained, "layer": _layers, "protocol": _protocols},
    "lesson": {"name": _lessons},
    "reproduce": {"name": _claims},
    "doctor": {"data": _of(*DATA)},
}
"""By verb, the words of its parameters; `*`: of its arguments. Files are the shell's own."""


def complete(verb: str, param: Any) -> Callable[[Any, Any, str], list[str]] | None:
    """What offers words for a parameter of a verb; None where the shell's files are right."""
    own = COMPLETED.get(verb, {})
    argument = param.param_type_name == "argument"
    words = own.get(str(param.name)) or (own.get("*") if argument else None)
    if words is None:
        return None

    def offered(context: Any, _: Any, begun: str) -> list[str]:
        try:
            found = words({**context.params, REST: context.args})
        except (ValueError, OSError):  # what was typed before is no network
            return []
        return [word for word in found if word.startswith(begun)]

    return offered

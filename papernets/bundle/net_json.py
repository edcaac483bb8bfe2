"""A user's own network as plain JSON values, so that its bundle needs no file of Python code."""

from __future__ import annotations

from dataclasses import asdict, fields, is_dataclass
from typing import Any

from .. import spec
from ..nets import Found
from ..nets.shelf import Shelf, swaps_in
from ..said import Paper, Record
from ..spec import Add, Aux, Chain, Concat, Layer, Net, Norm, walk

PARTS = {
    name: kind
    for name, kind in vars(spec).items()
    if isinstance(kind, type)
    and is_dataclass(kind)
    and (issubclass(kind, Layer) or kind in (Add, Aux, Chain, Concat, Norm))
}
"""What a network is made of, by name; nothing else is read from a bundle."""

WRONG = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What values of the wrong kind lead to, wherever they are used first."""


def write_net(net: Net, record: Record) -> dict[str, Any]:
    """A network's layers, name and sizes, its title and paper; see `write_body`."""
    return {
        "name": net.name,
        "title": record.title.removesuffix(swaps_in(net.name)),
        "paper": asdict(record.paper) if record.paper else None,
        "input": list(net.input),
        "classes": net.classes,
        "body": write_body(net),
    }


def write_body(net: Net) -> Any:
    """A network's layers as plain values; a layer that is not of ours is a TypeError."""
    return _write(net.body)


def _write(value: object) -> Any:
    if PARTS.get(type(value).__name__) is type(value):
        return {
            "is": type(value).__name__,
            **{f.name: _write(getattr(value, f.name)) for f in fields(value)},
        }
    if isinstance(value, tuple | list):
        return [_write(one) for one in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a {type(value).__name__} cannot be written to a bundle")


def read_net(values: dict[str, Any], where: str) -> Found:
    """What `write_net` wrote; anything else is a ValueError that names the file."""
    try:
        net = Net(
            name=_text(values["name"]),
            input=_read(values["input"]),
            classes=values["classes"],
            body=_read(values["body"]),
        )
        paper = values["paper"]
        record = Record(_text(values["title"]), None if paper is None else Paper(**_read(paper)))
        walk(net)  # says so where layers have impossible sizes
        return Found(net, Shelf(record=lambda net: record))
    except WRONG as error:
        raise ValueError(
            f"{where}: its network cannot be read ({type(error).__name__}: {error}). "
            "Copy the bundle again, or install the version of papernets that wrote it"
        ) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_read(one) for one in value)
    if not isinstance(value, dict):
        return value
    plain = {key: _read(one) for key, one in value.items() if key != "is"}
    if "is" not in value:
        return plain
    if not isinstance(value["is"], str) or value["is"] not in PARTS:
        raise ValueError(f"no layer {value['is']!r}")
    if value["is"] in ("TableConv", "LRN"):
        plain.pop("form", None)  # the first bundles said how a layer was computed
    return PARTS[value["is"]](**plain)

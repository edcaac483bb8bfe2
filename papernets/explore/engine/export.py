"""A bundle as a program for a page: steps in their order, and its weights packed.

Weights are rounded to float16, each tensor times a power of two by which nothing is lost at either
end; biases are kept in float32.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from ...bundle import WEIGHTS
from ...bundle.find import find_bundle
from ...bundle.head import MOST_WEIGHTS, as_errors
from ...bundle.info import AGAIN, BundleInfo, read_info
from ...bundle.network import Asked, kept_network
from ...files import read_bytes
from ...rewrite import without_heads
from ...spec import Net, Row, outputs, sources, tensors, walk
from ...spec.tensors import names_today
from ...words import by, either
from .cam import class_maps
from .eyes import eyes
from .steps import Held, Kept, Numbers, step

Values = dict[str, Any]
State = Mapping[str, NDArray[Any]]
FORMAT = 1
"""Of programs; the engine reads no other."""
MOST_MEMORY = 2_000_000_000
"""Bytes that a page may need for a network's weights and values, all of them in float32."""


@dataclass(frozen=True)
class Exported:
    """A network for a page: the program as JSON has it, and the weights that it names."""

    program: Values
    weights: bytes

    @property
    def text(self) -> str:
        """The program as JSON in which nothing ends a script element."""
        return embedded(self.program)

    @property
    def packed(self) -> str:
        """The weights in base64."""
        return base64.b64encode(self.weights).decode()

    def numbers(self, tensor: Values) -> NDArray[np.float32]:
        """A tensor of the program with the values that the page has, in one row."""
        kind = np.dtype("<f2" if tensor["as"] == "f16" else "<f4")
        found = np.frombuffer(self.weights, kind, tensor["count"], tensor["at"])
        return found.astype(np.float32) * np.float32(tensor.get("times", 1))


@dataclass(frozen=True)
class Planned:
    """A bundle that is to be exported: all but its weights, which are not read yet."""

    folder: Path
    info: BundleInfo
    net: Net
    program: Values
    kept: tuple[tuple[str, Values, Kept], ...]
    """The row of each tensor, what the program says of it, and how it is made."""
    arrays: tuple[tuple[Values, NDArray[np.float32]], ...]

    @property
    def size(self) -> int:
        """Bytes that program and weights take in a page: the weights are a third longer there."""
        weights: int = self.program["bytes"]
        return -(-weights // 3) * 4 + len(embedded(self.program))

    def exported(self) -> Exported:
        """With its weights; ValueError where they do not fit."""
        state = read_state(self.folder, self.net)
        return Exported(self.program, _packed(self, state))


def export(bundle: str | os.PathLike[str]) -> Exported:
    """The network of a bundle, by its folder, its run's, or its name.

    ValueError for a committee, a layer that the page cannot run, and weights that do not fit;
    FileNotFoundError where there is no bundle.
    """
    return planned(bundle).exported()


def planned(bundle: str | os.PathLike[str]) -> Planned:
    """A bundle before its weights are read; errors as `export`."""
    folder = find_bundle(bundle)
    info = read_info(folder)
    if info.kind == "committee":
        ways = either([str(folder / name) for name in info.members[:3]])
        raise ValueError(
            f"{folder} is a committee of {len(info.members)} networks; the page runs one at a "
            f"time: give a member, {ways}"
        )
    found = kept_network(folder, info, Asked())
    return plan(found.net.member, info, folder)


def exported(net: Net, info: BundleInfo, state: State) -> Exported:
    """A network with these weights, by today's names, described as a bundle is; errors as `export`.

    `state` are arrays as the network's state_dict has them.
    """
    made = plan(net, info, Path(net.name))
    return Exported(made.program, _packed(made, checked(made.net, state, net.name)))


def plan(net: Net, info: BundleInfo, folder: Path) -> Planned:
    """What the program says of a network, without its auxiliary heads."""
    net = without_heads(net).net
    where = str(folder)
    rows, taken = walk(net), sources(net)
    prepared, arrays = eyes(info, where)
    place = _Places()
    steps, kept = [], []
    for row in rows:
        try:
            said, own = step(row)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from None
        described = {"name": row.name, **said, "from": list(taken[row.name]), "out": list(row.out)}
        if row.activation not in (None, "softmax"):
            described["activation"] = row.activation
        for name, one in own.items():
            described[name] = place.next(one.count, one.half)
            kept.append((row.name, described[name], one))
        steps.append(described)
    put = [(place.next(array.size, False), array) for array in arrays.values()]
    prepared |= {name: said for name, (said, _) in zip(arrays, put, strict=True)}
    output = outputs(net)[0]
    maps, why = class_maps(net, rows, taken, output)
    if maps and maps["weight"] is not None:
        maps["weight"] = next(s["weight"] for s in steps if s["name"] == maps["weight"])
    program = {
        "format": FORMAT,
        "name": net.name,
        "input": list(net.input),
        "output": output,
        "classes": list(info.classes),
        "outputs": info.outputs,
        "scale": info.score_scale,
        "eyes": prepared,
        "steps": steps,
        "cam": maps,
        "no_cam": why,
        "bytes": place.end,
    }
    _check_memory(net, rows, where)
    return Planned(folder, info, net, program, tuple(kept), tuple(put))


class _Places:
    """Where tensors lie in the packed weights, one behind the other."""

    def __init__(self) -> None:
        self.end = 0

    def next(self, count: int, half: bool) -> Values:
        found = {"at": self.end, "count": count, "as": "f16" if half else "f32"}
        self.end += count * (2 if half else 4)
        return found


def _check_memory(net: Net, rows: Iterable[Row], where: str) -> None:
    own = sum(row.size for row in rows) + sum(row.params for row in rows)
    if 4 * own > MOST_MEMORY:
        raise ValueError(
            f"{where}: {net.name} for {by(net.input)} has {own:,} weights and values, which are "
            f"{4 * own / 1e9:.1f} GB in a page; at most {MOST_MEMORY / 1e9:.0f} GB are taken"
        )


def read_state(folder: Path, net: Net) -> State:
    """The tensors of a bundle under today's names; ValueError where they are not the network's."""
    path = folder / WEIGHTS
    with as_errors(path, AGAIN):
        try:
            held = load(read_bytes(path, MOST_WEIGHTS))
        except KeyError as error:
            raise ValueError(f"{path} holds {error} numbers, which the page does not") from None
    today = names_today(net, held)
    named = {today.get(name, name): array for name, array in held.items()}
    return checked(net, named, str(path))


def checked(net: Net, state: State, where: str) -> State:
    """A network's tensors out of these; ValueError names the first that is missing or damaged."""
    for name, own in tensors(net).items():
        array = state.get(name)
        if own.operation == "norm" and name.endswith("num_batches_tracked"):
            continue
        if array is None:
            raise ValueError(f"{where} has no tensor {name!r}. {AGAIN}")
        if array.shape != own.shape:
            raise ValueError(
                f"{where}: {name!r} is {by(array.shape)}, the network has {by(own.shape)}. {AGAIN}"
            )
        if not np.isfinite(array).all():
            raise ValueError(f"{where}: {name!r} has numbers that are none, or endless. {AGAIN}")
    return state


def by_row(net: Net, state: State) -> dict[str, Held]:
    """The tensors of each row by operation and name, in float64."""
    found: dict[str, dict[str, Numbers]] = {}
    for name, own in tensors(net).items():
        if name in state:
            leaf = f"{own.operation}.{name.rpartition('.')[2]}"
            found.setdefault(own.row, {})[leaf] = state[name].astype(np.float64)
    return dict(found)


def _packed(made: Planned, state: State) -> bytes:
    """The weights as the program says that they lie; it learns by what each is multiplied."""
    held, parts = by_row(made.net, state), []
    for row, said, kept in made.kept:
        array = kept.of(held.get(row, {})).reshape(-1)
        if array.size != kept.count:
            raise ValueError(f"{row}: {array.size:,} numbers, and {kept.count:,} are meant")
        if kept.half:
            said["times"] = power(array)
            parts.append((array / said["times"]).astype("<f2").tobytes())
        else:
            parts.append(array.astype("<f4").tobytes())
    parts += [array.astype("<f4").tobytes() for _, array in made.arrays]
    return b"".join(parts)


def power(array: Numbers) -> float:
    """The power of two by which numbers are divided, so that the largest is from 1 to 2."""
    largest = float(np.abs(array).max(initial=0))
    return float(2.0 ** np.floor(np.log2(largest))) if largest else 1.0


def embedded(value: Values) -> str:
    """JSON in which nothing can end the script element that it stands in."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


__all__ = ["Exported", "Planned", "export", "exported", "plan", "planned"]

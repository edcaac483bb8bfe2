"""A bundle in half the space: weights in float16, what normalises in float32."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from ..words import brief
from . import WEIGHTS
from .find import find_bundle
from .info import BundleInfo, read_info
from .new_folder import refuse_taken, write_new
from .save import save_bundle, versions
from .seen import WRONG, read_seen, write_seen
from .weights import read_safetensors

MOST = 2**-10
"""The largest rounding, as a share of the largest number of a tensor: twice that of numbers which
float16 holds with all its digits."""


@dataclass(frozen=True)
class Halved:
    """What was written: bytes of the weights before and after, and the largest rounding.

    `rounding` is a share of the largest number of its tensor, and `tensor` that tensor's name.
    """

    folder: Path
    network: str
    before: int
    after: int
    rounding: float
    tensor: str


def halve(given: str | os.PathLike[str], out: Path) -> Halved:
    """Write a bundle, a committee too, with its weights in float16, to a new folder.

    Weights are what has two sizes or more. Vectors, the statistics of batch normalisation among
    them, are few and stay in float32: a variance may be beyond float16's 65,504. So does a weight
    of which float16 would lose digits, as all of it is near 0. What is computed stays float32: a
    reader makes the numbers single again. The list of the pictures that its run has seen comes
    along: they are no test of the rounded network either.
    ValueError for a weight that float16 cannot hold, FileExistsError where something is in the way.
    """
    folder = find_bundle(given)
    refuse_taken(out)
    info = read_info(folder)
    if info.kind != "committee":
        one, state = _half_of(folder, out)
        write_new(out, lambda path: _write(path, folder, info, state))
        return replace(one, after=(out / WEIGHTS).stat().st_size)
    parts = {name: _half_of(folder / name, out) for name in info.members}

    def write(path: Path) -> None:
        for name, (_, state) in parts.items():
            _write(path / name, folder / name, read_info(folder / name), state)
        _write(path, folder, info, None)

    write_new(out, write)
    found = [one for one, _ in parts.values()]
    worst = max(found, key=lambda one: one.rounding)
    after = sum((out / name / WEIGHTS).stat().st_size for name in info.members)
    return replace(worst, network=info.network, before=sum(f.before for f in found), after=after)


def _write(out: Path, folder: Path, info: BundleInfo, state: Mapping[str, Tensor] | None) -> None:
    """A bundle in the folder of a new one, with the list of its pictures where there is one."""
    seen = read_seen(folder)
    if seen is not None:
        write_seen(out, seen.without(WRONG))  # the rounded network may be wrong elsewhere
    save_bundle(out, _described(info), state)


def _described(info: BundleInfo) -> BundleInfo:
    """What a bundle of other numbers says: what was measured of the first is not true of it."""
    return replace(info, run={**info.run, "half": True}, metrics={}, versions=versions())


def _half_of(folder: Path, out: Path) -> tuple[Halved, Mapping[str, Tensor]]:
    """A network's tensors, the large ones in half precision, and what that changed."""
    state, halved, worst, at = read_safetensors(folder / WEIGHTS), dict[str, Tensor](), 0.0, ""
    for name, tensor in state.items():
        halved[name] = tensor
        if tensor.dim() < 2 or not tensor.is_floating_point():
            continue
        half = tensor.half()
        if not bool(half.isfinite().all()):
            raise ValueError(
                f"{brief(name)} of {folder} has {float(tensor.abs().max()):.3g}, beyond float16's "
                f"{torch.finfo(torch.float16).max:,.0f}: this network stays in float32"
            )
        largest = float(tensor.abs().max()) or 1.0
        off = float((tensor - half.to(tensor.dtype)).abs().max()) / largest
        if off > MOST:  # all of it is near 0, where float16 has few numbers or none: as it is
            continue
        if off > worst or not at:
            worst, at = off, name
        halved[name] = half
    before = (folder / WEIGHTS).stat().st_size
    return Halved(out, read_info(folder).network, before, 0, worst, at), halved

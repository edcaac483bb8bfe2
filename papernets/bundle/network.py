"""The network that a bundle keeps, as somebody asks for it; no code that a bundle names is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from safetensors import safe_open

from .. import rewrite
from ..nets import Found, check_options, find, look_up
from ..nets.entry import COMMON
from ..nets.shelf import split_swaps, with_swaps
from ..spec import pair, tensors
from ..words import brief
from . import INFO, WEIGHTS
from .find import in_file, named, same_network
from .head import as_errors
from .info import AGAIN, BundleInfo
from .net_json import read_net


@dataclass(frozen=True)
class Asked:
    """What somebody asks of a network; None is as it is.

    `input` is a side or (height, width) in pixels. `words` are what the caller calls classes,
    channels and input, for errors.
    """

    classes: int | None = None
    channels: int | None = None
    input: int | tuple[int, int] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = COMMON

    def of(self, name: str) -> Found:
        """The network of a name, as it is asked for; ValueError where it cannot be so."""
        if named(name):
            check_options(find(name), self.options, self.words)
        return look_up(name, self.classes, self.channels, self.input, **self.options)


def kept_network(folder: Path, info: BundleInfo, asked: Asked, name: str = "") -> Found:
    """The network of a bundle: its classes, channels and input, where no others are asked for.

    `name` is what the user calls it, FILE.py:NAME say, whose code is run then. ValueError where
    that is another network, or where only a file of code makes the bundle's.
    """
    channels, *size = info.input
    asked = replace(
        asked,
        classes=info.classifies if asked.classes is None else asked.classes,
        channels=channels if asked.channels is None else asked.channels,
        input=(size[0], size[1]) if asked.input is None else asked.input,
    )
    if info.net and not name:
        return _from_data(folder, info, asked)
    if in_file(info.network) and not name:
        raise ValueError(
            f"{folder} names a file of Python code, {info.network}: a bundle's code is not "
            "run. If you trust the file, give it yourself: "
            f"create_model('FILE.py:NAME', weights={str(folder)!r})"
        )
    if name and not same_network(name, info.network):
        alone = f"; or give the tensors alone: weights={str(folder / WEIGHTS)!r}"
        raise ValueError(
            f"{folder} is a trained {info.network}, not {name}. Leave the name out: "
            f"create_model({str(folder)!r}){alone if _fit(folder, asked, name) else ''}"
        )
    if info.net and named(name):
        return _from_data(folder, info, asked)
    options = {**info.options, **asked.options}
    try:
        return replace(asked, options=options).of(name or info.network)
    except TypeError as error:
        raise ValueError(
            f"{info.network} cannot be made with the bundle's options {options} ({error}). {AGAIN}"
        ) from None


def _fit(folder: Path, asked: Asked, name: str) -> bool:
    """Whether a bundle's tensors are, by names and shapes, those of a network of this name."""
    try:
        own = tensors(asked.of(name).net.member)
        path = folder / WEIGHTS
        with as_errors(path, AGAIN), safe_open(path, framework="numpy") as file:
            names = file.keys()
            shapes = {one: tuple(file.get_slice(one).get_shape()) for one in names}
    except (ValueError, OSError, MemoryError):
        return False
    return shapes == {key: tuple(one.shape) for key, one in own.items()}


def _from_data(folder: Path, info: BundleInfo, asked: Asked) -> Found:
    """The network that a bundle has as data: the user's own, or one of ours that was changed."""
    found = read_net(info.net, str(folder / INFO))
    own = found.net.member
    for option in split_swaps(asked.options, ())[0]:
        raise ValueError(f"{folder} has its network as data, which takes no option {brief(option)}")
    assert asked.classes is not None and asked.channels is not None and asked.input is not None
    if asked.classes != own.classes:
        cut = asked.classes == 0
        own = rewrite.without_classifier(own) if cut else rewrite.with_classes(own, asked.classes)
    found = replace(found, net=replace(own, input=(asked.channels, *pair(asked.input))))
    return with_swaps(found, asked.options)

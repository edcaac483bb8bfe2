"""What is asked of `create_model` and cannot be: each error says what would work."""

from __future__ import annotations

import os
from pathlib import Path

import torch

from ..numbers import is_whole, plain_int
from ..spec import pair
from ..words import brief, plural
from .find import named
from .info import BundleInfo
from .network import Asked


def checked_name(name: str | os.PathLike[str]) -> str:
    """The name as text; ValueError where it is none."""
    if not isinstance(name, str | os.PathLike):
        raise ValueError(
            f"a network is a name or a bundle's folder, not {brief(name)}: create_model('lenet5'), "
            "say. All names: papernets list"
        )
    return os.fspath(name)


def check_generator(generator: object) -> None:
    """ValueError for what is no source of random numbers of torch's."""
    if generator is None or isinstance(generator, torch.Generator):
        return
    seed = plain_int(generator)
    how = f"torch.Generator().manual_seed({seed if is_whole(seed, 0) and seed < 2**63 else 0})"
    raise ValueError(f"generator must be a torch.Generator, not {brief(generator)}: {how}")


def check_channels(info: BundleInfo, folder: Path, asked: Asked) -> None:
    """ValueError where other channels are asked for than a bundle's first layer has weights for."""
    own, given = info.input[0], asked.channels
    if given is not None and given != own:
        made = f"create_model({info.network!r}, in_chans={given})"
        raise ValueError(
            f"{folder} was trained on {plural(own, 'channel')}, not {given}: its first layer has "
            "weights for no other. Leave in_chans out and give pictures as "
            f"{plural(own, 'channel')} (papernets.load(...).preprocess makes them); or train one "
            f"for {given} from the start: {made if named(info.network) else 'leave weights out'}"
        )


def member_of(info: BundleInfo, folder: Path) -> str:
    """The folder of a committee's first member, as text; empty for one without."""
    return str(folder / info.members[0]) if info.members else ""


def check_as_committee(info: BundleInfo, folder: Path, asked: Asked) -> None:
    """ValueError where other classes, channels or input are asked of a committee than it has."""
    channels, *size = info.input
    for what, given, own in (
        ("classes", asked.classes, len(info.classes)),
        ("channels", asked.channels, channels),
        ("input", asked.input and pair(asked.input), tuple(size)),
    ):
        if given is None or given == own:
            continue
        if what == "classes":
            works = "A member takes them"
            if member := member_of(info, folder):
                works += f": create_model({member!r}, num_classes={given})"
        else:
            word = "in_chans" if what == "channels" else what
            works = (
                f"Leave {word} out and give pictures as they were "
                "(papernets.load(...).preprocess makes them)"
            )
            if named(info.network):
                works += f"; an untrained one: create_model({info.network!r}, {word}={given})"
        raise ValueError(f"{folder} is a trained committee with {what} {own}, not {given}. {works}")

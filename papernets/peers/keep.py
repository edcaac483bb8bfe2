"""A module of ours, trained by somebody's own loop, kept as a bundle."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..bundle.assemble import assemble
from ..bundle.committee import Committee
from ..bundle.find import in_file, named
from ..bundle.info import BundleInfo
from ..bundle.net_json import write_net
from ..bundle.new_folder import refuse_taken, write_new
from ..bundle.origin import Origin, origin_of
from ..bundle.save import save_bundle, versions
from ..bundle.weights import load_weights
from ..data import Preprocessing
from ..nets import beside, find, look_up
from ..run.fast import Twin
from ..spec import Net, parted
from ..words import brief, plural, utf8
from .replaced import check_heads, check_modules, unwrapped_heads
from .unchanged import check_same, check_unchanged, net_of
from .usual import adapted, completed, usual
from .wrappers import in_parts, members_of, no_network, unwrapped


@dataclass(frozen=True)
class Kept:
    """What is written of one network: the description, and its tensors in single precision."""

    info: BundleInfo
    state: Mapping[str, Tensor]


def save(
    model: nn.Module,
    folder: str | os.PathLike[str],
    classes: Iterable[str | int] | None = None,
    preprocessing: Preprocessing | Mapping[str, Any] | str | None = None,
) -> Path:
    """Write a bundle of a module of ours, in single precision, to a new folder; the folder.

    `classes` are names in the order of the outputs; None takes those of the bundle that the module
    was made of. `preprocessing` is a `Preprocessing` or its dict, a convention's name ("torch",
    "tf": see `papernets convert`), or None: that of the module's bundle, else what its network
    usually sees; what a dict lacks is as without it. The module may have a classifier for other
    classes in the place of its own, in a Sequential with dropout too;
    ValueError names what does not fit otherwise, FileExistsError a folder that is there.
    """
    if not isinstance(folder, str | os.PathLike):
        raise ValueError(f"the folder of a new bundle is a path, not {brief(folder)}")
    out = Path(os.fspath(folder))
    refuse_taken(out, "")
    model = unwrapped(model)
    if isinstance(model, Twin):
        model = model._plain
    if isinstance(model, Committee):
        kept = [_kept(one, classes, preprocessing, model) for one in members_of(model)]
        info = _committee(model, kept)
        write_new(out, lambda path: _write_committee(path, info, kept), "")
        return out
    one = _kept(model, classes, preprocessing, model)
    write_new(out, lambda path: save_bundle(path, one.info, one.state), "")
    return out


def kept_of(
    model: nn.Module,
    classes: Iterable[str | int] | None = None,
    preprocessing: Preprocessing | Mapping[str, Any] | str | None = None,
) -> Kept:
    """What `save` would write of one network; ValueError as there, and for a committee."""
    model = unwrapped(model)
    if isinstance(model, Twin):
        model = model._plain
    if isinstance(model, Committee):
        raise ValueError("a committee of networks: give one of them, model.members[0]")
    return _kept(model, classes, preprocessing, model)


def known_by_name(net: Net) -> tuple[str, dict[str, Any]] | None:
    """The name and the options that give a network; None where none do."""
    name, options, written = _network(net, Origin(net.name))
    return None if written else (name, options)


def _kept(
    model: nn.Module,
    classes: Iterable[str | int] | None,
    preprocessing: Preprocessing | Mapping[str, Any] | str | None,
    whole: nn.Module,
) -> Kept:
    """One network's; `whole` is the committee that it is of, or itself."""
    held = getattr(model, "net", None)
    if not isinstance(held, Net):
        raise no_network(model)
    if any(tensor.is_meta for tensor in model.state_dict().values()):
        raise ValueError(f"this {held.name} is on the meta device: its tensors have no values")
    if any(hasattr(tensor, "full_tensor") for tensor in model.state_dict().values()):
        raise in_parts(type(model).__name__)
    state = {name: _single(tensor) for name, tensor in model.state_dict().items()}
    state = unwrapped_heads(model, held, state)
    net = net_of(held, state)
    if not net.classes:
        raise ValueError(f"this {net.name} gives features: a bundle is of a network with classes")
    again = assemble(beside(net), generator=torch.Generator().manual_seed(0))
    check_heads(model, net, state)
    check_modules(model, again, state)
    load_weights(again, state, f"this {net.name}")
    check_unchanged(model, again, net)
    check_same(model, again.eval(), net)
    origin = origin_of(model) or Origin(net.name)
    told = origin_of(whole) or origin
    same = told.info is not None and told.info.classifies == net.classes
    info = told.info if same else None
    network, options, written = _network(net, origin)
    prepared, arrays = _prepared(preprocessing, net, told)
    described = BundleInfo(
        network=network,
        classes=(names := _names(classes, net, info)),
        input=net.input,
        preprocessing=prepared,
        arrays=arrays,
        options=options,
        score_scale=origin.info.score_scale if same and origin.info else 1.0,
        run=dict(info.run) if info else {},
        versions=versions(),
        net=written,
        outputs=1 if net.classes == 1 and len(names) == 2 else 0,
    )
    return Kept(described, state)


def _single(tensor: Tensor) -> Tensor:
    own = tensor.detach().cpu()
    return own.float() if own.is_floating_point() else own


def _names(
    classes: Iterable[str | int] | None, net: Net, info: BundleInfo | None
) -> tuple[str, ...]:
    """The classes' names; ValueError where they are not as many as the network's, all different."""
    if classes is None:
        if info is None:
            raise ValueError(
                f"nothing tells the names of the {plural(net.classes, 'class', 'classes')}: "
                "give classes=, in the "
                f"order of the outputs; range({max(net.classes, 2)}) for numbers"
            )
        return info.classes
    if isinstance(classes, Mapping):
        numbers = all(isinstance(value, int) for value in classes.values())
        how = "list(classes)" if numbers and classes else "list(classes.values())"
        raise ValueError(f"classes must be names in the order of the outputs, not a dict: {how}")
    if isinstance(classes, str | bytes | set | frozenset) or not isinstance(classes, Iterable):
        raise ValueError(f"classes must be names in the order of the outputs, not {brief(classes)}")
    names = tuple(str(name) for name in classes)
    if net.classes == 1 and len(names) < 2:
        raise ValueError(
            f"the one output of {net.name} tells two classes apart: give the names of both, "
            "classes=['no', 'yes'], the one first that an output below 0 means"
        )
    if len(names) != max(net.classes, 2):  # of one output by its sigmoid
        raise ValueError(
            f"{plural(len(names), 'name')} for the "
            f"{plural(net.classes, 'class', 'classes')} of {net.name}"
        )
    unfit = next((name for name in names if not utf8(name)), None)
    if unfit is not None:
        raise ValueError(
            f"the name of a class, {brief(unfit)}, has characters that no file can hold "
            "(surrogates, of a name that was not UTF-8): give it as text"
        )
    twice = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if twice is not None:
        raise ValueError(f"two classes are called {brief(twice)}: each needs a name of its own")
    return names


def _network(net: Net, origin: Origin) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A network's name, its options, and, where no name and options give it, it itself as data."""
    for name, options in ((origin.name, dict(origin.options)), (net.name, {})):
        for more in ({}, {"aux": False}):
            if named(name) and _made(name, net, {**options, **more}) == net.body:
                return find(name).name, {**parted(name)[1], **options, **more}, {}
    called = origin.name if in_file(origin.name) else net.name
    try:
        written = write_net(net, beside(net).record)
    except TypeError as error:
        if not in_file(origin.name):
            raise ValueError(
                f"{net.name}: {error}, and no file has it: make the network of FILE.py:NAME"
            ) from None
        return called, dict(origin.options), {}  # only its file knows a layer of the user's own
    if origin.info and origin.info.net:
        written |= {key: origin.info.net.get(key) for key in ("title", "paper")}
    return called, {}, written


def _made(name: str, net: Net, options: Mapping[str, Any]) -> object:
    """The layers that a name has for a network's classes, channels and input; None for none."""
    size = (net.input[1], net.input[2])
    try:
        return look_up(name, net.classes, net.input[0], size, **options).net.member.body
    except (ValueError, TypeError):
        return None


def _prepared(
    given: Preprocessing | Mapping[str, Any] | str | None, net: Net, origin: Origin
) -> tuple[dict[str, Any], bytes]:
    """A bundle's preprocessing for a network, and its arrays; ValueError for another input."""
    info = origin.info
    if given is None and info is not None and info.input[0] == net.input[0]:
        own = adapted(Preprocessing.from_dict(info.preprocessing, info.arrays), net)
        return own.to_dict(), own.content
    if given is None or isinstance(given, str):
        return usual(net, given or "", origin.peer), b""
    if not isinstance(given, Preprocessing | Mapping):
        raise ValueError(
            f"preprocessing must be a Preprocessing, its dict or a name, not {brief(given)}"
        )
    if isinstance(given, Preprocessing):
        found = given
    else:
        own_values, content = _prepared(None, net, origin)
        found = Preprocessing.from_dict(completed(given, own_values), content)
    makes = (found.channels, found.height, found.width)
    if makes != net.input:
        raise ValueError(
            f"this preprocessing makes pictures of (C, H, W) {makes}, {net.name} sees {net.input}"
        )
    return found.to_dict(), found.content


def _committee(model: Committee, kept: list[Kept]) -> BundleInfo:
    """The description of a committee whose members have these."""
    first, origin = kept[0].info, origin_of(model)
    told = origin.info if origin is not None else None
    rule = {"name": "sum", "weights": list(model.weights)}
    return replace(
        first,
        network=origin.name if origin is not None else first.network,
        options={},
        score_scale=told.score_scale if told is not None else 1.0,
        kind="committee",
        members=tuple(str(number) for number in range(1, len(kept) + 1)),
        rule={**rule, "alone": model.alone, "margin": model.margin},
        net={},
    )


def _write_committee(folder: Path, info: BundleInfo, kept: list[Kept]) -> None:
    for name, one in zip(info.members, kept, strict=True):
        save_bundle(folder / name, one.info, one.state)
    save_bundle(folder, info, None)

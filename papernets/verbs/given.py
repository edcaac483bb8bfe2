"""What `papernets.train` is given in Python: which network is meant, and which pictures."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from torch import nn

from ..bundle import spec_text
from ..bundle.find import bundle_meant, in_file
from ..bundle.load import Bundle
from ..bundle.save import save_bundle
from ..data import Dataset
from ..data.arrays import held, is_held
from ..data.gathered import Gathered
from ..data.names import MEMORY
from ..evaluate.predictor import Predictor
from ..nets import look_up
from ..peers.keep import kept_of, known_by_name
from ..spec import Net
from ..train import own_copy
from ..train.folder import BROUGHT
from ..train.pretrained import UNNAMED
from ..train.run import Run
from ..words import brief, type_of
from .trained import Trained


@dataclass(frozen=True)
class Subject:
    """The network of a run: what it is called, what follows for the settings.

    `bring` puts what it begins with into the run's folder, and gives the run that uses it.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    bring: Callable[[Run, Path], Run] | None = None


@contextmanager
def subject_of(net: object, given: Mapping[str, Any]) -> Iterator[Subject]:
    """The network that is meant, while the `with` lasts. ValueError says what would do."""
    with tempfile.TemporaryDirectory(prefix="papernets-") as folder:
        yield _subject(net, given, Path(folder))


def _subject(net: object, given: Mapping[str, Any], folder: Path) -> Subject:
    if isinstance(net, Trained):
        net = net.best
    elif isinstance(net, Predictor):
        net = net.bundle.folder
    elif isinstance(net, Bundle):
        net = net.folder
    if isinstance(net, str | os.PathLike):
        return _named(os.fspath(net), given)
    if isinstance(net, Net):
        return _value(net, folder)
    if isinstance(net, nn.Module):
        return _module(net, given, folder)
    raise ValueError(
        f"net is {type_of(net)}: give a network's name, FILE.py:NAME, a papernets.Net, a bundle's "
        "folder, or a module of papernets.create_model"
    )


def _named(word: str, given: Mapping[str, Any]) -> Subject:
    """A network by its name or file, or the weights of a bundle."""
    if not word or in_file(word):
        return Subject(word)
    bundle = bundle_meant(word) if os.path.exists(word) or os.sep in word else None
    if bundle is None:
        return Subject(word)
    if given.get("weights"):
        raise ValueError(
            f"net={word!r} and weights={given['weights']!r} are two beginnings: give one of them"
        )
    return Subject("", {"weights": str(bundle.absolute())})


def _value(net: Net, folder: Path) -> Subject:
    """A network as a value: by its name and options, else as a file that is written of it."""
    try:
        known = known_by_name(net)
    except ValueError:  # a layer of the user's own
        known = None
    if known is None:
        return _own(net, folder)
    name, options = known
    usual = look_up(name, **options).net.member
    settings: dict[str, Any] = {"options": options} if options else {}
    if net.input[0] != usual.input[0]:
        settings["channels"] = net.input[0]
    if net.input[1:] != usual.input[1:]:
        settings["input"] = tuple(net.input[1:])
    return Subject(name, settings)


def _own(net: Net, folder: Path) -> Subject:
    """A network as a file of code, which the run keeps."""
    name = _file(net, folder)
    content = Path(name.rpartition(":")[0]).read_bytes()

    def bring(run: Run, place: Path) -> Run:
        copy = own_copy.put(Path(name).name.rpartition(":")[0], content, place)
        return run.changed(net=f"{copy}:NET")

    return Subject(name, {}, bring)


def _file(net: Net, folder: Path) -> str:
    """A file of code that has this network as NET; ValueError where it cannot be written so."""
    file = folder / f"{spec_text.file_name(net.name)}.py"
    file.write_text(spec_text.written(net), encoding="utf-8")
    name = f"{file}:NET"
    try:
        same = look_up(name).net == net
    except ValueError:
        same = False
    if not same:
        raise ValueError(
            f"{brief(net.name)} has layers of your own: put the network into a file, and give "
            "FILE.py:NAME"
        )
    return name


def _module(model: nn.Module, given: Mapping[str, Any], folder: Path) -> Subject:
    """A module of ours: a bundle of its weights, with which the run begins."""
    if given.get("weights"):
        raise ValueError(f"a module and weights={given['weights']!r} are two beginnings: give one")
    held_net = getattr(model, "net", None)
    try:
        kept, unnamed = kept_of(model), False
    except ValueError:
        if not isinstance(held_net, Net) or not held_net.classes:
            raise
        kept, unnamed = kept_of(model, range(max(held_net.classes, 2))), True
    info, own = kept.info, Subject("")
    if info.net:
        own = _own(_net_of(model), folder)
        info = replace(info, network=Path(own.name).name, net={})
    if unnamed:
        info = replace(info, run={**info.run, UNNAMED: True})
    source = folder / BROUGHT
    save_bundle(source, info, kept.state)

    def bring(run: Run, place: Path) -> Run:
        """Keep the bundle in the run's folder: it is there when the run is begun anew."""
        save_bundle(place / BROUGHT, info, kept.state)
        run = own.bring(run, place) if own.bring else run
        return run.changed(weights=str((place / BROUGHT).absolute()))

    return Subject(own.name, {"weights": str(source)}, bring)


def _net_of(model: nn.Module) -> Net:
    net: Net = model.net  # type: ignore[assignment]
    return net


def pictures_of(
    data: object, classes: Sequence[str] | None
) -> tuple[Dataset | Gathered | None, str]:
    """Pictures that somebody holds, or None; and the name of the data, empty where none is given.

    ValueError for `classes` of data that name their own, and for what are no pictures.
    """
    if isinstance(data, Predictor | nn.Module):
        raise ValueError(f"data is {type_of(data)}: the network comes first, then the pictures")
    if is_held(data):
        return held(data, classes), f"{MEMORY}arrays"
    if classes is not None:
        raise ValueError(
            "classes= names the labels of arrays: these data name their classes themselves"
        )
    if isinstance(data, Dataset):
        return data, f"{MEMORY}{data.name}"
    if isinstance(data, str | os.PathLike):
        return None, os.fspath(data)
    raise ValueError(
        f"data is {type_of(data)}: give a name, a path, papernets.data.open(...), a pair of arrays "
        "(images, labels), or a dict of pairs, {'train': ..., 'test': ...}"
    )

"""What look is given: a bundle, and pictures by their files or out of a data set."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..words import plural
from . import screen
from .flags import WrongUse, check_data, wrong_data, wrong_use

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..data.stored import Images
    from ..evaluate.pictures import Pictures
    from ..inside.subject import Subject


@dataclass(frozen=True)
class Wanted:
    """What the flags of look ask for, beside the kind."""

    bundle: str
    given: tuple[str, ...]
    class_: str = ""
    layer: tuple[str, ...] = ()
    unit: tuple[int, ...] = ()
    count: int | None = None
    batch_size: int | None = None
    seed: int = 0
    data_dir: str = ""
    options: tuple[tuple[str, Any], ...] = ()

    def option(self, name: str) -> Any:
        """A flag of one kind alone; None where it is not given."""
        return dict(self.options).get(name)


@dataclass(frozen=True)
class Looked:
    """Pictures to look at: stored ones with a name for each, and the set that they are of.

    `classes` are the names that the labels of `pictures` stand for: the network's, or a set's own.
    """

    subject: Subject
    images: Images
    names: tuple[str, ...]
    data: str = ""
    pictures: Pictures | None = None
    classes: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the true classes are among those that the network tells apart."""
        return self.pictures is not None and self.classes == self.subject.classes

    @property
    def learnt(self) -> str:
        """A sentence on the set that the network was trained on; nothing where that is not known.

        Where the pictures are another set's, it says so.
        """
        from ..evaluate.read import learnt_from

        assert self.subject.bundle is not None
        learnt = learnt_from(self.subject.bundle)
        if not learnt:
            return ""
        said = f" {self.subject.name} was trained on {learnt}"
        if self.pictures is None or self.pictures.name == learnt:
            return f"{said}."
        return f"{said}, not on {self.pictures.name}."

    def __len__(self) -> int:
        return len(self.names)

    def truth(self, at: int) -> str:
        """A picture's true class, where it is known; else nothing."""
        return "" if self.pictures is None else self.classes[int(self.pictures.labels[at])]

    def shown(self, which: Sequence[int] | None = None) -> list[NDArray[np.uint8]]:
        """Pictures as the network sees them, in their own colours: (H, W) or (H, W, 3)."""
        from ..evaluate.read import preprocessing_of

        assert self.subject.bundle is not None
        eyes = preprocessing_of(self.subject.bundle)
        plain = replace(eyes, low=(0.0,), high=(255.0,), order="rgb", gcn=0.0, arrays=None)
        chosen = self.images[list(range(len(self)) if which is None else which)]
        seen = plain(chosen).round().clamp(0, 255).byte().numpy()
        return [one[0] if len(one) == 1 else one.transpose(1, 2, 0) for one in seen]

    @property
    def bgr(self) -> bool:
        """Whether the network sees blue first."""
        assert self.subject.bundle is not None
        return self.subject.bundle.info.preprocessing.get("order") == "bgr"


def check_class(wanted: Wanted) -> None:
    """Wrong use where the network has no such class; nothing large is imported or read for it."""
    from ..bundle.classes import class_place
    from ..bundle.find import find_bundle
    from ..bundle.info import described

    info = described(find_bundle(wanted.bundle)) if wanted.class_ else None
    if info is not None and info.classes:
        with wrong_use():
            class_place(wanted.class_, info.classes, info.network)


def looked(wanted: Wanted, device: Any, count: int, files: int) -> Looked:
    """The bundle's model on a device, and the pictures: `count` of a set, `files` of a folder.

    Of a set they are of its classes in turn. Files that are named are all taken, but where a kind
    draws one picture alone. None are given where a kind needs none.
    """
    import torch

    from ..bundle.load import load_bundle
    from ..inside.subject import subject_of

    bundle = load_bundle(wanted.bundle)
    subject = subject_of(bundle)
    subject.model.to(device)
    with wrong_use():  # before the pictures are read
        _check(subject, wanted)
    if not wanted.given:
        return Looked(subject, torch.zeros(0, *bundle.info.input, dtype=torch.uint8), ())
    if len(wanted.given) == 1 and _is_set(wanted.given[0], wanted.data_dir):
        return _of_set(subject, wanted, wanted.given[0], wanted.count or count)
    return _of_files(subject, wanted, files)


def _check(subject: Subject, wanted: Wanted) -> None:
    """ValueError for a class, a layer or a unit that is not there."""
    from ..inside.layers import check_unit, named, net_of, rows_of

    subject.check_class(wanted.class_ or None)
    for layer in wanted.layer:
        named(subject.model, layer)
        units = rows_of(net_of(subject.model, "look"))[layer].out[0]
        for unit in wanted.unit:
            check_unit(layer, units, unit)


def _is_set(word: str, data_dir: str) -> bool:
    """Whether a word means a data set: a name, or what `evaluate --data` opens.

    Of folders these are all that hold files of a set, and those of folders without pictures beside.
    """
    from ..data.idx import find_idx
    from ..data.names import normal
    from ..data.sources import NAMES, given_path, lister
    from ..data.tree import PICTURES

    if normal(word) in NAMES:
        return True
    path = given_path(word, data_dir or None)
    if not path.exists() and not Path(word).suffix:
        check_data(word, data_dir)  # says what there is
    if lister(path):
        return True
    if not path.is_dir():
        return False
    there = [one for one in path.iterdir() if not one.name.startswith(".")]
    if any(map(Path.is_dir, there)):
        return not any(one.name.casefold().endswith(PICTURES) for one in there)
    return bool(find_idx([path]))


def _of_set(subject: Subject, wanted: Wanted, name: str, count: int) -> Looked:
    import torch

    from ..data.picture import Packed, shown
    from ..data.stored import OnDemand
    from ..evaluate.few import few_pictures
    from ..evaluate.pictures import UnknownClasses

    assert subject.bundle is not None
    check_data(name, wanted.data_dir)
    classes, data_dir = subject.classes, wanted.data_dir or None
    with wrong_data():
        try:
            found = few_pictures(subject.bundle, name, count, data_dir=data_dir)
        except UnknownClasses as error:  # no matter: nothing is counted right or wrong
            classes = error.given
            info = replace(subject.bundle.info, classes=classes)
            own = replace(subject.bundle, info=info)
            found = few_pictures(own, name, count, data_dir=data_dir)
    places = _in_turn(found.labels.tolist())[:count]
    which = torch.tensor(places)
    images = found.images
    chosen = replace(
        found,
        images=images.select(which) if isinstance(images, OnDemand) else images[which],
        labels=found.labels[which],
        files=tuple(found.files[at] for at in places) if found.files else (),
        known=None,
    )
    names = tuple(
        Path(shown(found.files[at])).name
        if found.files and not isinstance(found.files[at], Packed)
        else f"picture {at + 1:,}"
        for at in places
    )
    what = f"{plural(len(names), 'picture')} of {found.name}, {found.part} part"
    return Looked(subject, chosen.images, names, what, chosen, classes)


def _in_turn(labels: Sequence[int]) -> list[int]:
    """The places of pictures, one of each class, then the next of each."""
    seen: dict[int, int] = {}
    ranks = []
    for label in labels:
        ranks.append(seen.get(label, 0))
        seen[label] = ranks[-1] + 1
    return sorted(range(len(labels)), key=lambda at: (ranks[at], labels[at]))


def _of_files(subject: Subject, wanted: Wanted, most: int) -> Looked:
    import torch

    from ..data.tree import PICTURES
    from ..evaluate.predict import sources
    from ..evaluate.read import preprocessing_of, read_files

    assert subject.bundle is not None
    every = list(sources(wanted.given))
    named = most > 1 and not any(map(os.path.isdir, wanted.given))
    if not named:  # of a folder a README does not take a picture's place
        every.sort(key=lambda source: not str(source.path).casefold().endswith(PICTURES))
    found = every[: wanted.count or (len(every) if named else most)]
    if len(found) < len(every) and wanted.count is None:
        screen.note(f"looked at: the first {len(found):,} of {len(every):,} files. --count N: more")
    reads = iter(
        read_files([s.path for s in found if not s.error], preprocessing_of(subject.bundle))
    )
    stored, names, bad = [], [], []
    for source in found:
        read = None if source.error else next(reads)
        if read is None or read.picture is None:
            bad.append(f"{source.name}: {source.error or (read and read.error)}")
            continue
        stored.append(read.picture)
        names.append(Path(source.name).name)
    if bad and not stored:
        raise ValueError(bad[0])
    if bad:
        more = f", and {plural(len(bad) - 1, 'other')}" if bad[1:] else ""
        screen.note(f"left out: {bad[0]}{more}")
    if not stored:
        raise WrongUse("name a picture, a folder of pictures or a data set to look at")
    channels = max(one.shape[0] for one in stored)
    return Looked(
        subject, torch.stack([one.expand(channels, -1, -1) for one in stored]), tuple(names)
    )

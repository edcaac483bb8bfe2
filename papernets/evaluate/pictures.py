"""The pictures of a data set as a bundle's network takes them: its form, classes by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from .. import data
from ..bundle.load import Bundle
from ..bundle.seen import read_seen
from ..data import Dataset, Part, Preprocessing, imagenet
from ..data.content import Content
from ..data.kinds import gatherer
from ..data.known import names_for
from ..data.layout import misplaced
from ..data.notes import of_remarks
from ..data.picture import Packed, shown
from ..data.reading import Stored, content_of_files, read_stored
from ..data.stored import File, Images, OnDemand, memory_for_pictures
from ..files import path_of
from ..words import brief, composed, either, listed, nearest, plural
from .known import PARTS, Pictures, by_content, of_part, parted_as
from .read import preprocessing_of, read_files
from .whole import Source, source_of

AGAIN = (
    "The network keeps no list of its pictures, as those of today do: the parts are drawn again, "
    "and are those of its training only if the pictures are the same. --part all tests all."
)
NAMED = 10  # classes that a sentence names


class UnknownClasses(ValueError):
    """Pictures of classes that the network does not know; `given` are all that the data have."""

    def __init__(self, words: str, given: Sequence[str]):
        super().__init__(words)
        self.given = tuple(given)


def open_pictures(
    bundle: Bundle,
    name: str,
    *,
    part: str = "",
    data_dir: str | None = None,
    strict: bool = False,
    room: float | None = None,
) -> Pictures:
    """One part of a data set, by its name or path, for a bundle's network.

    Pictures that the network was trained on, or that chose its epoch, are known by their content,
    wherever they lie, and are no test: see `papernets.evaluate.known`. Without a part it is the
    test part; of a folder of pictures without parts of its own, all that the network has not seen.
    A bundle without a list of its pictures goes by the name of its data: where that is the same,
    the test part is drawn as in its run. Files are read as `predict` reads them. Classes are
    matched by name; one that the network lacks is a ValueError. With `strict` a file that cannot be
    read is one too. room: bytes that photographs may take, else they are read again batch by batch;
    None for a share of the free memory.
    """
    if part and part not in PARTS:
        raise ValueError(f"no part {brief(part)}: give {either(PARTS)}")
    preprocessing, seen = preprocessing_of(bundle), read_seen(bundle.folder)
    nested = bundle.info.run.get("nested") is True
    source = source_of(name, data_dir, nested)
    if source is not None and seen is not None:
        return by_content(of_source(bundle, preprocessing, source, strict, room), seen, part)
    if source is not None and (part == "all" or not (part or trained_on(bundle, source.root))):
        return of_source(bundle, preprocessing, source, strict, room)
    run = bundle.info.run
    dataset = data.open(
        name,
        data_dir=data_dir,
        channels=preprocessing.channels,
        size=preprocessing.picture,
        seed=int(run.get("seed") or 0),
        strict=strict,
        room=room,
        only_test=part in ("", "test") and preprocessing.kind == "photo",
        **parted_as(run),
        labels=str(run.get("labels") or "fine"),
        nested=nested,
        exact_decoding=preprocessing.exact,
    )
    return of_dataset(bundle, dataset, part, strict, room, again=source is not None)


def of_dataset(
    bundle: Bundle,
    dataset: Dataset,
    part: str = "",
    strict: bool = False,
    room: float | None = None,
    again: bool = False,
) -> Pictures:
    """One part of a data set, by default the test part, for a bundle's network.

    `again`: its parts were drawn as in the network's run.
    """
    preprocessing, seen = preprocessing_of(bundle), read_seen(bundle.folder)
    part = part or "test"
    chosen = _part(dataset, part)
    if not len(chosen):
        raise ValueError(
            f"{dataset.name} has no picture in its {part} part: {dataset.split}. Other parts: "
            f"{either([one for one in PARTS if one != part])}"
        )
    there = [dataset.classes[label] for label in chosen.labels.unique().tolist()]
    own = classes_of(bundle, there)
    known = matched(own, there, dataset.name, _unnamed(bundle))
    labels = torch.zeros(len(dataset.classes), dtype=torch.int64)
    labels[chosen.labels.unique()] = torch.tensor(known)
    notes = _notes(own, dataset.classes, there, dataset.name)
    if again or part != "test":
        notes = (f"{part} part of {dataset.name}: {dataset.split}", *notes)
    if again:
        notes = (*notes, AGAIN)
    images, good, skipped = _stored(chosen, dataset, preprocessing, strict, room)
    chosen = chosen if len(good) == len(chosen) else chosen.select(good)
    notes, skipped = (*notes, *dataset.remarks), (*dataset.skipped, *skipped)
    content = None if seen is None else chosen.content
    found = Pictures(
        dataset.name, part, images, labels[chosen.labels], chosen.files, notes, skipped, content
    )
    return found if seen is None else of_part(found, seen)


def of_listing(
    bundle: Bundle, source: Source, part: str = "", strict: bool = False, room: float | None = None
) -> Pictures:
    """Pictures of which nothing says which part they are of; see `open_pictures`."""
    seen = read_seen(bundle.folder)
    whole = of_source(bundle, preprocessing_of(bundle), source, strict, room)
    return whole if seen is None else by_content(whole, seen, part)


def matched(
    classes: Sequence[str], given: Sequence[str], where: str, remedy: str = ""
) -> list[int]:
    """For each given class, the place of the network's class of the same name.

    A name that the network does not know is a ValueError: its pictures cannot be answered right.
    A folder of ImageNet's own is known by its synset. The error ends with `remedy`.
    """
    own, given = given, imagenet.named(given, classes)
    places = {composed(name): place for place, name in enumerate(classes)}
    unknown = [name for name in given if composed(name) not in places]
    if unknown:
        folded = [name for name in classes if name.casefold() == unknown[0].casefold()]
        near = folded[0] if folded else nearest(unknown[0], classes)
        hint = "" if near is None else f" (nearest: {near!r})"
        some = "class" if len(unknown) == 1 else f"{len(unknown)} classes"
        raise UnknownClasses(
            f"{where}: {some} that the network does not know: {listed(unknown, NAMED)}{hint}. "
            f"It knows {listed(classes, NAMED)}. Classes are matched by name: give pictures of "
            f"these, or a network trained on yours: papernets train NETWORK --data PATH{remedy}",
            own,
        )
    return [places[composed(name)] for name in given]


def classes_of(bundle: Bundle, given: Sequence[str]) -> tuple[str, ...]:
    """The classes of a bundle; of one that has numbers because its files had no names, by names."""
    run, classes = bundle.info.run, bundle.info.classes
    nameless = run.get("converted") or str(run.get("data", "")).startswith("cifar10")
    return names_for(classes, given) if nameless else tuple(classes)


def _unnamed(bundle: Bundle) -> str:
    """What gives names to the classes of a converted bundle, where they are numbers."""
    source, classes = bundle.info.run.get("converted"), bundle.info.classes
    if not source or any(name != str(number) for number, name in enumerate(classes)):
        return ""
    file = source.get("file", "FILE") if isinstance(source, dict) else "FILE"
    return (
        ". Its classes are numbers, since it was converted without their names: convert it again "
        f"with papernets convert {file} ... --labels NAMES.txt, one name a line in the order of "
        "the outputs"
    )


def _notes(
    classes: Sequence[str], given: Sequence[str], there: Sequence[str], where: str
) -> tuple[str, ...]:
    """What a reader should know of classes that were not simply the same.

    `given` are those that the data have, `there` those that have pictures.
    """
    given = imagenet.named(given, classes)
    names, own = [composed(name) for name in given], [composed(name) for name in classes]
    notes = []
    if [name for name in own if name in names] != [name for name in names if name in own]:
        notes.append(
            f"{where} lists its classes in another order than the network: matched by name."
        )
    present = set(map(composed, there))
    absent = [name for name in classes if composed(name) not in present]
    if absent:
        notes.append(f"{where} has no pictures of {listed(absent, NAMED)}.")
    return tuple(notes)


def trained_on(bundle: Bundle, root: Path) -> bool:
    """Whether the bundle's run took its pictures from a folder of this name: paths change."""
    given = bundle.info.run.get("data")
    return bool(given) and path_of(str(given)).resolve().name == root.resolve().name


def of_source(
    bundle: Bundle,
    preprocessing: Preprocessing,
    source: Source,
    strict: bool,
    room: float | None,
) -> Pictures:
    """Every picture of a source without parts, read as `predict` reads it."""
    root, found = source.root, source.classes
    name = root.resolve().name
    if not found:
        raise ValueError(f"{shown(root)}: no picture in its class folders")
    own = classes_of(bundle, found)
    try:
        known = matched(own, found, shown(root), _unnamed(bundle))
    except UnknownClasses as error:
        folders = not isinstance(source.files[0], Packed) and not gatherer(root)
        meant = misplaced(root) if folders else ""
        raise UnknownClasses(f"{error}. {meant}" if meant else str(error), error.given) from None
    places = dict(zip(found, known, strict=True))
    read = _files(source.files, preprocessing, strict, room)
    labels = torch.tensor([places[source.names[at]] for at in read.good])
    files = tuple(source.files[at] for at in read.good)
    notes = (*_notes(own, found, found, name), *of_remarks(read.remarks))
    skipped = (*source.skipped, *read.reasons)
    return Pictures(name, "all", read.images, labels, files, notes, skipped, read.content)


def _part(dataset: Dataset, part: str) -> Part:
    """One part of a data set, or the three together."""
    parts = {"train": dataset.train, "validation": dataset.validation, "test": dataset.test}
    if part != "all":
        return parts[part]
    return Part(
        _joined([p.images for p in parts.values()]),
        torch.cat([p.labels for p in parts.values()]),
        tuple(file for p in parts.values() for file in p.files),
        Content.joined([p.content for p in parts.values()]),
    )


def _joined(images: list[Images]) -> Images:
    """Stored pictures one after another; on demand where the parts are."""
    if all(isinstance(one, OnDemand) for one in images):
        return OnDemand.joined([one for one in images if isinstance(one, OnDemand)])
    return torch.cat([one[:] for one in images])


def _stored(
    part: Part,
    dataset: Dataset,
    preprocessing: Preprocessing,
    strict: bool,
    room: float | None = None,
) -> tuple[Images, list[int], tuple[str, ...]]:
    """Pictures in the network's stored form, the places of those that could be read, why not.

    Files for a network of digits or garments are read anew: they were opened as photos.
    """
    fits = tuple(part.images.shape[2:]) == preprocessing.picture
    if part.files and (preprocessing.kind != "photo" or not fits):
        read = _files(part.files, preprocessing, strict, room)
        return read.images, read.good, tuple(read.reasons)
    if fits:
        return part.images, list(range(len(part))), ()
    pictures, good, skipped = [], [], []
    for at, image in enumerate(part.images[:]):
        values = image.permute(1, 2, 0).numpy()
        try:
            sheet = Image.fromarray(values[:, :, 0] if values.shape[2] == 1 else values)
            pictures.append(data.read_picture(sheet, preprocessing)[0])
            good.append(at)
        except ValueError as error:
            skipped.append(f"{dataset.name} picture {at}: {error}")
    return _together(pictures, skipped), good, tuple(skipped)


def _files(
    paths: Sequence[File], preprocessing: Preprocessing, strict: bool, room: float | None
) -> Stored:
    """Files in the network's stored form."""
    if preprocessing.kind == "photo":  # as many as there are: read on demand where they must be
        channels, (height, width) = preprocessing.channels, preprocessing.picture
        room = memory_for_pictures() if room is None else room
        fit = len(paths) * channels * height * width <= room
        stored = read_stored(paths, channels, (height, width), fit, preprocessing.exact)
        _check_strict(stored.reasons, len(paths), strict)
        if not stored.good:
            _together([], stored.reasons)
        return stored
    reads = read_files(paths, preprocessing)
    reasons = [
        f"{shown(path)}: {read.error}"
        for path, read in zip(paths, reads, strict=True)
        if read.error
    ]
    _check_strict(reasons, len(paths), strict)
    good = [at for at, read in enumerate(reads) if read.picture is not None]
    pictures = [read.picture for read in reads if read.picture is not None]
    content = content_of_files([paths[at] for at in good], preprocessing.picture)
    remarks = [(paths[at], remark) for at in good for remark in reads[at].remarks]
    return Stored(_together(pictures, reasons), good, reasons, content, remarks)


def _check_strict(skipped: Sequence[str], count: int, strict: bool) -> None:
    if skipped and strict:
        raise ValueError(
            f"{len(skipped):,} of {plural(count, 'file')} cannot be read (first: {skipped[0]}). "
            "Mend or remove them; without --strict they are left out"
        )


def _together(pictures: list[Tensor], skipped: Sequence[str]) -> Tensor:
    if not pictures:
        first = f" (first: {skipped[0]})" if skipped else ""
        raise ValueError(f"not one picture can be read{first}")
    return torch.stack(pictures)


__all__ = ["PARTS", "Pictures", "matched", "open_pictures"]

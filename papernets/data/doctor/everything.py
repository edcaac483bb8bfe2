"""Every picture of a data set with its part and class, whatever source it comes from."""

from __future__ import annotations

from PIL import Image

from papernets.data.dataset import Dataset, Part
from papernets.data.folder import list_folder, loose
from papernets.data.gathered import Gathered
from papernets.data.idx import find_idx
from papernets.data.listing import Listing
from papernets.data.names import normal
from papernets.data.picture import Packed
from papernets.data.sources import FOLDERS, found_path, lister
from papernets.data.sources import open as open_data


class Held(Packed):
    """A picture in memory, known by its part and its place there, from 0."""

    encoded = False
    __slots__ = ("at", "part", "whole")

    def __init__(self, whole: Part, part: str, at: int):
        self.whole, self.part, self.at = whole, part, at

    @property
    def name(self) -> str:
        return f"{self.part} picture {self.at}"

    def content(self) -> Image.Image:
        values = self.whole.images[self.at].permute(1, 2, 0).numpy()
        return Image.fromarray(values[:, :, 0] if values.shape[2] == 1 else values)


def everything(
    name: str, data_dir: str | None = None, labels: str = "fine", nested: bool = False
) -> Gathered:
    """The pictures of a data set, by its name or path, none of them decoded; errors as `open`.

    Where the source says no parts, all are "train". labels, nested: as in `open`.
    """
    key = normal(name)
    if key == "digits" or key in FOLDERS:
        return _of_dataset(open_data(name, data_dir=data_dir))
    path = found_path(name, data_dir)
    if find_idx([path]):
        return _of_dataset(open_data(name, data_dir=data_dir))
    if gather := lister(path, labels):
        return gather()
    found = list_folder(path, nested)
    return Gathered(found.listings, (*loose(path), *found.said), len(found.listings) > 1)


def _of_dataset(dataset: Dataset) -> Gathered:
    """The parts of pictures that are in memory."""
    parts = {"train": dataset.train, "val": dataset.validation, "test": dataset.test}
    listings = {}
    for split, part in parts.items():
        files = tuple(Held(part, split, at) for at in range(len(part)))
        listings[split] = Listing(files, tuple(part.labels.tolist()), dataset.classes)
    return Gathered(listings, parted=True)

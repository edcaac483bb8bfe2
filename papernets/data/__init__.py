"""Where pictures come from, how they are read, distorted and made ready for a network."""

from papernets.data.augment import Distortion, distort
from papernets.data.crops import Crop
from papernets.data.dataset import Dataset, Part
from papernets.data.fetch import fetch
from papernets.data.handwriting import read_picture, read_strip
from papernets.data.names import data_folder
from papernets.data.notes import notes_of
from papernets.data.preprocessing import Preprocessing
from papernets.data.sources import NAMES, open

__all__ = [
    "NAMES",
    "Crop",
    "Dataset",
    "Distortion",
    "Part",
    "Preprocessing",
    "data_folder",
    "distort",
    "fetch",
    "notes_of",
    "open",
    "read_picture",
    "read_strip",
]

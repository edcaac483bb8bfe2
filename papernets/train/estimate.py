"""About how long an epoch takes on this machine, and how much memory: from a few pictures."""

from __future__ import annotations

import time
from dataclasses import dataclass

import torch

from ..arithmetic.graph import graph
from ..arithmetic.memory import memory
from ..data import Dataset, Part
from ..data.gathered import Gathered
from ..data.listing import Wanted, stored_size
from ..data.reading import read_stored
from ..data.stored import memory_for_pictures
from .memory import KINDS
from .pictures import stored_larger
from .rehearsal import epoch_seconds
from .run import Run

SAMPLE = 32  # pictures that are read and tried


@dataclass(frozen=True)
class Estimate:
    """An epoch's seconds; bytes of the pictures that are kept, and of a step of training.

    kept: whether the pictures are kept decoded; else each epoch reads them again.
    """

    seconds: float
    pictures: int
    step: int
    kept: bool

    @property
    def bytes(self) -> int:
        """What both take together; torch and its own buffers come on top."""
        return self.pictures + self.step


def estimated(run: Run, found: Gathered) -> Estimate:
    """A run's epoch over the training pictures of a source; ValueError where none can be read."""
    listing = found.listings["train"]
    net = run.network(len(listing.classes)).net.member
    channels, *size = net.input
    wanted = Wanted(channels, (size[0], size[1]), stored_larger(run.recipe, net.input))
    height, width = stored_size(listing.files, wanted)
    files = listing.files[:: max(1, len(listing.files) // SAMPLE)][:SAMPLE]
    began = time.perf_counter()
    stored = read_stored(files, channels, (height, width), True, run.recipe.exact_decoding)
    each = (time.perf_counter() - began) / len(files)
    if not stored.good:
        raise ValueError(f"not one of {len(files)} pictures can be read ({stored.reasons[0]})")
    labels = torch.arange(len(stored.good)) % len(listing.classes)
    part = Part(stored.images, labels)
    sample = Dataset("sample", listing.classes, part, part, part, "photo", "")
    step = epoch_seconds(run, sample) / len(part)
    count = sum(len(one.files) for one in found.listings.values())
    size_of = channels * height * width
    room = 1e9 * run.where.memory or memory_for_pictures()
    kept = count * size_of <= room
    learning = len(listing.files) * (1.0 if len(found.listings) > 1 else 0.8)
    seconds = learning * (step if kept else max(step, each))  # it is read one batch ahead
    numbers = memory(graph(net)).train(KINDS.get(run.recipe.optimizer, "adam"), run.recipe.at_once)
    pictures = count * size_of if kept else run.recipe.batch_size * size_of
    return Estimate(seconds, pictures, 4 * numbers, kept)

"""What an exported file computes, as one module, and the graph that torch makes of it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ..bundle.load import Bundle
from ..evaluate.infer import for_both
from ..evaluate.read import preprocessing_of
from ..rewrite.optimise import STEPS, Steps
from .form import form_of
from .prepared import Prepared

PICTURES, LOGITS, PROBABILITIES, BATCH = "pictures", "logits", "probabilities", "batch"
"""What the input of a file is called, its output without and with preprocessing, its free size."""
NETWORK, PREPROCESSING = "network", "preprocessing"
"""How the names of their parts begin within `Answer`."""


class Answer(nn.Module):
    """Pictures as the network sees them to logits; with preprocessing, stored ones to scores.

    (N, C, H, W) float32 to (N, classes) float32, larger is better; of one output, which tells two
    classes apart, 0 and that output. With preprocessing (N, C, h, w) uint8 to probabilities.
    """

    def __init__(
        self,
        bundle: Bundle,
        prepares: bool = False,
        plain: bool = False,
        steps: Steps = STEPS,
    ):
        super().__init__()
        self.network = form_of(bundle.model, plain, steps)
        self.preprocessing = Prepared(preprocessing_of(bundle)) if prepares else None
        self.scale = bundle.info.score_scale

    def forward(self, pictures: Tensor) -> Tensor:
        if self.preprocessing is None:
            return for_both(self.network(pictures))
        logits = for_both(self.network(self.preprocessing(pictures)))
        return torch.softmax(logits * self.scale, 1)

    @property
    def output(self) -> str:
        """What it gives is called."""
        return LOGITS if self.preprocessing is None else PROBABILITIES


def takes(bundle: Bundle, prepares: bool) -> tuple[int, int, int]:
    """Channels, height and width of what the file takes: the network's input, or stored pictures.

    Stored pictures have as many channels as the network: three are red, green and blue.
    """
    if not prepares:
        return bundle.info.input
    eyes = preprocessing_of(bundle)
    return (eyes.channels, *eyes.picture)


def exported(answer: Answer, bundle: Bundle) -> torch.export.ExportedProgram:
    """The graph of what a file computes, for any number of pictures at once."""
    prepares = answer.preprocessing is not None
    size = (2, *takes(bundle, prepares))
    example = torch.zeros(size, dtype=torch.uint8) if prepares else torch.zeros(size)
    batch = torch.export.Dim(BATCH, min=1)
    with quietly(), torch.no_grad():
        return torch.export.export(answer, (example,), dynamic_shapes=({0: batch},))


@contextmanager
def quietly() -> Iterator[None]:
    """What torch's exporter says of itself is not for users: errors are raised."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield

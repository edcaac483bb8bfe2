"""How large photographs are shown to a network that has learnt: chosen on the training pictures.

What fills a photograph is as large as whoever took it wanted. A network that learnt from random
crops knows things larger than the middle of a whole photograph shows them (Touvron et al. 2019,
arXiv 1906.06423, section 3): a closer crop may suit it better, or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from ..data import Part, Preprocessing
from ..rewrite.classifier import ends
from ..run.network import Network
from .losses import class_weights, make_loss
from .probe import CHOOSING, fitter_of, given_to
from .recipe import TrainRecipe

VIEWS = 2
"""The middle of each photograph, and its mirror image."""


def zoomed(
    model: Network, part: Part, eyes: Preprocessing, recipe: TrainRecipe
) -> tuple[Preprocessing, dict[float, float]]:
    """The preprocessing with the zoom of the recipe's that suits a model best, and each one's loss.

    The loss is on pictures that were left out, of the classifier fitted to what the model makes of
    the middles of the others and their mirror images. Nothing changes, and there are no losses,
    where the pictures are not stored larger than the input or are too few to choose by.
    """
    found = ends(model.net)
    if not (eyes.crop and recipe.zooms and found):
        return eyes, {}
    row, device = found[0].classifier.name, next(model.parameters()).device
    weights = class_weights(part.labels) if recipe.balance else None
    loss = make_loss(recipe, model.net, weights)
    losses: dict[float, float] = {}
    for zoom in recipe.zooms:
        own = shown_at(eyes, zoom)
        shown = _middles(part, own, recipe, device)
        seen = given_to(model, [row], shown, part.labels)
        left_out = fitter_of(model, found[0], seen, loss).losses()
        if not left_out:
            return eyes, {}
        losses[zoom] = min(left_out.values())
    return shown_at(eyes, min(losses, key=losses.__getitem__)), losses


def shown_at(eyes: Preprocessing, zoom: float) -> Preprocessing:
    """As photographs are seen whose short side is so many times the input before the crop."""
    short = round(zoom * min(eyes.height, eyes.width))
    return replace(eyes, short=short if short < min(eyes.picture) else 0)


def _middles(
    part: Part, eyes: Preprocessing, recipe: TrainRecipe, device: torch.device
) -> Iterator[tuple[Tensor, Tensor]]:
    """The middles of pictures spread over a part, as evaluation sees them, and mirrored."""
    views = VIEWS if recipe.augment.get("flip") else 1
    count = min(CHOOSING // views, len(part))
    every = torch.arange(count) * len(part) // count
    for places in every.split(recipe.batch_size):
        x = eyes(part.images[places].to(device))
        yield x, places
        if views > 1:
            yield x.flip(3), places

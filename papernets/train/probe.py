"""The classifier of trained weights for other classes, fitted before the rest is trained.

A new classifier, drawn at random, sends a first gradient through the body that spoils what it has
learnt. Fitted first, it sends little (LP-FT: Kumar et al. 2022, arXiv 2202.10054, section 4). The
fit is a logistic regression on what the body makes of the training pictures.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from ..data import Part
from ..rewrite.classifier import End, ends
from ..run.network import Network
from ..spec import walk
from ..watch import watched
from .losses import Loss, class_weights, make_loss
from .source import Source

PASSES, VIEWS, VALUES = 4, 16_384, 2**25
"""How often the body is shown each training picture, cropped and distorted as in training; how
many in all at most, and how many values of them are kept."""
SPREADS = (0.25, 1.0, 4.0, 16.0, 64.0, 256.0)
"""How far the classifier's outputs may spread: their variance over pictures, if weights are drawn
from the normal distribution that the penalty stands for. The one is taken that does best on
training pictures that were left out."""
USUAL, FOLDS = 4.0, 5
"""The spread where there are too few pictures to choose, and in how many parts they are left
out."""
CHOOSING, MOST_WORK, DRAWS = 2_000, 1e11, 3
"""On how many pictures the spread is chosen at most, on fewer where that would take more
multiply-adds; and in how many ways they are parted at most, so that it does not hang on one."""
STEPS = 100
"""Steps of L-BFGS at most."""
ABOVE = 10.0
"""Where a classifier is rectified, as Network in Network's is, its outputs begin so far above 0: of
one that is 0 for all pictures nothing could be learnt, and what is added to all makes no class
likelier."""


@dataclass(frozen=True)
class Seen:
    """What classifiers are given, by their rows' names: (M, ...) on the CPU for M pictures.

    `labels` and `places` (M,): of which class each is, and which training picture.
    """

    inputs: dict[str, Tensor]
    labels: Tensor
    places: Tensor


def fit_classifiers(model: Network, source: Source, drawn: Collection[str]) -> dict[str, float]:
    """Fit those classifiers of a model, its heads' too, that have tensors among the `drawn` ones.

    The spread that was chosen for each, by its row's name; empty where none can be fitted, such as
    LeNet-5's, whose codes are not trained. The model's mode is left as it was.
    """
    if not drawn:
        return {}
    weights = class_weights(source.part.labels) if source.recipe.balance else None
    loss = make_loss(source.recipe, model.net, weights)
    found = {end.classifier.name: end for end in ends(model.net) if _learns(model, end, drawn)}
    if not found:
        return {}
    seen = look(model, source, found)
    spreads = {}
    for name, end in found.items():
        fitter = fitter_of(model, end, seen, loss)
        spreads[name] = fitter.choose()
        fitted = fitter.fit(torch.arange(len(seen.labels)), spreads[name])
        if all(bool(value.isfinite().all()) for value in fitted.values()):
            rows_of(model, end).load_state_dict(fitted)
    return spreads


def fitter_of(model: Network, end: End, seen: Seen, loss: Loss) -> Fitter:
    """What fits a copy of a classifier to what was seen; the model keeps its own."""
    own = copy.deepcopy(rows_of(model, end)).cpu().double().eval()
    if getattr(end.classifier.layer, "activation", None) == "relu":
        _raise_outputs(own)
    return Fitter(own, seen, end.classifier.name, loss)


def rows_of(model: Network, end: End) -> nn.Sequential:
    """A model's classifier with all after it."""
    return nn.Sequential(*(model.get_submodule(row) for row in end.names))


def _learns(model: Network, end: End, drawn: Collection[str]) -> bool:
    weights = {name for name, p in model.named_parameters() if p.requires_grad and p.dim() > 1}
    return any(name.startswith(f"{row}.") for row in end.names for name in weights & set(drawn))


@torch.no_grad()
def _raise_outputs(layers: nn.Sequential) -> None:
    """Add ABOVE to what the classifier, the first of these layers, gives before its activation."""
    biases = [p for name, p in layers[0].named_parameters() if name.endswith("bias")]
    if biases:
        biases[-1].add_(ABOVE)


def look(model: Network, source: Source, rows: Collection[str]) -> Seen:
    """What these rows are given for training pictures as they are cropped in training.

    Each picture is shown as often, and unmixed.
    """
    count = len(source.part)
    plain = replace(source.recipe, balance="", mixup=0.0, cutmix=0.0)
    numbered = replace(source, part=Part(source.part.images, torch.arange(count)), recipe=plain)
    size = sum(math.prod(row.input) for row in walk(model.net) if row.name in rows)
    views, each = _wanted(count, size), source.recipe.batch_size
    shown = watched(_views(numbered, views), "pictures looked at", views, each)
    return given_to(model, rows, shown, source.part.labels)


@torch.no_grad()
def given_to(
    model: Network, rows: Collection[str], shown: Iterable[tuple[Tensor, Tensor]], labels: Tensor
) -> Seen:
    """What these rows are given for pictures, each batch with its pictures' places in `labels`."""
    inputs: dict[str, list[Tensor]] = {row: [] for row in rows}
    places: list[Tensor] = []
    was, kind = model.training, next(model.parameters()).dtype
    model.eval()
    with ExitStack() as stack:
        for row in rows:
            keep = inputs[row]
            hook = model.get_submodule(row).register_forward_pre_hook(
                lambda module, given, keep=keep: keep.append(given[0].to("cpu", copy=True))
            )
            stack.callback(hook.remove)
        for x, at in shown:
            model.features(x.to(kind), rows)
            places.append(at.cpu())
    model.train(was)
    every = torch.cat(places)
    return Seen({k: torch.cat(v) for k, v in inputs.items()}, labels[every], every)


def _wanted(count: int, size: int) -> int:
    """How many views of so many pictures are looked at, where `size` values are kept of each."""
    return min(PASSES * count, VIEWS, max(VALUES // size, 1))


def _views(numbered: Source, left: int) -> Iterator[tuple[Tensor, Tensor]]:
    """So many views in batches of a few epochs, with the pictures' places for labels."""
    for number in range(1, PASSES + 1):
        for x, at, *_ in numbered.epoch(number):
            yield x[:left], at[:left]
            left -= len(x)
            if left <= 0:
                return


class Fitter:
    """Logistic regressions of a classifier's layers on what they are given."""

    def __init__(self, layers: nn.Module, seen: Seen, name: str, loss: Loss):
        self.layers, self.loss, self.seen = layers, loss, seen
        self.x = seen.inputs[name]
        self.first = copy.deepcopy(layers.state_dict())
        channels = self.x.double().transpose(0, 1).flatten(1)
        learnt = [p for p in layers.parameters() if p.requires_grad]
        self.weights = [p for p in learnt if p.dim() > 1]
        size = self.weights[0][0].numel()
        self.power = float(channels.var(1, correction=0).mean()) * size

    def fit(self, rows: Tensor, spread: float, warm: bool = False) -> dict[str, Tensor]:
        """The layers' tensors after a fit on these rows; `warm`: from where the last one ended."""
        if not warm:
            self.layers.load_state_dict(self.first)
        x, y = self.x[rows].double(), self.seen.labels[rows]
        pictures = len(self.seen.places[rows].unique())
        decay = self.power / (2 * spread * pictures)
        learnt = [p for p in self.layers.parameters() if p.requires_grad]
        search = torch.optim.LBFGS(learnt, max_iter=STEPS, line_search_fn="strong_wolfe")

        def objective() -> float:
            search.zero_grad()
            value = self.loss(self.layers(x), y)
            for weight in self.weights:
                value = value + decay * weight.square().sum()
            value.backward()
            return value  # type: ignore[return-value]

        search.step(objective)
        return copy.deepcopy(self.layers.state_dict())

    def choose(self) -> float:
        """The spread with the least loss on pictures left out; the usual one for too few."""
        losses = self.losses()
        return min(losses, key=losses.__getitem__) if losses else USUAL

    def losses(self) -> dict[float, float]:
        """The loss by each spread on pictures left out, a fifth at a time; empty for too few."""
        classes = int(self.seen.labels.max()) + 1
        cost = self.x[0].numel() * classes * len(SPREADS) * FOLDS * STEPS * 2
        places = self.seen.places
        most = int(min(CHOOSING, MOST_WORK / cost, len(places)))
        if len(places[:most].unique()) < FOLDS * classes:
            return {}
        losses = dict.fromkeys(SPREADS, 0.0)
        draws = int(max(1, min(DRAWS, MOST_WORK / (cost * most))))
        for draw in range(draws):
            fold = folds(self.seen.labels, places, most, draw)
            for left_out in range(FOLDS):
                inside = ((fold >= 0) & (fold != left_out)).nonzero()[:, 0]
                outside = (fold == left_out).nonzero()[:, 0]
                for number, spread in enumerate(SPREADS):
                    self.fit(inside, spread, warm=number > 0)
                    with torch.no_grad():
                        x = self.x[outside].double()
                        loss = float(self.loss(self.layers(x), self.seen.labels[outside]))
                    losses[spread] += loss / (FOLDS * draws)
        return losses


def folds(labels: Tensor, places: Tensor, most: int, draw: int = 0) -> Tensor:
    """The part of each view (M,), 0 to FOLDS - 1, all of one picture in the same; -1 for none.

    The first `most` views are in one; the parts have as many of each class as can be. Each `draw`
    parts them otherwise, always the same; 0 by their order.
    """
    pictures, of_view = places[:most].unique(return_inverse=True)
    classes = torch.empty_like(pictures)
    classes[of_view] = labels[:most]
    order = torch.arange(len(pictures))
    if draw:
        order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(draw))
    part = torch.empty_like(pictures)
    part[order[classes[order].argsort(stable=True)]] = torch.arange(len(pictures)) % FOLDS
    found = torch.full_like(places, -1)
    found[:most] = part[of_view]
    return found

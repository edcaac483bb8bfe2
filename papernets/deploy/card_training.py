"""How a network was trained, in sentences for its model card, from the settings of its run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..numbers import is_number
from ..words import listed, plural
from .card_text import code, text_of

OPTIMISERS = {
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "stochastic gradient descent",
    "rmsprop": "RMSProp",
    "rmsprop_tensorflow": "RMSProp as TensorFlow computes it",
    "levenberg_marquardt": "the stochastic diagonal Levenberg-Marquardt method",
}
LOSSES = {
    "cross_entropy": "cross-entropy",
    "map": "the maximum a posteriori criterion of LeCun et al. 1998 (equation 9)",
    "mse": "the mean squared error",
    "binary": "the cross-entropy of one output that tells two classes apart",
}
SCHEDULES = {
    "constant": "The learning rate is {learning_rate:g} throughout.",
    "cosine": "The learning rate falls by a cosine from {learning_rate:g}.",
    "one_cycle": "The learning rate rises to {learning_rate:g} over the first {warmup:.0%} of the "
    "steps and falls by a cosine.",
    "step": "The learning rate begins at {learning_rate:g} and is multiplied by {gamma:g} at fixed "
    "shares of the steps.",
    "plateau": "The learning rate begins at {learning_rate:g} and is multiplied by {gamma:g} where "
    "the error on held-out pictures stops falling.",
    "exponential": "The learning rate begins at {learning_rate:g} and is multiplied by {gamma:g} "
    "every {every:g} passes.",
    "polynomial": "The learning rate falls from {learning_rate:g} to 0 as a polynomial of power "
    "{power:g}.",
    "listed": "The learning rate is set for each pass by a list.",
}
CHANGES = {
    "rotate": "turned by up to {:g} degrees",
    "scale": "made larger or smaller by up to {:.0%}",
    "squeeze": "squeezed along one axis by up to {:.0%}",
    "shear": "sheared by up to {:g} pixels a row",
    "shift": "moved by up to {:g} pixels",
    "elastic_alpha": "distorted elastically (Simard et al. 2003, with an alpha of {:g})",
    "elastic_sigma": "distorted in waves of {:g} pixels",
    "flip": "mirrored in {:.0%} of the cases",
    "padding": "cut out anywhere from a frame that is {:g} pixels wider",
    "area": "cut to a part of at least {:.0%} of their area",
    "aspect": "cut to an aspect of up to {:g}",
    "jitter_low": "scaled to a short side of {:g} pixels at least",
    "jitter_high": "scaled to a short side of {:g} pixels at most",
    "pca": "shifted along the main colours of the set (standard deviation {:g})",
    "lighting": "shifted along the main colours of ImageNet (standard deviation {:g})",
    "brightness": "made brighter or darker by up to {:.0%}",
    "contrast": "changed in contrast by up to {:.0%}",
    "saturation": "changed in saturation by up to {:.0%}",
    "hue": "turned in hue by up to {:.0%} of a turn",
}
"""How training pictures are changed at random, by the names in a run's `augment`."""


def procedure(run: Mapping[str, Any], epoch: object = None) -> Iterator[str]:
    """Sentences on the training; `epoch` is the pass whose weights were kept."""
    converted = run.get("converted")
    if isinstance(converted, Mapping) and converted.get("from"):
        of = text_of(f"{converted['from']}'s {converted.get('net', '')}".strip())
        yield f"The weights are {of}, converted; its makers say how they were trained."
        return
    told = [*_steps(run), *_loss(run), *_pictures(run), *_kept(run, epoch)]
    yield from told or ["Nothing is kept of how these weights were trained."]


def _steps(run: Mapping[str, Any]) -> Iterator[str]:
    epochs, batch, name = _number(run, "epochs"), _number(run, "batch_size"), run.get("optimizer")
    if run.get("weights") or run.get("begin"):
        yield "Training began with trained weights."
    if name and epochs and batch:
        momentum = _number(run, "momentum")
        more = f" with momentum {momentum:g}" if name == "sgd" and momentum else ""
        more += ", Nesterov's" if more and run.get("nesterov") is True else ""
        decay = _number(run, "weight_decay")
        more += f", with a weight decay of {decay:g}" if decay else ""
        yield (
            f"{plural(int(epochs), 'pass', 'passes')} over the training pictures, {batch:g} at a "
            f"step, by {_known(OPTIMISERS, name)}{more}."
        )
    schedule = SCHEDULES.get(str(run.get("schedule")))
    numbers = {key: value for key, value in run.items() if is_number(value)}
    if schedule:
        try:
            yield schedule.format(**numbers).replace("%", " %")
        except KeyError:  # a run of a version that knew other settings
            return


def _loss(run: Mapping[str, Any]) -> Iterator[str]:
    if run.get("loss"):
        smooth = _number(run, "label_smoothing")
        more = f", with label smoothing {smooth:g}" if smooth else ""
        yield f"The loss is {_known(LOSSES, run['loss'])}{more}."
    mixed = [f"{name} {_number(run, name):g}" for name in ("mixup", "cutmix") if _number(run, name)]
    if mixed:
        yield f"Pictures are mixed in pairs: {' and '.join(mixed)}."


def _pictures(run: Mapping[str, Any]) -> Iterator[str]:
    changes = run.get("augment")
    if isinstance(changes, Mapping):
        words = [_change(name, value) for name, value in changes.items() if value]
        if words:
            yield f"Training pictures are changed at random: {listed(words, len(words))}."


def _change(name: object, value: object) -> str:
    form = CHANGES.get(str(name))
    if not (form and is_number(value)):
        return text_of(f"{name} {value}")
    return form.format(value).replace("%", " %")


def _kept(run: Mapping[str, Any], epoch: object) -> Iterator[str]:
    average = _number(run, "average")
    if average and run.get("average_kind") == "polyak":
        yield f"The weights are the mean of those over the last {100 * average:.0f} % of the steps."
    elif average:
        yield f"The weights are a running mean over the steps, with a decay of {average:g} a step."
    if run.get("keep") == "best":
        which = f", pass {epoch}," if isinstance(epoch, int) else ""
        yield f"The pass with the smallest error on held-out pictures{which} was kept."
    elif run.get("keep") == "last":
        yield "The weights are those after the last pass."
    recipe, seed = run.get("recipe"), run.get("seed")
    if recipe and isinstance(recipe, str):
        yield f"The settings are those of Papernets' recipe {code(recipe)}, or changed from it."
    if isinstance(seed, int):
        yield f"Random numbers are drawn from seed {seed}."


def _number(run: Mapping[str, Any], key: str) -> float:
    value = run.get(key)
    return float(value) if is_number(value) else 0.0


def _known(words: Mapping[str, str], name: object) -> str:
    return words.get(str(name)) or text_of(name)

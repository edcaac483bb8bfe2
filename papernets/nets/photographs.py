"""How we train networks for photographs: recipes of ours, not the papers' own.

Random crops, mirror images and a cosine, the same for all; a family differs in what its paper says
of weight decay and label smoothing, and in how large a step it bears. Learning rates are for the
batch sizes beside them. The papers' own recipes stand with each family.
"""

from __future__ import annotations

from ..said import Recipe
from ..spec import Committee, Net, each_part

PLAIN = {
    "optimizer": "sgd",
    "momentum": 0.9,
    "schedule": "one_cycle",  # a short linear rise, then a cosine
    "warmup": 0.05,
    "standardise": True,
}
# Stored with 256 pixels for an input of 224, cut out at random: Krizhevsky et al. 2012, section 4.1
CROPPED = {"enlarge": 256 / 224, "augment": {"flip": 0.5}}
# He et al. 2015, section 4.2: 4 pixels around 32x32, a random 32x32 of them or of the mirror image
PADDED = {"augment": {"flip": 0.5, "padding": 4}}
# A digit is turned a little and moved, never mirrored
TURNED = {"augment": {"rotate": 7.0, "scale": 0.05, "shear": 0.07, "shift": 1.0}}
DIGITS = ("digits", "mnist", "fashion_mnist")

# A step of batch 32 with batch normalisation between all layers, and without: what bears ten times
# less is AlexNet (0.01 for 128 pictures in its section 5), VGG (0.01 for 256), NIN and GoogLeNet.
WITH_NORM, WITHOUT = 0.03, 0.004

# Trained weights are spoilt by large steps, most of all where normalisation keeps its statistics:
# Adam's are as large as its rate says, whatever the size of gradients, and rise slowly. With few
# held-out pictures the best of many epochs is best by luck: the last is taken
GENTLE = {
    "epochs": 15,
    "optimizer": "adamw",
    "learning_rate": 1e-4,
    "warmup": 0.3,
    "keep": "last",
}

USUAL_DECAY = 1e-4

# What did best of the settings tried on small sets of photographs, by training pictures alone:
# docs/photographs.md has the table, benchmarks/modern.py makes it. Networks without normalisation
# keep `photos`' steps: Adam's were tried with it only
MODERN = {"label_smoothing": 0.1, "average": 0.99}
ADAM = {"optimizer": "adamw", "learning_rate": 2e-3, "weight_decay": 0.05}


def recipes(
    net: Net | Committee, weight_decay: float = USUAL_DECAY, label_smoothing: float = 0.0
) -> tuple[Recipe, ...]:
    """Recipes of ours for a network: `modern`, `photos`, `finetune`, `cifar` for small pictures,
    `digits`.

    The first is for any folder of photographs. A module without classes has none.
    """
    if isinstance(net, Committee) or net.classes < 1:
        return ()
    normed = any(getattr(part, "norm", None) for _, part in each_part(net.body))
    family = {**PLAIN, "weight_decay": weight_decay, "label_smoothing": label_smoothing}
    rate = WITH_NORM if normed else WITHOUT
    photos = {**family, **CROPPED, "epochs": 60, "batch_size": 32, "learning_rate": rate}
    words = "ours: for folders of photographs, chosen by trying settings on several small sets"
    modern = {**photos, **MODERN, **(ADAM if normed else {})}
    if normed:  # Adam has no momentum of that kind
        del modern["momentum"]
    found = [Recipe("modern", words, modern)]
    words = "ours: a plain recipe for folders of photographs"
    found.append(Recipe("photos", words, photos))
    words = "ours: to begin with weights that were trained before: smaller steps, fewer of them"
    found.append(Recipe("finetune", words, {**photos, **GENTLE, "freeze_norm": normed}))
    if max(net.input[1:]) <= 64:
        cifar = {"epochs": 100, "batch_size": 128, "learning_rate": 0.1 if normed else 0.02}
        words = "ours: batch, decay, crops and mirror images of He et al. 2015, 4.2; a cosine"
        found.append(Recipe("cifar", words, {**family, **PADDED, **cifar}, data=("cifar10",)))
    digits = {"epochs": 12, "batch_size": 32, "learning_rate": rate}
    words = "ours: digits as this network sees them, turned and moved, not mirrored"
    found.append(Recipe("digits", words, {**family, **TURNED, **digits}, data=DIGITS))
    return tuple(found)

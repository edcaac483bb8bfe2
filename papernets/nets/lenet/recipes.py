"""How we train the LeNet family: recipes of ours, with the paper's losses and distortions."""

from __future__ import annotations

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..first_weights import KERAS, by_name

# Affine and elastic distortions of the training digits, drawn anew every epoch. Section III-B
# distorts by translation, scaling, squeezing and shearing; elastic fields are Simard, Steinkraus
# and Platt's (2003).
DISTORTIONS = ("rotate", "scale", "squeeze", "shear", "shift", "elastic_alpha")
MILD = dict(zip(DISTORTIONS, (7.0, 0.05, 0.05, 0.07, 1.0, 15.0), strict=True))
STRONG = dict(zip(DISTORTIONS, (10.0, 0.08, 0.08, 0.1, 1.5, 20.0), strict=True))
LEARNING = {
    "optimizer": "adamw",
    "betas": [0.9, 0.98],
    "batch_size": 128,
    "schedule": "one_cycle",
    "warmup": 0.15,
    "average": 0.998,
    "augment": MILD,
}
# A long run of a fixed number of epochs ends with its learning rate at 0: its last epoch is taken,
# not chosen.
LONG = {**LEARNING, "average": 0.999, "augment": STRONG, "keep": "last"}
# For sets of one or two thousand digits.
SMALL = {**LEARNING, "epochs": 60, "batch_size": 32}
OF_SMALL, DIGITS = "ours: for small sets", ("digits",)
MAP = {"loss": "map", "distance_scale": 0.1}
RESULTS = "ours: the table in docs/results.md"
LENET5_RECIPES = (
    Recipe(
        "quick",
        "ours: 0.95 % on MNIST in a minute",
        {**LEARNING, **MAP, "epochs": 10, "learning_rate": 3e-3},
    ),
    Recipe(
        "best",
        RESULTS,
        # weight decay for the 48,000 weights of C5, chosen by the loss on held-out pictures
        {**LONG, **MAP, "epochs": 60, "learning_rate": 3e-3, "weight_decay": 0.03},
    ),
    Recipe("small", OF_SMALL, {**SMALL, **MAP, "learning_rate": 3e-3}, DIGITS),
)
# Section VII: a digit between its neighbours, or nothing; equation 9's j is the penalty of nothing.
SCAN = Recipe(
    "scan",
    "section VII, distances and distortions ours",
    {
        **LEARNING,
        **MAP,
        "constant": 10.0,
        "neighbours": 0.9,
        "epochs": 40,
        "learning_rate": 3e-3,
        "augment": {**MILD, "scale": 0.12, "shift": 1.5},
    },
)
LENET4_RECIPES = (
    Recipe("quick", "ours", {**LEARNING, "epochs": 12, "learning_rate": 6e-3}),
    Recipe("best", RESULTS, {**LONG, "epochs": 50, "learning_rate": 6e-3}),
    Recipe("small", OF_SMALL, {**SMALL, "learning_rate": 6e-3}, DIGITS),
)
LENET1 = {"learning_rate": 1.5e-2, "distance_scale": 3.0}
LENET1_RECIPES = (
    Recipe("quick", "ours", {**LEARNING, "epochs": 14, **LENET1}),
    Recipe("best", RESULTS, {**LONG, "augment": MILD, "average": 0.9995, "epochs": 100, **LENET1}),
    Recipe("small", OF_SMALL, {**SMALL, **LENET1, "learning_rate": 1e-2}, DIGITS),
)
KERAS_MODEL = {"optimizer": "adam", "learning_rate": 1e-3, "batch_size": 128, "epochs": 10}
MODERN_RECIPES = (
    Recipe(
        "notes",
        "notes 001: Adam with Keras's defaults, batch 128, one epoch, pixels divided by 255",
        {**KERAS_MODEL, "loss": "cross_entropy", "low": 0.0, "high": 1.0},
    ),
)
RECIPES = {
    "lenet1": LENET1_RECIPES,
    "lenet4": LENET4_RECIPES,
    "lenet5": (*LENET5_RECIPES, SCAN),
    "boosted_lenet4": LENET4_RECIPES,  # of each of the three networks
}
PAPERS = Initialisation("fan_in", 2.4, "LeCun et al. 1998, appendix A: uniform in +-2.4/fan-in")
initialisation = by_name({**dict.fromkeys(RECIPES, PAPERS), "*": KERAS})


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """How a LeNet is trained; the modern readings as the notes do it."""
    return RECIPES.get(net.name, MODERN_RECIPES)

"""How we train the LeNet family: recipes of ours, with the paper's losses and distortions."""

from __future__ import annotations

from ...said import Recipe
from ...spec import Committee, Initialisation, Net

# Affine and elastic distortions of the training digits, drawn anew every epoch. Section III-B
# distorts by translation, scaling, squeezing and shearing; elastic fields are Simard, Steinkraus
# and Platt's (2003).
MILD = {
    "rotate": 7.0,
    "scale": 0.05,
    "squeeze": 0.05,
    "shear": 0.07,
    "shift": 1.0,
    "elastic_alpha": 15.0,
}
STRONG = {
    "rotate": 10.0,
    "scale": 0.08,
    "squeeze": 0.08,
    "shear": 0.1,
    "shift": 1.5,
    "elastic_alpha": 20.0,
}
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
MAP = {"loss": "map", "distance_scale": 0.1}
LENET5_RECIPES = (
    Recipe(
        "quick",
        "ours: 0.95 % on MNIST in a minute",
        {**LEARNING, **MAP, "epochs": 10, "learning_rate": 3e-3},
    ),
    Recipe(
        "best",
        "ours: the table in docs/results.md",
        # weight decay for the 48,000 weights of C5, chosen by the loss on held-out pictures
        {**LONG, **MAP, "epochs": 60, "learning_rate": 3e-3, "weight_decay": 0.03},
    ),
    Recipe(
        "small", "ours: for small sets", {**SMALL, **MAP, "learning_rate": 3e-3}, data=("digits",)
    ),
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
    Recipe(
        "best", "ours: the table in docs/results.md", {**LONG, "epochs": 50, "learning_rate": 6e-3}
    ),
    Recipe("small", "ours: for small sets", {**SMALL, "learning_rate": 6e-3}, data=("digits",)),
)
LENET1_RECIPES = (
    Recipe(
        "quick", "ours", {**LEARNING, "epochs": 14, "learning_rate": 1.5e-2, "distance_scale": 3.0}
    ),
    Recipe(
        "best",
        "ours: the table in docs/results.md",
        {
            **LONG,
            "augment": MILD,
            "average": 0.9995,
            "epochs": 100,
            "learning_rate": 1.5e-2,
            "distance_scale": 3.0,
        },
    ),
    Recipe(
        "small",
        "ours: for small sets",
        {**SMALL, "learning_rate": 1e-2, "distance_scale": 3.0},
        data=("digits",),
    ),
)
MODERN_RECIPES = (
    Recipe(
        "notes",
        "notes 001: Adam with Keras's defaults, batch 128, one epoch, pixels divided by 255",
        {
            "optimizer": "adam",
            "learning_rate": 1e-3,
            "batch_size": 128,
            "epochs": 10,
            "loss": "cross_entropy",
            "low": 0.0,
            "high": 1.0,
        },
    ),
)
RECIPES = {
    "lenet1": LENET1_RECIPES,
    "lenet4": LENET4_RECIPES,
    "lenet5": (*LENET5_RECIPES, SCAN),
    "boosted_lenet4": LENET4_RECIPES,  # of each of the three networks
}
PAPERS = Initialisation("fan_in", 2.4, "LeCun et al. 1998, appendix A: uniform in +-2.4/fan-in")
GLOROT = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """How a LeNet is trained; the modern readings as the notes do it."""
    return RECIPES.get(net.name, MODERN_RECIPES)


def initialisation(net: Net) -> Initialisation:
    """How the weights of a LeNet are drawn: as the paper says, the modern readings' as Keras's."""
    return PAPERS if net.name in RECIPES else GLOROT

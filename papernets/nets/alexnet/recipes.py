"""How AlexNet and its peers are trained, by recipes of ours, and how their weights are drawn."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ...said import table
from ...spec import Initialisation
from ..first_weights import KERAS, by_name
from ..photographs import recipes as photographs

# train_val.prototxt: weight_filler and bias_filler of each layer
FILLERS = table("""
layer  std    bias
conv1  0.01   0
conv2  0.01   0.4
conv3  0.01   0
conv4  0.01   1
conv5  0.01   0.4
fc6    0.005  0.4
fc7    0.005  0.4
fc8    0.01   0.1
""")
FILLED = "train_val.prototxt, weight_filler and bias_filler"


def filled(std: str, bias: str) -> Initialisation:
    """A Gaussian of this deviation, and this first bias."""
    return Initialisation("gaussian", float(std), FILLED, bias=float(bias))


MOSTLY = ("0.01", "0")
OTHERS = tuple((layer, filled(*to)) for layer, *to in FILLERS.rows if tuple(to) != MOSTLY)
CAFFE = replace(filled(*MOSTLY), but=OTHERS)
PAPERS = Initialisation(
    "gaussian",
    0.01,
    "section 5: deviation 0.01; biases 1 in conv2, conv4, conv5 and the hidden dense layers",
    ones=("conv2", "conv4", "conv5", "fc6", "fc7"),
)
TORCH = Initialisation(
    "root_fan_in", 1.0, "torchvision/models/alexnet.py: torch's default for its layers"
)
initialisation = by_name(
    {"caffenet": CAFFE, "*_torchvision": TORCH, "*_keras_bn": KERAS, "alexnet*": PAPERS}
)
recipes = partial(photographs, weight_decay=5e-4)  # section 5, for all of them

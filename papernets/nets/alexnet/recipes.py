"""How AlexNet and its peers are trained, by recipes of ours, and how their weights are drawn."""

from __future__ import annotations

from ...said import Recipe, table
from ...spec import Committee, Initialisation, Net
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
CAFFE = Initialisation(
    "gaussian",
    0.01,
    FILLED,
    but=tuple(
        (
            row["layer"],
            Initialisation("gaussian", float(row["std"]), FILLED, bias=float(row["bias"])),
        )
        for row in FILLERS
        if (row["std"], row["bias"]) != ("0.01", "0")
    ),
)
PAPERS = Initialisation(
    "gaussian",
    0.01,
    "section 5: deviation 0.01; biases 1 in conv2, conv4, conv5 and the hidden dense layers",
    ones=("conv2", "conv4", "conv5", "fc6", "fc7"),
)
TORCH = Initialisation(
    "root_fan_in", 1.0, "torchvision/models/alexnet.py: torch's default for its layers"
)
GLOROT = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")
INITIALISATIONS = {
    "alexnet": PAPERS,
    "alexnet_single": PAPERS,
    "caffenet": CAFFE,
    "alexnet_torchvision": TORCH,
    "alexnet_keras_bn": GLOROT,
}


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """How an AlexNet is trained: with the weight decay of section 5, all of them."""
    return photographs(net, weight_decay=5e-4)


def initialisation(net: Net) -> Initialisation:
    """How the weights of an AlexNet are drawn: as its paper or its code says."""
    return INITIALISATIONS[net.name]

"""How Inception v4 and Inception-ResNet are trained, as printed and by ours; first weights."""

from __future__ import annotations

from dataclasses import replace

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..first_weights import KERAS, by_name
from ..inception.recipes import PAPERS as V3
from ..inception.recipes import SLIM
from ..photographs import recipes as photographs
from ..released import SLIM_INCEPTION
from . import PAPER

DENSE = Initialisation("glorot", 1.0, "TF-slim's default for dense layers, inception_v4.py")
V4 = replace(SLIM, but=(("fc", DENSE),))  # in the convolutions as in Inception v3
RESNET = Initialisation(
    "glorot", 1.0, "TF-slim's default, which inception_resnet_v2.py keeps; the paper prints none"
)
initialisation = by_name(
    {"inception_v4*": V4, "inception_resnet_v2_keras": KERAS, "inception_resnet_*": RESNET}
)
SMOOTHED = "open: Szegedy et al. 2015, section 7"
PAPERS = V3.changed(
    "paper",
    PAPER.short,
    f"""
field            value               where       note
optimizer        rmsprop_tensorflow  section 4   TensorFlow's; earlier runs had momentum of 0.9
alpha            0.9                 section 4
epsilon          1.0                 section 4
batch_size       32                  open: Szegedy et al. 2015, section 8  not printed
replicas         20                  section 4   here one
learning_rate    0.045               section 4
schedule         exponential         section 4
gamma            0.94                section 4
every            2                   section 4   passes
epochs           100                 open: Szegedy et al. 2015, section 8  not printed
average          0.9999              open: TensorFlow, research/inception  section 4: a running
                                                 average; its decay is not printed
loss             cross_entropy       open        not printed
label_smoothing  0.1                 {SMOOTHED}  not printed
weight_decay     0.00004             open: TF-slim, nets/inception_v4.py  not printed
heads            as the network      open        not printed
dropout          0.2                 figure 9    keep 0.8
test             centre              section 5   of 10 or 12 and of 144 crops too
""",
    without=("clip_norm",),
)
RESIDUALS = PAPERS.changed(
    "paper",
    PAPER.short,
    """
field      value       where        note
dropout    0.2         figure 15    keep 0.8
residuals  0.1 to 0.3  section 3.3  each sum is scaled; which factor where is not printed
""",
)


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Ours for photographs, then the paper's, and TF-slim's."""
    # Inception v3's decay and smoothing
    ours = photographs(net, weight_decay=4e-5, label_smoothing=0.1)
    residual = net.name.startswith("inception_resnet")
    code = () if net.name == "inception_resnet_v1" else (SLIM_INCEPTION,)
    return (*ours, RESIDUALS if residual else PAPERS, *code)

"""How the GoogLeNets' weights are drawn, and how we train them."""

from __future__ import annotations

from functools import partial

from ...spec import Initialisation
from ..first_weights import by_name
from ..photographs import recipes as photographs
from . import CAFFE, TORCHVISION

# Caffe's xavier: uniform, of variance 1 / fan-in; the classifiers' biases are 0.
CLASSIFIER = Initialisation("xavier", 1.0, str(CAFFE))
FILLERS = f"{CAFFE}, weight_filler and bias_filler"
XAVIER = Initialisation(
    "xavier", 1.0, FILLERS, bias=0.2, but=(("fc", CLASSIFIER), ("aux?.fc2", CLASSIFIER))
)
TRUNCATED = Initialisation("gaussian", 0.01, f"{TORCHVISION}: cut off at +-2", cut=200)
initialisation = by_name({"googlenet_torchvision": TRUNCATED, "googlenet*": XAVIER})
recipes = partial(photographs, weight_decay=2e-4)  # Caffe's release: the paper prints none

"""How ZFNet is trained, by recipes of ours, and how its weights are drawn."""

from __future__ import annotations

from functools import partial

from ...spec import Initialisation
from ..first_weights import by_name
from ..photographs import recipes as photographs

SECTION_3 = "section 3: weights 0.01, biases 0; see the departures"
initialisation = by_name({"zfnet": Initialisation("gaussian", 0.01, SECTION_3)})
recipes = partial(photographs, weight_decay=5e-4)  # AlexNet's, section 5: the paper prints none

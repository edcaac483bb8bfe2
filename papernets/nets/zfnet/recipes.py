"""How ZFNet is trained, as printed and by recipes of ours, and how its weights are drawn."""

from __future__ import annotations

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..first_weights import by_name
from ..photographs import recipes as photographs
from . import PAPER

SECTION_3 = "section 3: weights 0.01, biases 0; see the departures"
initialisation = by_name({"zfnet": Initialisation("gaussian", 0.01, SECTION_3)})
PAPERS = PAPER.recipe(
    "paper",
    """
field           value          where      note
optimizer       sgd            section 3
momentum        0.9            section 3
batch_size      128            section 3
weight_decay    0.0005         open: Krizhevsky et al. 2012, section 5  none is printed
learning_rate   0.01           section 3
schedule        plateau        section 3  by hand: when the validation error plateaus
gamma           0.1            open       by how much it is annealed is not printed
drops           3              open       as AlexNet
patience        5              open       not said in passes
monitor         error          section 3
epochs          70             section 3
keep            last           open       which pass was tested is not said
loss            cross_entropy  section 2
filter_rms      0.1            section 3  of every convolution; crucial, most in the first layer
initialisation  0.01           section 3  weights 10^-2, drawn here as N(0, 0.01); biases 0
dropout         0.5            section 3  fc6 and fc7
enlarge         256/224        section 3  short side 256, of it the middle 256x256
augment.corners  1             section 3  ten sub-crops: corners and centre,
augment.flip    0.5            section 3  mirrored or not
mean            pixel          section 3
scale           -128 to 128    section 3  roughly, after the mean
test            ten-crop       open: Krizhevsky et al. 2012, section 4.1
time            12 days        section 3  one GTX 580
""",
)


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Ours for photographs, then the paper's."""
    ours = photographs(net, weight_decay=5e-4)  # AlexNet's, section 5: the paper prints none
    return (*ours, PAPERS)

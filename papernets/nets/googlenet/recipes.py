"""How the GoogLeNets are trained, as printed and by ours; how their weights are drawn."""

from __future__ import annotations

from ...said import Code, Recipe
from ...spec import Committee, Initialisation, Net
from ..first_weights import by_name
from ..photographs import recipes as photographs
from . import CAFFE, PAPER, TORCHVISION

# Caffe's xavier: uniform, of variance 1 / fan-in; the classifiers' biases are 0.
CLASSIFIER = Initialisation("xavier", 1.0, str(CAFFE))
FILLERS = f"{CAFFE}, weight_filler and bias_filler"
XAVIER = Initialisation(
    "xavier", 1.0, FILLERS, bias=0.2, but=(("fc", CLASSIFIER), ("aux?.fc2", CLASSIFIER))
)
TRUNCATED = Initialisation("gaussian", 0.01, f"{TORCHVISION}: cut off at +-2", cut=200)
initialisation = by_name({"googlenet_torchvision": TRUNCATED, "googlenet*": XAVIER})
CAFFE_MODEL = Code("Caffe, models/bvlc_googlenet")
RATES = "open: Caffe, models/bvlc_googlenet"
PAPERS = PAPER.recipe(
    "paper",
    f"""
field                  value              where      note
optimizer              sgd                section 6  asynchronous
momentum               0.9                section 6
batch_size             32                 {RATES}    not printed
weight_decay           0.0002             {RATES}    not printed
learning_rate          0.01               {RATES}    not printed: a fixed schedule, no first rate
schedule               exponential        section 6
gamma                  0.96               section 6  4 % down
every                  8                  section 6  passes
epochs                 250                {RATES}    not printed; its readme: 250 passes that way
average_kind           polyak             section 6
average                0.5                open       over which steps is not printed: the last half
keep                   last               open
loss                   cross_entropy      section 5  softmax
heads                  0.3                section 5  the loss of each head counts so much
dropout                0.4                section 5  before the classifier; 0.7 in the heads
augment.area           0.08               section 6  8 to 100 % of the picture, evenly
augment.aspect         4/3                section 6  3/4 to 4/3
enlarge                8/7                open       how pictures are stored for the crops
augment.flip           0.5                open       mirror images are printed for the test alone
augment.brightness     0.5                open: Howard 2013, section 2  photometric distortion, as
                                                     there
augment.contrast       0.5                open: Howard 2013, section 2  "
augment.saturation     0.5                open: Howard 2013, section 2  "
augment.interpolation  1                  section 6  bilinear, area, nearest or cubic; late, beside
                                                     other changes
mean                   channel            section 5
scale                  0 to 255           open
initialisation         xavier             {RATES}    not printed
replicas               a few              section 6  a modest amount of parallel work, on CPUs
models                 7                  section 7  they differ in sampling and order alone
test                   144                section 7  4 scales, 3 squares, 6 crops, mirrored; mean
                                                     of the softmax
""",
)
RELEASED = CAFFE_MODEL.recipe(
    "released",
    """
field           value            where                  note
optimizer       sgd              quick_solver.prototxt
momentum        0.9              quick_solver.prototxt
batch_size      32               train_val.prototxt
weight_decay    0.0002           quick_solver.prototxt
decays.bias     0                train_val.prototxt     decay_mult 0
learning_rate   0.01             quick_solver.prototxt
speeds.bias     2                train_val.prototxt     lr_mult 2
schedule        polynomial       quick_solver.prototxt
power           0.5              quick_solver.prototxt
length          2,400,000 steps  quick_solver.prototxt
epochs          60               readme.md
keep            last             readme.md              the snapshot of the last step
loss            cross_entropy    train_val.prototxt
heads           0.3              train_val.prototxt
dropout         0.4              train_val.prototxt     0.7 in the heads
enlarge         256/224          examples/imagenet      squeezed to 256x256 there; its middle here
augment.flip    0.5              train_val.prototxt     no area, aspect or colour: readme.md
mean            channel          train_val.prototxt     104, 117, 123
scale           0 to 255         train_val.prototxt
initialisation  xavier           readme.md
test            centre           readme.md
""",
    "quick_solver.prototxt, of which the released weights are",
)
STEPS = RELEASED.changed(
    "released_step",
    f"{CAFFE_MODEL}: solver.prototxt, the slower one",
    """
field      value             where            note
schedule   exponential       solver.prototxt
gamma      0.96              solver.prototxt
every      8                 solver.prototxt  320,000 steps of 32 pictures
length     10,000,000 steps  solver.prototxt  where it would end
epochs     250               readme.md
""",
    without=("power",),
)


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Ours for photographs, then the paper's and Caffe's."""
    ours = photographs(net, weight_decay=2e-4)  # Caffe's release: the paper prints none
    if not ours:  # a module
        return ()
    if net.name == "googlenet_torchvision":  # its weights are TensorFlow's
        return (*ours, PAPERS)
    return (*ours, PAPERS, RELEASED, STEPS)

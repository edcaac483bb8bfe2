"""How Inception v2 and v3 are trained, as printed and by ours; how their weights are drawn."""

from __future__ import annotations

from dataclasses import replace

from ...said import Code, Recipe
from ...spec import Committee, Initialisation, Net
from ..first_weights import KERAS, by_name
from ..photographs import recipes as photographs
from ..released import SLIM_INCEPTION
from . import PAPER, RELEASE, TIMM, TORCHVISION

Rules = tuple[tuple[str, Initialisation], ...]


def gaussian(deviation: float, source: str, cut: float, but: Rules = ()) -> Initialisation:
    """Drawn from a Gaussian that is cut off; `but` are the rows that are drawn otherwise."""
    return Initialisation("gaussian", deviation, source, cut=cut, but=but)


# Factor 2, and 1.3 for what the cut takes away from the variance: slim.variance_scaling_initializer
SLIM = Initialisation(
    "he",
    2 * 1.3,
    "TF-slim, inception_utils: variance scaling by fan-in, truncated; the paper prints none",
    cut=2,
)
RELEASED_HEAD = (
    ("aux.conv5x5", gaussian(0.01, f"{RELEASE}: trunc_normal(0.01)", 2)),
    ("aux.fc", gaussian(0.001, f"{RELEASE}: trunc_normal(0.001)", 2)),
)
TORCHVISIONS_HEAD = (
    ("aux.conv5x5", gaussian(0.01, f"{TORCHVISION}: conv1.stddev", 200)),
    ("aux.fc", gaussian(0.001, f"{TORCHVISION}: fc.stddev", 2000)),
)
CUT = "trunc_normal_ between -2 and 2"
initialisation = by_name(
    {
        "inception_v2*": SLIM,
        "inception_v3_torchvision": gaussian(0.1, f"{TORCHVISION}: {CUT}", 20, TORCHVISIONS_HEAD),
        "inception_v3_timm": gaussian(0.1, f"{TIMM}: {CUT}", 20),
        "inception_v3_keras": KERAS,
        "inception_v3*": replace(SLIM, but=RELEASED_HEAD),
    }
)
PAPERS = PAPER.recipe(
    "paper",
    """
field            value               where      note
optimizer        rmsprop_tensorflow  section 8  TensorFlow's; earlier runs had momentum of 0.9
alpha            0.9                 section 8
epsilon          1.0                 section 8
momentum         0.9                 open: TensorFlow, research/inception  RMSProp's; not printed
batch_size       32                  section 8  a replica
replicas         50                  section 8  asynchronous or not is not said; here one
learning_rate    0.045               section 8
schedule         exponential         section 8
gamma            0.94                section 8
every            2                   section 8  passes
epochs           100                 section 8
clip_norm        2.0                 section 8  "threshold 2.0": by norm or by value is not said
average          0.9999              open: TensorFlow, research/inception  section 8: a running
                                                average; its decay is not printed
keep             last                open
loss             cross_entropy       section 7
label_smoothing  0.1                 section 7
weight_decay     0.00004             open: TF-slim, nets/inception_v3.py  not printed
heads            0.4                 open: TF-slim, nets/inception_v3.py  not printed
augment.area     0.08                open: Szegedy et al. 2014, section 6  not printed
augment.aspect   4/3                 open: Szegedy et al. 2014, section 6  not printed
augment.flip     0.5                 open       not printed
enlarge          8/7                 open       how pictures are stored for the crops
low              -1                  open: TF-slim, inception_preprocessing.py  pixels from -1 to 1
high             1                   open: TF-slim, inception_preprocessing.py
initialisation   not printed         open       as the network draws them
test             centre              section 10  table 3; more crops and networks: tables 4, 5
""",
)
V3_PAPERS = PAPERS.changed(
    "paper",
    PAPERS.source,
    """
field    value  where                                   note
dropout  0.2    open: TF-slim, nets/inception_v3.py     not printed
""",
)
# What the weights of 2015 were trained with, as its authors put it beside them
RELEASED = Code("TensorFlow, research/inception").recipe(
    "released",
    """
field                  value               where                           note
optimizer              rmsprop_tensorflow  inception_distributed_train.py
alpha                  0.9                 inception_distributed_train.py
momentum               0.9                 inception_distributed_train.py
epsilon                1.0                 inception_distributed_train.py
batch_size             32                  image_processing.py             a replica
learning_rate          0.045               inception_distributed_train.py
schedule               exponential         inception_distributed_train.py
gamma                  0.94                inception_distributed_train.py
every                  2                   inception_distributed_train.py
epochs                 100                 open: Szegedy et al. 2015, section 8  it trains until it
                                                                           is stopped
average                0.9999              inception_model.py
keep                   last                open
loss                   cross_entropy       inception_model.py
label_smoothing        0.1                 inception_model.py
heads                  0.4                 inception_model.py
dropout                0.2                 inception_model.py              keep 0.8
weight_decay           0.00004             inception_model.py
decays.norm            0                   inception_model.py              weights alone are decayed
decays.bias            0                   inception_model.py
augment.flip           0.5                 image_processing.py
augment.area           0.05                image_processing.py
augment.aspect         1.33                image_processing.py             0.75 to 1.33
enlarge                8/7                 open                            the test's 87.5 %
augment.brightness     32/255              image_processing.py             added, not multiplied
augment.saturation     0.5                 image_processing.py
augment.hue            0.2                 image_processing.py
augment.contrast       0.5                 image_processing.py
augment.interpolation  1                   image_processing.py             another one a thread
low                    -1                  image_processing.py             pixels from -1 to 1
high                   1                   image_processing.py
test                   centre              image_processing.py             87.5 %, scaled to 299
""",
)


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Ours for photographs, then the paper's, and its release's of Inception v3."""
    # TF-slim's decay; smoothing as in section 7
    ours = photographs(net, weight_decay=4e-5, label_smoothing=0.1)
    if net.name.startswith("inception_v2"):
        return (*ours, PAPERS)
    return (*ours, V3_PAPERS, RELEASED, SLIM_INCEPTION)

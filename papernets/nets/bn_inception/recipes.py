"""How the BN-Inceptions are trained, as printed and by ours, and how their weights are drawn."""

from __future__ import annotations

from dataclasses import replace

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..first_weights import by_name
from ..photographs import recipes as photographs
from ..released import SLIM_INCEPTION
from . import PAPER, SLIM

# trunc_normal of these deviations where the code says so; else inception_utils.py's default.
DEVIATIONS = {"conv1_?w": 1.0, "conv2_reduce": 0.1, "*.reduce": 0.09, "*.project": 0.1}
TRUNCATED = Initialisation(
    "he",
    2 * 1.3,
    "TF-slim, inception_utils: variance scaling by fan-in, truncated",
    cut=2,
    but=tuple(
        (rows, Initialisation("gaussian", deviation, f"{SLIM}: trunc_normal({deviation})", cut=2))
        for rows, deviation in DEVIATIONS.items()
    ),
)
initialisation = by_name({"bn_inception_slim": TRUNCATED})  # the paper does not say: He's
AS_GOOGLENET = "open: Szegedy et al. 2014, section 6"
X30 = PAPER.recipe(
    "paper",
    f"""
field                value          where            note
optimizer            sgd            section 4.2      "a version of SGD with momentum"
momentum             0.9            {AS_GOOGLENET}   not printed
batch_size           32             section 4.2
weight_decay         0.00004        open: TF-slim, nets/inception_v2.py  section 4.2.1: GoogLeNet's,
                                                     not printed, divided by 5; Caffe's 0.0002 gives
                                                     the same
learning_rate        0.045          section 4.2.2    30 times the baseline's
schedule             exponential    section 4.2.1
gamma                0.96           {AS_GOOGLENET}   of the baseline nothing is printed
every                8/6            section 4.2.1    six times faster than GoogLeNet's 8
epochs               150            open: arithmetic section 4.2.2: 74.8 % after 6 million steps
keep                 last           open
loss                 cross_entropy  section 4.2      softmax
dropout              none           section 4.2.1    removed; 5 or 10 % in some of the six networks
order                shuffled in shards  section 4.2.1  no picture meets the same ones; here all are
                                                     shuffled
augment.area         0.08           {AS_GOOGLENET}   not printed
augment.aspect       4/3            {AS_GOOGLENET}   not printed
enlarge              8/7            open             how pictures are stored for the crops
augment.flip         0.5            open             not printed
distortion           less photometric  section 4.2.1  how much less is not printed: none here
mean                 channel        {AS_GOOGLENET}   not printed
scale                0 to 255       open
initialisation       not printed    open             as the network draws them
models               6              section 4.2.3    of BN-x30, with larger first weights or dropout
test                 centre         section 4.2.2    one network; 144 crops of six: section 4.2.3
""".replace("open: arithmetic section", "open: arithmetic  section"),
    "BN-x30, of which its best networks are",
)
X5 = X30.changed(
    "paper_x5",
    f"{PAPER.short}: BN-x5",
    """
field          value   where          note
learning_rate  0.0075  section 4.2.2  5 times the baseline's
epochs         150     open           as BN-x30: not printed
models         1       section 4.2.2
""",
)
BASELINE = X30.changed(
    "paper_baseline",
    f"{PAPER.short}: BN-Baseline, the rates of Inception without normalisation",
    f"""
field          value      where          note
learning_rate  0.0015     section 4.2.2
every          8          {AS_GOOGLENET}  not printed
weight_decay   0.0002     open: Caffe, models/bvlc_googlenet  GoogLeNet's: not printed
epochs         250        open: Caffe, models/bvlc_googlenet  not printed; 13.3 million steps to
                                         72.2 % are 332 passes
dropout        0.4        section 4.2.3  as Inception's, which has LRN too; this network has none
order          shuffled   open
models         1          section 4.2.2
""",
)
RELEASED = replace(SLIM_INCEPTION, name="released")


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Ours for photographs, then the paper's three, and TF-slim's of its network."""
    ours = photographs(net, weight_decay=4e-5)  # TF-slim's: the paper prints none
    code = (RELEASED,) if net.name == "bn_inception_slim" else ()
    return (*ours, X30, X5, BASELINE, *code)

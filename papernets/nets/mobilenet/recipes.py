"""How MobileNets are trained, as printed and by ours; how their weights are drawn."""

from __future__ import annotations

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..first_weights import KERAS, by_name
from ..photographs import recipes as photographs
from ..released import SLIM as TF_SLIM
from . import PAPER, SLIM_CODE

SLIM = Initialisation("gaussian", 0.09, f"{SLIM_CODE}: truncated normal, stddev 0.09", cut=2)
GOOG = Initialisation("he_out", 2.0, "timm/models/_efficientnet_builder.py, _init_weight_goog")
initialisation = by_name({"mobilenet_v1_keras*": KERAS, "mobilenet_v1_timm": GOOG, "*": SLIM})
V3 = "open: Szegedy et al. 2015, section 8"
PAPERS = PAPER.recipe(
    "paper",
    f"""
field              value               where        note
optimizer          rmsprop_tensorflow  section 3.2  "RMSprop ... similar to Inception V3"
alpha              0.9                 {V3}         not printed here
epsilon            1.0                 {V3}         "
momentum           0.9                 open: TensorFlow, research/inception  printed in neither
batch_size         32                  {V3}         not printed here; the same for all sizes
learning_rate      0.045               {V3}         not printed here
schedule           exponential         {V3}         "
gamma              0.94                {V3}         "
every              2                   {V3}         "
epochs             100                 {V3}         "
keep               last                open
loss               cross_entropy       open         softmax; section 3.2 leaves the loss out
label_smoothing    0                   section 3.2  none
heads              none                section 3.2
weight_decay       0.00004             open: TF-slim, nets/mobilenet_v1.py  not printed
decays.depthwise   0                   section 3.2  "very little or no"
distortion         less                section 3.2  small crops are left out; how small is not said
augment.area       0.25                open         see distortion: large networks see 0.08
augment.aspect     4/3                 open: Szegedy et al. 2014, section 6  not printed here
augment.flip       0.5                 open         not printed
enlarge            8/7                 open         how pictures are stored for the crops
low                -1                  open: TF-slim, inception_preprocessing.py  pixels -1 to 1
high               1                   open: TF-slim, inception_preprocessing.py
replicas           several             section 3.2  asynchronous; here one
initialisation     not printed         open         as the network draws them
test               centre              open         not printed
""",
)
RELEASED = TF_SLIM.recipe(
    "released",
    """
field             value          where                       note
optimizer         sgd            mobilenet_v1_train.py
momentum          0              mobilenet_v1_train.py       plain gradient descent
batch_size        64             mobilenet_v1_train.py
learning_rate     0.045          mobilenet_v1_train.py
schedule          exponential    mobilenet_v1_train.py
gamma             0.94           mobilenet_v1_train.py
every             2.5            mobilenet_v1_train.py
epochs            100            open                        it trains until it is stopped
keep              last           open
loss              cross_entropy  mobilenet_v1_train.py
label_smoothing   0              mobilenet_v1_train.py
weight_decay      0.00004        mobilenet_v1.py
decays.depthwise  0              mobilenet_v1.py             regularize_depthwise=False
decays.norm       0              mobilenet_v1.py             weights alone are decayed
decays.bias       0              mobilenet_v1.py
augment.flip        0.5          inception_preprocessing.py
augment.area        0.05         inception_preprocessing.py
augment.aspect      1.33         inception_preprocessing.py  0.75 to 1.33
enlarge           8/7            open                        the test's 87.5 %
augment.brightness  32/255       inception_preprocessing.py  added there, multiplied here
augment.saturation  0.5          inception_preprocessing.py
low               -1             inception_preprocessing.py  pixels from -1 to 1
high              1              inception_preprocessing.py
test              centre         inception_preprocessing.py  87.5 % of it, scaled
""",
)


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Ours for photographs, then the paper's, and TF-slim's."""
    ours = photographs(net, weight_decay=4e-5)  # TF-slim's: the paper prints none
    return (*ours, PAPERS, RELEASED)

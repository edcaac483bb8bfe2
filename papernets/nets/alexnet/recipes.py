"""How AlexNet and its peers are trained, as printed and by ours; how their weights are drawn."""

from __future__ import annotations

from dataclasses import replace

from ...said import NOTES, Code, Recipe, table
from ...spec import Committee, Initialisation, Net
from ..first_weights import KERAS, by_name
from ..photographs import recipes as photographs
from ..released import torchvision
from . import PAPER

# train_val.prototxt: weight_filler and bias_filler of each layer
FILLERS = table("""
layer  std    bias
conv1  0.01   0
conv2  0.01   1
conv3  0.01   0
conv4  0.01   1
conv5  0.01   1
fc6    0.005  1
fc7    0.005  1
fc8    0.01   0
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


def paper(side: int) -> Recipe:
    """Krizhevsky et al. 2012, for an input of this side: 224 in the text, 227 in the arithmetic."""
    return PAPER.recipe(
        "paper",
        f"""
field           value           where        note
optimizer       sgd             section 5
momentum        0.9             section 5    the rate is inside the paper's velocity and outside
                                             torch's: for some steps after a drop they differ
batch_size      128             section 5
weight_decay    0.0005          section 5    of all parameters, inside the momentum
learning_rate   0.01            section 5    the same for all layers
schedule        plateau         section 5    by hand: when the validation error stopped improving
gamma           0.1             section 5
drops           3               section 5
patience        5               open         not said in passes
monitor         error           section 5
epochs          90              section 5    roughly
keep            last            open         which pass was tested is not said
loss            cross_entropy   section 3.5
initialisation  N(0, 0.01)      section 5    biases 1 in conv2, conv4, conv5, fc6, fc7; others 0
dropout         0.5             section 4.2  fc6 and fc7
enlarge         256/{side}      section 2    short side 256, of it the middle 256x256; crops of
                                             {side} (224 in section 4.1)
augment.flip    0.5             section 4.1
augment.pca     0.1             section 4.1
mean            pixel           section 2
scale           0 to 255        section 2    centred raw RGB values
test            ten-crop        section 4.1  corners, centre and mirror images; mean of the softmax
time            5 to 6 days     section 5    two GTX 580
""",
    )


def released(model: str, snapshot: str, biases: str) -> Recipe:
    """Caffe's training of AlexNet or CaffeNet, from its folder of this name."""
    return Code(f"Caffe, models/{model}").recipe(
        "released",
        f"""
field           value                 where               note
optimizer       sgd                   solver.prototxt
momentum        0.9                   solver.prototxt
batch_size      256                   train_val.prototxt
weight_decay    0.0005                solver.prototxt
decays.bias     0                     train_val.prototxt  decay_mult 0
learning_rate   0.01                  solver.prototxt
speeds.bias     2                     train_val.prototxt  lr_mult 2
schedule        step                  solver.prototxt
milestones      [2/9, 4/9, 6/9, 8/9]  solver.prototxt     every 100,000 of 450,000 steps
gamma           0.1                   solver.prototxt
length          450,000 steps         solver.prototxt
epochs          90                    open: arithmetic    450,000 steps of 256 of 1.28 million
keep            last                  open                the released one is of step {snapshot}
loss            cross_entropy         train_val.prototxt
initialisation  N(0, 0.01 or 0.005)   train_val.prototxt  {biases}
dropout         0.5                   train_val.prototxt  fc6 and fc7
enlarge         256/227               examples/imagenet   squeezed to 256x256 there; its middle here
augment.flip    0.5                   train_val.prototxt
mean            pixel                 train_val.prototxt  imagenet_mean.binaryproto
scale           0 to 255              train_val.prototxt
test            centre                readme.md
""",
    )


RELEASED = {
    "alexnet": released("bvlc_alexnet", "360,000", "0.005 in fc6, fc7; biases 0.1, not 1"),
    "caffenet": released(
        "bvlc_reference_caffenet", "310,000", "0.005 in fc6, fc7; the paper's biases"
    ),
}
RELEASED["alexnet_single"] = RELEASED["alexnet"]
NOTES_KERAS = NOTES[1].recipe(
    "notes",
    """
field          value          where       note
dropout        0.4            line 519    after fc6 and fc7
loss           cross_entropy  line 536    a softmax of ten classes; no line compiles the model
optimizer      adam           open        no line compiles or fits the model: as the LeNet's there
learning_rate  0.001          open        Keras's default for Adam
betas          [0.9, 0.999]   open        Keras's default for Adam
epsilon        1e-7           open        Keras's default for Adam
batch_size     128            open        as the LeNet's there
epochs         1              open        as the LeNet's there
low            0              open        pixels divided by 255, as the LeNet's there
high           1              open
""",
    "the listing under AlexNet builds a network and does not train it",
)


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Ours for photographs, then what the paper, its code and its peers print."""
    ours = photographs(net, weight_decay=5e-4)  # section 5, for all of them
    if net.name == "alexnet_keras_bn":
        return (*ours, NOTES_KERAS)
    if net.name.endswith("_torchvision"):
        return (*ours, torchvision(rate=0.01))
    code = RELEASED.get(net.name)
    return (*ours, paper(net.member.input[-1]), *([code] if code else []))

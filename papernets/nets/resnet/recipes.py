"""How ResNets are trained, as printed and by recipes of ours, and how their weights are drawn."""

from __future__ import annotations

import fnmatch

from ...said import NOTES, Recipe
from ...spec import Committee, Initialisation, Net
from ..first_weights import KERAS, by_name
from ..photographs import recipes as photographs
from ..released import FB_CIFAR, FB_IMAGENET, torchvision
from . import PAPER
from .v2 import PAPER as V2_PAPER

PAPERS = Initialisation(
    "he", 2.0, "section 3.4: as in He et al. 2015, Delving Deep into Rectifiers"
)
DENSE = Initialisation("root_fan_in", 1.0, "torch's default for its layers")
FAN_OUT = Initialisation(
    "he_out", 2.0, "torchvision/models/resnet.py: kaiming_normal_, fan_out", but=(("fc", DENSE),)
)
initialisation = by_name({"*_keras": KERAS, "*_v1.5": FAN_OUT, "*": PAPERS})
LEARNING = "Deep Residual Learning"
MAPPINGS = f"{V2_PAPER.short}: Identity Mappings"
PAPERS_IMAGENET = PAPER.recipe(
    "paper",
    """
field                value          where            note
optimizer            sgd            section 3.4
momentum             0.9            section 3.4
batch_size           256            section 3.4
weight_decay         0.0001         section 3.4      of which parameters is not said: of all here
learning_rate        0.1            section 3.4
schedule             plateau        section 3.4      when the error plateaus
gamma                0.1            section 3.4
drops                2              open             how often is not printed; figure 4 shows two
patience             5              open             not said in passes
monitor              error          section 3.4
length               600,000 steps  section 3.4      up to
epochs               120            open: arithmetic  600,000 steps of 256 of 1,281,167 pictures
keep                 last           open             which pass was tested is not said
loss                 cross_entropy  section 3.3      softmax
dropout              none           section 3.4
initialisation       He             section 3.4      as He et al. 2015, Delving Deep into Rectifiers
augment.jitter_low   256            section 3.4      the short side, drawn for each picture
augment.jitter_high  480            section 3.4
enlarge              480/224        open             stored as large; the middle of a long side
augment.flip         0.5            section 3.4
augment.pca          0.1            section 3.4      the standard colour augmentation
mean                 pixel          section 3.4
scale                0 to 255       open
test                 ten-crop       section 3.4      best: dense at 224, 256, 384, 480 and 640
""",
    LEARNING,
)
PAPERS_CIFAR = PAPER.recipe(
    "paper",
    """
field            value          where        note
optimizer        sgd            section 4.2
momentum         0.9            section 4.2
batch_size       128            section 4.2  on two GPUs
weight_decay     0.0001         section 4.2  of which parameters is not said: of all here
learning_rate    0.1            section 4.2
schedule         step           section 4.2
milestones       [32/64, 48/64]  section 4.2  32,000 and 48,000 of 64,000 steps
gamma            0.1            section 4.2
length           64,000 steps   section 4.2
epochs           182            open: arithmetic  64,000 steps of 128 of 45,000 pictures; of 50,000
                                             they are 164
pictures         45,000         open         the length is chosen on 45,000 and 5,000; whether the
                                             reported networks saw 45,000 or 50,000 is not said
keep             last           section 4.2  training ends there
loss             cross_entropy  section 4.2  softmax
dropout          none           section 4.2
initialisation   He             section 4.2  as He et al. 2015, Delving Deep into Rectifiers
augment.padding  4              section 4.2  zeros, a random 32x32 of it
augment.flip     0.5            section 4.2
mean             pixel          section 4.2
scale            0 to 255       open
test             centre         section 4.2  of 32x32
""",
    LEARNING,
)
WARMED = """
field         value  where        note
warmup_rate   0.01   section 4.2  0.1 is slightly too large to start with
warmup_error  0.8    section 4.2  until the training error is below 80 %: about 400 steps
"""
AS_110 = """
field         value  where  note
warmup_rate   0.01   open   "trained as described above", where 110 layers are warmed up
warmup_error  0.8    open   "
"""


def _warmed(table: str) -> Recipe:
    return PAPERS_CIFAR.changed("paper", PAPERS_CIFAR.source, table)


V1_CIFAR = {
    "resnet110": _warmed(WARMED),
    "plain110": _warmed(WARMED),
    "resnet1202": _warmed(AS_110),
}
V2_CIFAR = PAPERS_CIFAR.changed(
    "paper",
    MAPPINGS,
    """
field            value           where     note
optimizer        sgd             appendix  as He et al. 2015
momentum         0.9             appendix
batch_size       128             appendix  64 on each of two GPUs
weight_decay     0.0001          appendix
learning_rate    0.1             appendix
schedule         step            appendix
milestones       [32/64, 48/64]  appendix  at 32,000 and 48,000 steps
gamma            0.1             appendix
length           64,000 steps    open: He et al. 2015, section 4.2
warmup_steps     400             appendix  in all runs, though this unit does not need it
warmup_rate      0.01            appendix
keep             last            open: He et al. 2015, section 4.2
loss             cross_entropy   open: He et al. 2015, section 4.2
dropout          none            appendix  as He et al. 2015
initialisation   He              appendix  as He et al. 2015, Delving Deep into Rectifiers
augment.padding  4               appendix  translation as in He et al. 2015
augment.flip     0.5             appendix
mean             pixel           open: He et al. 2015, section 4.2
test             centre          open: He et al. 2015, section 4.2
""",
)
V2_IMAGENET = PAPERS_IMAGENET.changed(
    "paper",
    MAPPINGS,
    """
field                value          where     note
optimizer            sgd            appendix
momentum             0.9            appendix
batch_size           256            appendix  32 on each of eight GPUs
weight_decay         0.0001         appendix
learning_rate        0.1            appendix  without a warm-up
schedule             step           appendix
milestones           [1/3, 2/3]     appendix  after 30 and 60 passes
gamma                0.1            appendix
epochs               90             open: fb.resnet.torch, opts.lua  the end is not printed
loss                 cross_entropy  open: He et al. 2015, section 3.3
dropout              none           open: He et al. 2015, section 3.4
initialisation       He             appendix  as He et al. 2015, Delving Deep into Rectifiers
augment.jitter_low   256            appendix  the same augmentation as He et al. 2015
augment.jitter_high  480            appendix
augment.flip         0.5            appendix
augment.pca          0.1            appendix
mean                 pixel          open: He et al. 2015, section 3.4
test                 centre         table 5   of 224, and of 320
""",
    without=("drops", "patience", "monitor", "length"),
)
V2_ASPECT = V2_IMAGENET.changed(
    "paper_aspect",
    f"{MAPPINGS}, ResNet-200 with scale and aspect",
    """
field           value  where    note
augment.area    0.08   table 5  scale and aspect as Szegedy et al. 2014, section 6
augment.aspect  4/3    table 5
enlarge         8/7    open     how pictures are stored for the crops
""",
    without=("augment.jitter_low", "augment.jitter_high"),
)
V2_RELEASED = FB_CIFAR.changed(
    "released",
    "KaimingHe/resnet-1k-layers, which adds a network to fb.resnet.torch",
    """
field       value  where      note
batch_size  64     README.md  for memory; 4.62 % where 128 makes 4.92 %
epochs      200    README.md
milestones  [80/200, 121/200]  fb.resnet.torch, train.lua  from passes 81 and 122 on
""",
)
NOTES_KERAS = NOTES[1].recipe(
    "notes",
    """
field           value      where     note
loss            cross_entropy  open  line 1092: one sigmoid output; no line compiles the model;
                                     here an output a class of your pictures
initialisation  Glorot     line 1047  glorot_uniform(seed=0)
optimizer       sgd        open      SGD is imported, and no line compiles or fits the model
momentum        0          open      Keras's default for SGD
learning_rate   0.01       open      Keras's default for SGD
batch_size      32         open      Keras's default
epochs          1          open      EarlyStopping is imported; Keras's default
low             0          open      pixels divided by 255, as the LeNet's there
high            1          open
""",
    "the listing under ResNet builds a network and does not train it",
)
TRAINED_BY_TORCHVISION = ("resnet18", "resnet34", "*_v1.5")


def printed(net: Net | Committee) -> tuple[Recipe, ...]:
    """What the paper of a network, and the code that trains it, print."""
    name, small = net.name, net.member.input[-1] <= SMALL
    plain = name.startswith("plain")  # the code makes residual networks alone
    if name == "resnet50_notes_keras":
        return (NOTES_KERAS,)
    if small and name in PRE_ACTIVATION:
        return (V2_CIFAR, V2_RELEASED)
    if small:
        return (V1_CIFAR.get(name, PAPERS_CIFAR), *(() if plain else (FB_CIFAR,)))
    if name == "resnet200":
        return (V2_IMAGENET, V2_ASPECT, FB_IMAGENET)
    if "_v2" in name:
        return (V2_IMAGENET, FB_IMAGENET)
    theirs = any(fnmatch.fnmatchcase(name, one) for one in TRAINED_BY_TORCHVISION)
    code = () if plain else (FB_IMAGENET,)
    return (PAPERS_IMAGENET, *code, *((torchvision(),) if theirs else ()))


SMALL = 64
"""Pixels of an input up to which a network is one of CIFAR's."""
PRE_ACTIVATION = ("resnet110_v2", "resnet164", "resnet1001")


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Ours for photographs, then the paper's, and released code's."""
    return (*photographs(net, weight_decay=1e-4), *printed(net))  # section 3.4

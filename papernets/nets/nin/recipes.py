"""How Network in Network is trained, as printed and by ours; how its weights are drawn."""

from __future__ import annotations

from ...said import Code, Recipe, Table
from ...spec import Committee, Initialisation, Net
from ..first_weights import by_name
from ..photographs import recipes as photographs
from . import CIFAR10, IMAGENET, PAPER

FILLER = "the authors' Caffe definition: weight_filler gaussian"


def filled(definition: Table) -> Initialisation:
    """Each layer's weights with the definition's deviation, mostly 0.05, biases 0."""
    others = tuple(
        (row["layer"], Initialisation("gaussian", float(row["std"]), FILLER))
        for row in definition
        if row["std"] not in (".", "0.05")
    )
    return Initialisation("gaussian", 0.05, FILLER, but=others)


initialisation = by_name({"nin_cifar10": filled(CIFAR10), "nin_imagenet": filled(IMAGENET)})
KRIZHEVSKY = "Krizhevsky et al. 2012, section 5"
PAPERS = PAPER.recipe(
    "paper",
    f"""
field           value          where          note
optimizer       sgd            section 4.1    mini-batches, as {KRIZHEVSKY}
momentum        0.9            open: {KRIZHEVSKY}  whose procedure it takes
batch_size      128            section 4.1
weight_decay    0.0005         open: {KRIZHEVSKY}  used; tuned on held-out pictures, not printed
learning_rate   0.02           open           set by hand, not printed; ours without normalisation
schedule        plateau        section 4.1    when the accuracy on the training set stops improving
gamma           0.1            section 4.1
drops           2              section 4.1    repeated once: the last rate is 1 % of the first
patience        5              open           not said in passes
monitor         train_error    section 4.1
epochs          120            open           until the accuracy stops improving
keep            last           open
loss            cross_entropy  section 3.2    softmax
dropout         0.5            open: the authors' Caffe definition  after all but the last mlpconv
                                              layer; the rate is not printed
gcn             55             open: pylearn2, make_cifar10_gcn_whitened.py  section 4.2 has the
                                              step, as in the maxout network; the length is its
                                              code's
zca             0.1            open: pylearn2, make_cifar10_gcn_whitened.py  section 4.2 has the
                                              step; what is added to each eigenvalue is its code's
pictures        50,000         section 4.2    the settings are chosen by the last 10,000 of them
val_share       0              open           whether the tested network learnt from those too is
                                              not said
initialisation  by hand        section 4.1    values not printed; ours are the Caffe definition's
test            centre         open           of 32x32
""",
)
AUGMENTED = PAPERS.changed(
    "paper_augmented",
    f"{PAPERS.source}: with augmentation",
    """
field            value  where        note
augment.flip     0.5    section 4.2  horizontal flipping
augment.padding  4      open         translation; by how much is not printed
""",
)
# Not in the paper: the authors' network for ImageNet has a solver beside its definition
RELEASED = Code("Caffe's model zoo, Network in Network for ImageNet").recipe(
    "released",
    """
field          value          where               note
optimizer      sgd            solver.prototxt
momentum       0.9            solver.prototxt
learning_rate  0.01           solver.prototxt
schedule       step           solver.prototxt
milestones     [4/9, 8/9]     solver.prototxt     every 200,000 of 450,000 steps
gamma          0.1            solver.prototxt
weight_decay   0.0005         solver.prototxt
length         450,000 steps  solver.prototxt
batch_size     64             open                of the definition, from memory
epochs         22             open: arithmetic    450,000 steps of 64 of 1.28 million
keep           last           open
loss           cross_entropy  train_val.prototxt
dropout        0.5            train_val.prototxt
enlarge        256/224        open                as Caffe's other models
augment.flip   0.5            open                "
mean           pixel          open                "
scale          0 to 255       open                "
test           centre         open                "
""",
)


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Ours for photographs, then what the paper or the authors' solver prints."""
    ours = photographs(net, weight_decay=5e-4)  # AlexNet's, section 5: the paper prints none
    return (*ours, *((RELEASED,) if net.name == "nin_imagenet" else (PAPERS, AUGMENTED)))

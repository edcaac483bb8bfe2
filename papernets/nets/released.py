"""Recipes of released training code that serves several families: torchvision, Torch, TF-slim."""

from __future__ import annotations

from ..said import Code, Recipe

TORCHVISION = Code("torchvision, references/classification")
# Of the networks that it trained itself: its GoogLeNet and Inception v3 have TensorFlow's weights
TORCHVISIONS = """
field           value          where      note
optimizer       sgd            train.py
momentum        0.9            train.py
batch_size      256            README.md  32 pictures on each of 8 devices
weight_decay    0.0001         train.py   of all parameters, those of normalisation too
learning_rate   0.1            train.py
schedule        step           train.py
milestones      [1/3, 2/3]     train.py   after 30 and 60 passes
gamma           0.1            train.py
epochs          90             train.py
keep            last           train.py
loss            cross_entropy  train.py
augment.flip    0.5            presets.py
augment.area    0.08           presets.py  RandomResizedCrop's own: 8 to 100 % of the picture
augment.aspect  4/3            presets.py  RandomResizedCrop's own: 3/4 to 4/3
enlarge         256/224        presets.py  as the test's; crops are of the whole picture there
standardise     true           presets.py  by ImageNet's mean and deviation there, by those of your
                                           pictures here
test            centre         presets.py  224 of a short side of 256
"""


def torchvision(rate: float = 0.1) -> Recipe:
    """How torchvision trained a ResNet; a network without normalisation at a lower rate."""
    recipe = TORCHVISION.recipe("torchvision", TORCHVISIONS)
    if rate == 0.1:
        return recipe
    table = f"""
field          value   where      note
learning_rate  {rate}  README.md  AlexNet's and VGG's: --lr 1e-2
"""
    return recipe.changed("torchvision", recipe.source, table)


# The authors of the ResNets released weights and no training code; this is what others train with.
FB_TORCH = Code("fb.resnet.torch")
FB_IMAGENET = FB_TORCH.recipe(
    "released",
    """
field               value          where                  note
optimizer           sgd            train.lua
momentum            0.9            opts.lua
nesterov            true           train.lua
batch_size          256            TRAINING.md            opts.lua has 32
weight_decay        0.0001         opts.lua               of all parameters
learning_rate       0.1            opts.lua
schedule            step           train.lua
milestones          [1/3, 2/3]     train.lua              after 30 and 60 passes
gamma               0.1            train.lua
epochs              90             opts.lua
keep                last           open                   the lowest top-1 error is kept beside it
loss                cross_entropy  models/init.lua
augment.flip        0.5            datasets/imagenet.lua
augment.area        0.08           transforms.lua         RandomSizedCrop: 8 to 100 %
augment.aspect      4/3            transforms.lua         RandomSizedCrop: 3/4 to 4/3
enlarge             256/224        datasets/imagenet.lua  as the test's; crops are of the whole
                                                          picture there
augment.brightness  0.4            datasets/imagenet.lua
augment.contrast    0.4            datasets/imagenet.lua
augment.saturation  0.4            datasets/imagenet.lua
augment.lighting    0.1            datasets/imagenet.lua  AlexNet's colour shift
standardise         true           datasets/imagenet.lua  by ImageNet's mean and deviation there, by
                                                          those of your pictures here
test                centre         datasets/imagenet.lua  224 of a short side of 256; -tenCrop: ten
""",
    "Facebook's code; the authors released weights alone",
)
FB_CIFAR = FB_IMAGENET.changed(
    "released",
    FB_IMAGENET.source,
    """
field            value           where                 note
batch_size       128             open: He et al. 2015, section 4.2  opts.lua has 32
schedule         step            train.lua
milestones       [80/164, 121/164]  train.lua          from passes 81 and 122 on
epochs           164             opts.lua
pictures         all 50,000      datasets/cifar10-gen.lua  tested on the 10,000 after each pass
val_share        0               datasets/cifar10-gen.lua
augment.flip     0.5             datasets/cifar10.lua
augment.padding  4               datasets/cifar10.lua
standardise      true            datasets/cifar10.lua
test             centre          datasets/cifar10.lua  of 32x32
""",
    without=(
        *("augment.area", "augment.aspect", "augment.brightness", "augment.contrast"),
        *("augment.saturation", "augment.lighting", "enlarge"),
    ),
)

SLIM = Code("TF-slim, research/slim")
SLIM_INCEPTION = SLIM.recipe(
    "slim",
    """
field                value               where                      note
optimizer            rmsprop_tensorflow  train_image_classifier.py
alpha                0.9                 train_image_classifier.py
momentum             0.9                 train_image_classifier.py
epsilon              1.0                 train_image_classifier.py  inside the root
batch_size           32                  train_image_classifier.py  a clone
weight_decay         0.00004             train_image_classifier.py
decays.norm          0                   the network's arg_scope    weights alone are decayed
decays.bias          0                   the network's arg_scope
learning_rate        0.01                train_image_classifier.py
schedule             exponential         train_image_classifier.py
gamma                0.94                train_image_classifier.py
every                2                   train_image_classifier.py
epochs               100                 open                       it trains until it is stopped
keep                 last                open
loss                 cross_entropy       train_image_classifier.py
label_smoothing      0                   train_image_classifier.py
augment.flip         0.5                 inception_preprocessing.py
augment.area         0.05                inception_preprocessing.py
augment.aspect       1.33                inception_preprocessing.py  0.75 to 1.33
enlarge              8/7                 open                        the test's 87.5 %
augment.brightness   32/255              inception_preprocessing.py  added there, multiplied here
augment.saturation   0.5                 inception_preprocessing.py
low                  -1                  inception_preprocessing.py  pixels from -1 to 1
high                 1                   inception_preprocessing.py
dropout              0.2                 the network's arguments     keep 0.8
test                 centre              inception_preprocessing.py  87.5 % of it, scaled
""",
    "its flags as they stand",
)

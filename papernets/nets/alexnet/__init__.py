"""AlexNet: eight layers, ReLU and dropout on two GPUs halve the errors on ImageNet.

Networks with ReLU train several times faster than with tanh, and so could be made large.
Normalisation across maps, overlapping pooling, and dropout in the dense layers each lower the
error. The layers stand in two towers, one a GPU, that see each other's maps at a few places only.
"""

from __future__ import annotations

from ...said import Departure, Paper, number, table
from ...said.legacy import Erratum, Fact
from ...spec import (
    LRN,
    Chain,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Initialisation,
    Net,
    Part,
    Pool,
    chain,
    pair,
)
from ..entry import Entry
from ..printed import as_printed, errors, params

PAPER = Paper(
    "ImageNet Classification with Deep Convolutional Neural Networks",
    "Krizhevsky, Sutskever, Hinton",
    2012,
    "NIPS 25",
)
PAPER_CAFFE = Paper(
    "Caffe: Convolutional Architecture for Fast Feature Embedding",
    "Jia, Shelhamer, Donahue, Karayev, Long, Girshick, Guadarrama, Darrell",
    2014,
    "ACM Multimedia, arXiv 1408.5093; models/bvlc_reference_caffenet",
)

# Section 3.5: how many kernels, of which size (its depth is what one kernel sees), at which stride,
# and what follows. Figure 2: the maps that it draws for one of the two GPUs, and in the caption the
# neurons of a layer.
LAYERS = table("""
layer  kernels  size     stride  then               one_gpu    neurons
conv1  96       11x11x3  4       normalised+pooled  55x55x48   253,440
conv2  256      5x5x48   1       normalised+pooled  27x27x128  186,624
conv3  384      3x3x256  1       .                  13x13x192  64,896
conv4  384      3x3x192  1       .                  13x13x192  64,896
conv5  256      3x3x192  1       pooled             13x13x128  43,264
fc6    4096     .        .       dropout            1x1x2048   4096
fc7    4096     .        .       dropout            1x1x2048   4096
fc8    1000     .        .       softmax            .          1000
""")
NORM = LRN(size=5, k=2, alpha=1e-4, beta=0.75)  # section 3.3
POOL = Pool("max", 3, 2)  # section 3.4: s = 2 and z = 3, so the windows overlap
DROPOUT = Dropout(0.5)  # section 4.2: in the first two dense layers
INIT = Initialisation(
    "gaussian",
    0.01,
    "section 5: deviation 0.01; biases 1 in conv2, conv4, conv5 and the hidden dense layers",
    ones=("conv2", "conv4", "conv5", "fc6", "fc7"),
)


def layers(classes: int, norm: LRN = NORM, pooled_first: bool = False) -> Chain:
    """Section 3.5 as a chain: a kernel that sees half of the maps before it stands in a tower."""
    parts: dict[str, Part] = {}
    maps = 0
    for row in LAYERS:
        layer, then = row["layer"], row["then"]
        kernels, place = number(row["kernels"], layer, "kernels"), layer[-1]
        if row["size"] == ".":
            parts.setdefault("flatten", Flatten())
            last = then == "softmax"
            parts[layer] = Dense(
                classes if last else kernels, activation="softmax" if last else "relu"
            )
            if then == "dropout":
                parts[f"drop{place}"] = DROPOUT
            continue
        side, _, depth = (number(n, layer, "size") for n in row["size"].split("x"))
        stride = number(row["stride"], layer, "stride")
        parts[layer] = Conv(
            kernels,
            side,
            stride,
            padding=side // 2 if stride == 1 else 0,
            groups=maps // depth if maps else 1,
            activation="relu",
        )
        maps = kernels
        steps = then.split("+")
        for step in reversed(steps) if pooled_first else steps:
            if step == "normalised":
                parts[f"norm{place}"] = norm
            elif step == "pooled":
                parts[f"pool{place}"] = POOL
    return chain(parts)


def drawn() -> dict[str, tuple[int, int, int]]:
    """The shape of each layer on both GPUs together, as figure 2 draws it."""
    shapes = {}
    for row in LAYERS:
        if row["one_gpu"] == ".":  # the softmax sees both GPUs and stands on neither
            shapes[row["layer"]] = (number(row["kernels"], row["layer"], "kernels"), 1, 1)
            continue
        height, width, maps = (int(n) for n in row["one_gpu"].split("x"))
        shapes[row["layer"]] = (2 * maps, height, width)
    return shapes


NEURONS = sum(maps * height * width for maps, height, width in drawn().values())
VALIDATION = "ILSVRC-2012 validation"
RESULTS = (
    *errors("37.5/17.0", "ILSVRC-2010 test, one network, ten crops", "table 1"),
    *errors("39.0/18.3", "ILSVRC-2010 test, one network, one crop", "section 6.1"),
    *errors("40.7/18.2", f"{VALIDATION}, one network, ten crops", "table 2"),
    *errors("38.1/16.4", f"{VALIDATION}, five networks, ten crops", "table 2"),
    *errors(
        "39.0/16.6",
        f"{VALIDATION}, one network trained on ImageNet 2011 before, ten crops",
        "table 2",
    ),
    *errors("36.7/15.4", f"{VALIDATION}, seven networks, two trained so, ten crops", "table 2"),
    Fact(
        "error",
        0.153,
        "table 2; notes 002: 84.70 % top-5 accuracy",
        conditions="ILSVRC-2012 test, seven networks, two trained on ImageNet 2011 before, top-5",
    ),
)
FACTS = (
    Fact("params", 60_000_000, "abstract and section 4; notes 000 and 001", about=True),
    Fact("params", 61_000_000, "notes 003, Comparison", about=True),
    Fact("neurons", 650_000, "abstract: 650,000 neurons", about=True, ours=NEURONS),
    Fact("macs", 724_000_000, "Caffe's reference figure", about=True),
    *(Fact(f"{layer}.out", shape, "figure 2, both GPUs") for layer, shape in drawn().items()),
    *(
        Fact(f"{row['layer']}.size", number(row["neurons"], row["layer"], "neurons"), "figure 2")
        for row in LAYERS
        if row["layer"] != "conv1"
    ),
    Fact("pool1.out", (96, 27, 27), "notes 001, Model Explanation"),
    Fact("pool2.out", (256, 13, 13), "notes 001, Model Explanation"),
    Fact("pool5.out", (256, 6, 6), "notes 001, Model Explanation"),
    Fact(
        "pool5.receptive_field",
        (195, 195),
        "Araujo, Norris, Sim 2019, Computing Receptive Fields: alexnet_v2, the same windows",
    ),
    Fact("pool5.field_stride", (32, 32), "Araujo, Norris, Sim 2019: alexnet_v2"),
    Fact(
        "float32 parameters in thousandths of 2^30 bytes",
        227,
        "notes 003, Comparison: network size 227 MB",
        about=True,
        ours=4000 * params(layers(1000), (3, 227, 227)) / 2**30,
    ),
)
NOTES_003 = "notes 003, Basic layout of AlexNet"
KERAS = "notes 001, the Keras model under this name"
ERRATA = (
    Erratum(
        "conv1.input",
        (3, 224, 224),
        "section 3.5, figure 2; notes 001, Keras code",
        "without padding, 224 gives 54x54; the 55x55 of figure 2 needs 227 (or padding 2)",
    ),
    Erratum(
        "values of the input",
        150_528,
        "figure 2, caption",
        "it is 3x224x224; the network's 55x55 maps need 3x227x227",
        ours=3 * 227 * 227,
    ),
    Erratum(
        "conv1.size",
        253_440,
        "figure 2, caption",
        "the figure draws 55x55 maps, 48 a GPU, and so 290,400; 253,440 is 96 maps of 55x48",
    ),
    *(
        Erratum(f"conv{n}.stride", (4, 4), NOTES_003, "only conv1 has stride 4: see the sizes")
        for n in (2, 3, 4, 5)
    ),
    Erratum("flatten.size", 9_261, NOTES_003, "256 maps of 6x6 are 9,216 values"),
    Erratum("conv1.kernel", (7, 7), "notes 001, VGG16", "11, 5, 3, 3, 3: 7x7 is ZFNet's first"),
    Erratum(
        "conv1.padding", "same", "notes 001, Model Explanation", "two lines on it is valid: 55x55"
    ),
    Erratum("conv2.kernel", (11, 11), KERAS, "5x5 in the paper: see alexnet_keras_bn"),
    Erratum("pool1.kernel", (2, 2), KERAS, "3x3 at stride 2, overlapping: see alexnet_keras_bn"),
    Erratum("conv3.padding", (0, 0), KERAS, "13x13 stays 13x13: see alexnet_keras_bn"),
    Erratum("rate of dropout", 0.4, KERAS, "0.5 in section 4.2", ours=DROPOUT.rate),
    Erratum("classes", 10, KERAS, "the paper has 1000", ours=1000),
    Erratum(
        "params",
        62_378_344,
        "notes 002, AlexNet table",
        "the kernels of conv2, conv4 and conv5 see one tower, not both: see alexnet_single",
    ),
    Erratum(
        "macs",
        1_500_000_000,
        "notes 002, All Comparisons",
        "counted at two operations a multiply-add (1.45 billion) beside figures at one",
    ),
    Erratum(
        "what norm1 stands after",
        "conv1, before its ReLU",
        "notes 000, Architecture",
        "ReLU, then normalisation, then pooling: sections 3.3 and 3.5",
        ours="conv1 and its ReLU",
    ),
    Erratum(
        "norm1.formula",
        "a / (k + alpha×sum of a^2)^beta",
        "notes 001, formula of LRN",
        "the left side is another value than the right, b = a / ...; over 5 maps with k = 2, "
        "alpha = 1e-4, beta = 0.75, which no note prints",
    ),
    Erratum(
        "top-1 error that normalisation saves",
        0.01,
        "notes 000, Local response normalization",
        "1.4 points (section 3.3), as the same notes say above; over 1 is the colour shift",
        ours=0.014,
    ),
    Erratum(
        "augmentation",
        "rotations",
        "notes 000, Overfitting Prevention",
        "crops, mirrors and a shift of colours along their principal components (section 4.1)",
        ours="crops, mirrors, colours",
    ),
    Erratum(
        "against overfitting",
        "dropout, not regularisation",
        "notes 003, AlexNet Networks",
        "dropout, weight decay of 0.0005 and augmentation (sections 4 and 5)",
        ours="dropout, weight decay, augmentation",
    ),
    Erratum(
        "first network with max pooling",
        "AlexNet",
        "notes 003, AlexNet Networks",
        "max pooling is older",
        ours="an older one",
    ),
)
DEPARTURES = (
    Departure("the input is 227x227, not 224x224: see the errata", "section 3.5"),
    Departure(
        "padding 2 in conv2, 1 in conv3 to conv5: not printed, the sizes need it", "figure 2"
    ),
    Departure(
        "the two towers run on one device, as groups of a convolution, unless create_model is "
        "given two `devices`; the window of the normalisation runs over all the layer's maps, and "
        "so across the towers' border",
        "sections 3.3 and 3.5",
    ),
    Departure(
        "dropout scales in training, the paper halves the outputs at test time", "section 4.2"
    ),
)


def alexnet(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 227) -> Net:
    """AlexNet (2012): two towers, normalisation across maps, overlapping pooling."""
    body = layers(classes)
    printed = as_printed(classes, channels, input, 227, colours=3, of=1000)
    return Net(
        name="alexnet",
        ledger_name="alexnet_two_tower",
        title="AlexNet",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=body,
        init=INIT,
        facts=(*FACTS, *RESULTS) if printed else (),
        errata=ERRATA if printed else (),
        departures=DEPARTURES,
    )


# Caffe divides alpha by the size, and its k is 1 unless given.
CAFFE_NORM = LRN(size=5, k=1, alpha=1e-4 / 5, beta=0.75)  # train_val.prototxt: norm1, norm2
# train_val.prototxt: weight_filler and bias_filler of each layer
FILLERS = table("""
layer  std    bias
conv1  0.01   0
conv2  0.01   0.4
conv3  0.01   0
conv4  0.01   1
conv5  0.01   0.4
fc6    0.005  0.4
fc7    0.005  0.4
fc8    0.01   0.1
""")
FILLED = "train_val.prototxt, weight_filler and bias_filler"
CAFFE_INIT = Initialisation(
    "gaussian",
    0.01,
    FILLED,
    but=tuple(
        (
            row["layer"],
            Initialisation("gaussian", float(row["std"]), FILLED, bias=float(row["bias"])),
        )
        for row in FILLERS
        if (row["std"], row["bias"]) != ("0.01", "0")
    ),
)


def caffenet(classes: int = 1000, channels: int = 3, input: int | tuple[int, int] = 227) -> Net:
    """CaffeNet: AlexNet with pooling before normalisation."""
    printed = as_printed(classes, channels, input, 227, colours=3, of=1000)
    readme = "models/bvlc_reference_caffenet, readme"
    return Net(
        name="caffenet",
        title="CaffeNet",
        paper=PAPER_CAFFE,
        input=(channels, *pair(input)),
        classes=classes,
        body=layers(classes, CAFFE_NORM, pooled_first=True),
        init=CAFFE_INIT,
        facts=(
            Fact("macs", 724_000_000, "Caffe's reference figure", about=True),
            *errors("42.6/19.6", f"{VALIDATION}, one network, centre crop", readme),
        )
        if printed
        else (),
        departures=(
            Departure("pooling comes before normalisation", readme),
            Departure(
                "the normalisation has k = 1 and alpha divided by the 5 maps of its window, where "
                "the paper has k = 2 and does not divide",
                "Caffe's LRN layer; train_val.prototxt, lrn_param",
            ),
            Departure(
                "first biases are 0.4 in conv2, conv5, fc6 and fc7, 1 in conv4 and 0.1 in fc8, and "
                "the deviation of fc6 and fc7 is 0.005; the paper has ones and 0.01",
                FILLED,
            ),
            Departure("trained without the shift of colours", readme),
            *DEPARTURES[1:],
        ),
    )


NETWORKS = (
    Entry("alexnet", alexnet, PAPER.year, aliases=("alexnet_two_tower",)),
    Entry("caffenet", caffenet, PAPER_CAFFE.year),
)

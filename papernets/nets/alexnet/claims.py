"""What was said of AlexNet and CaffeNet: by papers, released code and notes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ...said import NOTES, Claim, Code, Departure, Record, Source, errors, value
from ...spec import Committee, Net, Shape, totals, walk
from ..papers import ARAUJO
from . import DROPOUT, LAYERS, PAPER, PAPER_CAFFE, alexnet
from . import peers_claims as peers
from .peers import PAPER_OWT
from .recipes import FILLED

README = Code("models/bvlc_reference_caffenet").at("readme")
REFERENCE_MACS = Claim("macs", 724_000_000, Code("Caffe's reference figure").at(), about=True)

VALIDATION = "ILSVRC-2012 validation"
BEFORE = "trained on ImageNet 2011 before"
TABLE_1, TABLE_2 = PAPER.at("table 1"), PAPER.at("table 2")
RESULTS = (
    *errors("37.5/17.0", "ILSVRC-2010 test, one network, ten crops", TABLE_1),
    *errors("39.0/18.3", "ILSVRC-2010 test, one network, one crop", PAPER.at("section 6.1")),
    *errors("40.7/18.2", f"{VALIDATION}, one network, ten crops", TABLE_2),
    *errors("38.1/16.4", f"{VALIDATION}, five networks, ten crops", TABLE_2),
    *errors("39.0/16.6", f"{VALIDATION}, one network {BEFORE}, ten crops", TABLE_2),
    *errors("36.7/15.4", f"{VALIDATION}, seven networks, two trained so, ten crops", TABLE_2),
    Claim(
        "error",
        0.153,
        Source((PAPER, NOTES[2]), "table 2; notes 002: 84.70 % top-5 accuracy"),
        conditions=f"ILSVRC-2012 test, seven networks, two {BEFORE}, top-5",
    ),
)


def drawn() -> dict[str, Shape]:
    """The shape of each layer on both GPUs together, as figure 2 draws it."""
    shapes = {}
    for row in LAYERS:
        if row["one_gpu"] == ".":  # the softmax sees both GPUs and stands on neither
            shapes[row["layer"]] = (int(row["kernels"]), 1, 1)
        else:
            height, width, maps = map(int, row["one_gpu"].split("x"))
            shapes[row["layer"]] = (2 * maps, height, width)
    return shapes


def right() -> Iterator[Claim]:
    """What was printed of AlexNet, and is right."""
    shapes = drawn()
    neurons = sum(maps * height * width for maps, height, width in shapes.values())
    everywhere = Source((PAPER, *NOTES[:2]), "abstract and section 4; notes 000 and 001")
    yield Claim("params", 60_000_000, everywhere, about=True)
    yield Claim("params", 61_000_000, NOTES[3].at("Comparison"), about=True)
    said = PAPER.at("abstract: 650,000 neurons")
    yield Claim("neurons", 650_000, said, about=True, ours=neurons)
    yield REFERENCE_MACS
    for layer, shape in shapes.items():
        yield Claim(f"{layer}.out", shape, PAPER.at("figure 2, both GPUs"))
    for row in LAYERS:
        if row["layer"] != "conv1":
            yield Claim(f"{row['layer']}.size", value(row["neurons"]), PAPER.at("figure 2"))
    yield from NOTES[1].claims("""
quantity   printed    where
pool1.out  96x27x27   Model Explanation
pool2.out  256x13x13  Model Explanation
pool5.out  256x6x6    Model Explanation
""")
    yield from ARAUJO.claims("""
quantity               printed  where
pool5.receptive_field  195x195  Araujo, Norris, Sim 2019, Computing Receptive Fields: alexnet_v2,
                                the same windows
pool5.field_stride     32x32    Araujo, Norris, Sim 2019: alexnet_v2
""")
    yield Claim(
        "float32 parameters in thousandths of 2^30 bytes",
        227,
        NOTES[3].at("Comparison: network size 227 MB"),
        about=True,
        ours=4000 * totals(walk(alexnet())).params / 2**30,
    )
    yield from RESULTS


WRONG = (
    Claim(
        "conv1.input",
        (3, 224, 224),
        Source((PAPER, NOTES[1]), "section 3.5, figure 2; notes 001, Keras code"),
        "without padding, 224 gives 54x54; the 55x55 of figure 2 needs 227 (or padding 2)",
    ),
    *PAPER.claims(
        """
quantity             printed  where              why it is wrong
values of the input  150,528  figure 2, caption  it is 3x224x224; the network's 55x55 maps need
                                                 3x227x227
conv1.size           253,440  figure 2, caption  the figure draws 55x55 maps, 48 a GPU, and so
                                                 290,400; 253,440 is 96 maps of 55x48
""",
        ours={"values of the input": 3 * 227 * 227},
    ),
    *NOTES[3].claims("""
quantity      printed  where                    why it is wrong
conv2.stride  4x4      Basic layout of AlexNet  only conv1 has stride 4: see the sizes
conv3.stride  4x4      "                        "
conv4.stride  4x4      "                        "
conv5.stride  4x4      "                        "
flatten.size  9,261    "                        256 maps of 6x6 are 9,216 values
"""),
    *NOTES[1].claims(
        """
quantity         printed  where                            why it is wrong
conv1.kernel     7x7      VGG16                            11, 5, 3, 3, 3: 7x7 is ZFNet's first
conv1.padding    same     Model Explanation                two lines on it is valid: 55x55
conv2.kernel     11x11    the Keras model under this name  5x5 in the paper: see alexnet_keras_bn
pool1.kernel     2x2      "                                3x3 at stride 2, overlapping: see
                                                           alexnet_keras_bn
conv3.padding    0x0      "                                13x13 stays 13x13: see alexnet_keras_bn
rate of dropout  0.4      "                                0.5 in section 4.2
classes          10       "                                the paper has 1000
""",
        ours={"rate of dropout": DROPOUT.rate, "classes": 1000},
    ),
    *NOTES[2].claims("""
quantity  printed        where            why it is wrong
params    62,378,344     AlexNet table    the kernels of conv2, conv4 and conv5 see one tower, not
                                          both: see alexnet_single
macs      1,500,000,000  All Comparisons  counted at two operations a multiply-add (1.45 billion)
                                          beside figures at one
"""),
    Claim(
        "what norm1 stands after",
        "conv1, before its ReLU",
        NOTES[0].at("Architecture"),
        "ReLU, then normalisation, then pooling: sections 3.3 and 3.5",
        ours="conv1 and its ReLU",
    ),
    Claim(
        "norm1.formula",
        "a / (k + alpha×sum of a^2)^beta",
        NOTES[1].at("formula of LRN"),
        "the left side is another value than the right, b = a / ...; over 5 maps with k = 2, "
        "alpha = 1e-4, beta = 0.75, which no note prints",
    ),
    Claim(
        "top-1 error that normalisation saves",
        0.01,
        NOTES[0].at("Local response normalization"),
        "1.4 points (section 3.3), as the same notes say above; over 1 is the colour shift",
        ours=0.014,
    ),
    Claim(
        "augmentation",
        "rotations",
        NOTES[0].at("Overfitting Prevention"),
        "crops, mirrors and a shift of colours along their principal components (section 4.1)",
        ours="crops, mirrors, colours",
    ),
    Claim(
        "against overfitting",
        "dropout, not regularisation",
        NOTES[3].at("AlexNet Networks"),
        "dropout, weight decay of 0.0005 and augmentation (sections 4 and 5)",
        ours="dropout, weight decay, augmentation",
    ),
    Claim(
        "first network with max pooling",
        "AlexNet",
        NOTES[3].at("AlexNet Networks"),
        "max pooling is older",
        ours="an older one",
    ),
)
CAFFENET = (
    REFERENCE_MACS,
    *errors("42.6/19.6", f"{VALIDATION}, one network, centre crop", README),
)
INPUT = Departure("the input is 227x227, not 224x224: see the errata", "section 3.5")
PADDING = Departure(
    "padding 2 in conv2, 1 in conv3 to conv5: not printed, the sizes need it", "figure 2"
)
ONE_DEVICE = Departure(
    "the two towers run on one device, as groups of a convolution, unless create_model is given "
    "two `devices`; the window of the normalisation runs over all the layer's maps, and so across "
    "the towers' border",
    "sections 3.3 and 3.5",
)
SCALED = Departure(
    "dropout scales in training, the paper halves the outputs at test time", "section 4.2"
)
CAFFENET_DEPARTURES = (
    Departure("pooling comes before normalisation", str(README)),
    Departure(
        "the normalisation has k = 1 and alpha divided by the 5 maps of its window, where the "
        "paper has k = 2 and does not divide",
        "Caffe's LRN layer; train_val.prototxt, lrn_param",
    ),
    Departure(
        "first biases are 0.4 in conv2, conv5, fc6 and fc7, 1 in conv4 and 0.1 in fc8, and the "
        "deviation of fc6 and fc7 is 0.005; the paper has ones and 0.01",
        FILLED,
    ),
    Departure("trained without the shift of colours", str(README)),
)


@cache
def records() -> dict[str, Record]:
    """All records of the family, by the network's name."""
    alexnets = (INPUT, PADDING, ONE_DEVICE, SCALED)
    one_tower = (peers.ALL_MAPS, INPUT, PADDING, SCALED)
    return {
        "alexnet": Record("AlexNet", PAPER, (*right(), *WRONG), alexnets, "alexnet_two_tower"),
        "caffenet": Record(
            "CaffeNet", PAPER_CAFFE, CAFFENET, (*CAFFENET_DEPARTURES, *alexnets[1:])
        ),
        "alexnet_single": Record(
            "AlexNet, one tower", PAPER, tuple(peers.single()), one_tower, "alexnet_single"
        ),
        "alexnet_torchvision": Record(
            "AlexNet of torchvision",
            PAPER_OWT,
            peers.TORCHVISION,
            peers.TORCHVISION_DEPARTURES,
            "alexnet_owt",
        ),
        "alexnet_keras_bn": Record(
            "AlexNet, Keras model of the notes with batch normalisation",
            PAPER,
            tuple(peers.keras()),
            peers.KERAS_DEPARTURES,
            "alexnet_keras_bn",
        ),
    }


def record(net: Net | Committee) -> Record:
    """What was said of a network of the AlexNet family."""
    return records()[net.name]

"""What was said of AlexNet and CaffeNet: by papers, released code and notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from ...said import NOTES, Claim, Code, Record, Together, departures, errors, maps_last, value
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
    *Together(PAPER, *NOTES).claims(f"""
quantity  printed  where  conditions
error     15.3 %   table 2; notes 002: 84.70 % top-5 accuracy  ILSVRC-2012 test, seven networks,
                   two {BEFORE}, top-5
"""),
)


def drawn() -> dict[str, Shape]:
    """The shape of each layer on both GPUs together, as figure 2 draws it."""
    shapes = {}
    for row in LAYERS:
        if row["one_gpu"] == ".":  # the softmax sees both GPUs and stands on neither
            shapes[row["layer"]] = (int(row["kernels"]), 1, 1)
        else:
            maps, height, width = maps_last(row["one_gpu"])
            shapes[row["layer"]] = (2 * maps, height, width)
    return shapes


def right() -> Iterator[Claim]:
    """What was printed of AlexNet, and is right."""
    shapes = drawn()
    neurons = sum(maps * height * width for maps, height, width in shapes.values())
    everywhere = Together(PAPER, *NOTES).at("abstract and section 4; notes 000 and 001")
    yield Claim("params", 60_000_000, everywhere, about=True)
    yield Claim("params", 61_000_000, NOTES[3].at("Comparison"), about=True)
    abstract = PAPER.at("abstract: 650,000 neurons")
    yield Claim("neurons", 650_000, abstract, about=True, ours=neurons)
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
    ours = 4000 * totals(walk(alexnet())).params / 2**30
    yield from NOTES[3].claims(f"""
quantity                                         printed    where                            ours
float32 parameters in thousandths of 2^30 bytes  about 227  Comparison: network size 227 MB  {ours}
""")
    yield from RESULTS


WRONG = (
    *Together(PAPER, *NOTES).claims("""
quantity     printed    where                                     why it is wrong
conv1.input  3x224x224  section 3.5, figure 2; notes 001, Keras code  without padding, 224 gives
                        54x54; the 55x55 of figure 2 needs 227 (or padding 2)
"""),
    *PAPER.claims(f"""
quantity             printed  ours             where              why it is wrong
values of the input  150,528  {3 * 227 * 227}  figure 2, caption  it is 3x224x224; the network's
                     55x55 maps need 3x227x227
conv1.size           253,440  .                "                  the figure draws 55x55 maps, 48 a
                     GPU, and so 290,400; 253,440 is 96 maps of 55x48
"""),
    *NOTES[3].claims("""
quantity      printed  where                    why it is wrong
conv2.stride  4x4      Basic layout of AlexNet  only conv1 has stride 4: see the sizes
conv3.stride  4x4      "                        "
conv4.stride  4x4      "                        "
conv5.stride  4x4      "                        "
flatten.size  9,261    "                        256 maps of 6x6 are 9,216 values
"""),
    *NOTES[1].claims(f"""
quantity         printed  ours            where                            why it is wrong
conv1.kernel     7x7      .               VGG16              11, 5, 3, 3, 3: 7x7 is ZFNet's first
conv1.padding    same     .               Model Explanation  two lines on it is valid: 55x55
conv2.kernel     11x11    .               the Keras model under this name  5x5 in the paper: see
                          alexnet_keras_bn
pool1.kernel     2x2      .               "                  3x3 at stride 2, overlapping: see
                          alexnet_keras_bn
conv3.padding    0x0      .               "                  13x13 stays 13x13: see alexnet_keras_bn
rate of dropout  0.4      {DROPOUT.rate}  "                  0.5 in section 4.2
classes          10       1000            "                  the paper has 1000
"""),
    *NOTES[2].claims("""
quantity  printed        where            why it is wrong
params    62,378,344     AlexNet table    the kernels of conv2, conv4 and conv5 see one tower, not
                                          both: see alexnet_single
"""),
    *NOTES[2].claims(f"""
quantity  printed        where            why it is wrong
macs      1,500,000,000  All Comparisons  {peers.twice()}; the figures
                                          beside it are at one operation
"""),
    *Together(*NOTES).claims(
        """
quantity                  printed                          where  why it is wrong
what norm1 stands after   conv1, before its ReLU           notes 000, Architecture  ReLU, then
                          normalisation, then pooling: sections 3.3 and 3.5
norm1.formula             a / (k + alpha×sum of a^2)^beta  notes 001, formula of LRN  the left side
                          is another value than the right, b = a / ...; over 5 maps with k = 2,
                          alpha = 1e-4, beta = 0.75, which no note prints
augmentation              rotations                        notes 000, Overfitting Prevention  crops,
                          mirrors and a shift of colours along their principal components
                          (section 4.1)
against overfitting       dropout, not regularisation      notes 003, AlexNet Networks  dropout,
                          weight decay of 0.0005 and augmentation (sections 4 and 5)
first network with max pooling  AlexNet                    notes 003, AlexNet Networks  max pooling
                          is older
""",
        ours={
            "what norm1 stands after": "conv1 and its ReLU",
            "augmentation": "crops, mirrors, colours",
            "against overfitting": "dropout, weight decay, augmentation",
            "first network with max pooling": "an older one",
        },
    ),
)
CAFFENET = (
    REFERENCE_MACS,
    *errors("42.6/19.6", f"{VALIDATION}, one network, centre crop", README),
)
INPUT, PADDING, ONE_DEVICE, SCALED = departures("""
where        what is done otherwise
section 3.5  the input is 227x227, not 224x224: see the errata
figure 2     padding 2 in conv2, 1 in conv3 to conv5: not printed, the sizes need it
sections 3.3 and 3.5  the two towers run on one device, as groups of a convolution, unless
             create_model is given two `devices`; the window of the normalisation runs over all the
             layer's maps, and so across the towers' border
section 4.2  dropout scales in training, the paper halves the outputs at test time
""")
CAFFENET_DEPARTURES = departures(f"""
where     what is done otherwise
{README}  pooling comes before normalisation
Caffe's LRN layer; train_val.prototxt, lrn_param  the normalisation has k = 1 and alpha divided by
          the 5 maps of its window, where the paper has k = 2 and does not divide
{FILLED}  the first weights of fc6 and fc7 have a deviation of 0.005, where the paper has 0.01
{README}  trained without the shift of colours
""")


LEDGER_NAMES = {
    "alexnet": "alexnet_two_tower",
    "alexnet_torchvision": "alexnet_owt",
    "caffenet": "",
}


@cache
def records() -> dict[str, Record]:
    """All records of the family, by the network's name."""
    alexnets = (INPUT, PADDING, ONE_DEVICE, SCALED)
    caffenets = (*CAFFENET_DEPARTURES, *alexnets[1:])
    one_tower = (peers.ALL_MAPS, INPUT, PADDING, SCALED)
    title, otherwise = "AlexNet of torchvision", peers.TORCHVISION_DEPARTURES
    title_bn = "AlexNet, Keras model of the notes with batch normalisation"
    found = {
        "alexnet": Record("AlexNet", PAPER, (*right(), *WRONG), alexnets),
        "caffenet": Record("CaffeNet", PAPER_CAFFE, CAFFENET, caffenets),
        "alexnet_single": Record("AlexNet, one tower", PAPER, tuple(peers.single()), one_tower),
        "alexnet_torchvision": Record(title, PAPER_OWT, peers.TORCHVISION, otherwise),
        "alexnet_keras_bn": Record(title_bn, PAPER, tuple(peers.keras()), peers.KERAS_DEPARTURES),
    }
    return {
        name: replace(record, ledger_name=LEDGER_NAMES.get(name, name))
        for name, record in found.items()
    }


def record(net: Net | Committee) -> Record:
    """What was said of a network of the AlexNet family."""
    return records()[net.name]

"""What was said of AlexNet's peers: by notes, torchvision's code, and the Keras model's summary."""

from __future__ import annotations

from collections.abc import Iterator

from ...said import NOTES, Claim, Code, Together, departures, maps_last, table, value
from ...spec import totals, walk
from . import alexnet
from .peers import KERAS, KERAS_NORM, NOTES_002, alexnet_single

# Notes 001, table: Number of Parameters, Forward Computation.
NOTES_001 = table("""
layer  params    computation
conv1  34944     105705600
conv2  614656    448084224
conv3  885120    149585280
conv4  1327488   224345472
conv5  884992    149563648
fc6    37748736  37748736
fc7    16777216  16777216
fc8    4096000   4096000
""")
TABLE_001 = NOTES[1].at("AlexNet table")


def twice() -> str:
    """How 1.5 billion is printed of the two towers' multiply-adds."""
    rows = walk(alexnet())
    operations = 2 * totals(rows).macs
    neurons = sum(row.size for row in rows if row.kind in ("conv", "dense"))
    return (
        f"at two operations a multiply-add it has {operations / 1e9:.3f} billion, that is 1.4; 1.5 "
        f"only with a bias and a ReLU for each of its {neurons:,} neurons "
        f"({(operations + 2 * neurons) / 1e9:.4f}), or rounded twice"
    )


def single() -> Iterator[Claim]:
    """What notes print of AlexNet as one tower."""
    yield from _of_notes_002()
    yield from _of_notes_001()
    biases = "the biases are left out, which the same table counts in the convolutions"
    yield from Together(*NOTES).claims(f"""
quantity    printed        where                     why it is wrong
params      62,369,152     notes 001, AlexNet table  the 9,192 biases of fc6, fc7 and fc8 are left
                                                     out
fc6.params  37,748,736     notes 001, AlexNet table  {biases}
fc7.params  16,777,216     "                         "
fc8.params  4,096,000      "                         "
macs        1,500,000,000  notes 002, All Comparisons, beside 62M parameters  that is of the two
                           towers: {twice()}
""")
    yield from NOTES[1].claims("""
quantity                 printed      ours                where          why it is wrong
what norm1 stands after  the pooling  conv1 and its ReLU  AlexNet table  normalisation comes before
                         pooling (section 3.5); after it, it is CaffeNet
""")


def _of_notes_002() -> Iterator[Claim]:
    yield Claim("params", 62_378_344, NOTES[2].at("AlexNet table, total"))
    where = NOTES[2].at("AlexNet table")
    for row in NOTES_002:
        layer = row["layer"]
        if row["input"] != ".":
            yield Claim(f"{layer}.input", maps_last(row["input"]), where)
            yield Claim(f"{layer}.out", maps_last(row["output"]), where)
        yield Claim(f"{layer}.params", value(row["params"]), where)


def _of_notes_001() -> Iterator[Claim]:
    """They count biases in convolutions, none in dense layers."""
    yield Claim("params", 62_000_000, NOTES[2].at(": 62 million, and All Comparisons"), about=True)
    yield Claim("params", 62_300_000, NOTES[1].at("AlexNet table, overall"), about=True)
    for row in NOTES_001:
        layer = row["layer"]
        conv = layer.startswith("conv")
        quantity = f"{layer}.{'connections' if conv else 'macs'}"
        yield Claim(quantity, value(row["computation"]), TABLE_001)
        if conv:
            yield Claim(f"{layer}.params", value(row["params"]), TABLE_001)
    rows = walk(alexnet_single())
    convolutions, dense = ([r for r in rows if r.kind == kind] for kind in ("conv", "dense"))
    in_conv, in_dense = (sum(r.params for r in kind) for kind in (convolutions, dense))
    biased, used = sum(r.connections for r in convolutions), sum(r.macs for r in dense)
    yield from NOTES[1].claims(f"""
quantity                       printed              where          ours
parameters in convolutions     about 3,700,000      AlexNet table  {in_conv}
parameters in dense layers     about 58,600,000     "              {in_dense}
multiply-adds, and biases of convolutions  1,135,906,176  "        {biased + used}
macs                           about 1,100,000,000  "              .
the same in convolutions       about 1,080,000,000  "              {biased}
the same in dense layers       about 58,600,000     "              {used}
""")


(ALL_MAPS,) = departures("""
where                   what is done otherwise
notes 002; section 3.5  every kernel sees all maps before it, where the paper's conv2, conv4 and
                        conv5 see those on their own GPU: see alexnet
""")
TORCHVISION = Code("torchvision 0.28").claims("""
quantity  printed      where
params    61,100,840   measured
macs      714,188,480  measured
""")
TORCHVISION_DEPARTURES = departures("""
where                          what is done otherwise
torchvision/models/alexnet.py  it is the network of One weird trick (2014), not of the 2012 paper:
    one tower of 64, 192, 384, 256 and 256 maps for two of 48, 128, 192, 192 and 128
"   no normalisation
"   the input is 224 with padding 2, where 227 without gives 55x55 too
"   dropout stands before fc6 and fc7, in the paper after them
"   the last map is averaged over an even grid of 6x6 before fc6: nothing at 224, where it is 6x6,
    and any other input fits
"   first weights and biases are torch's uniform default; section 5 has a Gaussian
""")


def keras() -> Iterator[Claim]:
    """What notes 001 print of their Keras model, up to where its summary breaks off."""
    where = NOTES[1].at("printed summary")
    for row in KERAS:
        layer = row["layer"]
        if row["output"] == ".":
            continue
        out, count = maps_last(row["output"]), value(row["params"])
        yield Claim(f"{layer}.out", out, where)
        if row["kind"] == "norm":  # Keras adds the moving mean and variance, which are not trained
            four = 2 * KERAS_NORM.params(out)
            yield Claim(f"{layer}, moving statistics counted", count, where, ours=four)
        else:
            yield Claim(f"{layer}.params", count, where)
    yield from NOTES[1].claims(f"""
quantity      printed          ours  where                 why it is wrong
classes       6                10    text over the code    the code has 10
flatten.size  {224 * 224 * 3}  .     input_shape of the first dense layer  the last map is 256@1x1;
              Keras takes input_shape from the first layer alone
""")


KERAS_DEPARTURES = departures("""
where                  what is done otherwise
notes 001, Keras code  not AlexNet: see alexnet
"   conv2 is 11x11 without padding, in the paper 5x5 with 2
"   pooling is 2x2 at stride 2, in the paper 3x3 and overlapping
"   conv3 to conv5 have no padding, so that the last map is 1x1
"   batch normalisation after activation, pooling and dropout, where the paper has local response
    normalisation in two places
"   dropout 0.4, in the paper 0.5
"   10 classes, and 224 without padding: 54x54 for 55x55
""")

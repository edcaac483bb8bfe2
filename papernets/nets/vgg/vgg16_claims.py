"""What was said of VGG-16 besides: its maps, its small windows, and what notes get wrong."""

from __future__ import annotations

from collections.abc import Iterator

from ...said import NOTES, Claim, Source, Together, errors, maps_last, table
from ...spec import Conv, Net, chain, totals, walk
from ..papers import ARAUJO
from ..resnet import PAPER as RESNET
from . import PAPER
from . import vgg16 as network

# Notes 000, VGGNet, and 001, VGG16: the maps of each block, and after its pooling.
BLOCKS = table("""
block  last     maps         pooled
1      conv1_2  224x224x64   112x112x64
2      conv2_2  112x112x128  56x56x128
3      conv3_3  56x56x256    28x28x256
4      conv4_3  28x28x512    14x14x512
5      conv5_3  14x14x512    7x7x512
""")


def vgg16() -> Iterator[Claim]:
    """What is printed of column D besides, and of small windows."""
    rows = walk(network())
    both = Source(NOTES[:2], "notes 000 and 001, VGG-16")
    for row in BLOCKS:
        yield Claim(f"{row['last']}.out", maps_last(row["maps"]), both)
        yield Claim(f"pool{row['block']}.out", maps_last(row["pooled"]), both)
    ours = 4000 * totals(rows).params / 2**30
    yield from NOTES[3].claims(f"""
quantity                                         printed    where                            ours
float32 parameters in thousandths of 2^30 bytes  about 515  Comparison: network size 515 MB  {ours}
""")
    yield from ARAUJO.claims("""
quantity               printed  where
pool5.receptive_field  212x212  Araujo, Norris, Sim 2019, Computing Receptive Fields: vgg_16
pool5.field_stride     32x32    Araujo, Norris, Sim 2019: vgg_16
""")
    yield from small_windows()
    submission = "ILSVRC-2014 submission: test, seven networks, dense, top-5"
    yield Claim("error", 0.073, PAPER.at("table 7"), conditions=submission)
    both_nets = "ILSVRC-2012 validation, D and E together, dense and crops"
    yield from errors("23.7/6.8", both_nets, PAPER.at("table 6"))
    yield from WRONG
    convolutions = sum(row.params for row in rows if row.kind == "conv")
    against = "parameters in convolutions, against AlexNet's"
    yield from Together(*NOTES).claims(f"""
quantity       printed  ours  where                                   why it is wrong
{against}      fewer    more  notes 002, VGGNet: born to reduce them  {convolutions:,} against about
               3.7 million; the saving is for a given receptive field
layers of VGG  19       16    notes 003, VGG-16 Networks: created with 19 layers  11, 13, 16 and 19
               (table 1); this one has 16
""")


def stack(times: int, kernel: int) -> tuple[int, int]:
    """How far convolutions from one map to one see, one after another, and their weights."""
    convolutions = {f"conv{n}": Conv(1, kernel, bias=False) for n in range(times)}
    rows = walk(Net("stack", (1, 32, 32), 1, chain(convolutions)))
    assert rows[-1].receptive_field
    return rows[-1].receptive_field[0], totals(rows).params


def saved(times: int, kernel: int) -> float:
    """The weights in per cent that 3x3 windows save on one window that sees as much."""
    return round(100 * (1 - stack(times, 3)[1] / stack(1, kernel)[1]), 4)


def small_windows() -> Iterator[Claim]:
    """What small windows see and save, in section 2.3 and in notes."""
    (sees, three), (_, seven) = stack(3, 3), stack(1, 7)
    two_see, of_two, of_three, of_five = stack(2, 3)[0], saved(2, 5), saved(3, 7), saved(5, 11)
    more = 100 * (seven / three - 1)
    yield from Together(PAPER, *NOTES).claims(f"""
quantity                          printed   where                           ours
side that two 3x3 see             5         section 2.3; notes 000 and 001  {two_see}
side that three 3x3 see           7         "                               {sees}
conv1_2.receptive_field           5x5       section 2.3: two 3x3 see 5x5    .
weights of three 3x3, of C maps   27        section 2.3: 27 C^2             {three}
weights of one 7x7, of C maps     49        section 2.3: 49 C^2             {seven}
per cent that 49 is more than 27  about 81  section 2.3; notes 000          {more}
""")
    yield from NOTES[2].claims(f"""
quantity                              printed     where   ours
per cent that two 3x3 save on 5x5     28          VGGNet  {of_two}
per cent that three 3x3 save on 7x7   about 44.9  .       {of_three}
per cent that five 3x3 save on 11x11  about 62.8  .       {of_five}
""")


WRONG = (
    *Together(*NOTES).claims("""
quantity                 printed         ours  where                   why it is wrong
pool1.kernel             3x3             .     notes 001, VGG16 table  2x2 at stride 2, as the text
                         under it says
convolutions of block 3  2               3     "                       the list above it, and table
                         1, have three
fc6.out                  25088x1x1       .     "                       25,088 is the flattened input
                         of fc6
conv5_3.out              521x14x14       .     notes 000, VGGNet       a slip for 512, which stands
                         elsewhere
pool5.out                521x7x7         .     "                       "
fc6.out                  4090x1x1        .     "                       a slip for 4096, which stands
                         elsewhere
fc7.out                  4090x1x1        .     "                       "
max poolings             13  5  notes 003, VGG-16 Networks: after each convolution  after
                         each block, as notes 000 say
macs  19,600,000,000  .  notes 002, All Comparisons, beside 138M parameters  these
                         are the operations of VGG-19 and the parameters of VGG-16
"""),
    *RESNET.claims("""
quantity  printed     where  why it is wrong
macs  15,300,000,000  He et al. 2015, section 4.1: VGG-16/19 nets (15.3/19.6 billion FLOPs)  15.35
      billion are the convolutions alone; the 19.6 beside it has the dense layers too
"""),
    *Together(*NOTES).claims("""
quantity        printed  ours   where                        why it is wrong
top-5 accuracy  0.923    0.927  notes 002, All Comparisons   unexplained: 92.7 % is the entry of
                seven networks, 93.2 % two; no row has 92.3
place in ILSVRC-2014 classification  1  2  notes 001, VGG16  GoogLeNet won, VGG came second (and won
                localisation)
"""),
)

"""What was said of ZFNet: by its paper, and by notes of who won in 2013."""

from __future__ import annotations

from collections.abc import Iterator

from ...said import NOTES, Claim, Record, Together, departures, errors, value
from ...spec import Committee, Net
from . import FIGURE_3, PAPER

VALIDATION = "ILSVRC-2012 validation"
TABLE_2 = PAPER.at("table 2")


def sizes() -> Iterator[Claim]:
    """The maps that figure 3 draws, and after their pooling."""
    for row in FIGURE_3:
        layer = row["layer"]
        for name, side in ((layer, row["size"]), (f"pool{layer[-1]}", row["pooled"])):
            if side != ".":
                shape = value(f"{row['maps']}x{side}x{side}")
                yield Claim(f"{name}.out", shape, PAPER.at("figure 3"))


CLAIMS = (
    *sizes(),
    Claim("flatten.size", 9216, PAPER.at("figure 3, caption: 6·6·256 = 9216 dimensions")),
    *errors("38.4/16.5", f"{VALIDATION}, one network, ten crops", TABLE_2),
    *errors("36.7/15.3", f"{VALIDATION}, five networks", TABLE_2),
    *errors("37.5/16.0", f"{VALIDATION}, another network: 512, 1024, 512 maps in 3, 4, 5", TABLE_2),
    *errors("36.0/14.7", f"{VALIDATION}, six networks", TABLE_2),
    Claim("error", 0.148, TABLE_2, conditions="ILSVRC-2012 test, six networks, top-5"),
    *errors("40.5/18.1", f"{VALIDATION}, another network: their copy of AlexNet", TABLE_2),
    *Together(*NOTES).claims("""
quantity                                  printed  ours   where  why it is wrong
place in ILSVRC-2013 classification  1  3  notes 000, ZFNet; notes 001, GoogLeNet  Clarifai
    won with 11.7 % (table 7 of the VGG paper); this team's entry came third
top-5 error of the winner of ILSVRC-2013  0.148    0.117  notes 000, ZFNet  14.8 % is the paper's
    six networks on the test set of 2012
"""),
)
DEPARTURES = departures("""
where      what is done otherwise
figure 3   the paddings are not printed: the sizes need 1 in conv1 and conv3 to conv5, and in the
           first two poolings a last window that reaches over the edge (or padding 1)
figure 3   the constants of the contrast normalisation across maps are not printed: AlexNet's here
section 3  weights of 0.01 are read as a standard deviation: all equal, they would stay equal
section 3  filters of the first layer whose RMS is over 0.1 are not scaled back to 0.1
""")


def record(net: Net | Committee) -> Record:
    """What was said of ZFNet."""
    return Record("ZFNet", PAPER, CLAIMS, DEPARTURES, net.name)

"""What was said of VGG: by its paper, by other papers, and by notes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ...said import NOTES, Claim, Record, Source, departures, errors, number, table, value
from ...spec import Committee, Conv, Dense, Net
from ..resnet import PAPER as RESNET
from . import PAPER, TABLE_1, layers, peers_claims
from .vgg16_claims import vgg16

# Table 2: number of parameters, in millions.
TABLE_2 = table("""
A    A-LRN  B    C    D    E
133  133    133  134  138  144
""")
# Tables 3 to 5: how a test picture is looked at, the shorter side in training (S) and in the test
# (Q), errors in per cent.
TABLES_3_TO_5 = table("""
table  network  evaluation            S          Q            top-1/top-5
3      A        dense                 256        256          29.6/10.4
3      A-LRN    dense                 256        256          29.7/10.5
3      B        dense                 256        256          28.7/9.9
3      C        dense                 256        256          28.1/9.4
3      C        dense                 384        384          28.1/9.3
3      C        dense                 [256;512]  384          27.3/8.8
3      D        dense                 256        256          27.0/8.8
3      D        dense                 384        384          26.8/8.7
3      D        dense                 [256;512]  384          25.6/8.1
3      E        dense                 256        256          27.3/9.0
3      E        dense                 384        384          26.9/8.7
3      E        dense                 [256;512]  384          25.5/8.0
4      B        dense                 256        224,256,288  28.2/9.6
4      C        dense                 256        224,256,288  27.7/9.2
4      C        dense                 384        352,384,416  27.8/9.2
4      C        dense                 [256;512]  256,384,512  26.3/8.2
4      D        dense                 256        224,256,288  26.6/8.6
4      D        dense                 384        352,384,416  26.5/8.6
4      D        dense                 [256;512]  256,384,512  24.8/7.5
4      E        dense                 256        224,256,288  26.9/8.7
4      E        dense                 384        352,384,416  26.7/8.6
4      E        dense                 [256;512]  256,384,512  24.8/7.5
5      D        dense                 [256;512]  256,384,512  24.8/7.5
5      D        multi-crop            [256;512]  256,384,512  24.6/7.5
5      D        multi-crop_and_dense  [256;512]  256,384,512  24.4/7.2
5      E        dense                 [256;512]  256,384,512  24.8/7.5
5      E        multi-crop            [256;512]  256,384,512  24.6/7.4
5      E        multi-crop_and_dense  [256;512]  256,384,512  24.4/7.1
""")
COMPARISON = NOTES[3].at("VGG Family Architecture Comparison")


def of_column(column: str) -> Iterator[Claim]:
    """What the paper and notes print of a column of table 1."""
    weighted = [layer for layer in layers(column, 1000).values() if isinstance(layer, Conv | Dense)]
    millions = number(TABLE_2.column(column)[0], "table 2", column)
    where = Source((PAPER, NOTES[3]), f"table 2; {COMPARISON}")
    yield Claim("params", millions * 10**6, where, about=True)
    printed = value(TABLE_1.column(column)[0])
    yield Claim("layers with weights", printed, PAPER.at("table 1"), ours=len(weighted))
    for row in TABLES_3_TO_5:
        if row["network"] == column:
            way = row["evaluation"].replace("_", " ")
            how = f"ILSVRC-2012 validation, one network, {way}, S {row['S']}, Q {row['Q']}"
            yield from errors(row["top-1/top-5"], how, PAPER.at(f"table {row['table']}"))
    why = "the second block of 512 maps is left out; the parameters beside it need five poolings"
    yield Claim("blocks of convolutions", 4, COMPARISON, why, ours=5)
    if column in BESIDES:
        yield from BESIDES[column]()


def vgg19() -> Iterator[Claim]:
    """What is printed of column E besides."""
    where = Source((RESNET, NOTES[1]), "He et al. 2015, figure 3; notes 001: 19.6 billion")
    yield Claim("macs", 19_600_000_000, where, about=True)
    how = "ILSVRC-2014 test, one network, crops and dense, top-5"
    yield Claim("error", 0.07, PAPER.at("table 7"), conditions=how)


BESIDES = {"D": vgg16, "E": vgg19}
DEPARTURES = departures("""
where        what is done otherwise
section 3.1  all weights are drawn at once, as section 3.1 ends: Glorot's draw needs no network
             trained before. The paper trained A from a Gaussian and began the deeper networks with
             its first four convolutions and its dense layers
section 3.1  that Gaussian's printed variance, 0.01, makes outputs of about 10^8 of pictures in
             pixels, by a factor of sqrt(fan-in x 0.01 / 2) a layer; a deviation of 0.01 may be
             meant
""")
COLUMNS = {
    "vgg11": ("A", "VGG-11"),
    "vgg11_lrn": ("A-LRN", "VGG-11 with LRN"),
    "vgg13": ("B", "VGG-13"),
    "vgg16_conv1": ("C", "VGG-16 with 1x1 convolutions"),
    "vgg16": ("D", "VGG-16"),
    "vgg19": ("E", "VGG-19"),
}
"""The columns of table 1 that the paper's networks are, and their titles."""


@cache
def _record(name: str) -> Record:
    if name not in COLUMNS:
        return dict(peers_claims.records(DEPARTURES))[name]
    column, title = COLUMNS[name]
    return Record(title, PAPER, tuple(of_column(column)), DEPARTURES, name)


def record(net: Net | Committee) -> Record:
    """What was said of a VGG."""
    return _record(net.name)

"""What was said of the LeNets by their papers, and by notes that speak of the same networks."""

from __future__ import annotations

from dataclasses import replace

from ...said import NOTES, Claim, Record, Source, Together, departures, of_rows, table, value
from ...spec import Committee, Net
from . import FIGURE_2, PAPER, PAPER_1989, notes_claims

MNIST = "MNIST, 60,000 training pictures, one network"

# LeNet-5. Notes 001 print the numbers of section II-B layer by layer.
LAYER_BY_LAYER = table("""
layer   params  connections
C1      156     122304
S2      12      5880
C3      1516    151600
S4      32      2000
C5      48120   48120
F6      10164   10164
output  .       840
""")
LENET5 = (
    *Together(PAPER, *NOTES).claims("""
quantity     printed  where
params       60000    section II-B, and III-C: trainable free parameters; notes 002 and 003
connections  340908   section II-B
"""),
    *(
        Claim(f"{row['layer']}.out", value(f"{row['maps']}x{row['size']}"), PAPER.at("figure 2"))
        for row in FIGURE_2
    ),
    *of_rows(
        LAYER_BY_LAYER,
        Source((NOTES[1], PAPER), "notes 001, LeNet-5 layer by layer; section II-B"),
    ),
    *PAPER.claims(f"""
quantity      printed  where                          conditions
fixed_params  840      section II-B: ten codes of 84
error         0.95 %   section III-B, figure 9        {MNIST}
error         0.8 %    section III-B                  {MNIST},
                                                      540,000 distorted ones added
"""),
    *Together(*NOTES).claims("""
quantity         printed  ours  where                                  why it is wrong
(5*5+1)*6*(5*5)  156      3900  notes 001, C1: trainable parameters    156 is right, but the printed
                     product is another: 6 kernels of 5*5+1 are (5*5+1)*6
5*5+1            156      26    notes 001, C1: 5*5+1 = 156 parameters  156 is right, but 5*5+1 is
                     one kernel of the six
16*2*2*16        2000     1024  notes 001, S4: connections             2,000 is right, but the
                     printed product is another: it is (2*2+1)*16*5*5
output.params    840      .     notes 001, output layer                the 840 weights are fixed
                     bitmaps, none is trained: with them the total would not be 60,000
C1.stride        2x2      .     notes 002, text     32 to 28 needs stride 1; the table under the
                     text has it right
S2.stride        1x1      .     notes 002, text     28 to 14 needs stride 2; the table under the
                     text has it right
C1.activation    relu     .     notes 003, LeNet-5  the paper squashes with 1.7159 tanh(2a/3),
                     after the subsampling layers too
C1.activation    sigmoid  .     notes 003, LeNet-5  the paper squashes with 1.7159 tanh(2a/3)
S2.activation    sigmoid  .     notes 001, S2       "
S4.activation    sigmoid  .     notes 001, S4       "
F6.activation    sigmoid  .     notes 001, F6       "
"""),
    *PAPER.claims("""
quantity  printed  where      why it is wrong
macs      401,000  figure 11  unexplained: the table gives 326,520 uses of a weight, 416,520 with
                              a dense C3
"""),
)

# LeNet-1, of which the later paper speaks too.
EARLIER = PAPER_1989.at("LeCun et al. 1989")
LATER = PAPER.at("LeCun et al. 1998, section III-C")
LENET1 = (
    Claim("params", 2578, EARLIER),
    Claim("params", 2600, LATER, about=True),
    Claim("connections", 98_442, EARLIER),
    Claim("connections", 100_000, LATER, about=True),
    *NOTES[0].claims("""
quantity  printed  where                             why it is wrong
H1.out    4x24x24  LeNet-1: four 24x24 feature maps
H3.out    8x12x12  LeNet-1                           a 5x5 window on 12x12 gives 8x8, and only 12
                                                     maps on 4 with 20 kernels give the published
                                                     2,578 and 98,442
"""),
    *PAPER.claims(f"""
quantity  printed  where                    conditions
error     1.7 %    section III-C, figure 9  {MNIST}, digits at 16x16
"""),
)

# LeNet-4, and three of them.
LENET4 = (
    *PAPER.claims("""
quantity     printed        where
params       about 17,000   section III-C
connections  about 260,000  section III-C
"""),
    *Together(PAPER, NOTES[0]).claims("""
quantity    printed   where
C1.out      4x28x28   section III-C; notes 000, LeNet-4
S2.out      8x14x14   section III-C
C3.out      16x10x10  section III-C; notes 000, LeNet-4
S4.out      16x5x5    section III-C
C5.out      120x1x1   section III-C; notes 000, LeNet-4
output.out  10x1x1    section III-C; notes 000, LeNet-4
"""),
    *PAPER.claims(f"""
quantity  printed  where                    conditions
error     1.1 %    section III-C, figure 9  {MNIST}
"""),
)
BOOSTED = PAPER.claims("""
quantity  printed       where                        conditions
params    about 51,000  figure 12: 51,000 variables
error     0.7 %         section III-C, figure 9      MNIST, distorted pictures added,
                                                     three networks
""")

BITMAPS, SEEDED_CODES, TRAINING, TABLES, OUTPUT, FILTERED, ADDED = departures("""
where     what is done otherwise
figure 3  the output layer's fixed codes, a bitmap of 7x12 for each digit, are copied by eye from
          the printed figure, not checked pixel by pixel
figure 3  the paper has ten bitmaps; further classes get random codes of -1 and +1, fixed by a seed
section III-B, appendix C  trained by mini-batches with Adam, not by the stochastic diagonal
          Levenberg-Marquardt method one pattern at a time
section III-C  the connection tables of C3 and C5 were never printed: here a C3 map sees 3 or 4
          neighbouring maps of the 8 (60 kernels, as many as in LeNet-5), and a C5 unit 5 or 4
          neighbouring maps of the 16
section III-C, figure 12  the output layer is not described: here ten trained linear outputs, which
          with these tables meet 17,000 parameters, 260,000 connections, and 51,000 variables for
          three networks
method of Drucker, Schapire, Simard 1993, Boosting Performance in Neural Networks  the filtered sets
          come from 20 passes of distorted training pictures
section III-C: simply added  outputs are added with weights that make held-out pictures most likely
""")
LIKE_4 = (TABLES, OUTPUT, TRAINING)
RECORDS = {
    "lenet1": Record("LeNet-1", PAPER_1989, LENET1, (TRAINING,)),
    "lenet4": Record("LeNet-4", PAPER, LENET4, LIKE_4, "lenet4_paper"),
    "lenet5": Record("LeNet-5", PAPER, LENET5, (BITMAPS, TRAINING), "lenet5_1998"),
    "boosted_lenet4": Record("Boosted LeNet-4", PAPER, BOOSTED, (FILTERED, ADDED, *LIKE_4)),
    **notes_claims.RECORDS,
}


def record(net: Net | Committee) -> Record:
    """What was said of a LeNet; more classes than the paper's ten bitmaps are a departure."""
    found = RECORDS[net.name]
    found = replace(found, ledger_name=found.ledger_name or net.name)
    if net.name == "lenet5" and net.member.classes > 10:
        found = replace(found, departures=(*found.departures, SEEDED_CODES))
    if net.name == "lenet4_notes" and (net.member.input, net.member.classes) != ((1, 32, 32), 10):
        found = replace(found, departures=found.departures[:1])  # the other: of 51,050 parameters
    return found

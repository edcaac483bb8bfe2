"""Papers that several families cite beside their own."""

from __future__ import annotations

from ..said import Paper

ARAUJO = Paper(
    "Computing Receptive Fields of Convolutional Neural Networks",
    "Araujo, Norris, Sim",
    2019,
    "Distill 4(11), doi 10.23915/distill.00021",
    given="André, Wade, Jack",
)

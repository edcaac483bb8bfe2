"""What a model is, in words for the page: its network, its paper, what it was trained on."""

from __future__ import annotations

from dataclasses import dataclass

from ..data.names import TITLES, known
from ..evaluate.predictor import Predictor
from ..nets import beside
from ..words import short


@dataclass(frozen=True)
class About:
    """The network's title, the year and the line of its paper, its data set; empty if unknown.

    A data set has a name here only where everybody knows it: a folder's may be private.
    """

    title: str
    year: int | None = None
    paper: str = ""
    data: str = ""

    def to_dict(self) -> dict[str, str | int | None]:
        """As plain JSON values."""
        return {"title": self.title, "year": self.year, "paper": self.paper, "data": self.data}


def about(predictor: Predictor) -> About:
    """What is known of a predictor's network."""
    info = predictor.bundle.info
    record = beside(predictor.net).record
    data = known(info.run.get("data"))
    return About(
        record.title or short(info.network),
        record.paper.year if record.paper else None,
        record.source,
        TITLES[data] if data else "",
    )

"""A finished run as a value: its errors, its curve, its network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..evaluate.predictor import Predictor, load
from ..files import read_bytes
from ..texts import parsed
from ..train.folder import LOG, MOST_BYTES
from ..train.results import read_result
from ..words import percent, plural


@dataclass(frozen=True)
class Trained:
    """What a run left: it can be pickled, and holds no weights.

    `folder` is the run's, `result` what result.json has, `history` a dict for each epoch, as
    log.jsonl has them. Errors are fractions.
    """

    folder: Path
    result: Mapping[str, Any]
    history: tuple[Mapping[str, Any], ...]

    def __repr__(self) -> str:
        """One line: the network, the data, the error with its interval, the folder."""
        low, high = self.interval
        network = Path(self.result["network"]).name
        count = plural(self.result["test_images"], "picture")
        return (
            f"Trained({network} on {self.result['data']}: test error {percent(self.test_error)} "
            f"({100 * low:.2f} to {percent(high)}, {count}), epoch {self.best_epoch} of "
            f"{self.epochs}, in {str(self.folder)!r})"
        )

    @property
    def test_error(self) -> float:
        """The share of the test pictures that are answered wrongly."""
        return float(self.result["test_error"])

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the test error."""
        low, high = self.result["interval"]
        return float(low), float(high)

    @property
    def epochs(self) -> int:
        """The epochs that were done."""
        return int(self.result["epochs"])

    @property
    def best_epoch(self) -> int:
        """The epoch whose network was kept; 0: what it began with."""
        return int(self.result["best_epoch"])

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return float(self.result["seconds"])

    @property
    def best(self) -> Path:
        """The bundle of the network that was kept; every verb takes it, and `folder` too."""
        return self.folder / "best"

    def predictor(self) -> Predictor:
        """The network that was kept, ready to answer: `papernets.load(self.folder)`."""
        return load(self.best)


def trained(folder: Path) -> Trained:
    """The result of a finished run in a folder; FileNotFoundError where there is none."""
    result = read_result(folder)
    if result is None:
        raise FileNotFoundError(f"{folder} holds no finished run")
    log = folder / LOG
    lines = read_bytes(log, MOST_BYTES).decode().splitlines() if log.exists() else []
    return Trained(folder.absolute(), result, tuple(parsed(line.encode()) for line in lines))

"""A published result as data: what is trained to test it, how long, and the rule that judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ..said import Paper, Source
from ..words import percent

ERROR, APART = "error", "difference"
"""Units of an error and of a difference of two; both are fractions."""
NETWORKS = Path(__file__).parent / "networks.py"
"""The file of the networks that no paper prints."""


def own(name: str) -> str:
    """A network of `networks` as a run names it: FILE.py:NAME."""
    return f"{NETWORKS}:{name}"


@dataclass(frozen=True)
class Arm:
    """One way of training, beside others: a network, and settings over those of all arms.

    `protocol` is how it is tested where that is not a centre crop; an arm `of` another one is that
    one's networks, tested so.
    """

    name: str
    net: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    protocol: str = ""
    of: str = ""


@dataclass(frozen=True)
class Measured:
    """What one training gave. Errors are fractions; of an epoch each where they are several.

    `died`: why it ended early; its error is then that of chance. `others_asked` is a committee's
    share of test pictures on which all its networks ran.
    """

    arm: str
    seed: int
    test_error: float
    test_images: int
    train_errors: tuple[float, ...] = ()
    val_errors: tuple[float, ...] = ()
    train_images: int = 0
    seconds: float = 0.0
    died: str = ""
    others_asked: float | None = None


Found = Mapping[str, tuple[Measured, ...]]
"""What was measured of each arm, by its name, a training each."""


@dataclass(frozen=True)
class Number:
    """A measured number with its 95 % interval; None where one training gives none.

    Of a difference of two errors the unit is `APART`: it is shown in points, with its sign.
    """

    what: str
    value: float
    interval: tuple[float, float] | None = None
    unit: str = ERROR

    @property
    def text(self) -> str:
        """As people read it: 8.75 %, -0.40 points, 6.2 times."""
        if self.unit == ERROR:
            return percent(self.value)
        return points(self.value) if self.unit == APART else f"{self.value:.3g} {self.unit}"

    @property
    def reach(self) -> str:
        """The interval as people read it, 8.21 to 9.32 %; empty without one."""
        if self.interval is None:
            return ""
        if self.unit == ERROR:
            low, high = (f"{100 * end:.2f}" for end in self.interval)
            return f"{low} to {high} %"
        if self.unit == APART:
            low, high = (f"{100 * end:+.2f}" for end in self.interval)
            return f"{low} to {high} points"
        return "{:.2f} to {:.2f}".format(*self.interval)

    def to_dict(self) -> dict[str, Any]:
        """As report.json has it."""
        interval = None if self.interval is None else list(self.interval)
        return {"what": self.what, "value": self.value, "interval": interval, "unit": self.unit}


def points(share: float, sign: str = "+") -> str:
    """A difference of two errors, which are fractions: +0.40 points."""
    return f"{100 * share:{sign}.2f} points"


AGREES, DISAGREES, OPEN, SHORT = "agrees", "disagrees", "cannot tell", "too short to tell"


@dataclass(frozen=True)
class Verdict:
    """A rule's judgement: one of the four words, the numbers that it is made of, and why."""

    word: str
    numbers: tuple[Number, ...]
    why: str

    @property
    def headline(self) -> Number | None:
        """The number that decides: the last; None where nothing could be measured."""
        return self.numbers[-1] if self.numbers else None


class Rule(Protocol):
    """How a claim is judged by what was measured."""

    @property
    def words(self) -> str:
        """When it agrees and when not, in one sentence."""

    def judge(self, found: Found) -> Verdict:
        """The verdict."""


def epochs_at(epochs: int, scale: float) -> int:
    """The epochs of a training at a scale, a share of the whole schedule: at least one."""
    return max(1, round(epochs * scale))


@dataclass(frozen=True)
class Experiment:
    """A published result, and what tests it.

    `printed` is the figure in the source's words. `settings` are all arms', of the whole schedule,
    `epochs`, of which a scale is a share; an arm may have its own epochs among its settings. Below
    the scale `smallest` the verdict is that it was too short. `conditions` is what is done
    otherwise than in the source.
    """

    name: str
    claim: str
    source: Source
    printed: str
    arms: tuple[Arm, ...]
    rule: Rule
    settings: Mapping[str, Any]
    epochs: int
    smallest: float
    conditions: str
    seeds: int = 1

    @property
    def trained(self) -> tuple[Arm, ...]:
        """The arms that are trained: not those that test another's networks otherwise."""
        return tuple(arm for arm in self.arms if not arm.of)

    @property
    def papers(self) -> tuple[Paper, ...]:
        """Who printed it."""
        return tuple(one for one in self.source.origins if isinstance(one, Paper))

    @property
    def printed_in(self) -> str:
        """The paper in short and the place in it: He et al. 2016, table 6."""
        return ", ".join([*(paper.short for paper in self.papers), self.source.place])

    def epochs_of(self, arm: Arm, scale: float) -> int:
        """The epochs of an arm at a scale."""
        return epochs_at(int(arm.settings.get("epochs", self.epochs)), scale)

    def to_dict(self) -> dict[str, Any]:
        """As `papernets reproduce --json` lists it."""
        return {
            "name": self.name,
            "claim": self.claim,
            "source": str(self.source),
            "papers": list(map(str, self.papers)),
            "printed": self.printed,
            "data": str(self.settings.get("data", "")),
            "trains": [
                {"arm": arm.name, "network": arm.net.replace(str(NETWORKS), NETWORKS.name)}
                for arm in self.trained
            ],
            "seeds": self.seeds,
            "epochs": self.epochs,
            "smallest_scale": self.smallest,
            "judged": self.rule.words,
            "conditions": self.conditions,
        }

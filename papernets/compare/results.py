"""Two trained networks' results side by side, and whether chance alone explains the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import comb, exp, lgamma
from typing import Any

CHANCE = 0.05
"""Below it a difference is called more than chance, as is usual."""
ELSEWHERE = (
    "device", "threads", "workers", "processes", "save_every", "data_dir", "memory", "tiles",
    "compile", "checkpointing", "channels_last",
)  # fmt: skip
"""Settings that say where and how quickly, not what was done."""


@dataclass(frozen=True)
class Result:
    """What a bundle keeps of its training, or what `evaluate` measured of it. Errors are fractions;
    None: it does not say.

    `settings` are the run's, tables in it as `table.key`. `protocol` is how pictures were shown, as
    `evaluate --protocol` calls it, `views` the same as published errors say it, and `networks` how
    many answered together.
    """

    data: str = ""
    error: float | None = None
    images: int = 0
    interval: tuple[float, float] = (0.0, 1.0)
    held_out_error: float | None = None
    epoch: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    protocol: str = "centre"
    views: str = "1 crop"
    networks: int = 1

    @property
    def wrong(self) -> int:
        """How many test pictures it got wrong."""
        return round((self.error or 0.0) * self.images)

    def to_dict(self) -> dict[str, Any]:
        """The result as `diff --json` prints it."""
        tested = self.error is not None
        return {
            "data": self.data,
            "test_error": self.error,
            "test_images": self.images if tested else None,
            "interval": list(self.interval) if tested else None,
            "val_error": self.held_out_error,
            "best_epoch": self.epoch,
        }


@dataclass(frozen=True)
class Pictures:
    """What is known of the pictures on which two networks were tested.

    `same`: the very same ones; None: not known. `alone`: how many the first got wrong and the
    second right, and the other way round; None where it was not kept.
    """

    same: bool | None = None
    alone: tuple[int, int] | None = None


@dataclass(frozen=True)
class Results:
    """Two results compared; `settings` are those that differ: name, value in A, value in B."""

    a: Result
    b: Result
    pictures: Pictures
    settings: tuple[tuple[str, Any, Any], ...]

    @property
    def chance(self) -> tuple[float, float] | None:
        """How probable a difference at least as large is by chance: the least and the most it is.

        On the same pictures by McNemar's exact test; where it was not kept which pictures were
        wrong, the two ends are those of all that may have been. On different pictures by Fisher's
        exact test. None where an error is missing, or it is not known whether they are the same.
        """
        a, b, same = self.a, self.b, self.pictures.same
        if a.error is None or b.error is None or same is None:
            return None
        if not same:
            p = fisher(a.wrong, a.images, b.wrong, b.images)
            return p, p
        if self.pictures.alone is not None:
            p = mcnemar(*self.pictures.alone)
            return p, p
        both = min(a.wrong, b.wrong)
        apart = max(0, a.wrong + b.wrong - a.images)  # so many are wrong in both at least
        least = mcnemar(a.wrong - both, b.wrong - both)
        return least, mcnemar(a.wrong - apart, b.wrong - apart)

    @property
    def verdict(self) -> str:
        """`more than chance`, `may be chance`, or `not known`."""
        if self.chance is None:
            return "not known"
        least, most = self.chance
        if most < CHANCE:
            return "more than chance"
        return "may be chance" if least >= CHANCE else "not known"

    def to_dict(self) -> dict[str, Any]:
        """The comparison as `diff --json` prints it."""
        return {
            "a": self.a.to_dict(),
            "b": self.b.to_dict(),
            "same_pictures": self.pictures.same,
            "wrong_alone": None if self.pictures.alone is None else list(self.pictures.alone),
            "p": None if self.chance is None else list(self.chance),
            "verdict": self.verdict,
            "settings": [{"what": what, "a": a, "b": b} for what, a, b in self.settings],
        }


def results(a: Result, b: Result, pictures: Pictures) -> Results:
    """Two results compared."""
    differing = tuple((name, one, other) for name, (one, other) in otherwise((a, b)))
    return Results(a, b, pictures, differing)


def otherwise(several: Sequence[Result]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The settings that are not the same in all of several trainings, each with its values."""
    names = dict.fromkeys(name for one in several for name in one.settings)
    found = []
    for name in names:
        values = tuple(one.settings.get(name) for one in several)
        if name not in (*ELSEWHERE, "net") and any(value != values[0] for value in values):
            found.append((name, values))
    return tuple(found)


def result_of(run: Mapping[str, Any], metrics: Mapping[str, Any]) -> Result | None:
    """What bundle.json says of a training, by its `run` and `metrics`; None where it is of none.

    What has another form than a run writes is taken for missing: anybody may have changed it.
    """
    if not run.get("data"):
        return None
    low, high = _pair(metrics.get("interval"))
    images = metrics.get("test_images")
    error = _share(metrics.get("test_error"))
    known = error is not None and isinstance(images, int) and images > 0
    epoch = metrics.get("epoch")
    return Result(
        data=str(run["data"]),
        error=error if known else None,
        images=images if known and isinstance(images, int) else 0,
        interval=(low, high),
        held_out_error=_share(metrics.get("val_error")),
        epoch=epoch if isinstance(epoch, int) else None,
        settings=_flat(run),
    )


def evaluated(report: Mapping[str, Any], views: Mapping[str, str]) -> Result | None:
    """What report.json says that `evaluate` wrote of a test part; None where it says none of it.

    `views` are the words of published errors for the names of protocols.
    """
    name, images = report.get("protocol"), report.get("images")
    error, networks = _share(report.get("top1_error")), report.get("networks")
    if not isinstance(name, str) or name not in views or error is None:
        return None
    if report.get("part") not in ("test", "all") or not isinstance(images, int) or images < 1:
        return None
    return Result(
        data=str(report.get("data") or ""),
        error=error,
        images=images,
        interval=_pair(report.get("interval")),
        protocol=name,
        views=views[name],
        networks=networks if isinstance(networks, int) and networks > 0 else 1,
    )


def _flat(run: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in run.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{key}": each for key, each in value.items()}
        else:
            found[name] = value
    return found


def _share(value: object) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0 <= value <= 1 else None  # type: ignore[operator,arg-type]


def _pair(value: object) -> tuple[float, float]:
    several = list(map(_share, value)) if isinstance(value, list) else []
    if len(several) == 2 and several[0] is not None and several[1] is not None:
        return several[0], several[1]
    return 0.0, 1.0


def mcnemar(one: int, other: int) -> float:
    """How probable it is by chance that so many, or more unequally many, are wrong in one alone.

    The exact test, two-sided: a fair coin for each picture that one alone got wrong.
    Q. McNemar, Psychometrika 12 (1947) 153-157.
    """
    thrown, fewer = one + other, min(one, other)
    if one == other:
        return 1.0
    if thrown <= 1000:
        return min(1.0, float(2 * sum(comb(thrown, k) for k in range(fewer + 1)) / 2**thrown))
    logs = [_choose(thrown, k) - thrown * 0.6931471805599453 for k in range(fewer + 1)]
    return min(1.0, 2 * sum(map(exp, logs)))


def fisher(one: int, of_one: int, other: int, of_other: int) -> float:
    """How probable it is by chance that two samples have so unequal shares of wrong pictures.

    Fisher's exact test, two-sided: all tables that are no more probable than this one.
    """
    wrong, every = one + other, of_one + of_other
    whole = _choose(every, wrong)
    logs = [
        _choose(of_one, k) + _choose(of_other, wrong - k) - whole
        for k in range(max(0, wrong - of_other), min(wrong, of_one) + 1)
    ]
    seen = logs[one - max(0, wrong - of_other)]
    return min(1.0, sum(exp(log) for log in logs if log <= seen + 1e-7))


def _choose(n: int, k: int) -> float:
    """The logarithm of the number of ways to choose k of n."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)

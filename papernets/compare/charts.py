"""What a picture of a comparison shows, as data: points and bars, and who is left out and why."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..words import did_you_mean, plural
from .columns import digits, millions, short_percent
from .one import Compared
from .published import SAID, Published, choose
from .several import Comparison
from .stages import Stage

GROUPS: Mapping[str, str] = {
    "lenet": "LeNet",
    "alexnet": "AlexNet, ZFNet",
    "zfnet": "AlexNet, ZFNet",
    "nin": "Network in Network",
    "vgg": "VGG",
    "googlenet": "Inception",
    "bn_inception": "Inception",
    "inception": "Inception",
    "inception_v4": "Inception",
    "resnet": "ResNet",
    "mobilenet": "MobileNet",
    "own": "your own",
}
"""Families that share a colour, by the folder of a network's family."""
OURS = "our own run"
SAME = 0.02
"""Networks with one published error whose MACs and parameters differ by less are one point."""
METRICS = ("top-5", "top-1")


@dataclass(frozen=True)
class Point:
    """A network in a picture of errors: `others` share its place and its published error."""

    name: str
    x: float
    error: float
    params: int
    group: str
    protocol: str
    others: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name, and how many others lie there."""
        return f"{self.name} +{len(self.others)}" if self.others else self.name


@dataclass(frozen=True)
class Bar:
    """A network in a picture of bars: its parts, by step, as shares of each whole; or one value."""

    name: str
    group: str
    value: float = 0.0
    text: str = ""
    protocol: str = ""
    macs: tuple[Stage, ...] = ()


@dataclass(frozen=True)
class Panel:
    """What shares axes: the networks whose errors are on the same pictures."""

    title: str
    points: tuple[Point, ...] = ()
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A picture of a comparison; `alt` says in words what it shows, for those who do not see it."""

    kind: str
    title: str
    line: str
    panels: tuple[Panel, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    alt: str = ""

    @property
    def count(self) -> int:
        """How many networks it shows."""
        several = [point for panel in self.panels for point in panel.points]
        more = sum(len(point.others) for point in several)
        return len(several) + more + sum(len(panel.bars) for panel in self.panels)


@dataclass(frozen=True)
class _Seen:
    """A network with the error that is drawn of it."""

    one: Compared
    error: float
    protocol: str
    data: str


def chart(comparison: Comparison, kind: str, error: str = "") -> Chart:
    """The picture of a kind; `error` is `top-1` or `top-5`, else what most networks have.

    ValueError for an unknown kind or error, and where nothing is left to draw.
    """
    if kind not in KINDS:
        hint = did_you_mean(kind, KINDS)
        raise ValueError(f"unknown picture {kind!r}.{hint} There are {', '.join(KINDS)}")
    if error and error not in METRICS:
        raise ValueError(f"unknown error {error!r}: top-1 or top-5")
    return KINDS[kind](comparison, error)


def _errors(comparison: Comparison, error: str) -> tuple[list[_Seen], dict[str, str], str]:
    """The networks whose error is drawn, why the others are not, and which error it is."""
    metric = error or max(METRICS, key=lambda one: len(_with(comparison, one)[0]))
    seen, out = _with(comparison, metric)
    if not seen:
        raise ValueError(
            f"nothing to draw: nobody published a {metric} error ({SAID[comparison.protocol]}) of "
            f"{', '.join(one.called for one in comparison.several[:5])}. Other pictures: --picture "
            "cost-by-stage; other errors: --protocol, --error"
        )
    return seen, out, metric


def _with(comparison: Comparison, metric: str) -> tuple[list[_Seen], dict[str, str]]:
    seen: list[_Seen] = []
    out: dict[str, str] = {}
    for one in comparison.several:
        if one.measured and one.measured.error is not None:  # a run's error is a top-1 error
            seen.append(_Seen(one, one.measured.error, OURS, _data(one.measured.data)))
            continue
        shown = _drawn(comparison, one, metric)
        if isinstance(shown, str):
            out[one.called] = shown
        else:
            value = shown.of(metric)
            assert value is not None or shown.top1 is not None
            value = shown.top1 if value is None else value
            assert value is not None
            seen.append(_Seen(one, value, shown.way, f"{shown.data} {shown.part}".strip()))
    return seen, out


KNOWN = {"mnist": "MNIST test", "cifar10": "CIFAR-10 test", "cifar100": "CIFAR-100 test"}
"""Data sets that runs and papers share, by the names that runs have for them."""


def _data(name: str) -> str:
    """What a run was tested on: a data set that papers have too, or its folder's name."""
    last = name.rstrip("/\\").rpartition("/")[2] or name
    return KNOWN.get(last.lower().replace("-", ""), last)


def _drawn(comparison: Comparison, one: Compared, metric: str) -> Published | str:
    """The published error of a network that is drawn, or why none is."""
    any_metric = choose(one.published, comparison.protocol)
    if any_metric is None:
        other = choose(one.published, "plainest")
        return "no published error" + (f" by --protocol {comparison.protocol}" if other else "")
    if any_metric.data != "ImageNet" and any_metric.top5 is None:
        metric = "top-1"  # of ten classes nobody prints another
    shown = choose(one.published, comparison.protocol, metric)
    if shown is None:
        return f"no published {metric} error"
    if shown.least:
        return f"its error is printed as higher than {short_percent(shown.error)} %"
    return shown


def _panels(
    seen: Sequence[_Seen], metric: str, x: Callable[[Compared], float | None]
) -> tuple[Panel, ...]:
    """A panel a set of pictures, that of most networks first; equal points as one."""
    panels = []
    for data, several in _by_data(seen):
        points: list[Point] = []
        for one in several:
            place = x(one.one)
            assert place is not None
            made = Point(
                one.one.called,
                place,
                one.error,
                one.one.params,
                GROUPS.get(one.one.family, one.one.family),
                one.protocol,
            )
            _join(points, made)
        title = f"{metric} error on {data}" if data.startswith("ImageNet") else f"error on {data}"
        panels.append(Panel(title, tuple(points)))
    return tuple(panels)


def _by_data(seen: Sequence[_Seen]) -> list[tuple[str, list[_Seen]]]:
    found: dict[str, list[_Seen]] = {}
    for one in seen:
        found.setdefault(one.data.split(" without")[0], []).append(one)
    return sorted(found.items(), key=lambda item: -len(item[1]))


def _join(points: list[Point], made: Point) -> None:
    """Add a point, to another one where it lies in its place."""
    for at, other in enumerate(points):
        near = all(
            math.isclose(a, b, rel_tol=SAME)
            for a, b in ((other.x, made.x), (other.params, made.params))
        )
        alike = (other.error, other.protocol, other.group)
        if near and alike == (made.error, made.protocol, made.group):
            points[at] = Point(**{**vars(other), "others": (*other.others, made.name)})
            return
    points.append(made)


def _said(comparison: Comparison, panels: Sequence[Panel], out: Mapping[str, str]) -> str:
    """What the reader of a picture of errors has to know: the protocol, who is left out."""
    joined = [point for panel in panels for point in panel.points if point.others]
    same = [f"{point.name} and {', '.join(point.others)}" for point in joined]
    share = f" One point: {'; '.join(same)}." if same else ""
    return f"Errors as published, {SAID[comparison.protocol]}.{share}{_missing(out)}"


NAMED = 6
"""So many networks that are left out are named in a picture; more are counted."""


def _missing(out: Mapping[str, str]) -> str:
    """Who is left out, and why, by the reason."""
    whys: dict[str, list[str]] = {}
    for name, why in out.items():
        whys.setdefault(why, []).append(name)
    parts = [
        f"{', '.join(names) if len(out) <= NAMED else plural(len(names), 'network')} ({why})"
        for why, names in whys.items()
    ]
    return f" Left out: {'; '.join(parts)}." if parts else ""


def _alt(title: str, panels: Sequence[Panel], unit: Callable[[Point], str]) -> str:
    """A picture of errors in words: each point with its values."""
    parts = [
        f"{panel.title}: "
        + "; ".join(
            f"{point.name} {short_percent(point.error)} % {unit(point)} ({point.protocol})"
            for point in sorted(panel.points, key=lambda point: point.error)
        )
        for panel in panels
    ]
    return f"{title}. {'. '.join(parts)}."


def _error_macs(comparison: Comparison, error: str) -> Chart:
    seen, out, metric = _errors(comparison, error)
    out |= {one.one.called: "no multiply-adds" for one in seen if not one.one.macs}
    panels = _panels([one for one in seen if one.one.macs], metric, lambda one: float(one.macs))
    title = "Error against multiply-adds"
    alt = _alt(
        title,
        panels,
        lambda p: f"at {millions(p.x)} million MACs with {millions(p.params)} million parameters",
    )
    line = _said(comparison, panels, out)
    return Chart("error-macs", title, line, panels, tuple(out.items()), alt)


def _error_year(comparison: Comparison, error: str) -> Chart:
    seen, out, metric = _errors(comparison, error)
    out |= {one.one.called: "no year" for one in seen if one.one.year is None}
    dated = [one for one in seen if one.one.year is not None]
    if not dated:
        raise ValueError("nothing to draw: none of these networks has a paper with a year")
    panels = _panels(dated, metric, lambda one: None if one.year is None else float(one.year))
    title = "Error against year"
    alt = _alt(title, panels, lambda p: f"in {p.x:.0f}")
    years = " Within a year the place from left to right means nothing."
    line = _said(comparison, panels, out) + years
    return Chart("error-year", title, line, panels, tuple(out.items()), alt)


def _accuracy(comparison: Comparison, error: str) -> Chart:
    seen, out, metric = _errors(comparison, error)
    panels = []
    for data, several in _by_data([one for one in seen if one.one.params]):
        bars = [
            Bar(
                one.one.called,
                GROUPS.get(one.one.family, one.one.family),
                100 * (1 - one.error) / (one.one.params / 1e6),
                f"{short_percent(1 - one.error)} % / {millions(one.one.params)} M",
                one.protocol,
            )
            for one in several
        ]
        bars.sort(key=lambda bar: -bar.value)
        word = f"{metric} accuracy" if data.startswith("ImageNet") else "accuracy"
        panels.append(Panel(f"{word} on {data}", bars=tuple(bars)))
    title = "Accuracy per parameter"
    parts = [f"{b.name} {digits(b.value)} ({b.text})" for panel in panels for b in panel.bars]
    alt = f"{title}, percentage points per million parameters: {'; '.join(parts)}."
    line = f"Percentage points of accuracy per million parameters. {_said(comparison, panels, out)}"
    return Chart("accuracy-per-parameter", title, line, tuple(panels), tuple(out.items()), alt)


def _stages(comparison: Comparison, error: str) -> Chart:
    if error:
        raise ValueError("--picture cost-by-stage draws no error: leave --error out")
    bars = tuple(
        Bar(one.called, GROUPS.get(one.family, one.family), macs=one.stages)
        for one in comparison.several
    )
    title = "Where the cost lies"
    line = (
        "Shares of multiply-adds and of parameters, by the size of a layer's output beside the "
        "picture's: 1/4 is one value every four pixels. After the maps: layers on flattened or "
        "averaged maps."
    )
    alt = f"{title}. {'; '.join(_shares(bars))}."
    return Chart("cost-by-stage", title, line, (Panel("", bars=bars),), (), alt)


def _shares(bars: Sequence[Bar]) -> Iterator[str]:
    for bar in bars:
        macs = sum(stage.macs for stage in bar.macs)
        params = sum(stage.params for stage in bar.macs)
        most = max(bar.macs, key=lambda stage: stage.macs)
        heavy = max(bar.macs, key=lambda stage: stage.params)
        yield (
            f"{bar.name}: {plural(macs, 'MAC')}, most at step {most.step}; "
            f"{plural(params, 'parameter')}, most at step {heavy.step}"
        )


KINDS: Mapping[str, Callable[[Comparison, str], Chart]] = {
    "error-macs": _error_macs,
    "error-year": _error_year,
    "accuracy-per-parameter": _accuracy,
    "cost-by-stage": _stages,
}
"""The pictures that there are."""

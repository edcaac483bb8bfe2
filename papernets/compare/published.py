"""Published errors: top-1 and top-5 of one measurement together, its protocol, and which to show.

A claim says under which conditions it was measured in the words of its source; here they are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..said import WHO, Claim
from ..words import did_you_mean

COUNTS = {
    word: n for n, word in enumerate(["one", "two", "three", "four", "five", "six", "seven"], 1)
}
METRIC = re.compile(r",? ?\btop-([15])\b(?: \(printed as accuracy\))?")
DATA = re.compile(r"ILSVRC-(\d{4})|CIFAR-100?|MNIST|SVHN")
NETWORKS = re.compile(rf"\b({'|'.join(COUNTS)}|\d+) (?:networks?|models?)\b")
FURTHER = re.compile(r"trained on ImageNet 2011|trained so|distorted")
TOGETHER = re.compile(rf"\b({'|'.join(COUNTS)}) \w+ and ({'|'.join(COUNTS)}) \w+\b")
NOT_SAID = "views not said"
WHOLE = "whole pictures"
VIEWS: tuple[tuple[str, str], ...] = (
    (r"multi-crop and dense|dense and crops|crops and dense", "dense and crops"),
    (r"multi-crop|many crops", "many crops"),
    (r"\b(\d\d+) crops|\b(10)-crop", "{} crops"),
    (r"ten crops", "10 crops"),
    (r"crop of (\d+)", "1 crop of {}"),
    (r"one crop|1 crop|single crop|centre crop", "1 crop"),
    (r"dense.*\bQ \d+,", "dense, 3 scales"),
    (r"dense", "dense"),
    (r"several scales", "several scales"),
)
"""What the words of conditions mean, the first that fits; a number in them is filled in."""
ORDER = (
    *("1 crop", WHOLE, "10 crops", "1 crop of", "dense", "12 crops", "dense, 3 scales"),
    *("several scales", "many crops", "dense and crops", NOT_SAID),
)
"""From the plainest way to look at a picture to the dearest."""


@dataclass(frozen=True)
class Published:
    """One measurement that somebody printed: errors are fractions, None where not printed.

    `data` is the set of pictures (`ImageNet` for ILSVRC-2012 to 2014, which share theirs), `part`
    which of them; `networks` is how many answered together, `views` how each picture was shown.
    `by`: `paper`, `code` or `notes`. `least`: the error is higher than this. `another`: a network
    that the source measures beside this one. `further`: trained with more pictures than are usual.
    """

    top1: float | None
    top5: float | None
    data: str
    part: str
    networks: int
    views: str
    conditions: str
    source: str
    by: str
    least: bool = False
    another: bool = False
    further: bool = False

    @property
    def protocol(self) -> str:
        """How it was measured in a few words: what has the same may be compared."""
        return ", ".join(filter(None, (f"{self.data} {self.part}".strip(), self.way)))

    @property
    def way(self) -> str:
        """The protocol without the set of pictures; without its usual part."""
        several = "" if self.networks == 1 else f"{self.networks} networks"
        more = "more training pictures" if self.further else ""
        return ", ".join(filter(None, (several, self.views, more)))

    @property
    def error(self) -> float:
        """The top-5 error, or the top-1 error where only that is printed."""
        found = self.top5 if self.top5 is not None else self.top1
        assert found is not None
        return found

    def of(self, metric: str) -> float | None:
        """The error by its metric: `top-1` or `top-5`."""
        return self.top1 if metric == "top-1" else self.top5

    def to_dict(self) -> dict[str, object]:
        """The measurement as `compare --json` prints it."""
        return {
            "top1_error": self.top1,
            "top5_error": self.top5,
            "data": f"{self.data} {self.part}".strip(),
            "networks": self.networks,
            "views": self.views,
            "conditions": self.conditions,
            "source": self.source,
            "by": self.by,
            "higher_than": self.least,
            "another_network": self.another,
        }


def published(claims: Iterable[Claim]) -> tuple[Published, ...]:
    """The measurements among these claims, in their order; top-1 and top-5 of one as one."""
    found: dict[tuple[str, str], Published] = {}
    for claim in claims:
        if claim.quantity != "error" or not isinstance(claim.printed, int | float):
            continue
        metric = METRIC.search(claim.conditions)
        conditions = METRIC.sub("", claim.conditions)
        key = conditions, str(claim.source)
        one = found.get(key) or _read(claim, conditions)
        error = float(claim.printed)
        fifth = metric is not None and metric[1] == "5"
        found[key] = replace(one, top5=error) if fifth else replace(one, top1=error)
    return tuple(found.values())


def _read(claim: Claim, conditions: str) -> Published:
    """The conditions of a claim, read; its error is still to come."""
    data, part = _data(conditions)
    return Published(
        top1=None,
        top5=None,
        data=data,
        part=part,
        networks=_networks(conditions),
        views=_views(conditions, data),
        conditions=conditions,
        source=str(claim.source),
        by=claim.source.who,
        least="higher than" in conditions,
        another="another network" in conditions,
        further=bool(FURTHER.search(conditions)),
    )


def _data(conditions: str) -> tuple[str, str]:
    """The set of pictures, and which part of it: of a small one its test, said or not."""
    found = DATA.search(conditions)
    if found is None:
        return re.split("[,;:]", conditions)[0].strip() or "data not said", ""
    if found[1] is None:
        return found[0], "test"
    rest = conditions[found.end() :]
    part = re.split("[,;:]", rest)[0].strip()
    if "test" in rest:  # a submission is of the test set
        part = "test"
    return ("ImageNet" if int(found[1]) >= 2012 else found[0]), part


def _networks(conditions: str) -> int:
    """How many networks answered together; one where nothing is said."""
    if found := TOGETHER.search(conditions):
        return COUNTS[found[1]] + COUNTS[found[2]]
    if re.search(r"\b\w and \w together\b", conditions):
        return 2
    found = NETWORKS.search(conditions)
    return (COUNTS.get(found[1]) or int(found[1])) if found else 1


def _views(conditions: str, data: str) -> str:
    """How each picture was shown."""
    for pattern, name in VIEWS:
        if found := re.search(pattern, conditions):
            return name.format(next(filter(None, found.groups()), ""))
    return NOT_SAID if data == "ImageNet" or data.startswith("ILSVRC") else WHOLE


def _place(views: str) -> int:
    """The place of a way of looking in `ORDER`."""
    if views in ORDER:
        return ORDER.index(views)
    return ORDER.index("1 crop of" if views.startswith("1 crop of") else "many crops")


def _plainness(one: Published) -> tuple[object, ...]:
    """By which the plainest of several measurements comes first."""
    half = (one.top1 is None) + (one.top5 is None)
    return *_standing(one), one.networks > 1, _place(one.views), half


def _standing(one: Published) -> tuple[object, ...]:
    """Who measured on which pictures: before how it was measured."""
    aside = one.data.startswith("ILSVRC")  # a contest whose pictures the others do not share
    contest = one.data == "ImageNet" and not one.part.startswith("validation")
    return WHO.index(one.by), one.least, one.further, aside, contest


def _one(kind: Callable[[str], bool]) -> Callable[[Published], bool]:
    return lambda one: one.networks == 1 and kind(one.views)


CROPS = _one(lambda views: views == "1 crop")
KINDS: Mapping[str, Callable[[Published], bool]] = {
    "plainest": lambda one: True,
    "one-crop": CROPS,
    "ten-crop": _one(lambda views: views == "10 crops"),
    "dense": _one(lambda views: views.startswith("dense") and "crops" not in views),
    "many-views": _one(lambda views: ORDER.index("dense") < _place(views) < len(ORDER) - 1),
    "best": lambda one: one.networks == 1,
    "ensemble": lambda one: one.networks > 1,
}
"""What `--protocol` may ask for: which measurements it takes."""
LOWEST = ("many-views", "best", "ensemble")
"""Of these the lowest error is shown, of the others the plainest."""
SAID = {
    "plainest": "of one network, with the fewest views of a picture that its paper prints",
    "one-crop": "of one network, one crop of each picture",
    "ten-crop": "of one network, ten crops of each picture",
    "dense": "of one network, run over whole pictures as a convolution",
    "many-views": "of one network, the lowest with many views of each picture",
    "best": "of one network, the lowest that is printed",
    "ensemble": "the lowest of several networks together",
}
"""What each of them means, in words."""


def takes(protocol: str, views: str, networks: int = 1) -> bool:
    """Whether a protocol takes an error that was measured by these views and so many networks."""
    one = Published(None, None, "", "", networks, views, "", "", "")
    return KINDS[check_protocol(protocol)](one)


def check_protocol(protocol: str) -> str:
    """The protocol; ValueError with the nearest where there is none of this name."""
    if protocol not in KINDS:
        hint = did_you_mean(protocol, KINDS)
        raise ValueError(f"unknown protocol {protocol!r}.{hint} There are {', '.join(KINDS)}")
    return protocol


def choose(several: Sequence[Published], protocol: str, metric: str = "") -> Published | None:
    """The measurement that a protocol asks for; None where nobody printed one.

    A paper's counts before released code's, and that before the notes'. `metric`: only those that
    have a `top-1` or a `top-5` error. The data set is that of the plainest of all.
    """
    takes = KINDS[check_protocol(protocol)]
    every = sorted((one for one in several if not one.another), key=_plainness)
    fit = [
        one
        for one in every
        if takes(one) and one.data == every[0].data and not (metric and one.of(metric) is None)
    ]
    if protocol in LOWEST:
        fit = [one for one in fit if not one.least]
        fit.sort(key=lambda one: (*_standing(one), one.of(metric) if metric else one.error))
    return fit[0] if fit else None

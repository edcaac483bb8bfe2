"""Lessons of the explorer's page: which it has, each packed until it is opened, what leads there.

They are those of `papernets.lessons`, whose script shows them here too. Nothing in them comes from
a reader or a bundle: of networks only the package's own are named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from ..lessons import Lesson, lessons
from ..lessons import chosen as chosen_lessons
from ..lessons.cases import lesson_data
from ..lessons.told import SHOWN_SEED
from ..nets.registry import look_up
from ..spec import Row, walk
from .packed import packed

ALL, NONE = "all", "none"
"""What asks for every lesson, and for none."""
ROOM = 120_000
"""Bytes that lessons may take in a page of some networks, where nobody asks for any."""
Values = dict[str, Any]
CONVS = ("conv", "table conv")
POOLS = ("max pool", "average pool")
TAUGHT = (
    ("", ("table conv",), "connection-table"),
    ("", ("subsample",), "subsampling"),
    ("", ("max pool",), "max-pooling"),
    ("", ("average pool",), "average-pooling"),
    ("", ("global average pool", "adaptive average pool"), "global-average"),
    ("", ("lrn",), "lrn"),
    ("", ("batch norm",), "batch-norm"),
    ("", ("dropout",), "dropout"),
    ("", ("flatten",), "flatten"),
    ("", ("depthwise",), "depthwise-separable"),
    ("", ("groups",), "groups"),
    ("output", (*CONVS, *POOLS, "subsample"), "output-size"),
    ("memory", (), "activation-memory"),
    ("parameters", ("conv",), "colour-weights"),
    ("parameters", ("dense",), "dense-after-flatten"),
    ("multiply-adds", CONVS, "multiply-adds"),
    ("connections", CONVS, "connections"),
    ("receptive field", (), "field-of-layers"),
    ("largest path", (), "field-of-branches"),
    ("smallest path", (), "field-of-shortcuts"),
)
"""What leads from a layer to a lesson: the topic of its arithmetic, or none for the layer itself;
the kinds of layers, or none for any; the lesson."""


def asked_for(words: Sequence[str], names: Sequence[str], every: bool) -> tuple[Lesson, ...]:
    """The lessons that words ask for, as `papernets lessons WORD` finds them; `all` or `none`.

    Without words a page of `every` network has all, and one of some networks, by their `names`,
    the lessons of their layers, their own, and those of their papers, as far as there is `ROOM`.
    ValueError for a word that finds nothing, and for `none` beside another.
    """
    asked = {word.strip().casefold() for word in words}
    if NONE in asked and len(asked) > 1:
        raise ValueError("--lessons none leaves all out: give it alone, or leave it out")
    if NONE in asked:
        return ()
    if ALL in asked or (every and not asked):
        return lessons()
    return chosen_lessons(words) if asked else _about(names)


def _about(names: Sequence[str]) -> tuple[Lesson, ...]:
    """The lessons to which layers of these networks lead, then those that name one of them, then
    those that cite their papers, as far as there is `ROOM`."""
    nets = [look_up(name) for name in names]
    papers = {found.record.paper for found in nets} - {None}
    kinds = {kind for found in nets for row in walk(found.net.member) for kind in _kinds(row)}
    led = {name for _, own, name in TAUGHT if not own or kinds & {*own}}

    def cites(one: Lesson) -> bool:
        origins = {origin for source in one.sources for origin in getattr(source, "origins", ())}
        return bool(origins & papers)

    ways: tuple[Callable[[Lesson], bool], ...] = (
        lambda one: one.name in led,
        lambda one: bool(_named_in(one, names)),
        cites,
    )
    fitting, left = set(), ROOM
    for way in ways:
        for one in filter(way, lessons()):
            if one.name not in fitting and len(_packed(one)) <= left:
                fitting.add(one.name)
                left -= len(_packed(one))
    return tuple(one for one in lessons() if one.name in fitting)


@cache
def _packed(one: Lesson) -> str:
    """What a lesson's script shows, deflated, in base64."""
    return packed(lesson_data(one, one.example(), one.drawn(SHOWN_SEED)))


def _kinds(row: Row) -> tuple[str, ...]:
    """What a layer is called in `TAUGHT`."""
    groups = getattr(row.layer, "groups", 1)
    if groups == 1:
        return (row.kind,)
    return ("depthwise" if groups == row.input[0] else "groups", row.kind)


def taught(several: Iterable[Lesson], names: Sequence[str]) -> Values:
    """Lessons for the page, and what leads to them; `names` are the package's networks in it."""
    listed = [_lesson(one, names) for one in several]
    here = {one["name"] for one in listed}
    return {
        "lessons": listed,
        "all": len(lessons()),
        "taught": [[topic, kinds, name] for topic, kinds, name in TAUGHT if name in here],
    }


def _lesson(one: Lesson, names: Sequence[str]) -> Values:
    """A lesson: what its list says of it, and the rest deflated, in base64."""
    return {
        "name": one.name,
        "chapter": one.chapter,
        "title": one.title,
        "question": one.question,
        "sources": [str(source) for source in one.sources],
        "nets": _named_in(one, names),
        "data": _packed(one),
    }


def _named_in(one: Lesson, names: Sequence[str]) -> list[str]:
    """The networks that a lesson speaks of, in its own order: LeNet-5 is lenet5."""
    example = one.example()
    worked = example.work()
    texts = [
        *(one.name, one.title, one.question, example.ask(), *map(str, one.sources)),
        *(step.text for step in worked.steps),
        *(f"{slip.did} {slip.why}" for slip in worked.slips),
        *(param.text(stop) for param in one.params.values() for stop in param.stops),
        *(worked.picture.alt(), *worked.remarks),
    ]
    known = {_joined(name): name for name in names}
    words = re.findall(r"[^\W_]+", _joined(" ".join(texts)))
    return [known[word] for word in dict.fromkeys(words) if word in known]


def _joined(text: str) -> str:
    return re.sub(r"[-_]", "", text.casefold())

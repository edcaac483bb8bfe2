"""What a trained network says of new pictures, in batches: any number fits in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..bundle.load import Bundle
from ..bundle.seen import Seen, read_seen
from ..data import Preprocessing
from ..data.content import held_key
from ..data.picture import Remark, shown
from ..data.stored import File
from ..data.tree import walk
from ..words import plural
from .ahead import read_ahead
from .known import Pictures
from .metrics import probabilities
from .protocols.ensemble import asked_together
from .protocols.protocol import Protocol
from .protocols.views import check_photographs
from .read import Read, preprocessing_of, read_files

BATCH = 100  # files that are read before their answers are given
TOP = 3
PLAIN = Protocol()
WIDE = 1.6  # times as wide as high: no digit is, but a row of them
INK = 64  # of 255


@dataclass(frozen=True)
class Source:
    """A picture to be: the name to print, the file to read, or why there is nothing to read."""

    name: str
    path: File
    error: str = ""


@dataclass(frozen=True)
class Answer:
    """What the network says of one file: the best `top` classes with their scores, 0 to 1.

    `found` is what the picture was taken for: "black on white", say. Where the file could not be
    read, `error` says why, `top` is empty and `label` and `score` are None. `wide`: the ink of what
    should be one digit is much wider than high. `learnt`: the network was trained on this file.
    `remarks` are what a reader should know of the file.
    """

    file: str
    top: tuple[tuple[str, float], ...] = ()
    found: str = ""
    error: str = ""
    wide: bool = False
    learnt: bool = False
    remarks: tuple[Remark, ...] = ()

    @property
    def label(self) -> str | None:
        return self.top[0][0] if self.top else None

    @property
    def score(self) -> float | None:
        return self.top[0][1] if self.top else None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values: file, label, score and top, or file and error."""
        if self.error:
            return {"file": self.file, "error": self.error}
        return {
            "file": self.file,
            "label": self.label,
            "score": self.score,
            "top": [{"label": label, "score": score} for label, score in self.top],
        }


def sources(given: Iterable[str]) -> Iterator[Source]:
    """A source for each file, and for each visible file under a folder, in natural order."""
    for path in given:
        if not path:
            yield Source("''", path, "an empty name")
            continue
        if not os.path.isdir(path):
            yield Source(shown(path), path)
            continue
        empty = True
        try:
            for file, error in walk(path):
                empty = False
                yield Source(shown(file), file, _unread(error))
        except ValueError as error:
            yield Source(shown(path), path, str(error).removeprefix(f"{shown(path)}: "))
            continue
        if empty:
            yield Source(shown(path), path, "a folder without a file that is not hidden")


def _unread(error: OSError | None) -> str:
    """Why a folder cannot be read."""
    return "" if error is None else (error.strerror or str(error)).lower()


def predict(
    bundle: Bundle,
    given: Iterable[Source],
    *,
    top: int = TOP,
    device: torch.device | str = "cpu",
    batch: int = BATCH,
    protocol: Protocol = PLAIN,
    others: Sequence[Bundle] = (),
) -> Iterator[Answer]:
    """An answer for each source, in their order: `batch` at a time, while the next are read.

    `top` classes are given, all of them where there are fewer. Pictures are shown by the protocol,
    and the answers are those of `evaluate` by the same one; `others` answer together with the
    first. `top` or `batch` below 1 is a
    ValueError; so is a protocol that the network cannot be tested by, a network of one class, a
    damaged list of the network's pictures, a preprocessing that cannot be used, and an output that
    is NaN; so are others with other classes.
    """
    if batch < 1:
        raise ValueError(f"batch size {batch}: give 1 or more")
    asked = asked_of(bundle, top=top, device=device, protocol=protocol, others=others)
    return _answers(asked, given, batch)


def _answers(asked: Asked, given: Iterable[Source], batch: int) -> Iterator[Answer]:
    """Answers in batches; one picture alone is read without a thread."""
    if isinstance(given, Sequence) and len(given) < 2:
        yield from asked.of(pairs_of(given, asked.eyes))
        return
    named = (_Alone(source) for source in given)
    with closing(read_ahead(named, asked.eyes, 2 * batch)) as read:
        while some := [(one.source, done) for one, done in islice(read, batch)]:
            yield from asked.of(some)


@dataclass(frozen=True)
class _Alone:
    """A source that stands for itself."""

    source: Source


def pairs_of(some: Sequence[Source], eyes: Preprocessing) -> list[tuple[Source, Read]]:
    """The sources with what was read of each."""
    reads = iter(read_files([one.path for one in some if not one.error], eyes))
    return [(one, Read(None, error=one.error) if one.error else next(reads)) for one in some]


def asked_of(
    bundle: Bundle,
    *,
    top: int = TOP,
    device: torch.device | str = "cpu",
    batch: int | None = None,
    protocol: Protocol = PLAIN,
    others: Sequence[Bundle] = (),
) -> Asked:
    """Who answers; errors as `predict`. `batch` pictures, or views, are shown at a time."""
    if top < 1:
        raise ValueError(f"top {top}: give 1 or more")
    every = [bundle, *others]
    lists = [seen for one in every if (seen := read_seen(one.folder)) is not None]
    eyes = preprocessing_of(bundle)  # says what is wrong before a table of answers begins
    check_photographs(eyes, protocol, str(bundle.folder))
    ask = asked_together(every, protocol, device, batch)
    return Asked(bundle, eyes, tuple(lists), min(top, len(bundle.info.classes)), ask)


@dataclass(frozen=True)
class Asked:
    """A network, or several, that is asked about pictures.

    `eyes` is how it sees them, `lists` what it has seen in training; `ask` gives outputs float64
    (N, classes), and `top` classes are given.
    """

    bundle: Bundle
    eyes: Preprocessing
    lists: tuple[Seen, ...]
    top: int
    ask: Callable[[Pictures], torch.Tensor]

    def of(self, pairs: Sequence[tuple[Source, Read]]) -> Iterator[Answer]:
        """An answer for each source, in their order; the network sees all pictures at once."""
        files = [source.path for source, read in pairs if read.picture is not None]
        learnt = iter(_learnt(self.lists, files))
        rows = iter(self._outputs(pairs))
        for source, read in pairs:
            if read.picture is None:
                yield Answer(source.name, error=read.error)
            else:
                best = _best(self.bundle.info.classes, next(rows), self.top)
                wide = self.eyes.kind == "digit" and _wide(read.picture)
                known, said = next(learnt), read.remarks
                yield Answer(source.name, best, read.found, "", wide, known, said)

    def _outputs(self, pairs: Sequence[tuple[Source, Read]]) -> Sequence[NDArray[np.float64]]:
        given, where = pictures_of(pairs, str(self.bundle.folder)), self.bundle.folder
        if given is None:
            return []
        outputs = self.ask(given).numpy()
        if outputs.shape[1:] != (len(self.bundle.info.classes),):
            raise ValueError(
                f"{where} names {plural(len(self.bundle.info.classes), 'class', 'classes')}, and "
                f"its model gives outputs of shape {outputs.shape[1:]}: it was changed since it "
                "was loaded"
            )
        if np.isnan(outputs).any():
            raise ValueError(f"{where}: the network's outputs are NaN: train it again")
        return list(outputs)


def pictures_of(pairs: Sequence[tuple[Source, Read]], name: str) -> Pictures | None:
    """The pictures that were read, as networks are asked about them; None where there is none."""
    stored = [read.picture for _, read in pairs if read.picture is not None]
    if not stored:
        return None
    files = tuple(source.path for source, read in pairs if read.picture is not None)
    unknown = torch.zeros(len(stored), dtype=torch.int64)
    return Pictures(name, "all", torch.stack(stored), unknown, files)


def _learnt(lists: Sequence[Seen], files: Sequence[File]) -> Sequence[bool]:
    """Which files, byte for byte, one of the networks was trained on."""
    if not lists:
        return [False] * len(files)
    keys = np.array([held_key(file, 0) for file in files], np.uint64)
    return list(map(bool, np.any([seen.learnt(keys, keys) for seen in lists], axis=0)))


def _wide(picture: torch.Tensor) -> bool:
    """True where the ink of a stored digit uint8 (C, h, w) is `WIDE` times as wide as high."""
    ink = (picture > INK).any(0)
    rows, columns = ink.any(1).nonzero()[:, 0], ink.any(0).nonzero()[:, 0]
    if not len(rows):
        return False
    return int(columns[-1] - columns[0]) + 1 > WIDE * (int(rows[-1] - rows[0]) + 1)


def _best(
    classes: Sequence[str], outputs: NDArray[np.float64], top: int
) -> tuple[tuple[str, float], ...]:
    """The `top` classes of one picture with their scores; of equal ones the first comes first."""
    scores = probabilities(outputs[None])[0]
    order = np.argsort(-outputs, kind="stable")[:top]
    return tuple((classes[place], float(scores[place])) for place in order)

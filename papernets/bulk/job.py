"""Answers for a stream of pictures, written as they come; a kill at any moment loses none."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import torch

from ..bundle.digest import digest_of
from ..bundle.load import TORCH, Bundle
from ..evaluate.ahead import read_ahead
from ..evaluate.predict import PLAIN, TOP, Answer, Source
from ..evaluate.protocols.protocol import Protocol
from ..evaluate.read import Read
from ..evaluate.steady import Steady, steady
from ..words import plural
from .appended import DiskFull, full
from .begun import begun, check_still
from .formats import Form, Output, format_of
from .manifest import (
    Manifest,
    Progress,
    bundle_as,
    given_as,
    manifest_of,
    runtime_as,
)
from .part import WHOLE, Part
from .passed import Passed

EVERY = 1.0  # seconds of work that a kill may cost
AHEAD = 100  # pictures that are read meanwhile, and two batches at least


@dataclass(frozen=True)
class Job:
    """What is answered, and how: `sources` gives the pictures, `names` is what they were named.

    `top` classes a picture, `layer` whose outputs are written too, `batch` pictures at a time or
    as many as suit the network. `strict`: the first picture that cannot be read is an error.
    """

    bundle: Bundle
    names: Sequence[str]
    sources: Callable[[], Iterator[Source]]
    output: Path
    part: Part = WHOLE
    top: int = TOP
    layer: str = ""
    batch: int | None = None
    device: torch.device | str = "cpu"
    protocol: Protocol = PLAIN
    others: Sequence[Bundle] = ()
    strict: bool = False

    def options(self, size: int) -> dict[str, Any]:
        """What the figures, and the lines, hang on."""
        return {
            "format": format_of(str(self.output), self.layer),
            "--top": min(self.top, len(self.bundle.info.classes)),
            "--features": self.layer,
            "--batch-size": size,
            "--plain": self.bundle.plain,
            "--runtime": TORCH if self.bundle.runtime is None else self.bundle.runtime.name,
            "--device": torch.device(self.device).type,
            "--protocol": self.protocol.name,
            "--scales": list(self.protocol.scales),
            "--crops": self.protocol.crops,
            "--average": self.protocol.average,
            "--ensemble": [digest_of(one) for one in self.others],
        }


class Told(NamedTuple):
    """How far a job is: lines that are written, and how many of them this process wrote.

    `last` are the answers since it was told before. `note`: a sentence for the reader.
    """

    rows: int
    new: int
    errors: int
    last: Sequence[Answer] = ()
    note: str = ""
    complete: bool = False


class Place(NamedTuple):
    """A picture of this part: its place among all, and the checksum of all names up to it."""

    source: Source
    at: int
    sha256: bytes


def run(job: Job, resume: bool = False) -> Generator[Told]:
    """Answer all pictures of the job's part; told after each batch, and at last when it is done.

    `resume` goes on with an output that was begun; without one it begins. FileExistsError where one
    is there and it is not to go on; ValueError where it was begun with another bundle, with other
    options or pictures, and what differs; `DiskFull` says what is kept.
    """
    eyes = steady(
        job.bundle,
        top=job.top,
        device=job.device,
        batch=job.batch,
        protocol=job.protocol,
        others=job.others,
        layer=job.layer,
    )
    options = job.options(eyes.size)
    form = Form(
        options["format"], options["--top"], eyes.shape if job.layer else None, job.part.count > 1
    )
    where = runtime_as(job.device, job.bundle)
    now = Manifest(bundle_as(job.bundle), options, given_as(job.names), job.part, where)
    manifest, note = begun(job.output, now, form, resume)
    done = manifest.progress
    if manifest.complete:
        Passed(job.output, done).check_finished(job.sources())
        form.sweep(job.output)
        yield Told(done.rows, 0, done.errors, note=note, complete=True)
        return
    output = Output(job.output, form, done.sizes)
    try:
        check_still(job.output, manifest)
        output.begin()
        yield from _Work(job, eyes, output, manifest).all(note)
    finally:
        output.close()


class _Work:
    """The lines of an output that are still to be written."""

    def __init__(self, job: Job, eyes: Steady, output: Output, manifest: Manifest):
        self.job, self.eyes, self.output, self.manifest = job, eyes, output, manifest
        self.done = replace(manifest.progress, sizes=output.sizes)
        self.passed = Passed(job.output, manifest.progress)
        self.kept, self.new = self.done.rows, 0

    def all(self, note: str) -> Iterator[Told]:
        """Write them, checkpoint by checkpoint."""
        last = time.monotonic()
        yield Told(self.done.rows, 0, self.done.errors, note=note)
        try:
            ahead = max(AHEAD, 2 * self.eyes.size)
            with closing(read_ahead(self._places(), self.eyes.asked.eyes, ahead)) as read:
                while some := list(islice(read, self.eyes.size)):
                    told, refused = self._answered(some)
                    yield told
                    if refused is not None:
                        raise ValueError(
                            f"{refused.file}: {refused.error}. Without --strict it is a line"
                        )
                    if time.monotonic() - last >= EVERY:
                        self._checkpoint()
                        last = time.monotonic()
            self.done = replace(self.done, seen=self.passed.seen, sha256=self.passed.sha256.hex())
            self._finish()
        except DiskFull as error:
            self._save()
            raise self._full(error) from None
        except BaseException:
            self._save()
            raise
        yield Told(self.done.rows, self.new, self.done.errors, complete=True)

    def _places(self) -> Iterator[Place]:
        """The pictures of this part that have no line yet."""
        for source, name in self.passed.new(self.job.sources()):
            if self.job.part.has(name):
                yield Place(source, self.passed.seen - 1, self.passed.sha256)

    def _answered(self, some: Sequence[tuple[Place, Read]]) -> tuple[Told, Answer | None]:
        """Ask about a batch, and write it; with `strict` up to the first that cannot be read, which
        is given."""
        pairs = [(place.source, read) for place, read in some]
        answers = self.eyes.answers(pairs)
        values = self.eyes.features(pairs) if self.job.layer else None
        count = len(answers)
        if self.job.strict:
            count = next((at for at, one in enumerate(answers) if one.error), count)
        told, bad = answers[:count], answers[count:]
        if told:
            places = [place.at for place, _ in some[:count]]
            self.output.add(told, None if values is None else values[:count], places)
            end = some[count - 1][0]
            self.new += count
            self.done = Progress(
                self.done.rows + count,
                self.done.errors + sum(bool(one.error) for one in told),
                end.at + 1,
                end.sha256.hex(),
                self.output.sizes,
            )
        far = Told(self.done.rows, self.new, self.done.errors, told)
        return far, bad[0] if bad else None

    def _checkpoint(self) -> None:
        """Note how far it is, once what was written lies on the disk."""
        self.output.flush()
        self._note(self.manifest.at(self.done))
        self.kept = self.done.rows

    def _note(self, manifest: Manifest) -> None:
        try:
            manifest.write(self.job.output)
        except OSError as error:
            raise full(error, manifest_of(self.job.output)) from None

    def _save(self) -> None:
        """Note how far it is where the work ends early, if that can be."""
        with suppress(OSError):
            if self.done.rows > self.kept:
                self._checkpoint()

    def _finish(self) -> None:
        self._checkpoint()
        try:
            self.output.finish(self.done.rows)
        except OSError as error:
            raise full(error, self.job.output) from None
        sizes = {path.name: path.stat().st_size for path in self.output.form.kept(self.job.output)}
        done = replace(self.done, sizes=sizes)
        self._note(self.manifest.at(done, complete=True))
        self.output.form.sweep(self.job.output)

    def _full(self, error: DiskFull) -> DiskFull:
        return DiskFull(
            error.errno,
            f"{error.strerror}. {plural(self.kept, 'line')} {'is' if self.kept == 1 else 'are'} "
            "kept: make room, then the same command with --resume goes on",
        )

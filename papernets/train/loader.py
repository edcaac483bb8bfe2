"""Loader processes: they read, augment and normalise batches ahead, on one thread each.

The calling process asks each of them for a chunk of an epoch at a time and finds it in memory that
both share, two chunks a process. A chunk is the same whoever prepares it (`Source.prepared`), so
that a run is the same for any number of them. On a device other than the CPU they leave to the
caller what is done there: colours and normalising.
"""

from __future__ import annotations

import json
import mmap
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from math import prod
from typing import Any, BinaryIO

import torch
from torch import Tensor

from ..data import Part
from ..data.memory import Memory
from ..data.stored import as_it_lies, as_it_stands
from ..spent import Spent, measured, measuring
from ..texts import clean_tracebacks
from .shared import Layout, nameless_file, tensors_in
from .source import Batch, Chunk, Source, sizes_of

START = "import sys; sys.path[:] = {}; from papernets.train.loader import work; work()"
SLOTS = 2
"""Chunks in memory for each process: one that is used, one that is prepared."""
TYPES = {str(kind): kind for kind in (torch.float32, torch.float64, torch.uint8, torch.int64)}
KINDS = {"ValueError": ValueError, "OSError": OSError}
"""Errors of a picture that are told as they are; others are the program's."""


class LoaderDied(ChildProcessError):
    """A loader process ended before its work was done."""


@dataclass(frozen=True)
class Job:
    """What a process is told at its start: where the stored pictures are, and its own slots.

    pictures: their layout and file, where they lie in memory; the source has none then. of: so many
    processes have a chunk each in turn.
    """

    source: Source
    labels: Tensor
    pictures: tuple[Layout, int] | None
    slots: tuple[int, ...] = ()
    measured: bool = False
    of: int = 1


class Slot:
    """Memory that a process fills with tensors, one after another, and the caller looks into."""

    def __init__(self, file: int):
        self.file = file
        self.block: mmap.mmap | bytes = b""

    def put(self, tensors: list[Tensor]) -> list[list[Any]]:
        """Copy tensors in; what `seen` needs of them: types and shapes.

        What was made in the memory of `empty` is where it belongs, if it comes first.
        """
        told = [[str(t.dtype), list(t.shape)] for t in tensors]
        for place, tensor in zip(self.seen(told), tensors, strict=True):
            if place.data_ptr() != tensor.data_ptr():
                place.copy_(tensor)
        return told

    def empty(self, *shape: int) -> Tensor:
        """Memory of the slot for one tensor float32, the first that is put into it."""
        return self.seen([[str(torch.float32), list(shape)]])[0]

    def seen(self, told: list[list[Any]]) -> list[Tensor]:
        """The tensors of these types and shapes that lie here; the memory grows for them."""
        kinds = [(TYPES[kind], tuple(shape)) for kind, shape in told]
        ends = [0]
        for kind, shape in kinds:
            ends.append(ends[-1] + -(-prod(shape) * kind.itemsize // 64) * 64)
        if len(self.block) < ends[-1]:
            os.truncate(self.file, max(ends[-1], os.fstat(self.file).st_size))
            self.block = mmap.mmap(self.file, ends[-1])
        return [
            torch.frombuffer(self.block, dtype=kind, count=prod(shape), offset=at).view(shape)
            if prod(shape)
            else torch.empty(shape, dtype=kind)
            for (kind, shape), at in zip(kinds, ends[:-1], strict=True)
        ]


class Loader:
    """A process of its own, as its caller sees it."""

    def __init__(self, job: Job, name: str):
        self.name, self.asked = name, 0
        files = [nameless_file([((1,), torch.uint8)]) for _ in range(SLOTS)]
        self.slots = [Slot(file) for file in files]
        shared = [job.pictures[1]] if job.pictures else []
        self.process = subprocess.Popen(
            [sys.executable, "-c", START.format(sys.path)],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[*files, *shared],
            process_group=0,  # Ctrl-C is the caller's to answer
            env={**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        )
        assert self.process.stdout is not None
        self._answers = os.fdopen(os.dup(self.process.stdout.fileno()), "rb")
        self._tell(pickle.dumps(replace(job, slots=tuple(files))))

    def ask(self, chunk: Chunk, slot: int) -> None:
        """Let it prepare a chunk."""
        self.asked += 1
        self._tell(f"{chunk.epoch} {chunk.begin} {len(chunk.places)} {slot}\n".encode())

    def answer(self) -> tuple[Tensor, Tensor]:
        """The first chunk that was asked for and not yet taken, when it is there."""
        line = self._answers.readline()
        self.asked -= 1
        if not line.endswith(b"\n"):
            raise self._died()
        told = json.loads(line)
        if "error" in told:
            kind = KINDS.get(told["error"], RuntimeError)
            raise kind(told["words"])
        if (spent := measuring()) is not None:
            spent.add_beside(told.get("spent", {}))
        images, labels = self.slots[told["slot"]].seen(told["tensors"])
        return images, labels

    def drain(self) -> None:
        """Take what was asked for and is not wanted any more."""
        while self.asked:
            self.answer()

    def end(self) -> None:
        """End the process: it keeps nothing that is not here."""
        self.process.kill()
        self.process.wait()
        for file in (self.process.stdin, self.process.stdout, self._answers):
            if file is not None:
                with suppress(OSError):
                    file.close()
        for slot in self.slots:
            os.close(slot.file)

    def _tell(self, text: bytes) -> None:
        assert self.process.stdin is not None
        rest = memoryview(text)
        try:
            while rest:
                rest = rest[self.process.stdin.write(rest) :]
        except OSError:
            raise self._died() from None

    def _died(self) -> LoaderDied:
        code = self.process.poll()
        with suppress(subprocess.TimeoutExpired):
            code = self.process.wait(5)
        how = f"was killed by signal {-code}" if code is not None and code < 0 else "ended"
        return LoaderDied(
            f"{self.name} {how}: is memory short? What is saved is whole: go on with --resume, "
            "without loader processes by --workers 0"
        )


class Loaders:
    """So many loader processes for a source, started by `with` and ended by it."""

    def __init__(self, source: Source, count: int):
        self.source, self.count = source, count
        self.loaders: list[Loader] = []
        self._ahead = 0

    def __enter__(self) -> Loaders:
        part, pictures, file = self.source.part, None, -1
        sent = Part(part.images, part.labels)
        try:
            if isinstance(part.images, Tensor):  # all look at the same ones
                lying = as_it_lies(part.images)
                layout: Layout = [(tuple(lying.shape), torch.uint8)]
                file = nameless_file(layout)
                tensors_in(layout, file)[0].copy_(lying)
                pictures, sent = (layout, file), part.select(slice(0))
            asked = measuring() is not None
            source = replace(self.source, part=sent)
            job = Job(source, part.labels, pictures, measured=asked, of=self.count)
            for number in range(1, self.count + 1):
                self.loaders.append(Loader(job, f"loader process {number} of {self.count}"))
        except BaseException:
            self.__exit__()
            raise
        finally:
            if file >= 0:
                os.close(file)
        return self

    def __exit__(self, *_: object) -> None:
        for loader in self.loaders:
            loader.end()
        self.loaders = []

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """As `Source.epoch`; when it is over the next one is begun."""
        chunks = self.source.chunks(number, start)
        if self._ahead != number or start:
            for loader in self.loaders:
                loader.drain()
            self._begin(chunks)
        self._ahead = 0
        for at, chunk in enumerate(chunks):
            answer = self.loaders[at % self.count].answer()
            yield from self.source.batches(chunk, *self._shown(chunk, *answer))
            later = at + SLOTS * self.count
            if later < len(chunks):
                self._ask(chunks[later], later)
        if number < self.source.recipe.epochs:
            self._begin(self.source.chunks(number + 1))
            self._ahead = number + 1

    def _shown(self, chunk: Chunk, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        if self.source.device.type == "cpu":
            return images, labels
        return self.source.shown(chunk, images, labels, Memory())

    def _begin(self, chunks: list[Chunk]) -> None:
        for at, chunk in enumerate(chunks[: SLOTS * self.count]):
            self._ask(chunk, at)

    def _ask(self, chunk: Chunk, at: int) -> None:
        self.loaders[at % self.count].ask(chunk, at // self.count % SLOTS)


def work() -> None:
    """A loader process: chunks are asked for on standard input until that ends."""
    for ending in (signal.SIGINT, signal.SIGTERM):  # its caller saves first, and then ends it
        signal.signal(ending, signal.SIG_IGN)
    clean_tracebacks()
    torch.set_num_threads(1)
    job: Job = pickle.load(sys.stdin.buffer)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what else prints must not be taken for an answer
    source, slots = _with_pictures(job), [Slot(file) for file in job.slots]
    with measured() if job.measured else nullcontext() as spent:
        _answer(source, slots, answers, spent, job.of)


def _answer(
    source: Source, slots: list[Slot], answers: BinaryIO, spent: Spent | None, of: int
) -> None:
    """Prepare what is asked for, and say where it lies and what it took."""
    number, order, later = 0, torch.empty(0), list[int]()
    own = source.memory()  # its sheets serve all slots: chunks are prepared one after another
    memory = [replace(own, again=slot) for slot in slots]
    for line in sys.stdin.buffer:
        epoch, begin, count, slot = map(int, line.split())
        told: dict[str, Any] = {"slot": slot}
        try:
            if number != epoch:
                number, order, later = epoch, source.order(epoch), []
            if source.recipe.buffer and begin not in later:
                chunks = [one for one in source.chunks(epoch) if one.begin >= begin][::of]
                source.expect(chunks)
                later = [one.begin for one in chunks]
            sizes = sizes_of(count, source.recipe.batch_size)
            chunk = Chunk(epoch, begin, order[begin : begin + count], sizes)
            ready = source.prepare if source.device.type == "cpu" else source.cut_of
            told["tensors"] = slots[slot].put(list(ready(chunk, memory[slot])))
            if spent is not None:
                told["spent"] = spent.take()
        except Exception as error:
            kinds = [name for name, kind in KINDS.items() if isinstance(error, kind)]
            words = str(error) if kinds else f"{type(error).__name__}: {error}"
            told |= {"error": kinds[0] if kinds else "", "words": words}
        try:
            answers.write(json.dumps(told).encode() + b"\n")
            answers.flush()
        except BrokenPipeError:  # nobody is left to work for
            os._exit(1)


def _with_pictures(job: Job) -> Source:
    """The source with the stored pictures of all."""
    if job.pictures is None:
        return job.source
    (lying,) = tensors_in(*job.pictures)
    images = as_it_stands(lying, job.source.part.images.shape[1:])
    return replace(job.source, part=Part(images, job.labels))

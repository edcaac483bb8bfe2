"""Worker processes for training on a CPU: each takes a share of every minibatch, on one thread.

Threads inside an operation do not help a small network; whole processes do. The calling process is
rank 0 and keeps the optimiser. Parameters, gradients and pictures lie in memory that all share.
Each rank writes the gradient of its share of the mean loss into a row of its own; when all are
there, rank 0 adds the rows up in their order and makes the step. So the mathematics is that of one
process but for the order of a sum, and the same number of workers gives the same bits.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import accumulate, repeat

import torch
from torch import Tensor

from ..bundle.net_json import write_body
from ..data import Part
from ..machine import threads
from ..run.fast import Fast
from ..run.network import Logits, Network, build
from ..run.tiles import tiled
from ..spec import Net, walk
from ..spent import part
from ..texts import clean_tracebacks
from .curving import look_at_curvature
from .freezing import freeze
from .losses import make_loss, wrong
from .recipe import TrainRecipe
from .shared import LINE, Barrier, Layout, nameless_file, tensors_in
from .source import Batch, Source, sizes_of
from .state import State
from .stepper import Step, move

START = "import sys; sys.path[:] = {}; from papernets.train.workers import work; work()"


class WorkerDied(ChildProcessError):
    """A worker process ended before its work was done."""


def check_workers(net: Net) -> None:
    """ValueError where workers would not be the mathematics of one process, or cannot be.

    Batch normalisation looks at the whole minibatch.
    """
    for row in walk(net):
        if getattr(row.layer, "norm", None) is not None:
            raise ValueError(
                f"{net.name} has batch normalisation ({row.name}), which processes cannot share. "
                "Train it without them: --processes 0"
            )
    if os.name != "posix":
        raise ValueError("processes need Linux or macOS. Train without them: --processes 0")
    try:
        write_body(net)
    except TypeError as error:
        raise ValueError(
            f"processes cannot take {net.name}: {error}. Train without them: --processes 0"
        ) from None


def check_alone(recipe: TrainRecipe) -> None:
    """ValueError for a precision that one process alone computes in."""
    if recipe.precision != "float32":
        raise ValueError(
            f"processes share gradients of float32, and precision is {recipe.precision}: "
            "--processes 0, or --precision float32"
        )


@dataclass(frozen=True)
class Job:
    """What a worker is told at its start. `memory` is what all share: its layout and its file."""

    source: Source
    net: Net
    buffers: dict[str, Tensor]
    tiles: bool
    memory: tuple[Layout, int]
    parent: int


class Rank:
    """One process's part of each step; its model's parameters are put into the shared vector."""

    def __init__(self, job: Job, rank: int, model: Network, check: Callable[[], None]):
        words, self.flat, self.rows, sums, images, labels = tensors_in(*job.memory)
        self.losses, self.wrong = sums
        stored = job.source.part.images
        part = Part(images if isinstance(stored, Tensor) else stored, labels)
        self.source = replace(job.source, part=part, worker=(rank, len(self.rows)))
        self.rank = rank
        self.barrier = Barrier(words, rank, len(self.rows), check)
        freeze(model, job.source.recipe)
        params = list(model.parameters())
        for p, place in zip(params, views(self.flat, params), strict=True):
            if rank == 0:
                place.copy_(p.detach())
            p.data = place
        self.params = [p for p in params if p.requires_grad]
        self.model = Fast(model)
        self.tiled = tiled(self.model) if job.tiles else None
        self.loss_of = make_loss(job.source.recipe, job.net, job.source.balance)

    def gradient(self, share: Batch) -> None:
        """Write the share's part of the mean loss over the batch, and of its gradient."""
        x, y, total, draws = share
        row, most = self.rows[self.rank], self.source.recipe.micro_batch
        self.losses[self.rank] = self.wrong[self.rank] = 0.0
        if not len(x):  # a last batch of fewer pictures than workers
            row.zero_()
            return
        sizes = sizes_of(len(x), most) if 0 < most < len(x) else [len(x)]
        parts = map(Batch, x.split(sizes), y.split(sizes), repeat(total), draws.split(sizes))
        torch.cat(self._part(next(parts)), out=row)
        for some in parts:
            row.add_(torch.cat(self._part(some)))

    def _part(self, some: Batch) -> list[Tensor]:
        """The gradient of some pictures' part of the mean loss over `total`, as flat pieces."""
        x, y, total, draws = some
        self.model.drop_by(draws.dropped)

        def loss_of(out: Tensor | Logits) -> Tensor:
            self.wrong[self.rank] += wrong(self.source.recipe, out, y)
            return self.loss_of(out, y) * (len(x) / total)

        if self.tiled is not None:
            loss, found = self.tiled.gradients(x, loss_of, self.params)
        else:
            loss = loss_of(self.model(x))
            found = list(torch.autograd.grad(loss, self.params))
        self.losses[self.rank] += loss.detach()
        return [g.reshape(-1) for g in found]


class Team:
    """Rank 0 and its workers, started by `with` and ended by it, whatever happens.

    Inside it the model's parameters lie in shared memory; state_dicts and optimisers see no
    difference. `size` counts rank 0 too; `tiles` as a run's.
    """

    def __init__(self, model: Network, source: Source, size: int, tiles: bool = True):
        check_workers(model.net)
        self.model, self.source, self.size, self.tiles = model, source, size, tiles
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Team:
        part, params = self.source.part, list(self.model.parameters())
        learnt = sum(p.numel() for p in params if p.requires_grad)
        layout = self._layout(learnt)
        file = nameless_file(layout)
        try:
            # the pictures lie in the shared memory, or each worker reads its own
            inside = isinstance(part.images, Tensor)
            sent = part.select(slice(0)) if inside else Part(part.images, part.labels)
            buffers = dict(self.model.named_buffers())
            source = replace(self.source, part=sent)
            job = Job(source, self.model.net, buffers, self.tiles, (layout, file), os.getpid())
            self.me = Rank(job, 0, self.model, self._check)
            mine = self.me.source.part
            if isinstance(mine.images, Tensor):
                mine.images.copy_(part.images[:])
            mine.labels.copy_(part.labels)
            self.grad = torch.empty(learnt)
            for p, grad in zip(self.me.params, views(self.grad, self.me.params), strict=True):
                p.grad = grad
            for rank in range(1, self.size):
                self._start(job, rank)
            self.me.barrier.wait()  # all are ready
        except BaseException:
            self.__exit__()
            raise
        finally:
            os.close(file)
        return self

    def _layout(self, learnt: int) -> Layout:
        """What all share: counts, parameters; gradients, losses and mistakes by rank; pictures."""
        part, size = self.source.part, self.size
        images = tuple(part.images.shape) if isinstance(part.images, Tensor) else (1,)
        return [
            (((size + 1) * LINE,), torch.int64),
            ((sum(p.numel() for p in self.model.parameters()),), torch.float32),
            ((size, learnt), torch.float32),
            ((2, size), torch.float32),
            (images, torch.uint8),
            (tuple(part.labels.shape), part.labels.dtype),
        ]

    def _start(self, job: Job, rank: int) -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", START.format(sys.path)],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=[job.memory[1]],
            process_group=0,  # Ctrl-C is rank 0's to answer
            env={**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        )
        self.processes.append(process)
        self._tell(process, pickle.dumps((job, rank)))

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()  # it keeps nothing that is not here
        for process in self.processes:
            process.wait()
            if process.stdin is not None:
                process.stdin.close()
        self.processes = []
        for p in self.model.parameters():
            p.data, p.grad = p.data.clone(), None

    def __len__(self) -> int:
        return len(self.source)

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """Begin an epoch: the workers compute their shares, and rank 0's own are given."""
        for process in self.processes:
            self._tell(process, f"{number} {start}\n".encode())
        with threads(1):
            yield from self.me.source.epoch(number, start)

    def prepare(self, state: State, number: int) -> None:
        """Second derivatives, where the optimiser takes them: rank 0 finds them alone."""
        look_at_curvature(state, self.source, number)

    def step(self, state: State, share: Batch, rate: float) -> Step:
        """One step of the optimiser on the batch of which this is rank 0's share."""
        me = self.me
        with part("forward"):  # and backward: each process makes both
            me.gradient(share)
            me.barrier.wait()  # all gradients are there
        torch.add(me.rows[0], me.rows[1], out=self.grad)
        for row in me.rows[2:]:
            self.grad.add_(row)
        found = Step(me.losses.sum(), me.wrong.sum())
        with part("update"):
            move(state, self.source.recipe, rate)
        me.barrier.wait()  # all parameters are there
        return found

    def _tell(self, process: subprocess.Popen[bytes], text: bytes) -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(text)
        except OSError:  # it does not listen: it has ended, or is about to
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)
            self._check()
            raise

    def _check(self) -> None:
        """Raise WorkerDied where a worker has ended or says that it failed."""
        failed = int(self.me.barrier.words[0])
        if failed:  # its traceback is being printed
            with suppress(subprocess.TimeoutExpired):
                self.processes[failed - 1].wait(1)
        for rank, process in enumerate(self.processes, 1):
            code = process.poll()
            if code is not None or rank == failed:
                how = "failed" if code is None or code >= 0 else f"was killed by signal {-code}"
                raise WorkerDied(
                    f"worker {rank} of {self.size} {how}. What is saved is whole: go on "
                    "with --resume, alone by --processes 0"
                )


def views(flat: Tensor, params: Sequence[Tensor]) -> list[Tensor]:
    """A vector as one view for each parameter, in their shapes."""
    ends = list(accumulate((p.numel() for p in params), initial=0))
    return [flat[a : a + p.numel()].view(p.shape) for a, p in zip(ends, params, strict=False)]


def work() -> None:
    """A worker process: epochs' numbers come from standard input until it ends."""
    for number in (signal.SIGINT, signal.SIGTERM):  # rank 0 saves first, and then ends it
        signal.signal(number, signal.SIG_IGN)
    clean_tracebacks()
    torch.set_num_threads(1)
    job, rank = pickle.load(sys.stdin.buffer)

    def check() -> None:
        if os.getppid() != job.parent:
            os._exit(1)  # nobody is left to work for

    model = build(job.net).train()
    for name, buffer in model.named_buffers():
        buffer.copy_(job.buffers[name])
    me = Rank(job, rank, model, check)
    try:
        me.barrier.wait()
        for line in sys.stdin.buffer:
            for share in me.source.epoch(*map(int, line.split())):
                me.gradient(share)
                me.barrier.wait()
                me.barrier.wait()
    except BaseException:
        me.barrier.words[0] = rank
        raise

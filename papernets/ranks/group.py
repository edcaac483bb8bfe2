"""What ranks tell one another: numbers added up, tensors of all, and that one of them has failed.

Each rank does the same in the same order. A rank that fails says so in the store that torchrun
keeps; the others end within seconds, whatever they wait for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.rendezvous import rendezvous

from .place import Place
from .watcher import FAILED, Lost, Watcher

MEETING, ANSWER = timedelta(minutes=5), timedelta(minutes=30)
"""How long ranks wait for all to be there, and at most for one that is there but does not answer:
it may be saving to a slow disk."""
POLL, LATE = 0.05, 3.0
"""Seconds between looks into the store, and for how long a reason is looked for there."""


class OtherFailed(BaseException):
    """Another rank has failed, and says why: this one ends without a word."""


class RankGone(ChildProcessError):
    """A rank has ended without a word, killed say."""


class Group:
    """The ranks of a work, joined; `place` is this one's.

    Tensors on the CPU go by gloo, those on a GPU by nccl.
    """

    def __init__(self, place: Place):
        self.place, self.rank, self.size = place, place.rank, place.size
        own, _, _ = next(rendezvous("env://", timeout=MEETING))
        # torchrun may keep one store for all its starts: what the last ones said is not for these
        own = dist.PrefixStore(f"start {place.restarts}", own)
        self.store = dist.PrefixStore("papernets", own)
        cuda = torch.cuda.is_available() and dist.is_nccl_available()
        dist.init_process_group(
            "cpu:gloo,cuda:nccl" if cuda else "gloo",
            store=dist.PrefixStore("group", own),
            rank=self.rank,
            world_size=self.size,
            timeout=ANSWER,
        )
        self.watcher = Watcher(self.store, self.rank)

    @property
    def first(self) -> bool:
        """Whether this is rank 0, which writes and speaks."""
        return self.rank == 0

    def sum(self, values: Tensor) -> Tensor:
        """The sum over all ranks, written over `values`, the same bits on each."""
        dist.all_reduce(values)
        return values

    def most(self, *values: int) -> list[int]:
        """The largest of each of these numbers over all ranks."""
        found = torch.tensor(values)
        dist.all_reduce(found, dist.ReduceOp.MAX)
        return [int(one) for one in found.tolist()]

    def of_first(self, values: Tensor) -> Tensor:
        """Rank 0's values, written over `values`."""
        dist.broadcast(values, 0)
        return values

    def bytes_of_first(self, content: bytes = b"") -> bytes:
        """Bytes that rank 0 gives, on all ranks."""
        (count,) = self.of_first(torch.tensor([len(content)])).tolist()
        held = torch.frombuffer(bytearray(content or bytes(count) or b"\0"), dtype=torch.uint8)
        return self.of_first(held).numpy().tobytes()[:count]

    def all(self, values: Tensor) -> list[Tensor]:
        """Each rank's tensor, in their order; the first dimension may differ."""
        (rows,) = self.most(len(values))
        counts = [torch.zeros(1, dtype=torch.int64) for _ in range(self.size)]
        dist.all_gather(counts, torch.tensor([len(values)]))
        padded = values.new_zeros(rows, *values.shape[1:])
        padded[: len(values)] = values
        found = [torch.empty_like(padded) for _ in range(self.size)]
        dist.all_gather(found, padded)
        return [one[: int(n)] for one, n in zip(found, counts, strict=True)]

    def texts(self, text: str) -> list[str]:
        """Each rank's text."""
        held = torch.frombuffer(bytearray(text.encode() + b"\0"), dtype=torch.uint8)
        return [one.numpy().tobytes()[:-1].decode() for one in self.all(held)]

    def say(self, name: str, text: str = "") -> None:
        """Put a short text where all ranks find it by its name."""
        self.store.set(name, text)

    def heard(self, name: str) -> str:
        """What rank 0 has said, or says after a while: however long that takes."""
        while not self.store.check([name]):
            self.watcher.check()
            time.sleep(POLL)
        return bytes(self.store.get(name)).decode()

    def meet(self) -> None:
        """Return when all are here."""
        self.most(0)

    def failed(self, error: BaseException) -> BaseException:
        """Tell the others that this rank has failed; what is to be raised here.

        `OtherFailed` where it is the consequence of another's failure, or the same as rank 0's.
        """
        lost, ends = _lost(error), not isinstance(error, Exception)
        if (lost or not (self.first or ends)) and self._reason(LATE):
            return OtherFailed()
        with suppress(RuntimeError):
            told = self.store.compare_set(FAILED, "", str(self.rank))
            if bytes(told) != str(self.rank).encode():
                return OtherFailed() if lost or isinstance(error, OtherFailed) else error
        if lost:
            return RankGone(
                f"another of the {self.size} processes has ended, or cannot be reached. What is "
                "saved is whole: go on with --resume, or let torchrun --max-restarts 3 do it"
            )
        return error

    def _reason(self, seconds: float) -> bool:
        """Whether a rank has said that it failed, or says so within these seconds."""
        until = time.monotonic() + seconds
        with suppress(RuntimeError):
            while time.monotonic() < until:
                if self.store.check([FAILED]):
                    return True
                time.sleep(POLL)
        return False


def _lost(error: BaseException) -> bool:
    """Whether an error is that of a connection to another rank."""
    if isinstance(error, dist.DistError | Lost):
        return True
    words = str(error).casefold()
    return isinstance(error, RuntimeError) and ("gloo" in words or "nccl" in words)


def names(places: Sequence[int]) -> str:
    """`rank 3`, `ranks 1 and 3`."""
    if len(places) == 1:
        return f"rank {places[0]}"
    return f"ranks {', '.join(map(str, places[:-1]))} and {places[-1]}"


_BESIDE: ContextVar[Group | None] = ContextVar("papernets_ranks", default=None)


def beside() -> Group | None:
    """The group that answers pictures together just now, if there is one."""
    return _BESIDE.get()


@contextmanager
def together(group: Group) -> Iterator[None]:
    """Within it every rank shows the same pictures, and each answers a share of them."""
    before = _BESIDE.set(group)
    try:
        yield
    finally:
        _BESIDE.reset(before)


@contextmanager
def joined(place: Place) -> Iterator[Group]:
    """The ranks of a work while it lasts. All end together, or as soon as one of them fails."""
    os.environ.setdefault("TORCH_NCCL_ASYNC_ERROR_HANDLING", "1")
    if torch.cuda.is_available() and place.local < torch.cuda.device_count():
        torch.cuda.set_device(place.local)
    group = Group(place)
    try:
        with group.watcher:
            yield group
            group.meet()
    except BaseException as error:
        raised = group.failed(error)
        if raised is error:
            raise
        raise raised from None
    else:
        dist.destroy_process_group()

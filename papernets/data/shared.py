"""Pictures of several classes: moved between the parts until every class has what it can have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
STEPS, ALL_STEPS = 500, 50_000  # moves that are tried for a class that lacks a part, and in all
DEEPEST = 40  # moves that follow from one


class Shared:
    """The parts of pictures some of which are in several classes.

    `classes` are the places of each class's pictures, each once. `part`, the part of each picture,
    is changed in place. `number` and `ends` are those of `draw.drawn`.
    """

    def __init__(
        self,
        classes: Sequence[Numbers],
        number: NDArray[np.float64],
        ends: NDArray[np.float64],
        part: Numbers,
    ) -> None:
        self.classes, self.number, self.ends, self.part = classes, number, ends, part
        parts = len(ends)
        shape = len(classes), parts
        found = [np.bincount(part[kinds], minlength=parts) for kinds in classes]
        self.counts = np.array(found, np.int64).reshape(shape)
        sizes = np.array([len(kinds) for kinds in classes])
        self.wanted = np.arange(parts) < sizes[:, None]
        self.single = np.zeros(shape, bool)
        self.single[:, 1:] = sizes[:, None] * np.diff(ends) < 1.5
        self.steps, self.left = 0, ALL_STEPS
        self.of: dict[int, list[int]] = {}  # the classes of each picture
        self.trail: list[tuple[int, int]] = []  # moves, each a picture and the part that it left

    def complete(self) -> None:
        """Give each class a picture of every part, the rest first, wherever that can be found.

        What a class has it keeps, unless another lacks a part that counts for more. Then no small
        class keeps two pictures where it is to have one, as far as others allow it.
        """
        over = self.single & (self.counts > 1)
        if not over.any() and not (self.wanted & (self.counts == 0)).any():
            return
        for at, kinds in enumerate(self.classes):
            for kind in kinds.tolist():
                self.of.setdefault(kind, []).append(at)
        for wanted in range(len(self.ends)):
            for at in np.flatnonzero(self.wanted[:, wanted]).tolist():
                if not self.counts[at, wanted]:
                    self._give(at, wanted)
        for at, wanted in np.argwhere(self.single & (self.counts > 1)).tolist():
            kinds = self.classes[at]
            here = kinds[self.part[kinds] == wanted]
            for kind in here[np.argsort(self.number[here], kind="stable")[::-1]].tolist():
                if self.counts[at, wanted] > 1:
                    self._tried(partial(self._moved, kind, 0, frozenset(), True, len(self.ends)))

    def _give(self, at: int, wanted: int) -> None:
        """Bring a picture of a class into a part: the way that disturbs the others least."""
        for tidy, kept in ((True, len(self.ends)), (False, len(self.ends)), (False, wanted)):
            if self._tried(partial(self._filled, at, wanted, frozenset(), tidy, kept)):
                return

    def _tried(self, way: Callable[[], bool]) -> bool:
        """Whether a way is found in so many steps; one step there always is."""
        given = self.steps = max(min(STEPS, self.left), 1)
        found = way()
        self.left -= given - max(self.steps, 0)
        return found

    def _filled(self, at: int, wanted: int, fixed: frozenset[int], tidy: bool, kept: int) -> bool:
        """Whether a class has a picture in a part now; what is `fixed` stays where it is."""
        kinds = self.classes[at]
        low, high = (self.ends[wanted - 1], self.ends[wanted]) if wanted else (self.ends[-1], 1.0)
        number = self.number[kinds]
        away = np.maximum(np.maximum(low - number, number - high), 0)
        near: list[int] = kinds[np.argsort(away, kind="stable")].tolist()
        free = [kind for kind in near if kind not in fixed and self.part[kind] != wanted]
        free.sort(key=lambda kind: len(self._losers(kind)))
        return any(self._moved(kind, wanted, fixed, tidy, kept) for kind in free)

    def _losers(self, kind: int) -> list[int]:
        """The classes that would have no picture of this one's part without it."""
        here = self.part[kind]
        return [at for at in self.of[kind] if self.counts[at, here] == 1]

    def _moved(self, kind: int, to: int, fixed: frozenset[int], tidy: bool, kept: int) -> bool:
        """Move a picture, and others in its place; False, with nothing moved, where that fails.

        `tidy`: no small class gets a second picture. Of the parts behind `kept` a class may lose
        its last one.
        """
        self.steps -= 1
        here = int(self.part[kind])
        crowded = any(self.single[at, to] and self.counts[at, to] for at in self.of[kind])
        if self.steps < 0 or len(fixed) > DEEPEST or (tidy and crowded):
            return False
        losers = self._losers(kind) if here <= kept else []
        before = len(self.trail)
        self.trail.append((kind, here))
        self._put(kind, to)
        if all(
            self.counts[at, here] or self._filled(at, here, fixed | {kind}, tidy, kept)
            for at in losers
        ):
            return True
        while len(self.trail) > before:
            self._put(*self.trail.pop())
        return False

    def _put(self, kind: int, to: int) -> None:
        for at in self.of[kind]:
            self.counts[at, self.part[kind]] -= 1
            self.counts[at, to] += 1
        self.part[kind] = to

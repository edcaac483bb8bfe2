"""The names of the pictures that are gone through, held to those of an output that was begun."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..evaluate.predict import Source
from ..words import plural
from .manifest import Progress
from .part import name_of


class Passed:
    """How many pictures have been gone through, and the checksum of their names in order.

    `done` is how far an output was before.
    """

    def __init__(self, output: Path, done: Progress):
        self.output, self.done = output, done
        self.seen, self.sha256 = 0, bytes(32)

    def new(self, sources: Iterable[Source]) -> Iterator[tuple[Source, bytes]]:
        """The sources that the output has not gone through, with their names.

        ValueError where those before them are not the ones that it has.
        """
        if not self.done.seen:
            self._check()
        for source in sources:
            name = name_of(source)
            self.sha256 = hashlib.sha256(self.sha256 + name).digest()
            self.seen += 1
            if self.seen > self.done.seen:
                yield source, name
            elif self.seen == self.done.seen:
                self._check()
        if self.seen < self.done.seen:
            raise self._other(
                f"{self.done.seen:,} were gone through, and there are {self.seen:,}. Bring the "
                "others back"
            )

    def check_finished(self, sources: Iterable[Source]) -> None:
        """ValueError where the pictures are not those that a finished output has, in its order."""
        for _ in self.new(sources):
            raise self._other(
                f"{self.done.seen:,} were gone through, and there are more. Take the new ones away"
            )

    def _check(self) -> None:
        if self.sha256.hex() != self.done.sha256:
            raise self._other(
                f"among the first {plural(self.done.seen, 'picture')} some have come, gone or "
                "changed places since. Bring them back"
            )

    def _other(self, how: str) -> ValueError:
        return ValueError(
            f"{self.output} was begun with other pictures: {how}, or begin again under another name"
        )

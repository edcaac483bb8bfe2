"""Anybody's tensors for our network: of how many classes and channels, with which heads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from torch import Tensor

from .. import spec
from ..nets.registry import find
from ..spec import Net
from .auto import Matched, Misfit, match
from .heads import dense_rows
from .recognise import our_net

MOST_GUESSES = 12
Fit = tuple[Net, Matched, tuple[str, ...]]
"""Our network as the tensors have it, the match, and the file's tensors that are no part of it."""


@dataclass(frozen=True)
class File:
    """Tensors of unknown names; `ordered` where they stand as the network was written."""

    tensors: Mapping[str, Tensor]
    ordered: bool
    where: str

    def matched(self, own: Net, without: tuple[str, ...] = ()) -> Matched:
        """The match with a network of ours, less the rows in `without`; Misfit for none."""
        return match(own, self.tensors, self.ordered, self.where, without)

    def less(self, names: tuple[str, ...]) -> File:
        """The same without these tensors."""
        rest = {name: tensor for name, tensor in self.tensors.items() if name not in names}
        return replace(self, tensors=rest)


def of_channels(
    name: str,
    file: File,
    options: Mapping[str, object],
    classes: int | None,
    channels: int | None,
) -> Fit:
    """The match with our network of these channels, or of the table's, whichever the file has."""
    if channels is None:
        return matched(name, file, options, classes)
    try:
        return matched(name, file, {**options, "channels": channels}, classes)
    except Misfit as misfit:
        try:
            return matched(name, file, options, classes)
        except Misfit:
            raise misfit from None


def matched(
    name: str, file: File, options: Mapping[str, object], classes: int | None = None
) -> Fit:
    """Our network with as many classes as the tensors have, and the match.

    With `classes` the file may do without a classifier, or have another. The Misfit hints at what
    would make the tensors fit: a number of classes, or another shortcut.
    """
    first: Misfit | None = None
    for count in (None, *_counts(file.tensors)):
        own = our_net(name, options, count)
        try:
            return own, file.matched(own), ()
        except Misfit as misfit:
            if first is None or len(misfit.rows) > len(first.rows):
                first = misfit
    assert first is not None
    for fit in (*_with_heads(name, file, options), *_headless(name, file, options, classes)):
        return fit
    hint = ""
    if classes is None and any(True for _ in _headless(name, file, options, 2)):
        hint = (
            ". But for its classifier it fits: say how many classes a new one has, with --classes"
        )
    elif "aux" in find(name).options and "aux" not in options:
        with suppress(ValueError):
            matched(name, file, {**options, "aux": False}, classes)
            hint = ". Without its auxiliary heads it fits: --set aux=false"
    elif "shortcut" in find(name).options and "shortcut" not in options:
        for option in "ABC":
            try:
                matched(name, file, {**options, "shortcut": option}, classes)
            except ValueError:
                continue
            hint = f". With --set shortcut={option} it fits"
            break
    raise Misfit(f"{first}{hint}", first.rows) from None


def _with_heads(name: str, file: File, options: Mapping[str, object]) -> Iterator[Fit]:
    """A file with auxiliary heads for a network without them: its heads are no part of it."""
    if options.get("aux") is not False:
        return
    for count in (None, *_counts(file.tensors)):
        try:
            found = file.matched(our_net(name, {**options, "aux": True}, count))
        except Misfit:
            continue
        own = our_net(name, options, count)
        kept = spec.tensors(own)
        rows = tuple(row for row in found.rows if row.ours in kept)
        heads = tuple(row.theirs for row in found.rows if row.ours not in kept)
        state = {key: tensor for key, tensor in found.state.items() if key in kept}
        yield own, replace(found, state=state, rows=rows), heads
        return


def _headless(
    name: str, file: File, options: Mapping[str, object], classes: int | None
) -> Iterator[Fit]:
    """A file without a classifier, or with another one of dense layers, for a number of classes."""
    if classes is None:
        return
    own = our_net(name, options, classes)
    rows = dense_rows(own)
    dense = _dense(file.tensors)
    ways = [(file, (), tuple(rows[-n:])) for n in range(1, len(rows) + 1)]
    for part, left_out, without in (*ways, (file.less(dense), dense, tuple(rows))):
        try:
            yield own, part.matched(own, without), left_out
        except Misfit:
            continue
        return


def _dense(tensors: Mapping[str, Tensor]) -> tuple[str, ...]:
    """The tensors of dense layers."""
    modules = {n.rpartition(".")[0] for n, t in tensors.items() if t.ndim == 2}
    return tuple(name for name in tensors if name.rpartition(".")[0] in modules)


def _counts(tensors: Mapping[str, Tensor]) -> list[int]:
    """How many classes tensors may have: the outputs of their dense layers, the last first."""
    dense = [len(t) for t in tensors.values() if t.ndim == 2 and len(t)]
    heads = dense or [len(t) for t in tensors.values() if t.ndim == 4 and t.shape[2:].numel() == 1]
    return list(dict.fromkeys(reversed(heads)))[:MOST_GUESSES]

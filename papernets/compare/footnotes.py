"""What stands below a table of errors: who printed which, and how each was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_lowercase

from .one import Compared, same_way
from .published import SAID


def marks(several: Sequence[Compared], protocol: str) -> dict[str, str]:
    """A letter for each way of measuring among the errors shown, in the order of the networks."""
    found = (one.shown(protocol) for one in several)
    every = dict.fromkeys(one.protocol for one in found if one)
    return {way: _letter(at) for at, way in enumerate(every)}


def _letter(at: int) -> str:
    """a to z, then aa, ab and so on."""
    before, last = divmod(at, 26)
    return (_letter(before - 1) if before else "") + ascii_lowercase[last]


def notes(
    several: Sequence[Compared],
    protocol: str,
    letters: Mapping[str, str],
    ours: bool,
) -> list[str]:
    """What stands below a table of its errors: each protocol with its sources.

    `ours`: the table has our errors beside them.
    """
    lines = []
    if letters:
        lines.append(f"top-1, top-5: errors in per cent as published, {SAID[protocol]}.")
    for way, letter in letters.items():
        lines.append(f"{letter}: {way}. {'; '.join(_sources(several, protocol, way))}.")
    without = [one.called for one in several if one.shown(protocol) is None]
    if letters and without:
        lines.append(f"No such error was published of {', '.join(without)}.")
    if letters and ours:
        lines += _otherwise(several, protocol)
    return lines


def _otherwise(several: Sequence[Compared], protocol: str) -> list[str]:
    """Which of ours were measured otherwise than the published error that stands beside them."""
    lines = []
    for one in several:
        ours, shown = one.ours(protocol), one.shown(protocol)
        if ours is None or ours.error is None or shown is None or same_way(ours, shown):
            continue
        several_too = "" if ours.networks == 1 else f" of {ours.networks} networks"
        lines.append(
            f"Ours of {one.called} is by {ours.protocol}{several_too}, the published one by "
            f"{shown.way}: papernets evaluate {one.called} --protocol measures it so."
        )
    return lines


def _sources(several: Sequence[Compared], protocol: str, way: str) -> list[str]:
    """Who printed the errors of a way of measuring: `table 3: resnet50, resnet101`."""
    found: dict[str, list[str]] = {}
    for one in several:
        shown = one.shown(protocol)
        if shown and shown.protocol == way:
            paper = one.found.record.paper
            who = f"{paper.authors.split(',')[0]} {paper.year}" if paper else ""
            own = shown.by == "paper" and who and paper and paper.authors[:6] not in shown.source
            where = f"{who}, {shown.source}" if own else shown.source
            found.setdefault(where, []).append(one.called)
    return [f"{where}: {', '.join(names)}" for where, names in found.items()]

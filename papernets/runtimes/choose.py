"""The runtime that is asked for; or the quickest one here, found once by a short measurement."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from .. import __version__
from ..bundle.digest import digest_of
from ..bundle.load import TORCH, Bundle
from ..deploy.needs import there
from ..evaluate.form import answering
from ..machine import cores, processor
from ..numbers import is_finite
from ..texts import json_text, parsed
from ..words import did_you_mean, either, plural
from . import AUTO, NAMES, OTHERS
from .engines import MAKERS, check_installed, version_of
from .kept import folder, keep, read_kept
from .runtime import Runtime

ROUNDS, SECONDS = 30, 3.0
"""At most so many turns of each, and about so long in all: but five turns."""
LEAST = 5


@dataclass(frozen=True)
class Choice:
    """Which runtime answers, and the seconds that each took for so many pictures.

    `before`: it was measured earlier. `left_out` says why others were not measured.
    """

    name: str
    seconds: dict[str, float]
    size: int
    threads: int
    before: bool = False
    left_out: tuple[str, ...] = ()

    def words(self) -> str:
        """The choice in a sentence."""
        others = {name: s for name, s in self.seconds.items() if name != self.name}
        if not others:
            return f"{self.name} answers: no other runtime answers here"
        own = self.seconds[self.name]
        told = ", and ".join(
            f"{seconds / own:.2f} times as fast as {name}" for name, seconds in others.items()
        )
        with_threads = f"{plural(self.size, 'picture')} at a time, {plural(self.threads, 'thread')}"
        when = ", as measured before" if self.before else ""
        return f"{self.name} answers {told} here ({with_threads}{when})"


def check_name(name: str, plain: bool) -> str:
    """A runtime's name; ValueError for one that there is not, or that does not compute `plain`."""
    word = name.strip().lower()
    if word not in NAMES:
        near = did_you_mean(word, NAMES, loosely=True)
        raise ValueError(f"no runtime {name!r}.{near} There are {either(list(NAMES))}")
    if plain and word != TORCH:
        raise ValueError(
            f"--runtime {word} computes the optimised form, and --plain is torch's modules one by "
            "one: leave out one of them"
        )
    return word


def runtime_of(
    bundle: Bundle, name: str, size: int, say: Callable[[str], None] = lambda told: None
) -> Runtime | None:
    """What answers for a bundle, `size` pictures at a time; None where it is torch itself.

    `say` is told what `auto` chose, and why. ValueError where what is asked for is not installed,
    or does not answer as torch does.
    """
    if name == AUTO:
        found = chosen(bundle, size)
        for one in found.left_out:
            say(one)
        say(found.words())
        name = found.name
    if name == TORCH:
        return None
    check_installed(name)
    return Runtime(name)


def chosen(bundle: Bundle, size: int) -> Choice:
    """The quickest of the runtimes that are installed, for batches of `size` pictures.

    It is measured once for a network, a machine, its threads and all versions, and kept.
    """
    threads = torch.get_num_threads()
    names = [TORCH, *(name for name in OTHERS if there(name) and all(map(there, MAKERS)))]
    if len(names) == 1:
        return Choice(TORCH, {}, size, threads)
    place = folder()
    path = None if place is None else place / f"{_key(bundle, names, size, threads)}.json"
    seconds = None if path is None else _read(read_kept(path), names)
    if seconds is not None:
        return Choice(_quickest(seconds), seconds, size, threads, before=True)
    seconds, left_out = measured(bundle, names, size)
    if path is not None and not left_out:
        keep(path, json_text(seconds).encode())
    return Choice(_quickest(seconds), seconds, size, threads, left_out=left_out)


def measured(
    bundle: Bundle, names: list[str], size: int
) -> tuple[dict[str, float], tuple[str, ...]]:
    """The seconds that each takes for `size` pictures, in turns; and who cannot, and why.

    They are the least of its turns: other programs only ever make one longer.
    """
    calls, left_out = {}, []
    for name in names:
        try:
            calls[name] = answering(bundle.model) if name == TORCH else Runtime(name)(bundle)
        except ValueError as error:
            left_out.append(f"{name} is left out: {error}")
    given = torch.randn(size, *bundle.info.input, generator=torch.Generator().manual_seed(0))
    laps: dict[str, list[float]] = {name: [] for name in calls}
    with torch.inference_mode():
        for model in calls.values():
            model(given)
        began = time.perf_counter()
        for at in range(ROUNDS):
            order = list(calls.items())
            for name, model in order if at % 2 == 0 else reversed(order):
                model(given)  # threads of the one before may still wait on the cores
                start = time.perf_counter()
                model(given)
                laps[name].append(time.perf_counter() - start)
            if at + 1 >= LEAST and time.perf_counter() - began > SECONDS:
                break
    return {name: min(each) for name, each in laps.items()}, tuple(left_out)


def _quickest(seconds: dict[str, float]) -> str:
    return min(seconds, key=lambda name: seconds[name])


def _key(bundle: Bundle, names: list[str], size: int, threads: int) -> str:
    versions = {name: version_of(name) for name in names}
    machine = [processor(), cores(), torch.backends.cpu.get_cpu_capability()]
    about = [digest_of(bundle), size, threads, machine, versions, __version__]
    return hashlib.sha256(json_text(about).encode()).hexdigest()


def _read(content: bytes | None, names: list[str]) -> dict[str, float] | None:
    """What was measured before; None for what nobody here wrote."""
    try:
        found: Any = parsed(content or b"")
    except ValueError:
        return None
    whole = isinstance(found, dict) and set(found) == set(names)
    if not whole or not all(is_finite(s) and s > 0 for s in found.values()):
        return None
    return {name: float(found[name]) for name in names}

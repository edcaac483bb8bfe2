"""What benchmarks share: contestants take turns in one run; their times become ratios."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = (
    "torch",
    "numpy",
    "torchvision",
    "timm",
    "onnxruntime",
    "openvino",
    "keras",
    "jax",
    "tensorflow",
)


@dataclass(frozen=True)
class Lap:
    """One timed turn: its seconds, and the mean loss of its training where there is one."""

    seconds: float
    loss: float = float("nan")


@dataclass
class Contestant:
    """A name and what takes one turn; `first` is the lap that warms up and is not counted."""

    name: str
    turn: Callable[[], Lap]
    laps: list[Lap] = field(default_factory=list)
    first: Lap | None = None

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(lap.seconds for lap in self.laps)


def take_turns(contestants: Sequence[Contestant], rounds: int) -> None:
    """One lap of each that is not counted, then `rounds` rounds, every other one backwards."""
    for contestant in contestants:
        contestant.first = contestant.turn()
    for at in range(rounds):
        for contestant in contestants if at % 2 == 0 else reversed(contestants):
            contestant.laps.append(contestant.turn())


def ratios(of: Contestant, to: Contestant) -> list[float]:
    """How many times as fast `of` is as `to`, round by round."""
    return [other.seconds / own.seconds for own, other in zip(of.laps, to.laps, strict=True)]


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median, and the smallest and the largest value: 2.10 (1.98 to 2.20)."""
    low, high = (f"{end(values):.{digits}f}" for end in (min, max))
    return f"{statistics.median(values):.{digits}f} ({low} to {high})"


@dataclass(frozen=True)
class Pair:
    """Two contestants that took short turns: seconds a call, and ratios round by round."""

    own: list[float]
    other: list[float]
    own_cpu: list[float]
    other_cpu: list[float]

    @property
    def ratios(self) -> list[float]:
        """How many times as fast ours is, on the clock."""
        return [b / a for a, b in zip(self.own, self.other, strict=True)]

    @property
    def cpu_ratios(self) -> list[float]:
        """The same in processor time, which a busy machine disturbs less."""
        return [b / a for a, b in zip(self.own_cpu, self.other_cpu, strict=True)]

    def as_json(self) -> dict[str, Any]:
        """Medians of seconds, and the ratios' medians and quartiles."""
        found: dict[str, Any] = {
            "seconds": statistics.median(self.own),
            "other_seconds": statistics.median(self.other),
        }
        for name, values in (("times_as_fast", self.ratios), ("in_cpu_time", self.cpu_ratios)):
            low, middle, high = quartiles(values)
            found[name] = {"median": middle, "quartiles": [low, high], "all": values}
        return found


def take_pairs(
    own: Callable[[], object], other: Callable[[], object], rounds: int, least: float = 0.02
) -> Pair:
    """Turns of at least `least` seconds each, ours first in every other round."""
    (a, a_cpu), (b, b_cpu) = take_all((own, other), rounds, least)
    return Pair(a, b, a_cpu, b_cpu)


def take_all(
    calls: Sequence[Callable[[], object]], rounds: int, least: float = 0.02, warm: int = 0
) -> list[tuple[list[float], list[float]]]:
    """Turns of all in a row, every other round backwards: of each, seconds a call by turns.

    They are the clock's, then the processor's. Each warms up; all make the same number of
    calls a turn, chosen so that the fastest's last `least` seconds. `warm` calls begin each turn
    that are not counted: threads of the one before may still wait on the cores.
    """
    for call in calls:
        call()
    fastest = float("inf")
    for call in calls:
        began = time.perf_counter()
        call()
        fastest = min(fastest, time.perf_counter() - began)
    times = max(round(least / max(fastest, 1e-6)), 1)
    found: list[tuple[list[float], list[float]]] = [([], []) for _ in calls]
    places = list(range(len(calls)))
    for at in range(rounds):
        for which in places if at % 2 == 0 else reversed(places):
            for _ in range(warm):
                calls[which]()
            cpu, clock = time.process_time(), time.perf_counter()
            for _ in range(times):
                calls[which]()
            found[which][0].append((time.perf_counter() - clock) / times)
            found[which][1].append((time.process_time() - cpu) / times)
    return found


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """A quarter, half and three quarters of the values lie below these."""
    if len(values) < 2:
        return (values[0],) * 3
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def inner(values: Sequence[float], digits: int = 2) -> str:
    """The median, and the middle half of the values: 1.02 (1.00 to 1.03)."""
    low, middle, high = (f"{v:.{digits}f}" for v in quartiles(values))
    return f"{middle} ({low} to {high})"


def print_table(contestants: Sequence[Contestant], base: Contestant, pictures: int) -> None:
    """A line a contestant: seconds, pictures a second, times as fast as `base`, first loss."""
    width = max(len(c.name) for c in contestants)
    head = f"{'':{width}}  {'seconds':>20}  {'pictures/s':>10}  {'times as fast':>20}  {'loss':>7}"
    print(head + "\n" + "-" * len(head))
    for c in contestants:
        seconds = spread([lap.seconds for lap in c.laps])
        loss = c.first.loss if c.first else float("nan")
        times = spread(ratios(c, base))
        speed = f"{pictures / c.median:,.0f}"
        print(f"{c.name:{width}}  {seconds:>20}  {speed:>10}  {times:>20}  {loss:>7.4f}")


def as_json(contestants: Sequence[Contestant], base: Contestant) -> dict[str, Any]:
    """All laps and ratios as plain values."""
    return {
        c.name: {
            "seconds": [lap.seconds for lap in c.laps],
            "times_as_fast": statistics.median(ratios(c, base)),
            "first_loss": c.first.loss if c.first else None,
        }
        for c in contestants
    }


def verdict(ratio: Mapping[str, float], goal: float | Mapping[str, float]) -> None:
    """The last line of a benchmark: ratios and goals as JSON; exits with 1 below one of them.

    One goal is for all; otherwise each ratio has the goal of its name.
    """
    goals = goal if isinstance(goal, Mapping) else dict.fromkeys(ratio, goal)
    rounded = {name: round(value, 3) for name, value in ratio.items()}
    print(json.dumps({"ratio": rounded, "goal": goal}))
    if any(not value >= goals[name] for name, value in ratio.items()):
        sys.exit(1)


def machine(threads: int) -> dict[str, Any]:
    """What the numbers were taken on: processor, cores, load before the run, versions."""
    found: dict[str, Any] = {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "threads": threads,
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
    }
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def processor() -> str:
    """The processor's name."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def print_machine(found: dict[str, Any]) -> None:
    """The machine in one paragraph, with a warning where others use it."""
    print(", ".join(f"{key} {value}" for key, value in found.items() if value is not None))
    load = found.get("load")
    if load is not None and load > 0.5:
        print(
            f"warning: the load is {load} before the run: others take time, and ratios may mislead"
        )

"""What came of a claim: the verdict beside the paper's figure, as report.json and report.md."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..draw.canvas import save
from ..files import write_atomically
from ..texts import json_text
from ..words import percent, plural
from .claim import OPEN, SHORT, Experiment, Measured, Verdict
from .curves import error_curves
from .measure import environment_of, measured, versions_of
from .reckon import lasting
from .rules import Faster
from .work import Task

JSON, MARKDOWN, CURVES = "report.json", "report.md", "curves.png"


@dataclass(frozen=True)
class Outcome:
    """A claim, what was measured, under which conditions, and the verdict.

    `open` is how many trainings are not finished.
    """

    experiment: Experiment
    found: Mapping[str, tuple[Measured, ...]]
    verdict: Verdict
    conditions: Mapping[str, Any]
    open: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As report.json has it; errors are fractions."""
        one, head = self.experiment, self.verdict.headline
        return {
            "schema": 1,
            "name": one.name,
            "claim": one.claim,
            "source": str(one.source),
            "papers": list(map(str, one.papers)),
            "printed": one.printed,
            "measured": None if head is None else head.value,
            "what": None if head is None else head.what,
            "interval": None if head is None or head.interval is None else list(head.interval),
            "conditions": dict(self.conditions),
            "verdict": self.verdict.word,
            "why": self.verdict.why,
            "rule": one.rule.words,
            "numbers": [number.to_dict() for number in self.verdict.numbers],
            "trainings": [
                {
                    "arm": each.arm,
                    "seed": each.seed,
                    "test_error": each.test_error,
                    "train_error": each.train_errors[-1] if each.train_errors else None,
                    "epochs": len(each.val_errors),
                    "seconds": each.seconds,
                    "died": each.died,
                }
                for several in self.found.values()
                for each in several
            ],
        }


def outcome(experiment: Experiment, scale: float, tasks: Sequence[Task], out: Path) -> Outcome:
    """What came of a claim so far, with its verdict; nothing is written."""
    found = measured(experiment, tasks, out)
    done = sum(len(found[arm.name]) for arm in experiment.trained)
    first, machine = tasks[0].run, environment_of(tasks, out)
    conditions = {
        "scale": scale,
        "smallest_scale": experiment.smallest,
        "epochs": first.recipe.epochs,
        "of_epochs": experiment.epochs,
        "seeds": len({task.seed for task in tasks}),
        "data": first.recipe.data,
        "batch_size": first.recipe.batch_size,
        "otherwise": experiment.conditions,
        "machine": machine["gpu"] or machine["processor"] or platform.machine(),
        "device": machine["device"],
        "threads": machine["threads"],
        "versions": versions_of(tasks, out),
    }
    verdict = judged(experiment, scale, found, len(tasks) - done)
    return Outcome(experiment, found, verdict, conditions, len(tasks) - done)


def judged(
    experiment: Experiment, scale: float, found: Mapping[str, tuple[Measured, ...]], open: int = 0
) -> Verdict:
    """The rule's verdict; below the claim's smallest scale that it was too short to tell.

    While trainings are open, it cannot tell.
    """
    if open:
        return Verdict(OPEN, (), f"{plural(open, 'training')} not finished")
    verdict = experiment.rule.judge(found)
    if scale < experiment.smallest:
        why = f"{verdict.why}; at scale {scale:.3g}, below {experiment.smallest:g}"
        return replace(verdict, word=SHORT, why=why)
    return verdict


def write(made: Outcome, out: Path) -> tuple[Path, ...]:
    """Write report.json, report.md and, where something was trained, curves.png."""
    rule = made.experiment.rule
    reach = rule.reach if isinstance(rule, Faster) else 0.0
    figure = error_curves(made.found, made.experiment.claim, made.verdict.word, reach)
    write_atomically(out / JSON, (json_text(made.to_dict(), indent=1) + "\n").encode())
    write_atomically(out / MARKDOWN, markdown(made, pictured=figure is not None).encode())
    written = (out / JSON, out / MARKDOWN)
    return written if figure is None else (*written, save(figure, out / CURVES))


def markdown(made: Outcome, pictured: bool = False) -> str:
    """The report for people: the verdict, what was measured, and under which conditions."""
    one, conditions = made.experiment, made.conditions
    lines = [
        f"# {one.claim}",
        "",
        *_told(made.verdict),
        "",
        f"Printed: {one.printed} ({one.printed_in}).",
        "",
    ]
    if made.verdict.numbers:
        lines += ["| measured | value | 95 % interval |", "|---|--:|---|"]
        lines += [f"| {n.what} | {n.text} | {n.reach or '-'} |" for n in made.verdict.numbers]
        lines.append("")
    if pictured:
        lines += [f"![Errors by epoch]({CURVES})", ""]
    lines += [
        "## How it was done",
        "",
        *_judged(one.rule.words),
        f"- Length: scale {conditions['scale']:.3g}, {plural(conditions['epochs'], 'epoch')} of "
        f"{conditions['of_epochs']}; it takes scale {conditions['smallest_scale']:g} to tell",
        f"- Data: {conditions['data']}, batches of {conditions['batch_size']}, "
        f"{plural(conditions['seeds'], 'seed')}",
        f"- Otherwise than in the paper: {one.conditions}",
        f"- Machine: {_machine(conditions)}",
        *(f"- Paper: {paper}" for paper in one.papers),
        f"- Again: `papernets reproduce {one.name} --scale {conditions['scale']} --seeds "
        f"{conditions['seeds']}`",
        "",
        "## Trainings",
        "",
        "| training | seed | test error | training error | epochs | time |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    lines += [_row(each) for several in made.found.values() for each in several]
    if made.open:
        lines += ["", f"{plural(made.open, 'training')} not finished: go on with --resume."]
    return "\n".join(lines) + "\n"


def _told(verdict: Verdict) -> list[str]:
    """The verdict and its reason; of several, a line each."""
    reasons = verdict.why.split("; ")
    if len(reasons) == 1:
        return [f"**{verdict.word}**: {verdict.why}."]
    return [f"**{verdict.word}**:", "", *(f"- {reason}" for reason in reasons)]


def _judged(words: str) -> list[str]:
    """By which rule; of several, of which all must hold, a line each."""
    rules = words.split("; and ")
    if len(rules) == 1:
        return [f"- Judged: {words}"]
    return ["- Judged by several rules, of which all must hold:", *(f"  - {one}" for one in rules)]


def _row(one: Measured) -> str:
    """A training in the table; of networks that are another's, only how they were tested."""
    test = f"died, taken as {percent(one.test_error)}" if one.died else percent(one.test_error)
    train = percent(one.train_errors[-1]) if one.train_errors else "-"
    epochs = str(len(one.val_errors) or "-")
    time = lasting(one.seconds) if one.seconds else "-"
    return f"| {one.arm} | {one.seed} | {test} | {train} | {epochs} | {time} |"


def _machine(conditions: Mapping[str, Any]) -> str:
    """`cpu x86_64, 1 thread; papernets 0.1.0, torch 2.13.0`."""
    parts = [f"{conditions['device']} {conditions['machine']}".strip()]
    if conditions["threads"]:
        parts.append(plural(conditions["threads"], "thread"))
    versions = ", ".join(f"{name} {text}" for name, text in conditions["versions"].items())
    return "; ".join(filter(None, [", ".join(parts), versions]))

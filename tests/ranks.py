"""Several processes that do a work together, as torchrun would start them, for tests.

A process calls a function of this file, or of a test's, with the group that it has joined and a
seat of its own, and leaves a file with what it found.
"""

import importlib
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from small_runs import CPU, DATA, EYES, NORMED, TINY, a_run, drawn

from papernets.data import Preprocessing
from papernets.ranks.place import place
from papernets.train.fit import Between, fit
from papernets.train.ranks.agreed import Agreed
from papernets.train.ranks.together import Together
from papernets.train.settle import settle
from papernets.train.source import Source
from papernets.train.state import start
from papernets.train.stepper import Alone

ROOT = Path(__file__).resolve().parents[1]
PATH = os.pathsep.join(map(str, [ROOT, ROOT / "tests", ROOT / "tests" / "train"]))
CODE = "import sys, ranks; ranks.main(*sys.argv[1:])"


def environment(rank, size, port):
    """What torchrun gives a process."""
    given = {"RANK": rank, "WORLD_SIZE": size, "LOCAL_RANK": rank, "LOCAL_WORLD_SIZE": size}
    told = {name: str(value) for name, value in given.items()}
    return told | {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "PYTHONWARNINGS": "error"}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


RUNNING: list[subprocess.Popen] = []
"""Processes that were begun, and may still be there."""


def begun(words, given, **options):
    """`python WORDS`, with these in its environment."""
    own = {"PYTHONPATH": PATH, "OMP_NUM_THREADS": "1"}
    found = subprocess.Popen(
        [sys.executable, *words], env=os.environ | own | given, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
    )  # fmt: skip
    RUNNING.append(found)
    return found


def process(rank, size, port, words, **options):
    """`python WORDS` as one rank."""
    return begun(words, environment(rank, size, port), **options)


def end_all():
    """End what is still there; torchrun's own processes end with its store."""
    for one in RUNNING:
        if one.poll() is None:
            one.kill()
            one.communicate()
    RUNNING.clear()


def started(size, words):
    """So many processes of `python WORDS`, each with its rank."""
    port = free_port()
    return [process(rank, size, port, words) for rank in range(size)]


def ended(processes, timeout=1800):
    """The exit codes and what was printed, of each process."""
    told = [process.communicate(timeout=timeout) for process in processes]
    return [process.returncode for process in processes], told


def done(size, work, folder, *more):
    """What `work`, MODULE.FUNCTION, gives in so many processes: of each rank."""
    words = ["-c", CODE, work, str(folder), *map(str, more)]
    codes, told = ended(started(size, words))
    assert codes == [0] * size, told
    return [torch.load(folder / f"{rank}.pt") for rank in range(size)]


def main(work, folder, *more):
    """A process: joins the others, works, and keeps what it found."""
    from papernets.ranks.group import joined

    torch.set_num_threads(1)
    module, _, name = work.rpartition(".")
    with joined(place()) as group:
        found = getattr(importlib.import_module(module), name)(group, *more)
        torch.save(found, Path(folder, f"{group.rank}.pt"))


class Nobody:
    """Whom no signal comes to."""

    number = 0


class Doubled(Preprocessing):
    """What makes float64 of pictures."""

    def __call__(self, images, again=None):
        return super().__call__(images, again).double()


@dataclass
class Case:
    """A training of a tiny network on tiny pictures."""

    net: object
    settings: dict
    kind: torch.dtype = torch.float32


CASES = {
    "plain": Case(TINY, {}),
    "plain, float64": Case(TINY, {"clip_norm": 0.5, "average": 0.9}, torch.float64),
    "normed": Case(NORMED, {"augment": {"rotate": 9.0}}),
    "normed, float64": Case(NORMED, {"optimizer": "sgd"}, torch.float64),
    "in parts, float64": Case(NORMED, {"micro_batch": 7}, torch.float64),
    "twice, float64": Case(NORMED, {"micro_batch": 7, "checkpointing": True}, torch.float64),
}
"""59 pictures are 3 batches of 16 and one of 11, which four ranks share unequally; in parts of 7
the last part of one has 2 for them."""
HALVES = {kind: Case(NORMED, {"precision": kind, "optimizer": "sgd"}) for kind in ("fp16", "bf16")}
PART = DATA.train.select(slice(0, 59))


def trained(case, together=None):
    """Losses of all steps, what was wrong, weights, and the log, of one process or a rank's."""
    run = a_run("tiny", **{"epochs": 3, "batch_size": 16, "learning_rate": 0.01, **case.settings})
    eyes = Doubled(1, 12, 12, (12, 12)) if case.kind is torch.float64 else EYES
    source = Source(PART, eyes, run.recipe, CPU)
    model = drawn(case.net).to(case.kind)
    state = start(model, run.recipe)
    steps = []

    def noted(stepper, between):
        step = stepper.step

        def one(*given):
            found = step(*given)
            steps.append(torch.stack([found.loss.double(), found.wrong.double()]))
            return found

        stepper.step = one
        list(fit(state, stepper, DATA.validation, eyes, run.recipe, between))

    @contextmanager
    def looking():
        (together.settle if together else settle)(state, source)
        yield

    if state.scaler is not None:  # the usual scale overflows in a step or two, which then differ
        state.scaler.load_state_dict({**state.scaler.state_dict(), "scale": 2.0**10})
    if together is None:
        noted(Alone(model, source, run.where), Between(looking))
    else:
        with together.stepper(model, source, run.where) as stepper:
            noted(stepper, together.between(looking))
    timed = ("seconds", "images_per_second")
    log = [{k: v for k, v in h.items() if k not in timed} for h in state.history]
    return {"steps": torch.stack(steps), "weights": state.weights(), "log": log}


def halves(group):
    """Trainings in half precision, as the ranks do them."""
    together = Together(group, Agreed(group, Nobody()))
    return {name: trained(case, together) for name, case in HALVES.items()}


def cases(group, *names):
    """Each case as the ranks train it."""
    together = Together(group, Agreed(group, Nobody()))
    return {name: trained(CASES[name], together) for name in names or CASES}

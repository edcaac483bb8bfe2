"""A run told to TensorBoard or MLflow, by their own packages, where it is asked for.

What they are told is what the screen and the folder have: settings, each epoch's numbers, the
result and its pictures. A run never ends because a tracker fails: that is said once.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from ..files import read_bytes
from ..texts import parsed
from ..words import NotInstalled, one_line, said
from .events import Begun, Epoch, Event, Finished, Started, Trouble
from .folder import MOST_BYTES, write_json
from .run import Run

PICTURES = ("curves.png", "confusion.png", "mistakes.png")
EPOCH = ("train_loss", "train_error", "val_loss", "val_error", "learning_rate", "images_per_second")
END = ("test_error", "balanced_error", "test_loss", "expected_calibration_error", "brier_score")
LOGS = "tensorboard"
"""Where in a run's folder TensorBoard's files are."""
KEPT = "mlflow.json"
"""Which of MLflow's runs a run's folder is told to."""
EXPERIMENT = "papernets"


class Tracker(Protocol):
    """Who is told of a run."""

    def begin(self, settings: Mapping[str, Any], done: int) -> None:
        """The settings, and how many epochs were done before."""

    def numbers(self, values: Mapping[str, float], epoch: int) -> None:
        """Numbers of an epoch, by their names."""

    def picture(self, path: Path, epoch: int) -> None:
        """A picture of the run's folder."""

    def end(self, done: bool) -> None:
        """Nothing more comes; `done`: the run is finished."""


class TensorBoard:
    """Writes events under a run's folder: `tensorboard --logdir RUN` shows them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.writer: Any = None

    def begin(self, settings: Mapping[str, Any], done: int) -> None:
        """Open the writer; what an earlier part wrote of later epochs is dropped."""
        writer = importlib.import_module("torch.utils.tensorboard").SummaryWriter
        self.writer = writer(str(self.folder / LOGS), purge_step=done + 1)
        lines = [f"| `{key}` | {value} |" for key, value in settings.items()]
        self.writer.add_text("settings", "\n".join(["| setting | value |", "|---|---|", *lines]))

    def numbers(self, values: Mapping[str, float], epoch: int) -> None:
        """Scalars of an epoch."""
        for name, value in values.items():
            self.writer.add_scalar(name, value, epoch)
        self.writer.flush()

    def picture(self, path: Path, epoch: int) -> None:
        """An image, as it lies in the folder."""
        import numpy as np
        from PIL import Image

        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
        self.writer.add_image(path.stem, pixels, epoch, dataformats="HWC")

    def end(self, done: bool) -> None:
        """Close the files."""
        if self.writer is not None:
            self.writer.close()


class MLflow:
    """Tells MLflow where the user's environment says: MLFLOW_TRACKING_URI, and its other words.

    A run that goes on is the same run there.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.client: Any = None
        self.id = ""

    def begin(self, settings: Mapping[str, Any], done: int) -> None:
        """Find or make the run, and its experiment: MLFLOW_EXPERIMENT_NAME, else papernets."""
        self.client = importlib.import_module("mlflow").MlflowClient()
        self.id = self._kept()
        if self.id:
            with suppress(Exception):
                self.client.get_run(self.id)
                self.client.update_run(self.id, status="RUNNING")
                return
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME", EXPERIMENT)
        found = self.client.get_experiment_by_name(name)
        experiment = found.experiment_id if found else self.client.create_experiment(name)
        self.id = self.client.create_run(experiment, run_name=self.folder.name).info.run_id
        write_json(self.folder / KEPT, {"run_id": self.id})
        for key, value in settings.items():
            self.client.log_param(self.id, key, str(value)[:500])

    def numbers(self, values: Mapping[str, float], epoch: int) -> None:
        """Metrics of an epoch."""
        for name, value in values.items():
            self.client.log_metric(self.id, name, value, step=epoch)

    def picture(self, path: Path, epoch: int) -> None:
        """An artifact."""
        self.client.log_artifact(self.id, str(path))

    def end(self, done: bool) -> None:
        """The run's end, there."""
        if self.id:
            self.client.set_terminated(self.id, "FINISHED" if done else "KILLED")

    def _kept(self) -> str:
        with suppress(OSError, ValueError):
            found = parsed(read_bytes(self.folder / KEPT, MOST_BYTES))
            return str(found["run_id"]) if isinstance(found, dict) and "run_id" in found else ""
        return ""


KINDS: dict[str, Callable[[Path], Tracker]] = {"tensorboard": TensorBoard, "mlflow": MLflow}


def check_tracker(name: str) -> None:
    """`NotInstalled` where the package that a tracker needs, of its own name, is not installed."""
    if name and find_spec(name) is None:
        raise NotInstalled(
            f"--tracker {name} needs the package {name}: pip install {name}, or "
            f"pip install 'papernets[{name}]'. Or leave --tracker out"
        )


def tracked(events: Iterator[Event], run: Run, folder: Path) -> Iterator[Event]:
    """The same events, of which the run's tracker is told; a failure is `Trouble`, once."""
    name = run.where.tracker
    if not name:
        yield from events
        return
    teller = _Teller(name, KINDS[name](folder), run, folder)
    try:
        for event in events:
            problem = teller.tell(event)
            yield event
            if problem:
                yield Trouble(problem)
    finally:
        teller.close()


class _Teller:
    """Tells a tracker of events, until it fails."""

    def __init__(self, name: str, tracker: Tracker, run: Run, folder: Path):
        self.name, self.tracker, self.run, self.folder = name, tracker, run, folder
        self.part = ""
        self.parts = self.epochs = 0
        self.begun = self.done = self.failed = False

    def tell(self, event: Event) -> str:
        """Pass an event on; what to say where that failed, which ends all telling."""
        if self.failed:
            return ""
        try:
            self._tell(event)
        except Exception as error:
            self.failed = True
            return (
                f"{self.name} failed ({type(error).__name__}: {one_line(said(error))[:300]}): the "
                "run goes on without it"
            )
        return ""

    def close(self) -> None:
        """Let the tracker end, whatever happened."""
        if self.begun:
            with suppress(Exception):
                self.tracker.end(self.done)

    def _tell(self, event: Event) -> None:
        if isinstance(event, Started):
            self.parts += 1  # a committee's networks start one after another
            if event.run.recipe.net != self.run.recipe.net:
                self.part = f"{self.parts}/"
            if not self.begun:
                self.begun = True
                self.tracker.begin(self.run.to_dict(), event.epochs_done)
        elif isinstance(event, Begun):
            self._numbers({"val_loss": event.val_loss, "val_error": event.val_error}, 0)
        elif isinstance(event, Epoch):
            self.epochs = event.epoch
            self._numbers({key: getattr(event, key) for key in EPOCH}, event.epoch)
        elif isinstance(event, Finished) and self.begun:
            self.part, self.done = "", True
            self._numbers({key: event.result.get(key) for key in END}, self.epochs)
            for name in PICTURES:
                if (self.folder / name).exists():
                    self.tracker.picture(self.folder / name, self.epochs)

    def _numbers(self, values: Mapping[str, Any], epoch: int) -> None:
        known = {self.part + k: float(v) for k, v in values.items() if v is not None}
        self.tracker.numbers(known, epoch)

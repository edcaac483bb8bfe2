"""What a training run says: one progress bar, one line an epoch, the result."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..spec import BatchNorm, Net, walk
from ..words import percent, plural, short
from . import screen, speed
from .begun import left_alone
from .epochs import epoch_line, heading, held_out_error, loss
from .next_steps import first_step, next_steps

BESIDE = ("balanced_error", "constant_error", "most_frequent", "untested")
SKIPPED = 20  # lines on files that were left out

if TYPE_CHECKING:
    from ..data import Dataset
    from ..train.events import Begun, Event, Finished, Started
    from ..train.recipe import TrainRecipe
    from ..train.run import Run
    from .waiting import Waiting


class Show:
    """Prints a run's events: one progress bar, one line an epoch, the result."""

    def __init__(self, folder: Path, json: bool, recipe: TrainRecipe):
        self.folder, self.json, self.recipe = folder, json, recipe
        self.bar: Any = None
        self.task: Any = None
        self.epoch_seconds: list[float] = []
        self.introduced = False
        self.held_out = 0
        self.waiting: Waiting | None = None
        self.began: Started | None = None
        self.run: Run | None = None

    def event(self, event: Event) -> None:
        from ..train.events import Begun, Epoch, Finished, Phase, Progress, Started, Trouble

        if isinstance(event, Started):
            self.started(event)
        elif isinstance(event, Begun):
            self.begun(event)
        elif isinstance(event, Phase):
            screen.note(event.text)
        elif isinstance(event, Trouble):  # under --quiet too
            print(screen.fitted(event.text, sys.stderr), file=sys.stderr)
        elif isinstance(event, Progress):
            if self.bar is not None:
                self.bar.update(
                    self.task,
                    completed=event.step,
                    total=event.steps,
                    description=f"epoch {event.epoch}",
                )
            elif self.waiting is not None:
                what, loss = f"steps of epoch {event.epoch}", f", loss {event.loss:.4f}"
                self.waiting(what, event.step, event.steps, loss)
        elif isinstance(event, Epoch):
            self.epoch(event)
        elif isinstance(event, Finished):
            self.close()
            self.finished(event)

    def started(self, event: Started) -> None:
        self.began, self.recipe = event, event.run.recipe
        self.run = self.run or event.run
        self.held_out = len(event.dataset.validation)
        self.head(event)
        self.open_bar(event.steps)

    def head(self, event: Started) -> None:
        """What is trained, on what, where, and where it goes on."""
        recipe = self.recipe  # of a committee's network, its own
        screen.note(
            f"{short(recipe.net)}: {plural(event.params, 'parameter')}, recipe "
            f"{recipe.recipe or 'none'}, "
            f"{plural(recipe.passes, 'epoch')}, seed {recipe.seed}, {speed.how(event)}"
        )
        if not self.introduced:
            self.introduce(event)
        going_on(event)
        if recipe.weights and not event.epochs_done:
            drawn = f"; new: {', '.join(event.drawn)}" if event.drawn else ""
            screen.note(f"begins with the weights of {recipe.weights}{drawn}")
        if what := left_alone(recipe, event.found.net.member):
            screen.note(what)
        if recipe.begin and not event.epochs_done:
            rows, bundle = ", ".join(recipe.begin_rows), recipe.begin["bundle"]
            screen.note(f"{rows} begin with the weights of {bundle}")
        if recipe.at_once < recipe.batch_size:
            screen.note(accumulated(recipe, event.found.net.member))
        if not self.introduced:
            screen.note(f"folder: {self.folder}")
            if recipe.passes:
                screen.note(heading(recipe, self.held_out))
            self.introduced = True

    def begun(self, event: Begun) -> None:
        """How good trained weights are before the first epoch."""
        text = "as it begins"
        if event.fitted:
            text = f"{', '.join(event.fitted)} fitted"
        numbers = ""
        if event.val_loss is not None and event.val_error is not None:
            error = held_out_error(event.val_error, self.held_out)
            numbers = f"  val {loss(event.val_loss)}  {error}"
        self.line(f"epoch 0: {text}{numbers}")

    def introduce(self, event: Started) -> None:
        """The data, and what the network for these classes does otherwise than its paper's."""
        from ..data.folder import in_colour

        recipe, data = event.run.recipe, event.dataset
        show_data(data, event.notes)
        grey = data.train.images.shape[1] == 1
        if grey and not event.epochs_done and data.train.files and in_colour(data.train.files):
            screen.note(
                f"The pictures are in colour, {short(recipe.net)} reads grey: "
                "--channels 3 keeps the colour"
            )
        usual = event.run.found.record.departures
        for departure in event.found.record.departures:
            if departure not in usual:
                screen.note(f"not the paper's: {departure.what} ({departure.where})")

    def open_bar(self, steps: int) -> None:
        """A progress bar on stderr, on a terminal only."""
        self.close()
        if screen.QUIET or not sys.stderr.isatty():
            return
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

        self.bar = screen.bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self.task = self.bar.add_task("epoch 1", total=steps)

    def epoch(self, epoch: Any) -> None:
        """One line: loss, error, pictures a second, time left."""
        self.epoch_seconds.append(epoch.seconds)
        recent = self.epoch_seconds[-5:]
        left = sum(recent) / len(recent) * (self.recipe.epochs - epoch.epoch)
        self.line(epoch_line(epoch, self.recipe, self.held_out, left))
        if epoch.skipped:
            self.line(
                f"{plural(epoch.skipped, 'step')} moved nothing: gradients of fp16 overflowed, and "
                "their scale was halved"
            )

    def line(self, line: str) -> None:
        """A line that stays, above the bar where there is one."""
        if self.bar is not None:
            self.bar.console.print(screen.fitted(line, sys.stderr), highlight=False)
        else:
            screen.note(line)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def finished(self, event: Finished) -> None:
        """The result, in per cent with its interval, beside the paper's."""
        from ..evaluate.metrics import Balance

        result = event.result
        if self.json:
            screen.print_json({**result, "out": str(self.folder)})
            return
        low, high = result["interval"]
        screen.prose(
            f"{short(result['network'])} on {result['data']}: test error "
            f"{percent(result['test_error'])} (95 % interval {100 * low:.2f} to "
            f"{percent(high)}, {plural(result['test_images'], 'picture')}, "
            f"{chosen(result, self.recipe)}, "
            f"{result['seconds']:.0f} s)"
        )
        before = result.get("test_seen_before", 0)
        if before == result["test_images"]:
            screen.prose(
                "The weights it began with had seen all these pictures: this is not a test."
            )
        elif before:
            screen.prose(f"Left out: {plural(before, 'test picture')} that its first weights saw.")
        if "balanced_error" in result and not screen.QUIET:  # older runs did not say it
            beside = Balance(*(result[key] for key in BESIDE))
            screen.prose(f"{beside}.")
        if "test_loss" in result and not screen.QUIET:  # of one network alone
            screen.prose(
                f"Loss {result['test_loss']:.4g}; expected calibration error "
                f"{percent(result['expected_calibration_error'])}."
            )
        self.beside(result)
        if "others_asked" in result:
            screen.prose(
                f"The first network answers alone on {percent(1 - result['others_asked'])} "
                f"of the pictures; this is {result['speed_gained']:.2f} times faster, and its "
                f"error {percent(result['early_exit_error'])}."
            )
        if not screen.QUIET:
            curves = "curves.png, " if result["epochs"] else ""
            mistakes = "mistakes.png, " if "test_loss" in result else ""
            screen.prose(
                f"Written to {self.folder}: best/ (the trained network), {curves}confusion.png, "
                f"{mistakes}result.json"
            )
            screen.prose("Next: " + screen.whole(first_step(self.folder, self.run)))
            for command, what in (
                next_steps(self.folder, self.run, result)
                if self.run and "others_asked" not in result
                else ()
            ):
                screen.prose(f"Or: {screen.whole(command)}  ({what})")

    def beside(self, result: dict[str, Any]) -> None:
        """The paper's own figure, marked where it is of other data."""
        from ..nets import look_up
        from ..train.outcome import paper_error

        if ".py:" in result["network"] or screen.QUIET:
            return
        error, words = paper_error(look_up(result["network"]), result["data"])
        if error is not None:
            screen.prose(f"The paper's test error: {percent(error)} ({words})")


def going_on(event: Started) -> None:
    """Where a run goes on that was stopped."""
    if event.epochs_done or event.steps_done:
        steps = f"step {event.steps_done:,} of epoch {event.epochs_done + 1}"
        after = steps if event.steps_done else f"epoch {event.epochs_done}"
        screen.note(f"going on after {after}")


def accumulated(recipe: TrainRecipe, net: Net) -> str:
    """What is said where a batch is computed in parts."""
    text = (
        f"a batch of {recipe.batch_size:,} is computed {plural(recipe.at_once, 'picture')} at a "
        "time: its gradient is the mean over all"
    )
    if any(isinstance(r.layer, BatchNorm) or getattr(r.layer, "norm", None) for r in walk(net)):
        text += f"; batch normalisation sees {recipe.at_once:,} at a time, not the batch"
    return text


def chosen(result: dict[str, Any], recipe: TrainRecipe) -> str:
    """Which epoch's network is kept, and why that one."""
    number, epochs = result["best_epoch"], result["epochs"]
    if "others_asked" in result:  # each network of a committee has its own
        return f"{plural(epochs, 'epoch')} each"
    if recipe.head_only:
        return "kept epoch 0: the classifier alone was fitted"
    if recipe.keep == "last":
        return f"kept epoch {number}, {'the last' if number else 'which it began with'}"
    began = "" if number else ", which is what it began with"
    ended = ""
    if after := result.get("stopped_after"):
        ended = f"; stopped, as {plural(after, 'epoch')} brought no better one"
    return f"best epoch {number} of {epochs}{began}{ended}"


def show_data(data: Dataset, notes: Sequence[str] = ()) -> None:
    """A set of pictures: how it is split, what was left out, its classes, and what to know."""
    from ..data.notes import counted, notes_of

    if screen.QUIET:
        return
    screen.note(f"{data.name}: {data.split}")
    screen.note(f"{screen.printable(counted(data))} (to train, to choose the epoch, to test)")
    for line in data.skipped[:SKIPPED]:
        screen.note(f"skipped: {screen.printable(line)}")
    if len(data.skipped) > SKIPPED:
        screen.note(f"skipped: {len(data.skipped) - SKIPPED:,} more (papernets data show has all)")
    for line in (*notes, *notes_of(data)):
        screen.note(f"note: {screen.printable(line)}")

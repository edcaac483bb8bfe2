"""The lines of epochs: losses, errors, pictures a second and the time left, in 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..words import percent

if TYPE_CHECKING:
    from ..train.events import Epoch
    from ..train.recipe import TrainRecipe


LINE = 80  # columns of an epoch's line


def heading(recipe: TrainRecipe, held_out: int) -> str:
    """What is said once of the lines of epochs."""
    from ..evaluate.metrics import FEW

    text = "error is that in training, then that on held-out pictures"
    if held_out < FEW:
        text += ", in brackets its 95 % interval"
    if recipe.keep == "best":
        return f"{text}; * marks the best so far"
    unless = ", unless epoch 0 is better" if recipe.fallback else ""
    return f"{text}; the last epoch is kept{unless}"


def epoch_line(epoch: Epoch, recipe: TrainRecipe, held_out: int, left: float) -> str:
    """An epoch's losses, error, pictures a second and the seconds left; `LINE` columns at most.

    That holds for up to 999 epochs and losses below 1,000.
    """
    start = (
        f"epoch {epoch.epoch:>{len(str(recipe.epochs))}}/{recipe.epochs}  "
        f"loss {loss(epoch.train_loss)} val {loss(epoch.val_loss)}  "
    )
    speed, mark = f"{epoch.images_per_second:,.0f}", " *" if recipe.keep == "best" else ""
    ends = (
        f"  {speed} pictures/s  {clock(left)} left",
        f"  {speed}/s  {clock(left)} left",
        f"  {clock(left)} left",
        f"  {clock(left)}",
    )
    alone = held_out_error(epoch.val_error, held_out)  # where there is no room for both
    lines = [start + error + end for error in (errors(epoch, held_out), alone) for end in ends]
    line = next((one for one in lines if len(one + mark) <= LINE), lines[-1])
    return line + (mark if epoch.best else "")


def loss(value: float) -> str:
    """A loss in six characters below 1,000: 0.1234, 12.345, 123.45."""
    return f"{value:.{4 if value < 9.99995 else 3 if value < 99.9995 else 2}f}"


def errors(epoch: Epoch, held_out: int) -> str:
    """`error 2.1 val 1.25 %`; of an epoch without a training error the held-out one alone."""
    text = held_out_error(epoch.val_error, held_out)
    if epoch.train_error is None:
        return text
    return f"error {100 * epoch.train_error:.1f} val{text.removeprefix('error')}"


def held_out_error(error: float, held_out: int) -> str:
    """`error 1.25 %`; on few pictures `error 50.0 % (15 to 85 %)`."""
    from ..evaluate.metrics import few

    interval = few(round(error * held_out), held_out)
    return f"error {100 * error:.1f} %{interval}" if interval else f"error {percent(error)}"


def clock(seconds: float) -> str:
    """Seconds as 0:12, 3:05 or 2:10:00."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

"""Where a loss is no number: the batch is named and kept, so that somebody can look at it."""

from __future__ import annotations

from pathlib import Path

from ..data.picture import shown
from .fit import Diverged
from .folder import write_json
from .source import Source

NAN_BATCH = "nan_batch.json"
SHOWN = 5
"""Pictures that the error names; the file has them all."""


def keep_batch(folder: Path, source: Source, error: Diverged) -> str:
    """Write the batch of the step that diverged, and say in a sentence what it was.

    Places are those in the training part, in the order of the batch. Empty where no step did.
    """
    if not error.step:
        return ""
    part, places = source.part, source.places_of(error.epoch, error.step - 1)
    files = [shown(part.files[at]) for at in places.tolist()] if part.files else []
    values = {
        "epoch": error.epoch,
        "step": error.step,
        "learning_rate": error.rate,
        "places": places.tolist(),
        "labels": part.labels[places].tolist(),
    }
    write_json(folder / NAN_BATCH, values | ({"files": files} if files else {}))
    names = files or [str(at) for at in places.tolist()]
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    first = f"{', '.join(names[:SHOWN])}{more}"
    return f"Its batch, step {error.step} of the epoch, is kept in {folder / NAN_BATCH}: {first}. "

"""Where a file cannot be written: what is kept, and how to go on."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..words import resume_command
from .checkpoint import load_state
from .folder import CONFIG
from .state import State
from .trust import named_file

VIEWS = "log.jsonl, last/ and best/"
ROOM, RIGHT = "Make room", "Make it writable"
GONE = (errno.ENOENT, errno.ENOTDIR, errno.ESTALE)
"""What is said where the folder itself was removed or moved meanwhile."""
UNWRITABLE = {
    errno.ENOSPC: ROOM,
    errno.EDQUOT: ROOM,
    errno.EFBIG: ROOM,
    errno.EACCES: RIGHT,
    errno.EPERM: RIGHT,
    errno.EROFS: RIGHT,
    errno.EIO: "See what is wrong with the disk",
}
"""What keeps a file from being written, and what would help."""


@contextmanager
def saving(folder: Path, state: State | None, views: str = VIEWS) -> Iterator[None]:
    """Where a file cannot be written, an OSError says what is kept and how to go on.

    `state` None: of a committee, all of whose networks are trained. `views` is what is written from
    the state once that is kept.
    """
    try:
        yield
    except OSError as error:
        if error.errno in GONE and not (folder / CONFIG).exists():
            raise _gone(folder, state, views, error) from None
        if error.errno not in UNWRITABLE:
            raise
        what, text = "the committee", "its networks are kept"
        if state is not None:
            kept = (load_state(folder) or {}).get("state", {})
            epoch, at = kept.get("epoch"), kept.get("part", {}).get("at", 0)
            what = _place(state.epoch, state.part.at if state.part else 0)
            text = "no checkpoint is there"
            if kept:
                text = f"the checkpoint of {_place(kept['epoch'], at)} is kept"
            if epoch == state.epoch and not at and state.part is None:
                what = f"all of epoch {epoch}"
                text += f", but not all of {views}: --resume renews them from it"
        member = folder.name.isdigit() and (folder.parent / CONFIG).exists()
        whole = folder.parent if member else folder
        again = resume_command(whole, named_file(whole / CONFIG))
        raise OSError(
            error.errno,
            f"could not save {what} in {folder} ({os.strerror(error.errno)}): {text}. "
            f"{UNWRITABLE[error.errno]}, then: {again}",
        ) from None


def _place(epoch: int, step: int) -> str:
    """`epoch 2` where that is done; `step 20 of epoch 3` within the next."""
    return f"step {step:,} of epoch {epoch + 1}" if step else f"epoch {epoch}"


def _gone(folder: Path, state: State | None, views: str, error: OSError) -> OSError:
    """The error that a run's folder is not there any more: what is lost, and what may be kept.

    Nothing is made anew in its place, which would hide what happened.
    """
    lost, kept = "The joined committee", "its networks are"
    if state is not None and views != VIEWS:
        lost, kept = views[:1].upper() + views[1:], "all epochs are"
    elif state is not None:
        lost = f"Epoch {state.epoch}" if state.epoch else "What was begun"
        if state.part is not None:
            lost = f"Epoch {state.epoch + 1}, which had begun,"
        kept = "the epochs before it are" if state.epoch > 1 else "nothing else was"
    return OSError(
        error.errno,
        f"{folder} is gone: it was removed or moved while the run was going on. {lost} could not "
        f"be saved; {kept} kept where the folder is now. If it was moved: papernets train --out "
        "WHERE --resume. If it was removed, begin again",
    )

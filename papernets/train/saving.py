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

ROOM, RIGHT = "Make room", "Make it writable"
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
def saving(
    folder: Path, state: State | None, views: str = "log.jsonl, last/ and best/"
) -> Iterator[None]:
    """Where a file cannot be written, an OSError says what is kept and how to go on.

    `state` None: of a committee, all of whose networks are trained. `views` is what is written from
    the state once that is kept.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        what, text = "the committee", "its networks are kept"
        if state is not None:
            kept = load_state(folder)
            epoch = kept["state"]["epoch"] if kept else None
            what = f"epoch {state.epoch}"
            text = f"the checkpoint of epoch {epoch} is kept" if kept else "no checkpoint is there"
            if epoch == state.epoch:
                what = f"all of epoch {epoch}"
                text += f", but not all of {views}: --resume renews them from it"
        member = folder.name.isdigit() and (folder.parent / CONFIG).exists()
        again = resume_command(folder.parent if member else folder)
        raise OSError(
            error.errno,
            f"could not save {what} in {folder} ({os.strerror(error.errno)}): {text}. "
            f"{UNWRITABLE[error.errno]}, then: {again}",
        ) from None

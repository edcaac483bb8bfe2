"""An output that was begun: whether it is there, and whether this goes on with it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from .appended import InUse, changed
from .formats import Form
from .manifest import ADVICE, Manifest, manifest_of, read_manifest


def check_new(output: Path, files: Iterable[Path] = (), resumes: bool = True) -> None:
    """FileExistsError where something is there of what would be written.

    `resumes`: the command that writes it can go on with it.
    """
    begun = os.path.lexists(manifest_of(output))
    for path in (output, manifest_of(output), *files):
        if os.path.lexists(path):
            then = (
                "--resume goes on with it"
                if begun and resumes
                else "Move it away, or give another name with -o"
            )
            raise FileExistsError(f"{path} exists, and nothing is written over it. {then}")


def threads_of(output: Path) -> int:
    """How many threads an output was begun with; 0 where it was not, or does not say."""
    manifest = read_manifest(output)
    threads = 0 if manifest is None else manifest.runtime.get("threads", 0)
    return threads if isinstance(threads, int) and 0 < threads <= 1024 else 0


def runtime_of(output: Path) -> str:
    """What answers in an output that was begun; empty where it was not, or does not say."""
    manifest = read_manifest(output)
    name = "" if manifest is None else manifest.options.get("--runtime", "")
    return name if isinstance(name, str) else ""


def begun(output: Path, now: Manifest, form: Form, resume: bool) -> tuple[Manifest, str]:
    """The manifest to go on from, and a sentence on where this differs; errors as `job.run`."""
    if not resume:
        check_new(output, form.files(output).values())
    before = read_manifest(output) if resume else None
    if before is None:
        for path in (output, *form.files(output).values()):
            if os.path.lexists(path):
                raise FileExistsError(
                    f"{path} exists without a manifest, so that nothing says how it was made: "
                    "move it away, or give another name with -o"
                )
        now.write(output)
        return now, ""
    if differ := now.others(before):
        raise ValueError(
            f"{output} was begun otherwise: {'; '.join(differ)}. Go on as it was begun, or "
            "give another name with -o"
        )
    moved = [
        f"{key} {now.runtime.get(key)}, not {value}"
        for key, value in before.runtime.items()
        if now.runtime.get(key) != value
    ]
    note = ""
    if moved and not before.complete:
        note = f"it was begun elsewhere, and last digits may differ: {', '.join(moved)}"
    if before.complete:
        _check_whole(output, before, form)
    return before, note


def check_still(output: Path, manifest: Manifest) -> None:
    """InUse where another process went on with an output before this one had it for itself."""
    now = read_manifest(output)
    if now is None or (now.progress, now.complete) != (manifest.progress, manifest.complete):
        raise InUse(
            errno.EBUSY, f"{output} was written by another process just now: give the command again"
        )


def _check_whole(output: Path, before: Manifest, form: Form) -> None:
    """ValueError where the files of a finished output are not as large as they were left."""
    kept, sizes = form.kept(output), [*before.progress.sizes.values()]  # in the same order
    if len(kept) != len(sizes):
        raise ValueError(f"{manifest_of(output)} does not say what is whole. {ADVICE}")
    for path, size in zip(kept, sizes, strict=True):
        if not path.exists():
            raise ValueError(
                f"{path} is not there, and its manifest says that it is whole. Remove "
                f"{manifest_of(output)} and begin again"
            )
        if (there := path.stat().st_size) != size:
            raise ValueError(changed(path, there, size))

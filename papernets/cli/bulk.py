"""predict -o: answers for many pictures in a file, as they come; merge: the parts as one."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..words import plural
from . import screen
from .flags import Quiet, WrongUse, answers_by, wrong_use
from .predict_given import Counting, pictures_given
from .predict_shown import Count
from .runtimes import AUTO, device_for, in_runtime
from .stopping import stopped_cleanly
from .waiting import Waiting, waiting

if TYPE_CHECKING:
    import torch

    from ..bulk.job import Told
    from ..bulk.part import Part
    from ..evaluate.protocols.protocol import Protocol


@dataclass(frozen=True)
class Wanted:
    """What is written, and by whom."""

    output: str
    resume: bool
    shard: str
    layer: str
    strict: bool
    as_csv: bool


@dataclass(frozen=True)
class Asking:
    """How pictures are answered."""

    top: int
    batch_size: int | None
    device: str
    threads: int
    protocol: Protocol
    ensemble: tuple[str, ...]
    plain: bool = False
    runtime: str = "torch"


def write(wanted: Wanted, bundle: str, files: Sequence[str], asking: Asking) -> None:
    """Write answers to a file; exit code 1 where not one picture could be read."""
    from ..bulk.formats import format_of

    if wanted.as_csv and not wanted.output.casefold().endswith(".csv"):
        raise WrongUse(f"{wanted.output} does not end in .csv, and --csv asks for it")
    with wrong_use():
        format_of(wanted.output, wanted.layer)
    part, resume = _part(wanted)
    output = Path(os.path.expanduser(wanted.output))
    if not wanted.shard and part.count > 1:
        output = Path(part.of(str(output)))
    _check_place(output, wanted.output)
    from ..bulk.inputs import reads

    if whose := reads(files, str(output)):
        raise WrongUse(
            f"{output} lies in {whose}, which is read: it would be taken for a picture. Give "
            "another place with -o"
        )
    _answer(wanted, bundle, files, asking, output, part, resume)


def _part(wanted: Wanted) -> tuple[Part, bool]:
    """This process's part, and whether it goes on: torchrun starts processes anew by itself."""
    from ..bulk.part import WHOLE, part_in, part_of

    with wrong_use():
        told = part_in(os.environ)
        part = part_of(wanted.shard) if wanted.shard else told or WHOLE
    if told is not None and not wanted.shard and told.number > 1:
        screen.quiet(True)  # the first speaks for all
    again = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0") not in ("", "0")
    return part, wanted.resume or (told is not None and again)


def _check_place(output: Path, given: str) -> None:
    """Wrong use where no file can be written so, known before any work is done."""
    from ..files import SPECIAL, unreadable

    if output.is_dir() or given.endswith(os.sep):
        raise WrongUse(f"{given} is a folder: give a file's name, {Path(given, 'answers.jsonl')}")
    if not output.parent.is_dir():
        raise WrongUse(f"{given}: make the folder {output.parent} first")
    if output.is_symlink() or unreadable(output) == SPECIAL:
        what = "a link" if output.is_symlink() else SPECIAL
        raise WrongUse(f"{given} is {what}: nothing is written in its place")


def _answer(
    wanted: Wanted,
    bundle: str,
    files: Sequence[str],
    asking: Asking,
    output: Path,
    part: Part,
    resume: bool,
) -> None:
    from ..bulk.appended import DiskFull
    from ..bulk.begun import check_new, runtime_of, threads_of
    from ..bulk.job import Job, run
    from ..bundle.load import load_bundle
    from ..evaluate.steady import size_for

    if not resume:
        with wrong_use():
            check_new(output)
    where = _device(asking, part, wanted, threads_of(output) if resume else 0)
    runtime = asking.runtime
    if runtime == AUTO and resume:
        runtime = runtime_of(output) or AUTO
    if runtime == AUTO and part.count > 1:
        raise WrongUse(
            "--runtime auto lets each process choose by itself, and their figures would differ in "
            "the last digits: name one, --runtime onnxruntime"
        )
    bundles = [load_bundle(name, asking.plain) for name in (bundle, *asking.ensemble)]
    for one in bundles:
        folder = one.folder.resolve()
        if folder in output.resolve().parents:
            raise WrongUse(f"{output} lies in the bundle {one.folder}: give another place with -o")
    if wanted.layer and (len(bundles) > 1 or asking.protocol.name != "centre"):
        raise WrongUse(
            "--features are of one network that sees one view of a picture: leave out --ensemble "
            "and --protocol"
        )
    bundles = in_runtime(bundles, runtime, size_for(bundles[0], asking.protocol, asking.batch_size))
    with pictures_given(files) as sources:
        job = Job(
            bundles[0],
            files,
            lambda: sources,
            output,
            part,
            asking.top,
            wanted.layer,
            asking.batch_size,
            where,
            asking.protocol,
            bundles[1:],
            wanted.strict,
        )
        count, seen = Count(False), Shown(output, Counting(files, part))
        try:
            with stopped_cleanly(), closing(run(job, resume)) as work:
                for told in work:
                    for answer in told.last:
                        count.add(answer)
                    seen.of(told)
        except BaseException as error:
            seen.close()
            if not isinstance(error, DiskFull):  # which says it
                seen.kept()
            raise
        seen.close()
    count.notes()
    seen.finish()


def _device(asking: Asking, part: Part, wanted: Wanted, threads: int) -> torch.device:
    """The device; of several processes on a machine with GPUs each takes its own."""
    import torch

    found = answers_by(device_for(asking.runtime, asking.device), asking.threads or threads)
    local = os.environ.get("LOCAL_RANK", "")
    if found.type == "cuda" and part.count > 1 and not wanted.shard and local.isdecimal():
        return torch.device("cuda", int(local) % torch.cuda.device_count())
    return found


class Shown:
    """How far an output is, on stderr: lines, how many a second, and the time that is left."""

    def __init__(self, output: Path, counting: Counting):
        self.output, self.counting = output, counting
        self.told: Told | None = None
        self.begun = 0.0
        self.waiting = Waiting()

    def of(self, told: Told) -> None:
        """Say it, seldom."""
        if self.told is None:
            self.begun = time.monotonic()
            if told.note:
                screen.note(f"note: {told.note}")
            if told.rows and not told.complete:
                screen.note(f"goes on after {plural(told.rows, 'line')}")
        self.told = told
        if told.complete:
            return
        self.waiting.since(
            "pictures answered",
            told.rows,
            self.counting.total,
            told.new,
            f", {self._rate(told):,.0f} a second",
        )

    def _rate(self, told: Told) -> float:
        return told.new / max(time.monotonic() - self.begun, 1e-9)

    def close(self) -> None:
        """Take a bar away, and count no further."""
        self.counting.end()
        self.waiting.close()

    def kept(self) -> None:
        """What is left of a work that ended early."""
        if self.told is not None and not self.told.complete:
            lines = plural(self.told.rows, "line")
            far = f"{lines} in {self.output}"
            if self.output.suffix.casefold() in (".parquet", ".npy"):  # made of them at the end
                kept = "is" if self.told.rows == 1 else "are"
                far = f"{lines} {kept} kept, and {self.output} is written when all are there"
            screen.note(f"{far}. The same command with --resume goes on")

    def finish(self) -> None:
        """What was written; exit code 1 where not one picture could be read."""
        from .epochs import clock

        told = self.told
        assert told is not None
        bad = f", {told.errors:,} of them without an answer" if told.errors else ""
        took = ""
        if told.new:
            seconds = time.monotonic() - self.begun
            new = "" if told.new == told.rows else f" ({told.new:,} new)"
            took = f"{new} in {clock(seconds)}, {self._rate(told):,.0f} a second"
        was = "" if told.new or not told.rows else " It was complete."
        screen.note(f"{self.output}: {plural(told.rows, 'line')}{bad}{took}.{was}")
        if told.rows and told.rows == told.errors:
            raise typer.Exit(1)


def merge(
    parts: Annotated[
        list[str], typer.Argument(help="What each process wrote; the manifests lie beside them.")
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", help="Write to this file, of the parts' format.")
    ] = "",
    quiet: Quiet = False,
) -> None:
    """Join the parts that processes wrote with predict --shard.

    Checks that each part is there once, whole, and of the same bundle, options and pictures. The
    bytes are those that one process would have written.
    """
    from ..bulk.merge import merge as merged

    screen.quiet(quiet)
    if not output:
        raise WrongUse(f"say where: papernets merge {' '.join(parts[:2])} ... -o answers.jsonl")
    place = Path(os.path.expanduser(output))
    _check_place(place, output)
    with waiting(), stopped_cleanly():
        found = merged([Path(os.path.expanduser(part)) for part in parts], place)
    screen.note(f"{output}: {plural(found.progress.rows, 'line')} of {plural(len(parts), 'part')}.")

"""predict: what a trained network says of pictures."""

from __future__ import annotations

import csv
import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from ..texts import json_text
from . import screen
from .flags import BatchSize, BundleName, Device, Json, Plain, Quiet, Threads, WrongUse, use
from .protocols import Average, Crops, Ensemble, ProtocolName, Scales, protocol_of
from .waiting import Waiting

if TYPE_CHECKING:
    import torch

    from ..data.picture import Remark
    from ..evaluate.predict import Answer, Source
    from ..strips.scan import Scanned

    Said = TypeVar("Said", Answer, Scanned)

# How the files begin that pictures are most often piped as; a path has no such bytes.
PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
MOST_BYTES = 1 << 28  # of standard input: a picture, or more than a million paths
LEAST = 16  # columns for the file's name on a narrow terminal


def predict(
    bundle: BundleName,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Pictures or folders of them; - reads stdin: paths, one per line, or one picture."
        ),
    ] = None,
    top: Annotated[int, typer.Option("--top", help="Classes to print per picture.")] = 3,
    json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV on stdout.")] = False,
    scan: Annotated[
        bool, typer.Option("--scan", help="Read rows of digits, with lenet5_scan.")
    ] = False,
    protocol: ProtocolName = "centre",
    scales: Scales = "",
    crops: Crops = None,
    average: Average = "",
    ensemble: Ensemble = None,
    batch_size: BatchSize = None,
    device: Device = "auto",
    threads: Threads = 0,
    plain: Plain = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first file that cannot be read.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Say what pictures show, with scores.

    Class names and preprocessing come from the bundle. The exit code is 0 if at least one file
    could be read. --protocol shows each picture as a paper did, and answers as evaluate does by it;
    --ensemble lets several networks answer together.
    """
    screen.quiet(quiet)
    if not files:
        raise WrongUse(
            f"name the pictures: papernets predict {bundle} digit.png. A folder works too, and - "
            "for paths on stdin"
        )
    if top < 1:
        raise WrongUse(f"--top {top}: give 1 or more")
    if json and as_csv:
        raise WrongUse("--json and --csv: give one of them")
    asked = protocol_of(protocol, scales, crops, average, bool(ensemble))
    if scan and protocol != "centre":
        raise WrongUse("--scan reads rows of digits, each as it is: leave out --protocol")
    if scan and ensemble:
        raise WrongUse("--scan reads rows of digits with one network: leave out --ensemble")
    from ..bundle.load import load_bundle
    from ..evaluate.predict import BATCH
    from ..evaluate.predict import predict as answers_of

    where = use(device, threads)
    count = Count(strict)
    if scan:
        _scan((bundle, where, plain), files, json, as_csv, count)
        count.finish()
        return
    loaded = load_bundle(bundle, plain)
    others = [load_bundle(name, plain) for name in ensemble or ()]
    with _gathered(files) as sources:
        top = min(top, len(loaded.info.classes))
        some = batch_size or BATCH
        answers = answers_of(
            *(loaded, sources),
            top=top,
            device=where,
            batch=some,
            protocol=asked,
            others=others,
        )
        found = loaded.info.preprocessing.get("kind") != "photo"
        table = _Table([source.name for source in sources], loaded.info.classes, found)
        with _progress(len(sources)) as advance:
            (_json if json else _csv if as_csv else table)(count.of(answers, advance), top)
    count.finish()


def _scan(
    given: tuple[str, torch.device, bool],
    files: Sequence[str],
    json: bool,
    csv: bool,
    count: Count,
) -> None:
    """What is written in pictures of several digits; `given` are bundle, device and form."""
    from ..strips.scan import scan
    from . import scan as strips

    scanner = strips.scanner_of(*given)
    with _gathered(files) as sources, _progress(len(sources)) as advance:
        readings = count.of(scan(scanner, sources), advance)
        if json:
            _json(readings)
        else:
            names = [source.name for source in sources]
            strips.as_csv(readings) if csv else strips.as_table(readings, names)


class Count:
    """Counts the files that were read; with `strict` the first that was not is a ValueError."""

    def __init__(self, strict: bool):
        self.strict, self.good, self.bad = strict, 0, 0
        self.wide: list[str] = []
        self.learnt = 0
        self.remarks: list[tuple[str, Remark]] = []

    def finish(self) -> None:
        """Say how many were not read; exit code 1 if none was."""
        if self.bad and self.bad + self.good > 1:
            screen.note(f"{self.good:,} of {self.good + self.bad:,} files were read.")
        if self.wide:
            more = f" and {len(self.wide) - 1:,} more" if len(self.wide) > 1 else ""
            screen.note(
                f"{screen.clean(self.wide[0])}{more}: several digits? --scan reads a row of them"
            )
        if self.remarks:
            from ..data.notes import of_remarks

            for line in of_remarks(self.remarks):
                screen.note(f"note: {screen.clean(line)}")
        if self.learnt:
            some = "It was" if self.good == 1 else f"{self.learnt:,} of {self.good:,} pictures were"
            screen.note(f"{some} trained on: what the network says of them says little of others.")
        if not self.good:
            raise typer.Exit(1)

    def of(self, answers: Iterable[Said], advance: Any) -> Iterator[Said]:
        """The answers as they are."""
        for answer in answers:
            advance()
            yield answer
            if not answer.error:
                self.good += 1
                self.learnt += bool(getattr(answer, "learnt", False))
                self.remarks += [(answer.file, one) for one in getattr(answer, "remarks", ())]
                self.wide += [answer.file] if getattr(answer, "wide", False) else []
                continue
            self.bad += 1
            if self.strict:
                raise ValueError(f"{answer.file}: {answer.error}. Without --strict it is left out")


@contextmanager
def _gathered(files: Sequence[str]) -> Iterator[list[Source]]:
    """What the arguments mean, with - as what stdin holds: one picture, or paths."""
    from ..evaluate.predict import Source, sources

    if files.count("-") > 1:
        raise WrongUse("- is given twice: stdin can be read once")
    with tempfile.TemporaryDirectory(prefix="papernets-") as folder:
        found: list[Source] = []
        for name in files:
            if name != "-":
                found += sources([name])
                continue
            content = _stdin()
            if _is_picture(content):
                path = Path(folder, "stdin")
                path.write_bytes(content)
                found.append(Source("-", str(path)))
            else:
                found += sources(_paths(content))
        yield found


def _stdin() -> bytes:
    """All of stdin; nothing there is a ValueError."""
    if sys.stdin is not None and sys.stdin.isatty():
        screen.note("paths, one a line; end with Ctrl-D:")
    content = sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin is not None else b""
    if len(content) > MOST_BYTES:
        raise ValueError(f"stdin holds more than {MOST_BYTES:,} bytes, which no picture has")
    if not content.strip():
        raise ValueError("nothing on stdin: pipe paths, one a line, or one picture")
    return content


def _is_picture(content: bytes) -> bool:
    """True for the bytes of a picture: text has no zero bytes, but for those of `find -print0`."""
    first, zero, _ = content.partition(b"\0")
    return content.startswith(PICTURES) or (bool(zero) and not os.path.exists(os.fsdecode(first)))


def _paths(content: bytes) -> list[str]:
    """One path a line, or between zero bytes."""
    parts = content.split(b"\0") if b"\0" in content else content.splitlines()
    return [os.fsdecode(part) for part in parts if part.strip()]


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """How far it is, where stdout, with the answers, is no terminal: a bar, or now and then a line.

    It gives what is to be called after each picture.
    """
    if screen.terminal():
        yield lambda: None
        return
    teller, done = Waiting(), itertools.count(1)
    try:
        yield lambda: teller("pictures answered", next(done), total)
    finally:
        teller.close()


def _json(answers: Iterator[Answer] | Iterator[Scanned], top: int = 0) -> None:
    """One array, an object a file, whole even if the work is stopped in its middle."""
    out, before = sys.stdout, "[\n "
    try:
        for answer in answers:
            out.write(before + json_text(answer.to_dict(), ascii_only=not screen.speaks_unicode()))
            before = ",\n "
    finally:
        out.write("\n]\n" if before.startswith(",") else "[]\n")


def _csv(answers: Iterator[Answer], top: int) -> None:
    """A line a file; the first class is `label`, the others label_2, label_3, ..."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    others = [f"{what}_{place}" for place in range(2, top + 1) for what in ("label", "score")]
    writer.writerow(["file", "label", "score", "found", "error", *others])
    for answer in answers:
        rest = [cell for pair in answer.top[1:] for cell in pair] or [""] * len(others)
        first = answer.top[0] if answer.top else ("", "")
        writer.writerow([answer.file, *first, answer.found, answer.error, *rest])


class _Table:
    """A line a file as soon as it is known; on a terminal cut to its width, in a pipe never."""

    def __init__(self, names: Sequence[str], classes: Sequence[str], found: bool):
        self.names, self.classes, self.found = names, classes, found

    def __call__(self, answers: Iterator[Answer], top: int) -> None:
        """Print them; a file that could not be read is a line on stderr."""
        from rich.cells import cell_len

        label = max(cell_len(screen.clean(name)) for name in self.classes)
        name = max([4, *(cell_len(screen.clean(name)) for name in self.names)])
        middle, others = [max(label, 6), 7, *([14] if self.found else [])], top - 1
        if screen.terminal():
            columns = shutil.get_terminal_size().columns - LEAST - 2 * len(middle)
            longest = max(6, columns - sum(middle[1:]))
            label, middle[0] = min(label, longest), min(middle[0], longest)
            others = max(0, min(others, (columns - sum(middle)) // (label + 10)))
            name = min(name, max(4, columns + LEAST - sum(middle) - others * (label + 10)))
        widths = [name, *middle, *([label + 8] * others)]
        heads = ["file", "answer", "score", *(["found"] if self.found else [])]
        _line(widths, [*heads, *(["then"] if others else [])], "bold")
        for answer in answers:
            if answer.error:
                sys.stdout.flush()
                print(f"{screen.clean(answer.file)}: {answer.error}", file=sys.stderr)
                continue
            (best, score), *rest = answer.top
            whole = not rest[0][1] if rest else len(self.classes) == 1
            cells = [screen.clean(answer.file), screen.clean(best), _score(score, whole).rjust(7)]
            if self.found:
                cells.append(answer.found)
            for other, chance in rest[:others]:
                cells.append(_fitted(screen.clean(other), label) + _score(chance).rjust(8))
            _line(widths, cells)


def _line(widths: Sequence[int], cells: Sequence[str], style: str = "") -> None:
    """One line of columns, two spaces apart; a name's end says more than its beginning."""
    from rich.text import Text

    (width, name), *others = zip(widths, cells, strict=False)
    fitted = [_fitted(name, width, end=True), *(_fitted(cell, wide) for wide, cell in others)]
    text = "  ".join(fitted).rstrip()
    screen.line(Text(text, style=style))


def _fitted(text: str, width: int, end: bool = False) -> str:
    """The text in exactly this many columns; where it is longer, its beginning or its end."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= width:
        return text + " " * (width - cell_len(text))
    mark = "\N{HORIZONTAL ELLIPSIS}" if screen.speaks_unicode() else "~"
    while end and text and cell_len(text) >= width:
        text = text[1:]
    return _fitted(mark + text, width) if end else set_cell_size(text, width - 1) + mark


def _score(score: float, whole: bool = False) -> str:
    """In per cent; 0 only where it is, 100 only for the `whole`, with nothing left for others."""
    if score >= 0.9995 and not whole:
        return ">99.9 %"
    return "<0.1 %" if 0 < score < 0.0005 else f"{100 * score:.1f} %"

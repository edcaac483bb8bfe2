"""evaluate: how often a trained network is wrong, on which classes, and on which pictures."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..words import either, percent
from . import screen
from .flags import (
    BatchSize,
    BundleName,
    DataDir,
    Device,
    Json,
    Quiet,
    Strict,
    Threads,
    WrongUse,
    check_data,
    use,
    wrong_data,
)
from .waiting import waiting

if TYPE_CHECKING:
    from ..bundle.load import Bundle
    from ..evaluate.metrics import ClassScore
    from ..evaluate.pictures import Pictures
    from ..evaluate.report import Report

MATRIX = 25  # classes: with more, the matrix is only drawn
CLASSES = 40  # on a terminal; with more, the worst are printed
INTERVAL = "95 % interval"  # of the error, for classes of few pictures
FILES = CONFUSION, MISTAKES, REPORT = "confusion.png", "mistakes.png", "report.json"


def evaluate(
    bundle: BundleName,
    data: Annotated[
        str,
        typer.Option(
            "--data",
            help="digits, mnist, fashion_mnist, cifar10, a folder, or parquet files. "
            "[what it was trained on]",
        ),
    ] = "",
    data_dir: DataDir = "",
    part: Annotated[
        str,
        typer.Option(
            "--part",
            help="test, validation, train or all. [test; all of a new folder without parts]",
        ),
    ] = "",
    top: Annotated[
        list[int] | None,
        typer.Option("--top", help="k of a top-k error; may be repeated. [5]"),
    ] = None,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            help="Folder for the drawings. [evaluation/DATA-PART in the run's folder, else here]",
        ),
    ] = "",
    batch_size: BatchSize = None,
    device: Device = "auto",
    threads: Threads = 0,
    strict: Strict = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Test a trained network, and draw its mistakes.

    Prints the error, each class and the confusion matrix, and draws the worst mistakes.
    Preprocessing and class names come from the bundle; the data's classes are matched by name.
    """
    screen.quiet(quiet)
    if out:
        _refuse_taken(Path(out))
    from ..bundle.load import load_bundle
    from ..evaluate.pictures import PARTS, open_pictures
    from ..evaluate.report import report
    from ..train.folder import data_of_run

    if part and part not in PARTS:
        raise WrongUse(f"--part {part}: give {either(PARTS)}")
    if below := [k for k in top or () if k < 1]:
        raise WrongUse(f"--top {below[0]}: give 1 or more")
    where = use(device, threads)
    loaded = load_bundle(bundle)
    own = {} if data else data_of_run(loaded.folder)
    name = data or own.get("data") or str(loaded.info.run.get("data") or "")
    data_dir = data_dir or own.get("data_dir", "")
    if not name:
        raise WrongUse(
            f"{bundle} does not say what it was trained on: give --data digits, mnist, or a folder"
        )
    if not data:
        screen.note(f"data: {name}, which it was trained on (another: --data)")
    else:
        check_data(name, data_dir)
    with waiting(), wrong_data():
        pictures = open_pictures(loaded, name, part=part, data_dir=data_dir or None, strict=strict)
    if out:
        _make(Path(out))
    with waiting():
        found = report(loaded, pictures, top=top, device=where, batch=batch_size)
    if not json:
        show(found)
    folder = _write(loaded, found, pictures, out)
    if json:
        written = {"out": str(folder) if folder else None}
        screen.print_json({"bundle": str(loaded.folder), **found.to_dict(), **written})
    elif folder:
        screen.note(f"Written to {folder}: {', '.join(FILES)}")


def show(found: Report) -> None:
    """Print a report for people."""
    part = "all pictures" if found.part == "all" else f"{found.part} part"
    screen.prose(f"{found.network} on {found.data}, {part}: {found.score}")
    if found.balance is not None and not screen.QUIET:
        screen.prose(f"{found.balance}.")
    early = found.early_exit
    if early is not None:
        if early.margin is None:
            screen.prose(f"All {early.networks} networks ran on every picture.")
        else:
            screen.prose(
                f"The first of {early.networks} networks answered alone on "
                f"{percent(1 - early.others_asked)} of the pictures; the others ran on "
                f"{percent(early.others_asked)}. All on every picture: "
                f"{percent(early.error_without)} error."
            )
    for line in found.notes:
        screen.note(line)
    for line in found.skipped[:10]:
        screen.note(f"skipped: {screen.printable(line)}")
    if len(found.skipped) > 10:
        screen.note(f"skipped: {len(found.skipped) - 10:,} more (report.json has them all)")
    if screen.QUIET:
        return
    _classes(found)
    _matrix(found)


def _classes(found: Report) -> None:
    """The table of the classes; on a terminal no more of them than can be looked at."""
    classes = list(found.per_class)
    if len(classes) > CLASSES and screen.terminal():
        classes.sort(key=lambda one: -(one.error or 0))
        screen.heading(f"The {CLASSES // 2} worst of {len(classes):,} classes, in per cent")
        classes = classes[: CLASSES // 2]
    else:
        screen.heading("Classes, in per cent")
    columns: tuple[str, ...] = (
        "class", "pictures", "error", "precision", "recall", "f1", "confused with",
    )  # fmt: skip
    rows: list[tuple[str, ...]] = [
        (
            screen.printable(one.name),
            f"{one.images:,}",
            *(_share(value) for value in (one.error, one.precision, one.recall, one.f1)),
            screen.printable(one.most_confused_with or ""),
        )
        for one in classes
    ]
    if any(_interval(one) for one in classes):
        columns = (*columns[:3], INTERVAL, *columns[3:])
        rows = [
            (*row[:3], _interval(one), *row[3:]) for row, one in zip(rows, classes, strict=True)
        ]
    screen.table(columns, rows)


def _interval(one: ClassScore) -> str:
    """The 95 % interval of a class's error where it has few pictures, in per cent."""
    from ..evaluate.metrics import FEW, interval

    if one.error is None or one.images >= FEW:
        return ""
    low, high = interval(round(one.error * one.images), one.images)
    return f"{100 * low:.2f} to {100 * high:.2f}"


def _matrix(found: Report) -> None:
    """The confusion matrix where it fits, with letters above it where names are long."""
    from rich.cells import cell_len, set_cell_size
    from rich.text import Text

    counts, n = found.confusion, len(found.classes)
    if n > MATRIX:
        return
    names = [screen.printable(name) for name in found.classes]
    heads = list(names)
    if any(len(name) > 4 for name in names):
        heads = [chr(ord("a") + at) for at in range(n)]
        names = [f"{head} = {name}" for head, name in zip(heads, names, strict=True)]
    cells = [[str(count) if count else "." for count in row] for row in counts]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    first = max(map(cell_len, names))
    room = shutil.get_terminal_size().columns if screen.terminal() else 10**9
    gap = 2 if first + sum(widths) + 2 * n <= room else 1
    screen.heading("Confusion matrix: true classes down, answers across")
    if (needed := first + sum(widths) + n) > room:
        screen.prose(f"It needs {needed} columns: widen the window, or look at {CONFUSION}.")
        return
    for at, row in enumerate([heads, *cells], start=-1):
        line = Text(set_cell_size(names[at] if at >= 0 else "", first))
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            style = "bold" if at in (-1, place) else "dim" if cell == "." else "yellow"
            line.append(" " * (gap + width - len(cell)))
            line.append(cell, style)
        screen.line(line)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f}"


def _refuse_taken(folder: Path) -> None:
    """Nothing that is there is written over."""
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{folder} is a file; --out takes a folder")
    for name in FILES:
        if (folder / name).exists():
            raise FileExistsError(f"{folder / name} is there already: give a new folder as --out")


def _make(folder: Path) -> None:
    """The folder of --out, before the work begins."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(
            f"{folder} cannot be written ({error.strerror}): give another folder as --out"
        ) from None


def _write(bundle: Bundle, found: Report, pictures: Pictures, out: str) -> Path | None:
    """Draw into --out, or a new folder of the bundle's run, or one here; None if neither can be."""
    if out:
        _draw(Path(out), found, pictures)
        return Path(out)
    run, name = bundle.folder.parent, f"{found.data}-{found.part}"
    network = Path(found.network.split(":")[0]).stem
    places = [Path("evaluation", f"{network}-{name}")]
    if (run / "run.toml").exists() and not (run / "evaluation").is_symlink():
        places.insert(0, run / "evaluation" / name)
    for place in places:
        folder = _free(place)
        try:
            _draw(folder, found, pictures)
        except OSError as error:
            screen.note(f"{folder} cannot be written ({error.strerror or error})")
            continue
        return folder
    screen.note("No pictures were drawn. Say where with --out DIR")
    return None


def _free(folder: Path) -> Path:
    """The folder, or with the first number that is free."""
    tried, number = folder, 1
    while tried.exists():
        number += 1
        tried = folder.with_name(f"{folder.name}-{number}")
    return tried


def _draw(folder: Path, found: Report, pictures: Pictures) -> None:
    """Write confusion.png, mistakes.png and report.json."""
    from ..draw.confusion import confusion_picture
    from ..draw.mistakes import mistakes_picture
    from ..files import write_atomically
    from ..texts import json_text

    folder.mkdir(parents=True, exist_ok=True)
    worst, scored = found.mistakes, found.score
    title = f"{found.network} on {found.data}"
    wrong = f"{title}: {scored.errors:,} of {scored.images:,} wrong"
    confusion_picture(found.confusion, found.classes, folder / CONFUSION, title=wrong)
    several = scored.errors > len(worst)
    shown = (
        f"the {len(worst)} worst of {scored.errors:,} mistakes"
        if several
        else ("the one mistake" if len(worst) == 1 else f"all {len(worst)} mistakes")
    )
    places = {name: place for place, name in enumerate(found.classes)}
    mistakes_picture(
        pictures.images[[one.index for one in worst]].numpy(),
        [places[one.true] for one in worst],
        [places[one.predicted] for one in worst],
        [one.score for one in worst],
        found.classes,
        folder / MISTAKES,
        title=f"{title}: {shown}" if worst else title,
        files=[one.file for one in worst] if worst and pictures.files else None,
    )
    text = json_text(found.to_dict(), indent=1) + "\n"
    write_atomically(folder / REPORT, text.encode())

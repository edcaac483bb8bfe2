"""evaluate: how often a trained network is wrong, on which classes, and on which pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..words import either
from . import screen
from .evaluate_shown import CONFUSION, show
from .flags import (
    BatchSize,
    BundleName,
    DataDir,
    Device,
    Json,
    Plain,
    Quiet,
    Strict,
    Threads,
    WrongUse,
    answers_by,
    check_data,
    wrong_data,
)
from .protocols import Average, Crops, Ensemble, ProtocolName, Scales, protocol_of
from .runtimes import AUTO, RuntimeName, device_for, in_runtime, runtime_named
from .waiting import waiting

if TYPE_CHECKING:
    from ..bundle.load import Bundle
    from ..evaluate.pictures import Pictures
    from ..evaluate.report import Report

MISTAKES, REPORT = "mistakes.png", "report.json"
FILES = CONFUSION, MISTAKES, REPORT


def evaluate(
    bundle: BundleName,
    data: Annotated[
        str,
        typer.Option(
            "--data",
            help="digits, mnist, fashion_mnist, cifar10, cifar100, a folder, a table of paths and "
            "labels, tar shards, a zip file, or parquet files. [what it was trained on]",
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
    protocol: ProtocolName = "centre",
    scales: Scales = "",
    crops: Crops = None,
    average: Average = "",
    ensemble: Ensemble = None,
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
    memory: Annotated[
        float,
        typer.Option(
            "--memory",
            help="Gigabytes that photographs may take; 0 for a share of the free memory.",
            min=0,
        ),
    ] = 0.0,
    plain: Plain = False,
    runtime: RuntimeName = "torch",
    strict: Strict = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Test a trained network, and draw its mistakes.

    Prints the error, each class and the confusion matrix, and draws the worst mistakes.
    Preprocessing and class names come from the bundle; the data's classes are matched by name.
    --protocol shows each picture as a paper did: centre, ten-crop, 144, dense, multi-scale,
    multi-crop or multi-crop+dense. --ensemble lets several networks answer together.
    """
    from ..bundle.load import load_bundle
    from ..data.reading import sharing
    from ..evaluate.infer import batch_of
    from ..evaluate.pictures import PARTS, open_pictures
    from ..evaluate.protocols.ensemble import fair_for, places_of
    from ..evaluate.protocols.outputs import resolved
    from ..evaluate.report import chosen_by, report
    from ..ranks.group import beside
    from ..train.folder import data_meant
    from .many import answering, own_device

    screen.quiet(quiet)
    with answering() as here:
        if out and not here.rank:
            _refuse_taken(Path(out))
        if part and part not in PARTS:
            raise WrongUse(f"--part {part}: give {either(PARTS)}")
        if below := [k for k in top or () if k < 1]:
            raise WrongUse(f"--top {below[0]}: give 1 or more")
        asked = protocol_of(protocol, scales, crops, average, bool(ensemble))
        runtime = runtime_named(runtime, plain, device, asked)
        if runtime == AUTO and here.several:
            raise WrongUse("--runtime auto lets each process choose by itself: name one")
        device = device_for(runtime, device)
        several = here.several
        where = own_device(device, threads, here) if several else answers_by(device, threads)
        bundles = [load_bundle(name, plain) for name in (bundle, *(ensemble or ()))]
        shown = batch_size or batch_of(bundles[0].model)
        chosen: list[str] = []
        loaded, *others = in_runtime(bundles, runtime, shown, chosen.append)
        for line in chosen:
            screen.note(line)
        for one in (loaded, *others):  # before the pictures are read
            places_of(loaded, one)
            resolved(one, asked)
        name, data_dir = data_meant(data, data_dir, loaded.folder, loaded.info)
        if not name:
            raise WrongUse(
                f"{bundle} does not say what it was trained on: give --data digits, mnist, or a "
                "folder"
            )
        if not data:
            screen.note(f"data: {name}, which it was trained on (another: --data)")
        else:
            check_data(name, data_dir)
        with waiting(), wrong_data(), sharing(beside()):
            room = 1e9 * memory if memory else None
            pictures = open_pictures(
                loaded, name, part=part, data_dir=data_dir or None, strict=strict, room=room
            )
            pictures = fair_for(pictures, others, part)
        if out and not here.rank:
            _make(Path(out))
        with waiting():
            found = report(
                [loaded, *others], pictures, top=top, device=where, batch=batch_size, protocol=asked
            )
        if here.rank:
            return
        found = chosen_by(found, chosen)
        if not json:
            show(found)
        folder = _write(loaded, found, pictures, out)
        if json:
            written = {"out": str(folder) if folder else None}
            screen.print_json({"bundle": str(loaded.folder), **found.to_dict(), **written})
        elif folder:
            screen.note(f"Written to {folder}: {', '.join(FILES)}")


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
        _draw(Path(out), found, pictures, bundle)
        return Path(out)
    run, name = bundle.folder.parent, f"{found.data}-{found.part}"
    network = Path(found.network.split(":")[0]).stem
    places = [Path("evaluation", f"{network}-{name}")]
    if (run / "run.toml").exists() and not (run / "evaluation").is_symlink():
        places.insert(0, run / "evaluation" / name)
    for place in places:
        folder = _free(place)
        try:
            _draw(folder, found, pictures, bundle)
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


def _draw(folder: Path, found: Report, pictures: Pictures, bundle: Bundle) -> None:
    """Write confusion.png, mistakes.png and report.json."""
    from ..draw.confusion import confusion_picture
    from ..draw.mistakes import mistakes_picture
    from ..evaluate.protocols.protocol import CENTRE
    from ..evaluate.read import learnt_from
    from ..files import write_atomically
    from ..texts import json_text

    folder.mkdir(parents=True, exist_ok=True)
    worst, scored = found.mistakes, found.score
    learnt = "" if found.others else learnt_from(bundle)
    trained = f", trained on {learnt}," if learnt not in ("", found.data) else ""
    title = f"{found.network}{trained} on {found.data}"
    if found.protocol.name != CENTRE:
        title += f", {found.protocol.name}"
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

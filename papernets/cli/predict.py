"""predict: what a trained network says of pictures."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated

import typer

from . import screen
from .bulk import Asking, Wanted
from .bulk import write as _write
from .flags import BatchSize, BundleName, Device, Json, Plain, Quiet, Threads, WrongUse, answers_by
from .many import check_alone
from .predict_given import Counting, pictures_given
from .predict_shown import Count, Table, as_json
from .predict_shown import as_csv as as_csv_lines
from .protocols import Average, Crops, Ensemble, ProtocolName, Scales, protocol_of
from .runtimes import RuntimeName, device_for, in_runtime, runtime_named
from .waiting import Waiting

if TYPE_CHECKING:
    import torch

FIRST = 1_000  # pictures whose names tell how wide a table's column is


def predict(
    bundle: BundleName,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Pictures, folders, lists of paths, patterns in quotes, tar files; - reads stdin: "
            "paths, one per line, or one picture."
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
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            help="Write to this .jsonl, .csv, .parquet or .npy file as the answers come.",
        ),
    ] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the output, or begin it.")
    ] = False,
    shard: Annotated[
        str,
        typer.Option(
            "--shard", help="This process's part, I/N from 1: see papernets merge. [torchrun's]"
        ),
    ] = "",
    features: Annotated[
        str,
        typer.Option("--features", help="Also the outputs of this layer, to .parquet or .npy."),
    ] = "",
    batch_size: BatchSize = None,
    device: Device = "auto",
    threads: Threads = 0,
    plain: Plain = False,
    runtime: RuntimeName = "torch",
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first file that cannot be read.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Say what pictures show, with scores.

    Class names and preprocessing come from the bundle. The exit code is 0 if at least one file
    could be read. --protocol shows each picture as a paper did, and answers as evaluate does by it;
    --ensemble lets several networks answer together. -o is for many pictures: it goes on after a
    kill (--resume), and several processes share the work (--shard). --runtime computes what torch
    does elsewhere, where that is quicker.
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
    runtime = runtime_named(runtime, plain, device, asked)
    if scan and runtime != "torch":
        raise WrongUse(f"--scan reads rows of any width, by torch: leave out --runtime {runtime}")
    if output and output != "-":
        if scan or json:
            what = "--scan" if scan else "--json"
            raise WrongUse(f"{what} prints on stdout: leave it out, or -o {output}")
        _write(
            Wanted(output, resume, shard, features, strict, as_csv),
            bundle,
            files,
            Asking(top, batch_size, device, threads, asked, tuple(ensemble or ()), plain, runtime),
        )
        return
    check_alone("predict without -o")
    for flag, given in (("--resume", resume), ("--shard", shard), ("--features", features)):
        if given:
            raise WrongUse(f"{flag} is for a file: give it, -o answers.jsonl")
    from ..bundle.load import load_bundle
    from ..evaluate.infer import batch_of
    from ..evaluate.predict import BATCH
    from ..evaluate.predict import predict as answers_of

    where = answers_by(device_for(runtime, device), threads)
    count = Count(strict)
    if scan:
        _scan((bundle, where, plain), files, json, as_csv, count)
        count.finish()
        return
    bundles = [load_bundle(name, plain) for name in (bundle, *(ensemble or ()))]
    shown = min(batch_size or BATCH, batch_of(bundles[0].model))
    loaded, *others = in_runtime(bundles, runtime, shown)
    with pictures_given(files) as sources:
        first = list(islice(sources, FIRST))
        top = min(top, len(loaded.info.classes))
        answers = answers_of(
            *(loaded, chain(first, sources)),
            top=top,
            device=where,
            batch=batch_size or BATCH,
            protocol=asked,
            others=others,
        )
        found = loaded.info.preprocessing.get("kind") != "photo"
        table = Table([source.name for source in first], loaded.info.classes, found)
        with _progress(files) as advance:
            told = count.of(answers, advance)
            (as_json if json else as_csv_lines if as_csv else table)(told, top)
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
    with pictures_given(files) as sources, _progress(files) as advance:
        first = list(islice(sources, FIRST))
        readings = count.of(scan(scanner, chain(first, sources)), advance)
        if json:
            as_json(readings)
        else:
            names = [source.name for source in first]
            strips.as_csv(readings) if csv else strips.as_table(readings, names)


@contextmanager
def _progress(files: Sequence[str]) -> Iterator[Callable[[], None]]:
    """How far it is, where stdout, with the answers, is no terminal: a bar, or now and then a line.

    It gives what is to be called after each picture.
    """
    if screen.terminal():
        yield lambda: None
        return
    teller, done, counting = Waiting(), itertools.count(1), Counting(files)
    try:
        yield lambda: teller("pictures answered", next(done), counting.total)
    finally:
        counting.end()
        teller.close()

"""The parts of several processes as one output: the bytes that one process would have written."""

from __future__ import annotations

import errno
import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..files import opened, replacing
from ..watch import watched
from ..words import listed, plural
from .begun import check_new
from .formats import LINES, PLACES, SUFFIXES, Form, npy_head, unknown
from .manifest import ADVICE, Manifest, Progress, manifest_of, read_manifest
from .opened import shape_of
from .part import WHOLE
from .rows import records_of
from .table import rows_of_a_group, schema_of, write_group, writing

WINDOW = 10_000  # lines that are brought into order at a time
SPARE = 64  # files that are open for all else
NAMED = 10  # parts that an error names
Places = NDArray[np.uint64]


@dataclass(frozen=True)
class Shard:
    """One part that is whole: its file, and what is noted of it."""

    path: Path
    manifest: Manifest

    @property
    def rows(self) -> int:
        return self.manifest.progress.rows

    def places(self, form: Form) -> Places:
        """Where its lines stand among all: a file that is mapped, not read."""
        if not self.rows:
            return np.zeros(0, np.uint64)
        return np.memmap(form.files(self.path)[PLACES], "<u8", "r", shape=(self.rows,))


def merge(parts: Sequence[Path], output: Path) -> Manifest:
    """Write the parts as one output, with its manifest, and give that.

    ValueError or an OSError for a part that is missing, twice, not finished, changed since, or of
    another bundle, other options or other pictures; FileExistsError where the output is there.
    """
    shards = _checked(parts, output)
    first = shards[0].manifest
    form = _form(shards)
    whole = replace(form, several=False)
    check_new(output, whole.files(output).values(), resumes=False)
    total = first.progress.seen
    try:
        _written(shards, form, total, output, whole.files(output)[LINES])
    except OSError as error:
        if error.errno != errno.EMFILE:
            raise
        raise OSError(
            errno.EMFILE,
            f"{plural(len(parts), 'part')} are read at a time, and the system opens fewer files "
            f"here: first ulimit -n {SPARE + 3 * len(parts)}",
        ) from None
    done = Progress(
        sum(shard.rows for shard in shards),
        sum(shard.manifest.progress.errors for shard in shards),
        total,
        first.progress.sha256,
        {path.name: path.stat().st_size for path in whole.kept(output)},
    )
    found = replace(first, part=WHOLE).at(done, complete=True)
    found.write(output)
    return found


def _written(shards: Sequence[Shard], form: Form, total: int, output: Path, lines: Path) -> None:
    """Write the files; one alone is not left."""
    order = _Order([shard.places(form) for shard in shards])
    if form.format == "parquet":
        return _tables(shards, form, order, total, output)
    _lines(shards, form, order, total, lines)
    try:
        if form.format == "npy":
            _numbers(shards, form, order, total, output)
    except BaseException:
        lines.unlink(missing_ok=True)
        raise


def _checked(parts: Sequence[Path], output: Path) -> list[Shard]:
    """The parts in their order, each there once, whole, and of one work."""
    if not parts:
        raise ValueError("name the parts: papernets merge a.1-of-2.csv a.2-of-2.csv -o a.csv")
    for path in parts:
        if os.path.realpath(path) == os.path.realpath(output):
            raise ValueError(f"{output} is one of the parts: give another name with -o")
    shards = [_shard(path) for path in parts]
    first = shards[0]
    for one in shards[1:]:
        differ = replace(one.manifest, part=first.manifest.part).others(first.manifest)
        if one.manifest.part.count != first.manifest.part.count:
            differ.append(f"there are {one.manifest.part.count} parts, not {_count(first)}")
        own, its = one.manifest.progress, first.manifest.progress
        if not differ and (own.seen, own.sha256) != (its.seen, its.sha256):
            differ.append(
                f"it went through {plural(own.seen, 'picture')}, not the same {its.seen:,}: some "
                "came, went, or were named otherwise meanwhile"
            )
        if differ:
            raise ValueError(
                f"{one.path} does not belong to {first.path}: {'; '.join(differ)}. Parts are of "
                "one bundle, with the same options and pictures"
            )
    numbers = Counter(shard.manifest.part.number for shard in shards)
    for number in sorted(numbers):
        if numbers[number] > 1:
            twice = [str(s.path) for s in shards if s.manifest.part.number == number]
            raise ValueError(f"part {number}/{_count(first)} is there twice: {listed(twice, 9)}")
    if missing := [n for n in range(1, _count(first) + 1) if n not in numbers]:
        names = [f"{number}/{_count(first)}" for number in missing]
        raise ValueError(
            f"part {listed(names, NAMED)} {'is' if len(names) == 1 else 'are'} missing: papernets "
            f"predict ... --shard {names[0]} makes it"
        )
    wanted = SUFFIXES.get(output.suffix.casefold())
    if wanted is None:
        raise ValueError(unknown(str(output)))
    if wanted != first.manifest.options["format"]:
        raise ValueError(
            f"{output}: the parts are {first.manifest.options['format']}: give a file that ends in "
            f"{first.path.suffix}"
        )
    rows, seen = sum(shard.rows for shard in shards), first.manifest.progress.seen
    if rows != seen:
        raise ValueError(f"the parts have {plural(rows, 'line')} of {plural(seen, 'picture')}")
    return sorted(shards, key=lambda shard: shard.manifest.part.number)


def _count(shard: Shard) -> int:
    return shard.manifest.part.count


def _shard(path: Path) -> Shard:
    """A part, whole and as it was written."""
    if not os.path.lexists(path) and not os.path.lexists(manifest_of(path)):
        raise FileNotFoundError(f"{path}: not there")
    manifest = read_manifest(path)
    if manifest is None:
        raise ValueError(
            f"{path} has no manifest ({manifest_of(path).name}) beside it: papernets predict ... "
            "-o writes both. Bring it along"
        )
    if not manifest.complete:
        raise ValueError(
            f"{path} is not finished: {plural(manifest.progress.rows, 'line')} so far. Go on with "
            f"it: its command, papernets predict ... -o {path} --shard {manifest.part} --resume"
        )
    for name, size in manifest.progress.sizes.items():
        if "/" in name or "\\" in name:
            raise ValueError(f"{manifest_of(path)} names {name!r}, which lies elsewhere")
        file = path.with_name(name)
        if not file.is_file():
            raise FileNotFoundError(f"{file}: not there, and it belongs to {path}. Bring it along")
        if file.stat().st_size != size:
            raise ValueError(
                f"{file} has {file.stat().st_size:,} bytes, and {size:,} were written: it was cut "
                "short or changed since. Copy it again"
            )
    options = manifest.options
    shape = (1,) if options["--features"] else None
    form = Form(options["format"], options["--top"], shape, manifest.part.count > 1)
    if len(form.kept(path)) != len(manifest.progress.sizes):
        raise ValueError(f"{manifest_of(path)} does not say what is whole. {ADVICE}")
    return Shard(path, manifest)


def _form(shards: Sequence[Shard]) -> Form:
    """How the parts were written; each is opened, and has as many rows as it says."""
    options = shards[0].manifest.options
    shapes = [shape_of(shard.path, options["format"], shard.rows) for shard in shards]
    for shard, shape in zip(shards, shapes, strict=True):
        if shape != shapes[0]:
            raise ValueError(f"{shard.path} has other features than {shards[0].path}")
    return Form(options["format"], options["--top"], shapes[0], _count(shards[0]) > 1)


class _Order:
    """Whose line comes when, by the places that each part's lines have among all."""

    def __init__(self, places: Sequence[Places]):
        self.places = places

    def windows(self, total: int, size: int) -> Iterator[tuple[list[slice], NDArray[np.int64]]]:
        """For each of so many lines: the lines of each part that belong there, and the order in
        which these, one part after another, stand. ValueError for a place that nobody has, or two.
        """
        at = [0] * len(self.places)
        for first in watched(range(0, total, size), "lines merged", total, size):
            end = min(total, first + size)
            slices, found = [], []
            for part, places in enumerate(self.places):
                upto = at[part] + int(np.searchsorted(places[at[part] : at[part] + size], end))
                slices.append(slice(at[part], upto))
                found.append(np.asarray(places[at[part] : upto], np.int64))
                at[part] = upto
            every = np.concatenate(found)
            order = np.argsort(every, kind="stable")
            if not np.array_equal(every[order], np.arange(first, end)):
                raise ValueError(
                    f"the parts do not have each of the pictures {first:,} to {end - 1:,} once: "
                    "their .places were changed since"
                )
            yield slices, order


def _lines(shards: Sequence[Shard], form: Form, order: _Order, total: int, output: Path) -> None:
    with ExitStack() as stack:
        target = open(stack.enter_context(replacing(output)), "wb")  # noqa: SIM115
        stack.enter_context(target)
        files = [stack.enter_context(opened(form.files(s.path)[LINES])) for s in shards]
        records = [records_of(file, form.format == "csv") for file in files]
        if form.format == "csv":
            heads = [next(lines, b"") for lines in records]
            target.write(heads[0])
        for slices, places in order.windows(total, WINDOW):
            some = [
                line
                for lines, part in zip(records, slices, strict=True)
                for line in itertools.islice(lines, part.stop - part.start)
            ]
            if len(some) != len(places):
                raise ValueError("a part has fewer lines than its manifest says")
            target.write(b"".join(some[at] for at in places))


def _numbers(shards: Sequence[Shard], form: Form, order: _Order, total: int, output: Path) -> None:
    """The rows of the parts' arrays as one array."""
    arrays = [np.load(shard.path, mmap_mode="r") for shard in shards]
    with replacing(output) as temporary, open(temporary, "wb") as target:
        target.write(npy_head(total, form.shape or ()))
        for slices, places in order.windows(total, rows_of_a_group(form.shape)):
            parts = [array[part] for array, part in zip(arrays, slices, strict=True)]
            target.write(np.concatenate(parts)[places].astype("<f4").tobytes())


def _tables(shards: Sequence[Shard], form: Form, order: _Order, total: int, output: Path) -> None:
    """The rows of the parts' tables in the row groups of one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with ExitStack() as stack:
        writer = stack.enter_context(writing(output, form.shape))
        takers = [_taker(stack.enter_context(pq.ParquetFile(s.path))) for s in shards]
        for slices, places in order.windows(total, rows_of_a_group(form.shape)):
            counts = [part.stop - part.start for part in slices]
            tables = [take(count) for take, count in zip(takers, counts, strict=True)]
            table = pa.concat_tables(tables).take(pa.array(places))
            write_group(writer, table.cast(schema_of(form.shape)))


def _taker(file: object) -> Callable[[int], object]:
    """Gives the next so many rows of a file as a table; few more are in memory."""
    import pyarrow as pa

    schema = file.schema_arrow  # type: ignore[attr-defined]
    batches = file.iter_batches(batch_size=1024)  # type: ignore[attr-defined]
    left = schema.empty_table()

    def take(count: int) -> object:
        nonlocal left
        tables = [left]
        while sum(map(len, tables)) < count and (batch := next(batches, None)) is not None:
            tables.append(pa.Table.from_batches([batch]))
        every = pa.concat_tables(tables)
        left = every.slice(count)
        return every.slice(0, count)

    return take

"""doctor: what is wrong with a set of pictures, before a network learns it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..words import by, plural
from . import screen
from .flags import DataDir, Json, Quiet, WrongUse, check_data, own_file, wrong_use
from .output import check_place
from .waiting import waiting

if TYPE_CHECKING:
    from ..data.doctor import Fault, Looked
    from ..data.gathered import Gathered
    from ..train.estimate import Estimate
    from ..train.run import Run

MOST = 5  # faults of a kind that a terminal shows
FIRST = 5  # files that a line names
LITTLE = 64  # pixels: pictures of no longer side are for networks of small ones
NETWORKS = {"digits": "lenet5", "small": "resnet20", "photographs": "resnet18"}
"""The network that is meant where none is given, by what the pictures are."""


def doctor(
    data: Annotated[
        str, typer.Argument(help="The name of a data set, or the path of pictures, as in train.")
    ],
    data_dir: DataDir = "",
    net: Annotated[
        str,
        typer.Option(
            "--net",
            help="The network that is to learn them. [by the pictures: lenet5, resnet20, resnet18]",
        ),
    ] = "",
    with_: Annotated[
        str,
        typer.Option("--with", help="A trained bundle that points to likely wrong labels."),
    ] = "",
    out: Annotated[
        str, typer.Option("-o", "--out", help="An HTML page with the pictures: report.html.")
    ] = "",
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="A setting as in train, key=value: nested=true, input=96. May be repeated.",
        ),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Examine pictures before training.

    Finds files that cannot be read, duplicates and near duplicates, pictures that training and
    test share, pictures under two classes, rare classes, small pictures and odd colours; with
    --with also likely wrong labels. Says about how long an epoch takes here, and how much memory.
    It changes nothing. The exit code is 0 where nothing stops training.
    """
    screen.quiet(quiet)
    path = _page_path(out)
    check_place(out)
    check_data(data, data_dir)
    given = _given(data, data_dir, set_ or [])
    from ..data.doctor import Fault, everything, faults_of, look_at, page
    from ..data.doctor.faults import STOPS

    seen: Looked | None = None
    estimate: Estimate | None = None
    faults: list[Fault] = []
    name = ""
    with waiting():
        try:
            source = everything(
                data, data_dir or None, given.get("labels", "fine"), given.get("nested") is True
            )
            seen = look_at(source)
            run = _run(given, net, seen)
            name = run.recipe.net
            size = run.found.net.member.input[1:]
            faults = faults_of(seen, source, (size[0], size[1]))
            if with_:
                faults = _doubted(faults, seen, with_, data, data_dir)
            if not any(fault.kind == STOPS for fault in faults):
                estimate = _estimated(run, source)
        except WrongUse:
            raise
        except (ValueError, OSError) as error:
            if seen is not None and not faults:
                raise
            faults.insert(0, Fault(STOPS, (), str(error)))
    stopped = any(fault.kind == STOPS for fault in faults)
    told = _summary(seen, name, estimate)
    if path:
        _write(path, page(f"{data}: {_count(faults)}", told, faults, seen.files if seen else ()))
    if json:
        screen.print_json(_numbers(seen, faults, estimate))
    else:
        _show(data, told, faults)
        if path:
            screen.note(f"Written to {path}")
    raise typer.Exit(int(stopped))


def _page_path(out: str) -> Path | None:
    if out and Path(out).suffix.casefold() not in (".html", ".htm"):
        raise WrongUse(f"-o {out}: the report is an HTML page: give a name such as report.html")
    if out and Path(out).is_dir():
        raise WrongUse(f"-o {out} is a folder: give a name such as report.html")
    return Path(out) if out else None


def _write(path: Path, text: str) -> None:
    from ..files import write_atomically

    write_atomically(path, text.encode())


def _given(data: str, data_dir: str, pairs: list[str]) -> dict[str, Any]:
    """The settings of the run that is meant."""
    from ..train.settings import joined, located, parse_set

    own = {"data": data} | ({"data_dir": data_dir} if data_dir else {})
    with wrong_use():
        sets = [{key: value} for key, value in map(parse_set, pairs)]
        return located(joined(*sets, own))


def _run(given: dict[str, Any], net: str, seen: Looked) -> Run:
    """The run of the given network, or of one that fits the pictures."""
    import numpy as np

    from ..train.settings import resolve

    sides = seen.sizes[seen.readable].max(1) if seen.readable.any() else np.array([256])
    middle = float(np.median(sides))
    digits = set(seen.classes) <= set("0123456789") and not seen.coloured.any()
    kind = "small" if middle <= LITTLE else "photographs"
    kind = "digits" if digits and middle <= LITTLE else kind
    with wrong_use(), own_file(net):
        return resolve(net or NETWORKS[kind], given)


def _estimated(run: Run, source: Gathered) -> Estimate:
    from ..train.estimate import estimated

    return estimated(run, source)


def _doubted(
    faults: list[Fault], seen: Looked, bundle: str, data: str, data_dir: str
) -> list[Fault]:
    """The faults with those pictures that a bundle's network gives another class."""
    from ..bundle.load import load_bundle
    from ..data.doctor.faults import KINDS, MISLABELLED, Fault
    from ..data.picture import shown
    from ..evaluate.suspects import suspects
    from ..words import percent

    with wrong_use():
        found = suspects(load_bundle(bundle), data, data_dir or None)
    places = {shown(file): at for at, file in enumerate(seen.files)}
    doubted = [
        Fault(
            MISLABELLED,
            (one.file,),
            f"labelled {one.label!r}; the network says {one.answer!r} ({percent(one.score)})",
            (places[one.file],) if one.file in places else (),
        )
        for one in found
    ]
    return sorted([*faults, *doubted], key=lambda fault: KINDS.index(fault.kind))


def _numbers(
    seen: Looked | None, faults: Sequence[Fault], estimate: Estimate | None
) -> dict[str, Any]:
    """What --json prints."""
    return {
        "schema": 1,
        "pictures": len(seen) if seen else 0,
        "classes": _classes(seen),
        "faults": [fault.to_dict() for fault in faults],
        "epoch_seconds": estimate.seconds if estimate else None,
        "memory_bytes": estimate.bytes if estimate else None,
    }


def _classes(seen: Looked | None) -> dict[str, int]:
    """The pictures of each class that can be read, in all parts."""
    import numpy as np

    if seen is None:
        return {}
    counts = np.bincount(seen.labels[seen.readable], minlength=len(seen.classes))
    return dict(zip(seen.classes, counts.tolist(), strict=True))


def _summary(seen: Looked | None, net: str, estimate: Estimate | None) -> list[str]:
    """Sentences on the pictures, and on an epoch."""
    if seen is None:
        return []
    import numpy as np

    from ..words import gigabytes, listed
    from .epochs import clock

    counts = [f"{name} {count:,}" for name, count in _classes(seen).items()]
    classes = plural(len(seen.classes), "class", "classes")
    said = [f"{plural(len(seen), 'picture')} of {classes}: {listed(counts, 12)}."]
    sizes = seen.sizes[seen.readable]
    if len(sizes):
        order = np.sort(sizes.prod(1))
        small, large = (sizes[sizes.prod(1) == n][0] for n in (order[0], order[-1]))
        said.append(f"Heights and widths from {by(small)} to {by(large)}.")
    if estimate:
        seconds = estimate.seconds
        time = clock(seconds) if seconds >= 60 else f"{seconds:.2g} s"
        how = "kept decoded" if estimate.kept else "read again in each epoch"
        said.append(
            f"An epoch of {net} takes about {time} here, and about {gigabytes(estimate.bytes)} of "
            f"memory, pictures {how} (another network: --net)."
        )
    return said


def _count(faults: Sequence[Fault]) -> str:
    return plural(len(faults), "fault") if faults else "no fault found"


def _show(data: str, told: Sequence[str], faults: Sequence[Fault]) -> None:
    """The sentences, and the first faults of each kind."""
    from ..data.doctor.faults import NOTES, STOPS, common, grouped

    for line in told:
        screen.prose(line)
    for kind, some in groupby(faults, key=lambda one: one.kind):
        several = list(some)
        screen.heading(f"{kind.capitalize()}: {len(several):,}")
        groups = grouped(several)
        above = common([name for fault in several for name in fault.files])
        for group in groups[:MOST]:
            why, files = group[0].why, [name for fault in group for name in fault.files]
            names = ", ".join(name.removeprefix(above) for name in files[:FIRST])
            more = f" and {len(files) - FIRST:,} more" if len(files) > FIRST else ""
            own = len(group) == 1 and files and why.startswith(files[0])
            text = why if own or not names else f"{names}{more}: {why}"
            screen.paragraph("", text, hang=2)
        if left := sum(map(len, groups[MOST:])):
            screen.paragraph("", f"and {left:,} more: --json, or -o report.html", hang=2)
    screen.say()
    if any(fault.kind == STOPS for fault in faults):
        screen.prose(f"{data} cannot be trained on as it is.")
    elif faults:
        screen.prose(f"{_count(faults).capitalize()}; none stops training. {NOTES}")
    else:
        command = screen.whole(f"papernets train NETWORK --data {quote(data)}")
        screen.prose(f"Nothing is wrong that was looked for. {NOTES} Next: {command}")

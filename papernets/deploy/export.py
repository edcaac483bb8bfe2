"""A bundle to a file that others read: written, checked, and only then in its place."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ..bundle.load import Bundle
from ..evaluate.infer import check_classes
from ..words import did_you_mean, either
from . import FORMATS
from .facts import licence_of
from .judge import MOST, Runs, check, demand
from .material import Exported, Material
from .needs import needed
from .place import check_companion, check_out, files_beside

GRAPHS = ("onnx", "torch-export")
"""Formats that hold a graph, and can hold the preprocessing too."""
SAME_CODE = 1e-6
"""Of the largest output: how far a file of Python code may lie from the network."""


@dataclass(frozen=True)
class Asked:
    """What is wanted: one of FORMATS, and how it is made.

    `plain` computes every row as it stands in the table; `force` replaces files that are there.
    """

    to: str
    with_preprocessing: bool = False
    plain: bool = False
    int8: bool = False
    license: str = ""
    force: bool = False


def format_of(to: str, out: str | os.PathLike[str]) -> str:
    """The format that is asked for, or meant by a file's name; else a ValueError."""
    if to:
        word = to.strip().lower().replace("_", "-")
        if word in FORMATS:
            return word
        near = did_you_mean(word, FORMATS, loosely=True)
        raise ValueError(f"no format {to!r}.{near} There are {either(list(FORMATS))}")
    suffix = Path(out).suffix.lower()
    found = next((name for name, end in FORMATS.items() if end == suffix), "")
    if not found:
        raise ValueError(
            f"{os.fspath(out)}: its name says no format. Give --to {either(list(FORMATS))}"
        )
    return found


def check_asked(asked: Asked) -> None:
    """ValueError where what is asked for does not go together, or a package is missing."""
    if asked.with_preprocessing and asked.to not in GRAPHS:
        raise ValueError(
            f"preprocessing in the graph is for {either(GRAPHS)}: {asked.to} has no graph"
        )
    if asked.int8 and asked.to != "onnx":
        raise ValueError(f"int8 is for onnx, not {asked.to}")
    if asked.to == "onnx":
        needed("onnx", "onnxscript", "onnxruntime")


def names_of(out: Path, to: str) -> tuple[str, ...]:
    """The names of the files that an export writes, the one that is asked for first."""
    if to == "python":
        return (out.name, f"{out.stem}.safetensors")
    return (out.name,)


def export(
    bundle: Bundle,
    out: str | os.PathLike[str],
    asked: Asked,
    material: Callable[[], Material],
) -> Exported:
    """Write a bundle in a format, as `asked`; `material` gives the pictures that it is checked on.

    Nothing takes its place that was not checked. ValueError and OSError say what is wrong.
    """
    check_asked(asked)
    if asked.to == "python" and Path(out).suffix != ".py":
        raise ValueError(f"{os.fspath(out)}: a file of Python code ends in .py")
    names = names_of(Path(out), asked.to)
    path = check_out(out, names, asked.force)
    asked = replace(asked, license=asked.license or licence_of(bundle))
    check_classes(bundle)
    with files_beside(path) as folder:
        done = WRITERS[asked.to](bundle, folder, path.name, asked, material)
        written = tuple(path.parent / one.name for one in sorted(folder.iterdir()))
    return replace(done, files=tuple(sorted(written, key=lambda one: one.name != path.name)))


def _onnx(
    bundle: Bundle, folder: Path, name: str, asked: Asked, material: Callable[[], Material]
) -> Exported:
    from .onnx_file import onnx_model, write_onnx
    from .runtime import by_onnxruntime

    model = onnx_model(bundle, asked.with_preprocessing, asked.plain, **_licence(asked))
    seen = material()
    if asked.int8:
        from .int8 import quantised

        seen = replace(seen, metadata=_licence(asked))
        return quantised(bundle, model, folder, name, asked.with_preprocessing, seen)
    write_onnx(model, folder, name)
    _check_beside(folder, name, asked)
    del model
    run = by_onnxruntime(folder / name)
    return _checked(bundle, run, name, asked, seen, MOST)


def _torch(
    bundle: Bundle, folder: Path, name: str, asked: Asked, material: Callable[[], Material]
) -> Exported:
    from .runtime import by_torch
    from .torch_file import write_torch

    write_torch(bundle, folder / name, asked.with_preprocessing, asked.plain, **_licence(asked))
    return _checked(bundle, by_torch(folder / name), name, asked, material(), MOST)


def _python(
    bundle: Bundle, folder: Path, name: str, asked: Asked, material: Callable[[], Material]
) -> Exported:
    from .code_file import write_code
    from .from_files import from_files
    from .runtime import by_code, code_in

    weights = names_of(Path(name), "python")[1]
    write_code(bundle, folder / name, weights, **_licence(asked))
    _check_beside(folder, name, asked)
    seen = material()
    done = _checked(bundle, by_code(folder / name), name, asked, seen, SAME_CODE)
    read = from_files(bundle, seen.check, code_in(folder / name))
    return replace(done, read=read, notes=(*done.notes, *(() if read is None else read.others)))


def _safetensors(
    bundle: Bundle, folder: Path, name: str, asked: Asked, material: Callable[[], Material]
) -> Exported:
    from .weights_file import write_weights

    write_weights(bundle, folder / name, **_licence(asked))
    return Exported(asked.to, (), None)


def _card(
    bundle: Bundle, folder: Path, name: str, asked: Asked, material: Callable[[], Material]
) -> Exported:
    from .card import card

    text = card(bundle, asked.license, folder.parent)  # where it goes, and others may lie
    (folder / name).write_text(text, encoding="utf-8")
    return Exported(asked.to, (), None)


Writer = Callable[[Bundle, Path, str, Asked, Callable[[], Material]], Exported]
WRITERS: dict[str, Writer] = {
    "onnx": _onnx,
    "torch-export": _torch,
    "python": _python,
    "safetensors": _safetensors,
    "card": _card,
}


def _licence(asked: Asked) -> dict[str, str]:
    return {"license": asked.license} if asked.license else {}


def _check_beside(folder: Path, name: str, asked: Asked) -> None:
    """FileExistsError where files that come with the one that is asked for would replace others."""
    for one in [] if asked.force else sorted(folder.iterdir()):
        if one.name != name:
            check_companion(one, name)


def _checked(
    bundle: Bundle, run: Runs, name: str, asked: Asked, seen: Material, most: float
) -> Exported:
    found = check(bundle, seen.check, run, asked.with_preprocessing, seen.labelled, most)
    demand(found, name, most)
    return Exported(asked.to, (), found, seen.notes)

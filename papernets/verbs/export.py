"""`papernets.export`: files for others, as `papernets export` writes them, from Python."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from ..data import Preprocessing
from ..deploy.export import Asked, check_asked, format_of
from ..deploy.export import export as write
from ..deploy.material import Exported
from ..deploy.pictures import material
from ..train.folder import data_meant
from .evaluate import Network, bundle_of
from .worded import check_switches, worded


def export(
    net: Network,
    out: str | os.PathLike[str],
    to: str = "",
    *,
    with_preprocessing: bool = False,
    check: str = "",
    int8: bool = False,
    calibrate: str = "",
    plain: bool = False,
    license: str = "",
    data_dir: str | os.PathLike[str] | None = None,
    classes: Sequence[str] | None = None,
    preprocessing: Preprocessing | Mapping[str, Any] | str | None = None,
    force: bool = False,
) -> Exported:
    """Write a trained network as a file that others read; see `papernets export --help`.

    `net` is a trained network's name, the folder of a bundle or a run, what `papernets.train` or
    `papernets.load` gave, or a module of ours; `classes` and `preprocessing` are for such a module,
    as in `papernets.save`. `to` is onnx, torch-export, python, safetensors or card; empty: what the
    name of `out` says. The others are the verb's. What it gives has `.files`, `.check` and
    `.notes`. ValueError and OSError say what is wrong; nothing is written then.
    """
    with ExitStack() as stack:
        stack.enter_context(worded())
        check_switches(with_preprocessing=with_preprocessing, int8=int8, plain=plain, force=force)
        if int8 != bool(calibrate):
            raise ValueError("int8=True and calibrate=DATA belong together: give both, or neither")
        asked = Asked(format_of(to, out), with_preprocessing, plain, int8, license.strip(), force)
        check_asked(asked)
        bundle = stack.enter_context(bundle_of(net, classes, preprocessing))
        own, place = data_meant("", os.fspath(data_dir or ""), bundle.folder, bundle.info)
        return write(bundle, out, asked, lambda: material(bundle, check, own, place, calibrate))

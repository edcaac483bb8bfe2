"""A conversion to a bundle: a folder that is written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..bundle.info import BundleInfo
from ..bundle.new_folder import refuse_taken, write_new
from ..bundle.save import save_bundle, versions
from ..nets.entry import COMMON
from .translate import Conversion


def save(
    found: Conversion,
    out: Path,
    labels: Sequence[str],
    prepared: Mapping[str, Any],
    source: Mapping[str, object],
) -> None:
    """Write a bundle to a folder that is not there yet: whole, or not at all.

    FileExistsError where something is there, and where another process was faster.
    """
    refuse_taken(out)
    model = found.model.float()
    info = BundleInfo(
        network=found.name,
        classes=tuple(labels),
        input=model.net.input,
        preprocessing=dict(prepared),
        options={k: v for k, v in found.options.items() if k not in COMMON},
        run={"converted": dict(source)},
        versions=versions(),
        outputs=1 if model.net.classes == 1 else 0,
    )
    write_new(out, lambda folder: save_bundle(folder, info, model.state_dict()))


__all__ = ["refuse_taken", "save"]

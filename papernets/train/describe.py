"""What a run leaves in words: the description of its bundles, and what it ran on."""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from ..bundle.find import named
from ..bundle.info import BundleInfo
from ..bundle.net_json import write_net
from ..bundle.save import versions
from ..data import Dataset, Preprocessing
from ..nets import Found
from .run import Run


def describe(run: Run, found: Found, dataset: Dataset, preprocessing: Preprocessing) -> BundleInfo:
    """The description of this run's bundles; a path of this machine is not in it.

    A network of the user's own goes in as data, so that its bundle works without its file.
    """
    network, written = run.recipe.net, {}
    if not named(network):
        network = Path(network).name
        with suppress(TypeError):  # a layer of the user's own: only its file knows it
            written = write_net(found.net.member, found.record)
    began, begin = run.recipe.weights, run.recipe.begin
    settings = run.to_dict() | {
        "net": network,
        "data": dataset.name,
        "data_dir": "",
        "weights": Path(began).name if began else "",
        "begin": {**begin, "bundle": Path(begin["bundle"]).name} if begin else {},
    }
    return BundleInfo(
        network=network,
        classes=dataset.classes,
        input=found.net.member.input,
        preprocessing=preprocessing.to_dict(),
        arrays=preprocessing.content,
        options=dict(run.recipe.options),
        score_scale=run.recipe.distance_scale if run.recipe.loss != "mse" else 1.0,
        run=settings,
        versions=versions(),
        net=written,
        outputs=1 if run.recipe.loss == "binary" else 0,
    )


def environment(device: torch.device) -> dict[str, Any]:
    """What the run ran on: versions, machine, threads."""
    gpu = torch.cuda.get_device_name() if device.type == "cuda" else None
    return {
        **versions(),
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "device": str(device),
        "gpu": gpu,
    }

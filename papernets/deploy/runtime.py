"""Files run by what reads them, so that they can be checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..evaluate.infer import for_both
from .judge import Runs
from .needs import onnxruntime


def by_onnxruntime(given: Path | bytes, threads: int | None = None) -> Runs:
    """An ONNX file, or its content, by ONNX Runtime on the CPU, in float32.

    With so many threads, by default as many as torch has; they leave the cores to others between
    two calls.
    """
    package = onnxruntime()
    options = package.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads() if threads is None else threads
    options.log_severity_level = 3
    options.add_session_config_entry("session.force_spinning_stop", "1")
    model = given if isinstance(given, bytes) else str(given)
    session = package.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def run(pictures: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(session.run(None, {name: pictures})[0])

    return run


def by_torch(path: Path) -> Runs:
    """A file of torch.export by torch."""
    from .graph import quietly

    with quietly():
        module = torch.export.load(path).module()

    def run(given: NDArray[Any]) -> NDArray[Any]:
        with torch.inference_mode():
            return np.asarray(module(torch.from_numpy(given)))

    return run


def code_in(path: Path) -> dict[str, Any]:
    """What a file of Python code that we wrote defines, by its names."""
    module: dict[str, Any] = {"__name__": "exported", "__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), path.name, "exec"), module)
    return module


def by_code(path: Path) -> Runs:
    """A file of Python code that we wrote, with the weights beside it."""
    network = code_in(path)["load"]()

    def run(given: NDArray[Any]) -> NDArray[Any]:
        with torch.inference_mode():
            return np.asarray(for_both(network(torch.from_numpy(given))))

    return run

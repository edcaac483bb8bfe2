"""Files run by what reads them, so that they can be checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..evaluate.infer import for_both
from .judge import Runs
from .needs import needed


def by_onnxruntime(path: Path) -> Runs:
    """An ONNX file by ONNX Runtime on the CPU, in float32, with as many threads as torch has."""
    needed("onnxruntime")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def run(given: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(session.run(None, {name: given})[0])

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


def by_code(path: Path) -> Runs:
    """A file of Python code that we wrote, with the weights beside it."""
    module: dict[str, Any] = {"__name__": "exported", "__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), path.name, "exec"), module)
    network = module["load"]()

    def run(given: NDArray[Any]) -> NDArray[Any]:
        with torch.inference_mode():
            return np.asarray(for_both(network(torch.from_numpy(given))))

    return run

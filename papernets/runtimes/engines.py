"""An ONNX file's content in a runtime, on the CPU, in float32."""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib.metadata import version
from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..deploy.needs import needed
from ..deploy.runtime import by_onnxruntime

Runs = Callable[[NDArray[np.float32]], NDArray[Any]]
"""Pictures float32 (N, C, H, W) to outputs (N, classes); several threads may call it."""


def by_openvino(content: bytes, threads: int) -> Runs:
    """By OpenVINO, with so many threads."""
    compiled, held = compiled_by_openvino(content, threads), local()  # a request is one thread's

    def run(given: NDArray[np.float32]) -> NDArray[Any]:
        if not hasattr(held, "request"):
            held.request = compiled.create_infer_request()
        found = held.request.infer({0: given}, share_inputs=True, share_outputs=True)
        return np.array(found[0])

    return run


def compiled_by_openvino(content: bytes, threads: int) -> Any:
    """OpenVINO's compiled model, in float32.

    By itself it takes bfloat16 where the processor has it. ValueError where it does not heed.
    """
    needed("openvino")
    import openvino

    core = openvino.Core()
    settings = {
        PRECISION: "f32",
        "INFERENCE_NUM_THREADS": threads,
        "PERFORMANCE_HINT": "LATENCY",
    }
    compiled = core.compile_model(core.read_model(io.BytesIO(content)), "CPU", settings)
    kind = compiled.get_property(PRECISION).get_type_name()
    if kind != "f32":
        raise ValueError(f"openvino computes in {kind} here, and not in float32 as it was told")
    return compiled


PRECISION = "INFERENCE_PRECISION_HINT"
ENGINES: dict[str, Callable[[bytes, int], Runs]] = {
    "onnxruntime": by_onnxruntime,
    "openvino": by_openvino,
}
MAKERS = ("onnx", "onnxscript")
"""Packages that write what a runtime reads."""


def check_installed(name: str) -> None:
    """ValueError where a runtime, or what writes files for it, is not installed: which, and how."""
    needed(name, *MAKERS)


def version_of(name: str) -> str:
    """The version of a package."""
    return version(name)

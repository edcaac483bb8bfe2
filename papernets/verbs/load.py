"""`papernets.load`: a trained network that answers, in torch or another runtime."""

from __future__ import annotations

import os
from dataclasses import replace

from ..bundle.load import TORCH, load_bundle
from ..evaluate.predict import PLAIN
from ..evaluate.predictor import Predictor
from ..evaluate.steady import size_for
from ..runtimes.choose import check_name, runtime_of
from .worded import check_switches


def load(bundle: str | os.PathLike[str], plain: bool = False, *, runtime: str = TORCH) -> Predictor:
    """The predictor of a bundle: by its folder, its run's, or the name of a network that ships.

    Its model is in evaluation mode. It answers in the optimised form, `plain` module by module.
    `runtime` is what computes the optimised form: torch, onnxruntime, openvino, or auto, the
    quickest of those that are installed, which is measured once and kept in the user's cache. Their
    answers differ by rounding, and `.runtime` says which it is. ValueError and OSError say what is
    wrong: of the bundle, and where a runtime is not installed.
    """
    check_switches(plain=plain)
    name = check_name(runtime, plain)
    found = load_bundle(bundle, plain)
    if name == TORCH:
        return Predictor(found)
    return Predictor(replace(found, runtime=runtime_of(found, name, size_for(found, PLAIN))))

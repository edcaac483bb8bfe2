"""A trained network's weights by the names of its rows, with what is needed to use them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor

from ..bundle.load import Bundle
from ..evaluate.read import preprocessing_of
from .facts import facts

MEAN, MATRIX = "preprocessing.mean", "preprocessing.matrix"
"""The mean picture and the whitening matrix of a preprocessing that has them."""


def tensors_of(bundle: Bundle, names: Iterable[str] | None = None) -> dict[str, Tensor]:
    """The model's state_dict, or these of its tensors, and the arrays of its preprocessing."""
    state = bundle.model.state_dict()
    found = {name: state[name] for name in (state if names is None else names)}
    arrays = preprocessing_of(bundle).arrays
    for name, one in ((MEAN, arrays and arrays.mean), (MATRIX, arrays and arrays.matrix)):
        if one is not None:
            found[name] = one
    return {name: tensor.detach().cpu().contiguous() for name, tensor in found.items()}


def write_weights(
    bundle: Bundle, path: Path, names: Iterable[str] | None = None, **more: str
) -> None:
    """Write one safetensors file; its metadata are those of an ONNX file."""
    tensors = tensors_of(bundle, names)
    path.touch()
    mode = path.stat().st_mode  # as any new file's: safetensors makes its own for one user alone
    save_file(tensors, path, metadata={"format": "pt", **facts(bundle, False, **more)})
    path.chmod(mode)

"""What answers in torch's place: the optimised form, exported, in another runtime."""

from ..bundle.load import TORCH

AUTO = "auto"
OTHERS = ("onnxruntime", "openvino")
NAMES = (AUTO, TORCH, *OTHERS)
"""What `--runtime` takes. `auto` is what a short measurement finds quickest."""

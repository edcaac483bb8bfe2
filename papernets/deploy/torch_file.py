"""A trained network as a file of torch.export: a graph that torch runs without our code."""

from __future__ import annotations

from pathlib import Path

import torch

from ..bundle.load import Bundle
from ..texts import json_text
from .facts import facts
from .graph import Answer, exported, quietly

FACTS = "papernets.json"
"""The file within the file that says what it is: `torch.export.load(extra_files=...)` reads it."""
TOLD = ("stack_trace", "nn_module_stack", "source_fn_stack", "torch_fn", "from_node")
"""What torch notes at each step of a graph of the code that it came from."""


def write_torch(
    bundle: Bundle, path: Path, prepares: bool = False, plain: bool = False, **more: str
) -> None:
    """Write the graph of a bundle's network, batch free, with its metadata."""
    program = exported(Answer(bundle, prepares, plain), bundle)
    for module in program.graph_module.modules():
        for node in getattr(module, "graph", torch.fx.Graph()).nodes:
            for told in TOLD:
                node.meta.pop(told, None)
    with quietly():
        text = json_text(facts(bundle, prepares, **more), indent=1)
        torch.export.save(program, path, extra_files={FACTS: text})

"""A trained network as an ONNX file, by torch's exporter, tidied."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from .. import __version__
from ..bundle.load import Bundle
from .facts import facts, record_of
from .graph import BATCH, NETWORK, PICTURES, Answer, exported, quietly
from .needs import needed

if TYPE_CHECKING:
    import onnx

MOST_INSIDE = 2_000_000_000
"""Bytes of weights that lie in the file itself: protobuf ends at 2 GiB. Larger ones lie beside."""
SCOPES = "pkg.torch.onnx.name_scopes"


def onnx_model(
    bundle: Bundle, prepares: bool = False, plain: bool = False, **more: str
) -> onnx.ModelProto:
    """The model of a bundle, batch free; its nodes and weights go by the names of rows.

    `more` is added to its metadata. ValueError where a package is missing, which it names.
    """
    needed("onnx", "onnxscript")
    answer = Answer(bundle, prepares, plain)
    program = exported(answer, bundle)
    with quietly(), still(), torch.no_grad():
        made = torch.onnx.export(
            program,
            input_names=[PICTURES],
            output_names=[answer.output],
            dynamo=True,
            verbose=False,
        )
    assert made is not None
    model = made.model_proto
    _name(model)
    _strip(model)
    describe(model, facts(bundle, prepares, **more), record_of(bundle).title)
    return model


def describe(model: onnx.ModelProto, metadata: dict[str, str], title: str) -> None:
    """Say in the file what it is, and nothing of where it was made."""
    import onnx

    model.producer_name, model.producer_version = "papernets", __version__
    model.graph.name = metadata["network"]
    model.doc_string = title
    onnx.helper.set_model_props(model, metadata)


def write_onnx(model: onnx.ModelProto, folder: Path, name: str) -> None:
    """Write the file into a folder; beside it NAME.data with the weights where they are too large.

    Other tools find them by that name, in the same folder.
    """
    import onnx

    if sum(len(one.raw_data) for one in model.graph.initializer) <= MOST_INSIDE:
        (folder / name).write_bytes(model.SerializeToString())
        return
    onnx.save_model(model, str(folder / name), save_as_external_data=True, location=f"{name}.data")


def _name(model: onnx.ModelProto) -> None:
    """Nodes and weights by the names of their rows, `conv1.conv`, once each; values by nodes."""
    graph = model.graph
    taken: Counter[str] = Counter()
    new: dict[str, str] = {}
    outside = {one.name for one in (*graph.input, *graph.output)}
    for node in graph.node:
        name = _row(node) or node.op_type
        taken[name] += 1
        node.name = name if taken[name] == 1 else f"{name}.{taken[name]}"
        for place, value in enumerate(node.output):
            if value and value not in outside:
                new[value] = node.name if not place else f"{node.name}:{place}"
    values = set(new.values())
    for weight in graph.initializer:
        name = _plain(weight.name)
        new[weight.name] = weight.name if name in values else name
    for node in graph.node:
        node.input[:] = [new.get(one, one) for one in node.input]
        node.output[:] = [new.get(one, one) for one in node.output]
    for one in (*graph.initializer, *graph.value_info):
        one.name = new.get(one.name, one.name)
    batch = graph.input[0].type.tensor_type.shape.dim[0].dim_param
    for one in (*graph.input, *graph.output, *graph.value_info):
        for size in one.type.tensor_type.shape.dim:
            if batch and size.dim_param == batch:
                size.dim_param = BATCH


def _row(node: Any) -> str:
    """The row that a node belongs to, with its operation: the last module that was called."""
    import ast

    held = next((one.value for one in node.metadata_props if one.key == SCOPES), "[]")
    scopes = [one for one in ast.literal_eval(held) if one]
    return _plain(scopes[-2]) if len(scopes) > 1 else ""


def _plain(name: str) -> str:
    return name.removeprefix(f"{NETWORK}.")


def _strip(model: onnx.ModelProto) -> None:
    """Take out what the exporter tells of its work: code, places of files, its own names."""
    graph = model.graph
    for one in (model, graph, *graph.node, *graph.input, *graph.output):
        one.doc_string = ""
        del one.metadata_props[:]
    for held in (*graph.value_info, *graph.initializer):
        held.doc_string = ""
        del held.metadata_props[:]


@contextmanager
def still() -> Iterator[None]:
    """Within it what the exporter's and the quantiser's loggers have to say is left out."""
    names = (
        "",
        "torch.onnx",
        "torch.onnx._internal.exporter._registration",
        "onnxscript",
        "onnx_ir",
    )
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)

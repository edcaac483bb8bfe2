"""A trained network as an ONNX file, by torch's exporter, tidied."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from .. import __version__
from ..bundle.load import Bundle
from ..rewrite.optimise import ELSEWHERE
from .facts import facts, record_of
from .graph import BATCH, NETWORK, PICTURES, Answer, exported, quietly
from .needs import needed
from .onnx_lrn import translations, with_one
from .onnx_names import name_by_rows

if TYPE_CHECKING:
    import onnx

MOST_INSIDE = 2_000_000_000
"""Bytes of weights that lie in the file itself: protobuf ends at 2 GiB. Larger ones lie beside."""


def onnx_model(
    bundle: Bundle, prepares: bool = False, plain: bool = False, **more: str
) -> onnx.ModelProto:
    """The model of a bundle, batch free; its nodes and weights go by the names of rows.

    It is rewritten as runtimes of ONNX gain by; `plain` has every row as it stands in the table.
        `more` is added to its metadata. ValueError where a package is missing, which it names.
    """
    needed("onnx", "onnxscript")
    answer = Answer(bundle, prepares, plain, ELSEWHERE)
    answer.network = with_one(answer.network)
    program = exported(answer, bundle)
    with quietly(), still(), torch.no_grad():
        made = torch.onnx.export(
            program,
            input_names=[PICTURES],
            output_names=[answer.output],
            custom_translation_table=translations(),
            dynamo=True,
            verbose=False,
        )
    assert made is not None
    model = made.model_proto
    name_by_rows(model, NETWORK, BATCH)
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

"""Nodes, weights and values of an ONNX graph by the names of a network's rows."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx

SCOPES = "pkg.torch.onnx.name_scopes"


def name_by_rows(model: onnx.ModelProto, network: str, batch: str) -> None:
    """Name nodes and weights by their rows, `conv1`, and values by nodes; once each.

    What belongs to no row has the name of where it stands, with its operation: `conv1.relu`,
    `inception_3a.concat`. `network` is what the names of all rows begin with, `batch` is what the
    free size is called.
    """
    graph = model.graph
    taken: Counter[str] = Counter()
    new: dict[str, str] = {}
    outside = {one.name for one in (*graph.input, *graph.output)}
    for node, name in zip(graph.node, _names(graph.node, network), strict=True):
        taken[name] += 1
        node.name = name if taken[name] == 1 else f"{name}.{taken[name]}"
        for place, value in enumerate(node.output):
            if value and value not in outside:
                new[value] = node.name if not place else f"{node.name}:{place}"
    values = set(new.values())
    for weight in graph.initializer:
        name = weight.name.removeprefix(f"{network}.")
        new[weight.name] = weight.name if name in values else name
    for node in graph.node:
        node.input[:] = [new.get(one, one) for one in node.input]
        node.output[:] = [new.get(one, one) for one in node.output]
    for one in (*graph.initializer, *graph.value_info):
        one.name = new.get(one.name, one.name)
    free = graph.input[0].type.tensor_type.shape.dim[0].dim_param
    for one in (*graph.input, *graph.output, *graph.value_info):
        for size in one.type.tensor_type.shape.dim:
            if free and size.dim_param == free:
                size.dim_param = batch


def _names(nodes: Sequence[onnx.NodeProto], network: str) -> list[str]:
    """A name for each node; several nodes of a row have the same one."""
    rows = [_row(node, network) for node in nodes]
    outer = {row[:at] for row in rows for at, letter in enumerate(row) if letter == "."}
    outer.add("")
    stems: dict[str, tuple[int, str]] = {}  # of values: when they were made, and of which row
    found = []
    for at, (node, row) in enumerate(zip(nodes, rows, strict=True)):
        stem = row
        if row in outer:
            stem = _stem([stems[one] for one in node.input if one in stems]) or row
            found.append(".".join(filter(None, (stem, node.op_type.lower()))))
        else:
            found.append(row)
        stems |= dict.fromkeys(node.output, (at, stem))
    return found


def _row(node: onnx.NodeProto, network: str) -> str:
    """The row that a node belongs to: the last module that was called; empty for none."""
    held = next((one.value for one in node.metadata_props if one.key == SCOPES), "[]")
    scopes = [one for one in ast.literal_eval(held) if one]
    row = str(scopes[-2]) if len(scopes) > 1 else ""
    return "" if row == network else row.removeprefix(f"{network}.")


def _stem(given: Sequence[tuple[int, str]]) -> str:
    """Where a node stands that takes values of these rows: the row, or the block of several."""
    stems = [stem for _, stem in sorted(given)]
    if len(set(stems)) < 2:
        return stems[0] if stems else ""
    parts = [stem.split(".") for stem in stems]
    same = []
    for names in zip(*parts, strict=False):
        if len(set(names)) > 1:
            break
        same.append(names[0])
    return ".".join(same) or stems[-1].rpartition(".")[0] or stems[-1]

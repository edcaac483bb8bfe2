"""The engine of pages asked in node, and torch asked with the very weights that the page has."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from papernets.bundle.info import BundleInfo
from papernets.explore.engine import Exported, exported
from papernets.explore.engine.page import kernels, script
from papernets.run.network import build
from papernets.spec import Net, Norm, walk

HERE = Path(__file__).parent
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not here")


def packed(array: Any) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def floats(text: str) -> Tensor:
    return torch.from_numpy(np.frombuffer(base64.b64decode(text), "<f4").copy())


def task(made: Exported, inputs: Tensor | None = None, wasm: bool = True, **more: Any) -> Any:
    """What node is asked: see engine_node.js."""
    given = {} if inputs is None else {"inputs": packed(inputs.numpy().astype("<f4"))}
    code = kernels() if wasm else None
    return {"program": made.program, "weights": made.weights, "wasm": code, **given, **more}


def asked(tasks: list[Any], folder: Path) -> list[Any]:
    """The answers of the page to some tasks."""
    (folder / "engine.js").write_text(script(), "utf-8")
    named: dict[bytes, str] = {}
    for at, weights in enumerate(one["weights"] for one in tasks):
        if weights not in named:
            named[weights] = str(folder / f"weights-{at}.bin")
            Path(named[weights]).write_bytes(weights)
    job = [{**one, "weights": named[one["weights"]]} for one in tasks]
    (folder / "job.json").write_text(json.dumps(job), "utf-8")
    command = ["node", HERE / "engine_node.js", folder / "engine.js", folder / "job.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def logits(answer: Any) -> Tensor:
    """Logits (N, classes) of an answer."""
    return torch.stack([floats(one["logits"]) for one in answer["answers"]])


def described(net: Net, **more: Any) -> BundleInfo:
    """A description for a network of photographs stored at its size."""
    channels, *size = net.input
    made = {"channels": channels, "height": size[0], "width": size[1], "picture": size}
    made |= {"kind": "photo", "low": [-1.0], "high": [1.0]}
    names = tuple(f"class {at}" for at in range(net.classes or 1))
    return BundleInfo(net.name, names, net.input, {**made, **more})


def drawn(net: Net, seed: int = 0) -> nn.Module:
    """A network with drawn weights and biases, whose normalisations have measured something."""
    generator = torch.Generator().manual_seed(seed)
    model = build(net, generator).eval()
    for name, one in model.named_parameters():
        if name.endswith("bias"):
            one.data.uniform_(-0.5, 0.5, generator=generator)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            for tensor, low, high in (
                (module.running_var, 0.5, 2.0),
                (module.running_mean, -0.5, 0.5),
                (module.weight, 0.5, 1.5),
                (module.bias, -0.5, 0.5),
            ):
                if tensor is not None:
                    tensor.data.uniform_(low, high, generator=generator)
    return model


def exported_of(model: nn.Module, net: Net, info: BundleInfo | None = None) -> Exported:
    state = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    return exported(net, info or described(net), state)


def with_page_weights(model: nn.Module, net: Net, made: Exported) -> nn.Module:
    """The same module with what the page has: rounded weights; folded normalisations do no more.

    A folded one keeps a mean of 0, a variance of 1, and the page's bias.
    """
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    steps = {step["name"]: step for step in made.program["steps"]}
    for row in walk(net):
        said = steps.get(row.name, {})
        if "weight" not in said:
            continue
        weight = torch.from_numpy(made.numbers(said["weight"]))
        bias = torch.from_numpy(made.numbers(said["bias"])) if "bias" in said else None
        own = [name for name in state if name.rpartition(".")[0] in _modules(row)]
        norm = {name.rpartition(".")[2]: name for name in own if ".norm." in f"{name}."}
        alone = said["op"] == "affine"
        if alone:
            norm = {name.rpartition(".")[2]: name for name in own}
        if norm:
            layer_norm: Norm = row.layer.norm  # type: ignore[union-attr]
            state[norm["running_mean"]].zero_()
            state[norm["running_var"]].fill_(1 - layer_norm.eps)
            state[norm["bias"]].copy_(bias)
            if alone and "weight" not in norm:  # the scale is in the variance alone
                state[norm["running_var"]].copy_(weight.double().pow(-2) - layer_norm.eps)
            elif "weight" in norm:
                state[norm["weight"]].copy_(weight if alone else torch.ones_like(bias))
        for name in own:
            leaf = name.rpartition(".")[2]
            if name in norm.values() or leaf == "num_batches_tracked":
                continue
            if leaf == "bias":
                state[name].copy_(torch.zeros_like(state[name]) if norm else bias)
            else:
                state[name].copy_(weight.view(state[name].shape))
    model.load_state_dict(state)
    return model


def _modules(row: Any) -> set[str]:
    operations = getattr(row.layer, "operations", ())
    if len(operations) > 1:
        return {f"{row.name}.{operation}" for operation in operations}
    return {row.name}


def apart(page: Tensor, judge: Tensor) -> float:
    """How far two tensors are apart, of the largest value."""
    return float((page - judge).abs().max() / judge.abs().max())

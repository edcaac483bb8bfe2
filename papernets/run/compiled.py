"""A network's training pass compiled by torch.compile, with dropout by a picture's own draws.

What is compiled is the plain form, whose weights, statistics and modes are the model's own: only
the modules that hold others are copies, in which dropout's factors are drawn before each pass.
"""

from __future__ import annotations

import copy
import math
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..spec import walk
from .fast import Fast
from .network import Logits, Network

BACKEND = "inductor"
Drop = Callable[[str, Tensor, float], Tensor]
COMPILERS = ("g++", "clang++", "c++")
INSTALL = "Debian and Ubuntu: apt install g++; macOS: xcode-select --install"


def compiled(form: Fast) -> Callable[[Tensor], Tensor | Logits]:
    """The compiled forward pass of a network in training, and with it its backward pass.

    It is compiled when it is first called, for a minute or so. ValueError where this machine lacks
    what that takes, or where torch cannot compile the network.
    """
    _check_compiler(next(form.parameters()).device)
    network = _with_draws(form)
    with _quiet():
        forward: Any = torch.compile(network, backend=BACKEND)
    drops = [module for module in network.modules() if isinstance(module, _Drop)]

    def called(x: Tensor) -> Tensor | Logits:
        for module in drops:
            module.draw(x, form._form.drop)
        try:
            with _quiet():
                return forward(x)  # type: ignore[no-any-return]
        except torch._dynamo.exc.TorchDynamoException as error:
            first = " ".join(str(error).split("\n")[:2])
            raise ValueError(
                f"torch.compile cannot compile {form.net.name} here ({type(error).__name__}: "
                f"{first}). Train it as it is: leave --compile out"
            ) from error

    return called


@contextmanager
def _quiet() -> Iterator[None]:
    """Within it the compiler does not warn of itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _check_compiler(device: torch.device) -> None:
    """ValueError where code for a device cannot be made here."""
    if BACKEND != "inductor":
        return
    if device.type == "cuda":
        if not torch.utils._triton.has_triton():
            raise ValueError(
                "--compile needs triton for a GPU, which is not installed: pip install triton, or "
                "leave --compile out"
            )
        return
    own = os.environ.get("CXX", "")
    if not any(map(shutil.which, [own] if own else COMPILERS)):
        missing = f"CXX={own} is not there" if own else f"none of {', '.join(COMPILERS)} is there"
        raise ValueError(
            f"--compile needs a C++ compiler on a CPU, and {missing}. {INSTALL}. Or leave "
            "--compile out"
        )


class _Drop(nn.Module):
    """Dropout by factors that were drawn before the pass: what is compiled asks nobody."""

    factors: Tensor

    def __init__(self, row: str, rate: float, count: int):
        super().__init__()
        self.row, self.rate, self.count = row, rate, count
        self.register_buffer("factors", torch.ones(1), persistent=False)

    def draw(self, x: Tensor, drop: Drop | None) -> None:
        """Draw the factors for pictures (N, ...): 0, or what the others are multiplied by."""
        ones = x.new_ones(len(x), self.count)
        self.factors = (
            F.dropout(ones, self.rate) if drop is None else drop(self.row, ones, self.rate)
        )

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factors.to(x.dtype).view(x.shape)


def _with_draws(form: Fast) -> Network:
    """The plain network with its leaves shared, and dropout replaced."""
    plain: Network = form._plain
    sizes = {row.name: math.prod(row.input) for row in walk(plain.net)}
    shared: dict[int, Any] = {id(plain.net): plain.net}
    for name, module in plain.named_modules():
        if isinstance(module, nn.Dropout):
            shared[id(module)] = _Drop(name, float(module.p), sizes[name])
        elif not module._modules:
            shared[id(module)] = module
        for one in (*module._parameters.values(), *module._buffers.values()):
            if one is not None:
                shared[id(one)] = one
    found = copy.deepcopy(plain, shared)
    for module in found.modules():
        if module._modules:  # the leaves keep their own modes
            module.training = True
    return found

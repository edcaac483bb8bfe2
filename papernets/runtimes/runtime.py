"""A bundle's network in another runtime, in the form in which torch answers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .. import __version__
from ..bundle.committee import Committee
from ..bundle.digest import digest_of
from ..bundle.load import Bundle
from ..deploy.judge import MOST, check, drawn
from ..deploy.onnx_file import onnx_model
from ..spec import Net
from ..texts import json_text
from .engines import ENGINES, MAKERS, Runs, check_installed, version_of
from .kept import kept

FORM = 3
"""Counts how the file that is kept was made: another number, another file."""
CHECKED = 2  # drawn pictures that a runtime must answer as torch does


class Elsewhere(nn.Module):
    """A network that a runtime computes: (N, C, H, W) to logits (N, classes), for evaluation.

    It has the network's `net`, a committee's first one's, and no weights that torch knows of.
    """

    def __init__(self, net: Net, runs: Runs, name: str):
        super().__init__()
        self.net, self._runs, self._name = net, runs, name
        super().train(False)

    def forward(self, x: Tensor) -> Tensor:
        if x.device.type != "cpu":
            raise ValueError(f"{self._name} computes on the CPU here: leave out the device")
        given = x.detach().to(torch.float32).contiguous().numpy()
        return torch.from_numpy(np.ascontiguousarray(self._runs(given)))

    def extra_repr(self) -> str:
        return f"{self.net.name}, by {self._name}"


@dataclass(frozen=True)
class Runtime:
    """A runtime by its name, with so many threads; 0: as many as torch has when it is opened.

    Called with a bundle it gives the module that answers in its place, made once. It can be pickled
    and makes its modules anew.
    """

    name: str
    threads: int = 0
    _opened: dict[str, Elsewhere] = field(default_factory=dict, repr=False, compare=False)
    _lock: Any = field(default_factory=RLock, repr=False, compare=False)

    @property
    def version(self) -> str:
        return version_of(self.name)

    def __call__(self, bundle: Bundle) -> nn.Module:
        """ValueError where the runtime is not installed, or does not answer as torch does."""
        digest = digest_of(bundle)
        with self._lock:
            if digest not in self._opened:
                check_installed(self.name)
                self._opened[digest] = self._open(bundle, digest)
            return self._opened[digest]

    def _open(self, bundle: Bundle, digest: str) -> Elsewhere:
        content = kept(f"{key_of(digest)}.onnx", lambda: made(bundle))
        threads = self.threads or torch.get_num_threads()
        runs = ENGINES[self.name](content, threads)
        here = replace(bundle, runtime=None)
        found = check(here, drawn(here, CHECKED), runs, prepares=False, labelled=False)
        if not found.within(MOST):
            raise ValueError(
                f"{self.name} {self.version} differs from torch on this machine by more than "
                f"{MOST:.0e}, and than rounding makes: {found.words()}. Let torch answer"
            )
        return Elsewhere(net_of(bundle), runs, self.name)

    def __getstate__(self) -> dict[str, Any]:
        return {"name": self.name, "threads": self.threads}

    def __setstate__(self, state: dict[str, Any]) -> None:
        own = {**state, "_opened": {}, "_lock": RLock()}
        for name, value in own.items():
            object.__setattr__(self, name, value)


def made(bundle: Bundle) -> bytes:
    """A bundle's network as an ONNX file's content, rewritten for other runtimes."""
    model = onnx_model(replace(bundle, runtime=None))
    size = sum(len(one.raw_data) for one in model.graph.initializer)
    if size >= MOST_WEIGHTS:
        raise ValueError(
            f"{bundle.folder} has {size:,} bytes of weights, and a file for other runtimes has at "
            f"most {MOST_WEIGHTS:,}: let torch answer"
        )
    content: bytes = model.SerializeToString()
    return content


MOST_WEIGHTS = 2_000_000_000


def key_of(digest: str) -> str:
    """What the file of a network is called: by all that it hangs on."""
    packages = {name: version_of(name) for name in ("torch", *MAKERS)}
    about = {"network": digest, "form": FORM, "papernets": __version__, "packages": packages}
    return hashlib.sha256(json_text(about).encode()).hexdigest()


def net_of(bundle: Bundle) -> Net:
    """The network as a value; of a committee its first member's."""
    model = bundle.model
    first = model.members[0] if isinstance(model, Committee) else model
    net: Net = first.net  # type: ignore[assignment]
    return net

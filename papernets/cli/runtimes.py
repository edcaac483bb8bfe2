"""--runtime: what computes the answers, checked before a bundle is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from . import screen
from .flags import WrongUse, wrong_use

if TYPE_CHECKING:
    from ..bundle.load import Bundle, Runtime
    from ..evaluate.protocols.protocol import Protocol

TORCH, AUTO = "torch", "auto"

RuntimeName = Annotated[
    str,
    typer.Option(
        "--runtime",
        help="torch, onnxruntime, openvino, or auto: the quickest here, measured once.",
    ),
]


def runtime_named(name: str, plain: bool, device: str, protocol: Protocol | None = None) -> str:
    """The runtime's name; wrong use where it does not go together with the other flags."""
    if name == TORCH:
        return name
    from ..evaluate.protocols.protocol import WHOLE
    from ..runtimes.choose import check_name
    from ..runtimes.engines import check_installed

    with wrong_use():
        word = check_name(name, plain)
    if word == TORCH:
        return word
    if device not in ("auto", "cpu"):
        raise WrongUse(f"--runtime {word} computes on the CPU: leave out --device {device}")
    if protocol is not None and protocol.name in WHOLE:
        raise WrongUse(
            f"--protocol {protocol.name} shows whole pictures of any size, which torch alone "
            f"computes: leave out --runtime {word}"
        )
    if word != AUTO:
        check_installed(word)
    return word


def device_for(runtime: str, device: str) -> str:
    """The device's name: other runtimes than torch compute on the CPU."""
    return device if runtime == TORCH else "cpu"


def made_of(name: str, threads: int) -> Runtime | None:
    """A runtime by its name, not `auto`, with so many threads; None for torch."""
    from ..runtimes.runtime import Runtime

    return None if name == TORCH else Runtime(name, threads)


def in_runtime(
    bundles: Sequence[Bundle],
    name: str,
    size: int,
    say: Callable[[str], None] = screen.note,
) -> list[Bundle]:
    """Bundles that answer in a runtime, so many pictures at a time; `say` is told `auto`'s choice.

    It is one for all of them: that of the first.
    """
    if name == TORCH:
        return list(bundles)
    from ..runtimes.choose import runtime_of
    from .waiting import waiting

    with waiting():
        found = runtime_of(bundles[0], name, size, say)
    return [replace(one, runtime=found) for one in bundles]

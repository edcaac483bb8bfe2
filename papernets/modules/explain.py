"""`papernets.explain`: the rows of a network, or of any nn.Module, without changing it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from ..nets import Found, beside, look_up
from ..show.explanation import Explanation, of_network
from ..spec import Committee, Net
from ..words import brief, by, first_line

if TYPE_CHECKING:
    from torch import Tensor, nn


def explain(what: object, input: Any = None) -> Explanation:
    """The rows of a network (a Net, a name, FILE.py:NAME) or of any `nn.Module`, and their sums.

    `input` is a picture's (C, H, W), or a tensor with its batch; of a module with several inputs a
    tuple of these, or a mapping from the names of its arguments. A network has its own. A module is
    copied without its weights and called once, in evaluation mode, on tensors without values: what
    it computes is followed, and it stays as it was. Where it asks for values it runs on the CPU.
    ValueError where there is no such network, and where a module does not run on the input.
    """
    if isinstance(what, str | Net | Committee | Found):
        return _network(what, input)
    if isinstance(what, type) and hasattr(what, "named_modules"):
        raise ValueError(
            f"explain takes a module, not its class: make one first, such as {what.__name__}(...)"
        )
    if not hasattr(what, "named_modules"):
        raise ValueError(
            f"explain takes a network, its name or an nn.Module, not {brief(what)}. "
            "All names: papernets list"
        )
    return _module(what, input)  # type: ignore[arg-type]


def _network(what: str | Net | Committee | Found, input: Any) -> Explanation:
    """The walk's rows."""
    found = what if isinstance(what, Found) else beside(what) if not isinstance(what, str) else None
    if found is None:
        assert isinstance(what, str)
        channels, size = (None, None) if input is None else (input[0], tuple(input[1:]))
        found = look_up(what, channels=channels, input=size or None)
    elif input is not None and tuple(input) != found.net.member.input:
        own = by(found.net.member.input)
        raise ValueError(
            f"{found.name} is for an input of {own}, not {by(input)}. Give its name, or make it "
            f"for that size: papernets.net({found.name!r}, input=..., channels=...)"
        )
    return of_network(found)


def _module(module: nn.Module, input: Any) -> Explanation:
    from .copies import check_shapes_known, unwrapped

    given_class = type(module).__name__
    module, wrappers = unwrapped(module)
    check_shapes_known(module)
    if input is None:
        net = getattr(module, "net", None)
        if not isinstance(net, Net):
            raise ValueError(
                f"explain needs the input of a {given_class}: give (channels, height, width), such "
                "as input=(3, 224, 224)"
            )
        input = net.input
    _check(input)
    notes = [f"Seen within its {word}." for word in wrappers]
    if module.training:
        notes.append("The module is in training mode; explained is what it does in evaluation.")
    try:
        found = _run(module, input, "meta", tuple(notes))
    except Exception as error:
        try:
            failed = f"without values it fails ({first_line(error)})"
            why = f"It ran on the CPU, on drawn values: {failed}."
            found = _run(module, input, "cpu", (*notes, why))
        except Exception as second:
            raise ValueError(
                f"{type(module).__name__} does not run on an input of {_words(input)}: "
                f"{type(second).__name__}: {first_line(second)}{_hint(input)}"
            ) from second
    return found


def _check(input: Any) -> None:
    """ValueError where an input is not one, whatever the module."""
    several = input.values() if isinstance(input, Mapping) else [input]
    for one in several:
        if isinstance(one, str | bytes) or not (hasattr(one, "shape") or isinstance(one, Sequence)):
            raise ValueError(
                f"an input is (channels, height, width), or a tensor, not {brief(one)}"
            )


def _hint(input: Any) -> str:
    """What may be wrong with a size that a module does not run on."""
    sides = isinstance(input, list | tuple) and all(isinstance(side, int) for side in input)
    if sides and len(input) == 4 and input[0] == 1:
        return f". The batch is added: give {tuple(input[1:])}"
    return ""


def _run(module: nn.Module, input: Any, device: str, notes: tuple[str, ...]) -> Explanation:
    """One forward pass of a copy, followed on a device."""
    import torch

    with torch.inference_mode(False):  # where operations come whole, not in their parts
        return _followed(module, input, device, notes)


def _followed(module: nn.Module, input: Any, device: str, notes: tuple[str, ...]) -> Explanation:
    from .copies import twin
    from .seen import Seen
    from .spans import whole
    from .trace import Trace, shape

    copied = twin(module, device)
    args, kwargs = _made(copied, input, device)
    every = [*args, *kwargs.values()]
    pictures = [n for n, x in enumerate(every) if x.is_floating_point() and x.dim() > 2]
    which = pictures[0] if pictures else 0
    sides = max(every[which].dim() - 2, 0) if pictures else 0
    trace = Trace(copied, which, sides)
    for n, x in enumerate(every):
        dims = range(2, x.dim())
        spans = {(n, d - 2): whole(x.dim(), d, x.shape[d]) for d in dims}
        trace.follow.knows(x, Seen(spans))
    with _undisturbed(), trace.listening():
        copied(*args, **kwargs)
    others = len(pictures) - 1
    more = (f"Fields are of the first picture; {others} more go in.",) if others > 0 else ()
    net = getattr(module, "net", None)
    return Explanation(
        name=net.name if isinstance(net, Net) else type(module).__name__,
        input=shape(every[which]),
        rows=tuple(trace.rows),
        params=sum(row.params for row in trace.rows),
        macs=sum(row.macs for row in trace.rows),
        fixed_params=sum(row.fixed_params for row in trace.rows),
        products=sum(row.products for row in trace.rows),
        unused=_unused(copied, trace),
        device=device,
        notes=(*notes, *more),
    )


def _unused(module: nn.Module, trace: Any) -> dict[str, int]:
    """The parameters that no row used, by the outermost modules that were not called."""
    found: dict[str, int] = {}
    for name, parameter in module.named_parameters():
        if id(parameter) in trace.counted:
            continue
        path = name.split(".")[:-1]
        starts = [".".join(path[: n + 1]) for n in range(len(path))]
        where = next((start for start in starts if start not in trace.called), name)
        inside = any(called.startswith(f"{where}.") for called in trace.called)
        where = name if inside else where
        found[where] = found.get(where, 0) + parameter.numel()
    return found


def _made(module: nn.Module, input: Any, device: str) -> tuple[list[Tensor], dict[str, Tensor]]:
    """The tensors that a module is called with."""
    if isinstance(input, Mapping):
        return [], {str(name): _tensor(module, one, device) for name, one in input.items()}
    several = (
        isinstance(input, list | tuple)
        and bool(input)
        and not all(isinstance(side, int) for side in input)
    )
    return [_tensor(module, one, device) for one in (input if several else (input,))], {}


def _tensor(module: nn.Module, given: Any, device: str) -> Tensor:
    import torch
    from torch import Tensor

    if isinstance(given, Tensor):
        if device == "meta":
            return torch.empty_like(given, device="meta", requires_grad=False)
        return given.detach().to(device, copy=True)
    if not isinstance(given, Sequence) or not all(isinstance(n, int) and n > 0 for n in given):
        raise ValueError(f"an input is (channels, height, width), or a tensor, not {brief(given)}")
    kinds = (p.dtype for p in module.parameters() if p.is_floating_point())
    dtype = next(kinds, torch.get_default_dtype())
    if device == "meta":
        return torch.empty((1, *given), device="meta", dtype=dtype)
    own = torch.Generator().manual_seed(0)
    return torch.rand((1, *given), generator=own).to(dtype)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Nothing that runs in here draws from anybody's generator, or keeps gradients."""
    import sys

    import torch

    state = random.getstate()
    fast = torch.backends.mha.get_fastpath_enabled()
    with ExitStack() as stack:
        stack.callback(random.setstate, state)
        stack.callback(torch.backends.mha.set_fastpath_enabled, fast)
        torch.backends.mha.set_fastpath_enabled(False)
        if numpy := sys.modules.get("numpy"):
            stack.callback(numpy.random.set_state, numpy.random.get_state())
        if "torch._dynamo" in sys.modules:
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        stack.enter_context(torch.random.fork_rng(devices=[]))
        stack.enter_context(torch.no_grad())
        yield


def _words(input: Any) -> str:
    if isinstance(input, Mapping):
        return ", ".join(f"{name} {_words(one)}" for name, one in input.items())
    if hasattr(input, "shape"):
        return by(input.shape)
    if isinstance(input, list | tuple) and all(isinstance(n, int) for n in input):
        return by(input)
    return " and ".join(map(_words, input)) if isinstance(input, list | tuple) else brief(input)

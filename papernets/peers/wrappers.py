"""What torch itself wraps round a module: the module within, where nothing of the rest is lost."""

from __future__ import annotations

import sys

from torch import nn
from torch.optim.swa_utils import AveragedModel

from ..bundle.committee import Committee
from ..spec import Net
from ..words import type_of

WRAPPERS: dict[type[nn.Module], str] = {
    nn.DataParallel: "module",
    nn.parallel.DistributedDataParallel: "module",
    AveragedModel: "module",
}
"""torch's classes that call a module as it is, and the child that it is."""
LATER = {
    ("torch._dynamo.eval_frame", "OptimizedModule"): "_orig_mod",
    ("torch.distributed.fsdp", "FullyShardedDataParallel"): "",
}
"""Those that torch does not import by itself; no child where the tensors are in parts."""
HOOKS = ("_forward_hooks", "_forward_pre_hooks")


def unwrapped(model: nn.Module) -> nn.Module:
    """The module within what torch wraps round one: compiled, in parallel, averaged.

    It is known by its class: what somebody else wraps round a network is part of what is computed.
    ValueError where a wrapper computes more, by hooks or a forward of its own.
    """
    if not isinstance(model, nn.Module):
        raise ValueError(f"a {type(model).__name__} is no module: papernets.save(model, FOLDER)")
    path = "model"
    while True:
        child = _child(model)
        if child is None:
            return model
        kind, path = type(model).__name__, f"{path}.{child}"
        if not child:
            raise in_parts(kind)
        if changed(model):
            raise ValueError(
                f"on the {kind} round this network are hooks, or a forward, which no bundle keeps: "
                f"take them away, or save the network alone, papernets.save({path}, FOLDER, ...)"
            )
        model = getattr(model, child)


def members_of(model: Committee) -> list[nn.Module]:
    """The networks of a committee, unwrapped; ValueError where it, or one of them, is another."""
    if type(model) is not Committee or changed(model):
        raise ValueError(
            f"on this {type(model).__name__} are hooks, or a forward, which no bundle keeps: a "
            "committee is kept as the sum of its members"
        )
    members = [unwrapped(member) for member in model.members]
    for at, member in enumerate(members):
        if not _ours(member):
            raise ValueError(
                f"members[{at}] of this committee is {type_of(member)}, no network of "
                "papernets: it may have such members alone"
            )
    return members


def in_parts(kind: str) -> ValueError:
    """That a network's tensors are spread over processes, and how it is saved."""
    return ValueError(
        f"a {kind} has its network's tensors in parts: gather them first, state = "
        "torch.distributed.checkpoint.state_dict.get_model_state_dict(model, "
        "options=StateDictOptions(full_state_dict=True)), and save a network that has them: "
        "papernets.save(create_model(NAME, weights=state), FOLDER, ...)"
    )


def no_network(model: nn.Module) -> ValueError:
    """That a module is none of ours; where it holds one, how that is saved."""
    kind = type(model).__name__
    held = next((name for name, module in model.named_modules() if name and _ours(module)), "")
    if not held:
        return ValueError(
            f"a {kind} is no network of papernets: give a module that create_model, from_peer or "
            "build made"
        )
    path = "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in held.split("."))
    return ValueError(
        f"a {kind} is no network of papernets, but holds one: a bundle would lose what stands "
        f"round it. Save the network alone, papernets.save(model{path}, FOLDER, ...); a network of "
        "your own is a file, FILE.py:NAME"
    )


def _child(model: nn.Module) -> str | None:
    """The child that a wrapper of torch's calls; None for any other module."""
    for (home, name), child in LATER.items():
        kind = getattr(sys.modules.get(home), name, None)
        if kind is not None and type(model) is kind:
            return child
    return WRAPPERS.get(type(model))


def changed(model: nn.Module) -> bool:
    """Whether somebody put hooks, or a forward, on a module; torch.compile puts its own there."""
    forward = vars(model).get("forward")
    own = forward is not None and not hasattr(forward, "_torchdynamo_orig_callable")
    return own or any(vars(model).get(hooks) for hooks in HOOKS)


def _ours(module: nn.Module) -> bool:
    return isinstance(module, Committee) or isinstance(getattr(module, "net", None), Net)

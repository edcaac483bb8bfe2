"""Modules of a network that somebody replaced: a classifier in a Sequential is one; others not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from torch import Tensor, nn
from torch.nn.utils import parametrize

from ..nets import find
from ..rewrite.classifier import ends
from ..spec import Dense, Net, tensors
from ..words import by, listed, plural

EMPTY = (
    nn.Identity,
    nn.Flatten,
    nn.Dropout,
    nn.Dropout1d,
    nn.Dropout2d,
    nn.Dropout3d,
    nn.AlphaDropout,
    nn.FeatureAlphaDropout,
)
"""What may stand beside the one dense layer of a classifier: it changes nothing in evaluation."""
WORKS = (
    "In a classifier's place one nn.Linear works, alone or in a Sequential with Dropout, Identity "
    "or Flatten; a network of your own is a file, FILE.py:NAME"
)


def unwrapped_heads(model: nn.Module, net: Net, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state_dict, with dense layers in a Sequential in a classifier's place under its name."""
    found = dict(state)
    for end in ends(net):
        head = end.classifier
        if not isinstance(head.layer, Dense):
            continue
        place = _linear(model, head.name)
        for leaf in ("weight", "bias"):
            if place and f"{place}.{leaf}" in found:
                found[f"{head.name}.{leaf}"] = found.pop(f"{place}.{leaf}")
    return found


def _linear(model: nn.Module, name: str) -> str:
    """The name of the one dense layer within a Sequential of this name; empty for anything else."""
    module = named_module(model, name)
    if not isinstance(module, nn.Sequential):
        return ""
    every = module.named_modules(prefix=name, remove_duplicate=False)
    leaves = [(at, one) for at, one in every if type(one) is not nn.Sequential]
    dense = [at for at, one in leaves if type(one) is nn.Linear]
    alone = len(dense) == 1 and all(type(one) in (nn.Linear, *EMPTY) for _, one in leaves)
    return dense[0] if alone else ""


def check_heads(model: nn.Module, net: Net, state: Mapping[str, Tensor]) -> None:
    """ValueError where a network's classifier and its auxiliary heads' are for other classes."""
    own, counts = tensors(net), dict[str, int]()
    for end in ends(net):
        row = end.classifier.name
        given = state.get(f"{row}.weight")
        wanted = own.get(f"{row}.weight")
        if given is None or wanted is None or given.shape[1:] != wanted.shape[1:]:
            return
        counts[row] = len(given)
    if len(set(counts.values())) < 2:
        return
    (main, classes), *heads = counts.items()
    name, features = next((row, state[f"{row}.weight"]) for row, n in heads if n != counts[main])
    said = listed((f"{row} for {number}" for row, number in heads), 3)
    without = ""
    plain = not isinstance(named_module(model, main), nn.Sequential)  # its names are the network's
    kept = ", weights=model.state_dict()" if plain else ""
    try:
        if "aux" in find(net.name).options:
            without = (
                f"leave the heads out, create_model({net.name!r}, aux=False, "
                f"num_classes={classes}{kept}), or "
            )
    except ValueError:
        pass  # a network of one's own
    raise ValueError(
        f"this {net.name} does not fit: {main} is for "
        f"{plural(classes, 'class', 'classes')}, the auxiliary heads' "
        f"classifiers are others ({said}): {without}replace these too, before training: "
        f"model.{name} = nn.Linear({by(features.shape[1:])}, {classes})"
    )


def check_modules(model: nn.Module, again: nn.Module, state: Mapping[str, Tensor]) -> None:
    """ValueError that names the module whose tensors are not those of its network.

    `again` is the network as it is built. What was not replaced is left to `load_weights`.
    """
    own = again.state_dict()
    wrong = [name for name in (*own, *state) if (name in own) != (name in state)]
    which = f"this {model.net.name} does not fit"  # type: ignore[union-attr]
    for name in wrong:
        path = name.split(".")
        for at in range(1, len(path)):
            _check_one(model, ".".join(path[:at]), which)
    for name, module in others(model, again):
        if any(one.startswith(f"{name}.") for one in wrong):
            raise ValueError(f"{which}: {_instead(model, again, name, module)}. {WORKS}")


def _check_one(model: nn.Module, name: str, which: str) -> None:
    """ValueError for a module whose weights are computed: pruned, or parametrised."""
    module = named_module(model, name)
    if module is None:
        return
    if parametrize.is_parametrized(module):
        (leaf, *_) = module.parametrizations  # type: ignore[union-attr,misc]
        raise ValueError(
            f"{which}: {name} is parametrised: first make its {leaf} a tensor again, "
            f"torch.nn.utils.parametrize.remove_parametrizations(model.{name}, {leaf!r})"
        )
    held = {*module._parameters, *module._buffers}
    for leaf in ("weight", "bias"):
        if {f"{leaf}_orig", f"{leaf}_mask"} <= held:
            raise ValueError(
                f"{which}: {name} is pruned: first make that permanent, "
                f"torch.nn.utils.prune.remove(model.{name}, {leaf!r})"
            )
        for mark, remove in (("_g", "remove_weight_norm"), ("_orig", "remove_spectral_norm")):
            if f"{leaf}{mark}" in held:
                raise ValueError(
                    f"{which}: {name}'s {leaf} is computed of other tensors: first make it a "
                    f"tensor again, torch.nn.utils.{remove}(model.{name}, {leaf!r})"
                )


def others(model: nn.Module, again: nn.Module) -> Iterable[tuple[str, nn.Module | None]]:
    """Names of the modules of a network that are of another class, or gone, and what is there."""
    for name, module in again.named_modules():
        given = named_module(model, name)
        if name and type(given) is not type(module):
            yield name, given


def said_of(model: nn.Module, again: nn.Module) -> str:
    """Which module was replaced by what; empty where none was."""
    first = next(iter(others(model, again)), None)
    return "" if first is None else _instead(model, again, *first)


def _instead(model: nn.Module, again: nn.Module, name: str, module: nn.Module | None) -> str:
    was = type(named_module(again, name)).__name__
    if module is None:
        return f"{name} ({was}) is gone"
    inside = [type(one).__name__ for _, one in module.named_children()]
    several = f" ({listed(inside, 6)})" if isinstance(module, nn.Sequential) else ""
    return f"{name} ({was}) was replaced by {type(module).__name__}{several}"


def named_module(model: nn.Module, name: str) -> nn.Module | None:
    try:
        return model.get_submodule(name)
    except AttributeError:
        return None

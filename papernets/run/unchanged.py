"""Whether a network's modules are those that were built, with the settings that they had then."""

from __future__ import annotations

from torch import nn

from .block import is_changed, module_at
from .fast import children_of
from .network import Network


def check_unchanged(plain: Network, form: str) -> None:
    """ValueError where a form that calls none of a network's modules would not do what they do.

    It names the first that was replaced, set otherwise, hooked, or put into a line of rows.
    """
    kind = type(plain)
    if kind.forward is not Network.forward or kind._run is not Network._run or is_changed(plain):
        raise ValueError(
            f"{kind.__name__} has a forward or hooks of its own, which {form} does not call: call "
            "the plain model"
        )
    settings, children = plain._built.settings, children_of(plain._built.kinds)
    for name, built in plain._built.kinds.items():
        module = module_at(plain, name.split("."))
        done = ""
        if type(module) is not built:
            done = f"was replaced by {type(module).__name__}"
        elif is_changed(module):
            done = "has hooks, or a forward of its own"
        elif any(getattr(module, key, None) != value for key, value in settings[name].items()):
            done = "was set otherwise"
        elif built is nn.Sequential and tuple(module._modules) != children.get(name, ()):
            done = "has other parts"
        if done:
            raise ValueError(
                f"{name} of {plain.net.name} {done}, and {form} does not call it: call the plain "
                "model, or papernets.fast(model)"
            )

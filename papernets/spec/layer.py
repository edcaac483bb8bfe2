"""What every layer answers for, batch normalisation, and the names of the activations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..words import did_you_mean
from .settings import Settings
from .window import Shape, Window

MONOTONE = frozenset({"relu", "relu6", "tanh", "scaled_tanh", "sigmoid"})
ACTIVATIONS = MONOTONE | {"softmax"}
ACTIVATES = {"relu": "relu", "relu6": "relu6", "tanh": "tanh", "scaled_tanh": "tanh"}
ACTIVATES["sigmoid"] = "sigmoid"
"""What the operation of an activation is called; softmax has none, for it belongs to the loss."""
Shapes = Mapping[str, tuple[int, ...]]
"""The shapes of tensors by their names."""


def check_activation(name: str | None) -> None:
    """Raise ValueError, with the nearest name, where there is no such activation."""
    if name is not None and not (isinstance(name, str) and name in ACTIVATIONS):
        raise ValueError(
            f"unknown activation {name!r}.{did_you_mean(str(name), ACTIVATIONS)} "
            f"There are {', '.join(sorted(ACTIVATIONS))}"
        )


@dataclass(frozen=True)
class Norm:
    """Batch normalisation of each channel (Ioffe, Szegedy 2015); `scale` False leaves gamma out."""

    eps: float = 1e-5
    scale: bool = True
    momentum: float = 0.1

    def params(self, channels: int) -> int:
        return channels * (2 if self.scale else 1)

    def tensors(self, channels: int) -> Shapes:
        """Gamma, beta, the moving averages, and how many batches are in them."""
        own = ("weight", "bias", "running_mean", "running_var")[0 if self.scale else 1 :]
        return {**dict.fromkeys(own, (channels,)), "num_batches_tracked": ()}

    def words(self) -> str:
        """Its constants; the momentum is a batch's share in the moving averages, as in torch."""
        gamma = "" if self.scale else ", no gamma"
        return f"eps {self.eps:g}, momentum {self.momentum:g}{gamma}"


class Layer:
    """What every layer answers for an input shape; the defaults: no parameters, nothing changed."""

    kind = "layer"
    activation: str | None = None

    def shape(self, s: Shape) -> Shape:
        """Output shape."""
        return s

    def params(self, s: Shape) -> int:
        """Trained parameters, shared ones once, normalisation's included."""
        return 0

    def fixed(self, s: Shape) -> int:
        """Parameters that are never trained."""
        return 0

    @property
    def operation(self) -> str:
        """What the row does, before normalisation and activation; empty where that is nothing."""
        return self.kind

    @property
    def operations(self) -> tuple[str, ...]:
        """What a row is made of, in order: ("conv", "norm", "relu"), the children of its module.

        A row of one operation is that operation's module itself.
        """
        window, norm = self.window(), getattr(self, "norm", None)
        apart = window is not None and window.fixed is None and self.pads_apart
        steps = ("pad" if apart else "", self.operation, "norm" if norm else "")
        return tuple(filter(None, (*steps, ACTIVATES.get(self.activation or "", ""))))

    @property
    def pads_apart(self) -> bool:
        """Whether padding that depends on the input's size is laid on by an operation before."""
        return True

    def held(self, s: Shape) -> Mapping[str, Shapes]:
        """The tensors of each operation that has some, in the order of the state_dict."""
        return {}

    def macs(self, s: Shape) -> int:
        """Multiply-adds: one for each use of a weight in convolution, dense and RBF layers."""
        return 0

    def connections(self, s: Shape) -> int:
        """Connections as LeCun et al. 1998 count them: weights and biases, once for each use."""
        return 0

    def window(self) -> Window | None:
        """The sliding window, or None where there is none."""
        return None

    def reach(self, s: Shape) -> Window | None:
        """The window that an output value sees of an input of this shape; None where it is one."""
        return self.window()

    def sees_all(self, s: Shape) -> bool:
        """True where each output value depends on the whole map."""
        return False

    def settings(self, s: Shape) -> Settings:
        """What parameters, multiply-adds and sizes do not show, by name."""
        return {}

    def words(self, s: Shape) -> str:
        """The arithmetic filled in, in one line."""
        return ""

    def check(self, s: Shape) -> None:
        """Raise ValueError where an input of this shape is impossible."""

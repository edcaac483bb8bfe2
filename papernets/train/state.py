"""A run between two steps: weights, optimiser, history, and the best weights so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ..bundle.weights import copies, renamed
from ..run.network import Network
from .recipe import TrainRecipe


@dataclass
class State:
    """All that a run needs to go on; `average` is the running mean of the weights, or empty.

    `begun` says how good the network was before the first epoch, where it had learnt before: epoch
    0, which may be the best one. It is empty else.
    """

    model: Network
    optimizer: torch.optim.Optimizer
    average: dict[str, Tensor]
    epoch: int = 0
    step: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    best_epoch: int = 0
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    begun: dict[str, Any] = field(default_factory=dict)

    @property
    def best_record(self) -> dict[str, Any]:
        """What is known of the epoch that the best weights are of."""
        return self.history[self.best_epoch - 1] if self.best_epoch else self.begun

    def weights(self) -> dict[str, Tensor]:
        """What is evaluated and saved, on the CPU: the running mean, else the weights."""
        if self.average:
            return {k: v.detach().to("cpu", copy=True) for k, v in self.average.items()}
        return copies(self.model)

    def restart_average(self) -> None:
        """Let the running mean, where there is one, begin at the weights."""
        for name in self.average:
            self.average[name] = self.model.state_dict()[name].detach().clone()

    def to_dict(self) -> dict[str, Any]:
        """Plain values and tensors, for a file."""
        return {
            "model": copies(self.model),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average,
            "epoch": self.epoch,
            "step": self.step,
            "history": self.history,
            "best_epoch": self.best_epoch,
            "best_weights": self.best_weights,
            "begun": self.begun,
        }

    def load_dict(self, values: dict[str, Any]) -> None:
        """Take up what `to_dict` gave; ValueError where its parts do not fit one another."""
        own, net = self.model.state_dict(), self.model.net
        named = {name: renamed(values[name], net) for name in ("model", "average", "best_weights")}
        values = {**values, **named}
        for name in ("average", "best_weights"):
            shapes = {k: v.shape for k, v in values[name].items()}
            if shapes and shapes != {k: v.shape for k, v in own.items()}:
                raise ValueError(f"its {name} does not fit its model")
        self.model.load_state_dict(values["model"])
        try:
            self.optimizer.load_state_dict(values["optimizer"])
        except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise ValueError(f"its optimizer is damaged: {error}") from None
        for parameter, kept in self.optimizer.state.items():
            if not isinstance(kept, dict) or any(
                isinstance(v, Tensor) and v.dim() and v.shape != parameter.shape
                for v in kept.values()
            ):
                raise ValueError("its optimizer does not fit its model")
        device = next(self.model.parameters()).device
        self.average = {k: v.to(device) for k, v in values["average"].items()}
        self.epoch, self.step = values["epoch"], values["step"]
        self.history = list(values["history"])
        self.best_epoch, self.best_weights = values["best_epoch"], values["best_weights"]
        self.begun = dict(values.get("begun", {}))  # earlier versions kept none


def start(model: Network, recipe: TrainRecipe) -> State:
    """The state of a run before its first step."""
    fused = next(model.parameters()).device.type in ("cpu", "cuda")
    parameters = [p for p in model.parameters() if p.requires_grad]
    rate, decay = recipe.learning_rate, recipe.weight_decay
    optimizer: torch.optim.Optimizer
    if recipe.optimizer == "sgd":
        optimizer = torch.optim.SGD(
            parameters, rate, recipe.momentum, weight_decay=decay, fused=fused
        )
    else:
        kind = torch.optim.Adam if recipe.optimizer == "adam" else torch.optim.AdamW
        betas = (recipe.betas[0], recipe.betas[1])
        optimizer = kind(parameters, rate, betas, weight_decay=decay, fused=fused)
    state = State(model, optimizer, dict(model.state_dict()) if recipe.average else {})
    state.restart_average()
    return state


@torch.no_grad()
def update_average(state: State, decay: float) -> None:
    """Move the running mean to the weights by 1 - decay of the way, more in the first steps."""
    decay = min(decay, (1 + state.step) / (10 + state.step))
    own = state.model.state_dict()
    names = [n for n, v in own.items() if v.is_floating_point()]
    torch._foreach_lerp_([state.average[n] for n in names], [own[n] for n in names], 1 - decay)
    for name, value in own.items():
        if not value.is_floating_point():
            state.average[name].copy_(value)

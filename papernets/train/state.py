"""A run between two steps: weights, optimiser, history, and the best weights so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from ..bundle.weights import copies, renamed
from ..run.network import Network
from .freezing import freeze
from .optimizers import make_optimizer
from .precision import scaler_for
from .recipe import TrainRecipe


@dataclass
class Pass:
    """What an epoch has found so far: losses and mistakes of its steps, on the device.

    `at` steps are done, with so many `images`; `seen` of these when the losses were last looked
    at; `rate` is that of the last step, `seconds` what the steps took. `skipped` of the steps moved
    nothing, as gradients of fp16 overflowed.
    """

    losses: Tensor
    wrong: Tensor
    at: int = 0
    images: int = 0
    seen: int = 0
    rate: float = 0.0
    seconds: float = 0.0
    skipped: int = 0

    @staticmethod
    def of(steps: int, device: torch.device) -> Pass:
        """An epoch of so many steps before the first of them."""
        return Pass(torch.zeros(steps, device=device), torch.zeros(steps, device=device))

    def to_dict(self) -> dict[str, Any]:
        """Plain values and tensors, for a file."""
        found = {"losses": self.losses, "wrong": self.wrong}
        tensors = {name: value.to("cpu", copy=True) for name, value in found.items()}
        return tensors | {name: getattr(self, name) for name in NUMBERS}

    @staticmethod
    def from_dict(values: dict[str, Any], device: torch.device) -> Pass:
        """What `to_dict` gave; ValueError where its parts do not fit one another."""
        losses, wrong = values["losses"], values["wrong"]
        flat = losses.dim() == 1 and wrong.shape == losses.shape and losses.is_floating_point()
        if not (flat and values["at"] <= len(losses) and values["seen"] <= values["images"]):
            raise ValueError("what it has of its epoch does not fit together")
        numbers = {name: values[name] for name in NUMBERS if name in values}
        return Pass(losses.to(device), wrong.to(device), **numbers)


NUMBERS = ("at", "images", "seen", "rate", "seconds", "skipped")
"""Of a pass, what is one number; earlier versions knew no skipped steps."""


@dataclass
class State:
    """All that a run needs to go on; `average` is the running mean of the weights, or empty.

    `begun` says how good the network was before the first epoch, where it had learnt before: epoch
    0, which may be the best one. It is empty else. `warm`: a warm-up by the training error is over.
    `part`: what the epoch after `epoch` has found, where that has begun. `scaler`: what scales the
    gradients of fp16.
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
    warm: bool = False
    part: Pass | None = None
    scaler: torch.amp.GradScaler | None = None

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
            "warm": self.warm,
            "part": self.part.to_dict() if self.part else {},
            "scaler": self.scaler.state_dict() if self.scaler else {},
        }

    def load_dict(self, values: dict[str, Any]) -> None:
        """Take up what `to_dict` gave; ValueError where its parts do not fit one another."""
        own, net = self.model.state_dict(), self.model.net
        named = {name: renamed(values[name], net) for name in ("model", "average", "best_weights")}
        values = {**values, **named}
        for name in ("average", "best_weights"):
            kinds = {k: (v.shape, v.dtype) for k, v in values[name].items()}
            if kinds and kinds != {k: (v.shape, v.dtype) for k, v in own.items()}:
                raise ValueError(f"its {name} does not fit its model")
        part = values.get("part")
        begun = values["epoch"] + bool(part and part["at"])
        self._check_optimizer(values["optimizer"], values["step"], begun)
        if self.scaler is not None and set(values.get("scaler", {})) != set(
            self.scaler.state_dict()
        ):
            raise ValueError("the scale of its gradients is missing or odd")
        self.model.load_state_dict(values["model"])
        # the settings are the run's own, and the rate is set anew before each step
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({**values["optimizer"], "param_groups": groups})
        device = next(self.model.parameters()).device
        self.average = {k: v.to(device) for k, v in values["average"].items()}
        self.epoch, self.step = values["epoch"], values["step"]
        self.history = list(values["history"])
        self.best_epoch, self.best_weights = values["best_epoch"], values["best_weights"]
        self.begun = dict(values.get("begun", {}))  # earlier versions kept none
        self.warm = bool(values.get("warm", False))
        self.part = Pass.from_dict(part, device) if part else None
        if self.scaler is not None:
            self.scaler.load_state_dict(values["scaler"])

    def _check_optimizer(self, kept: dict[str, Any], step: int, begun: int) -> None:
        """ValueError unless what is kept is of just these parameters, each by its shape and kind.

        What an optimiser keeps of a parameter is seen from one step of another on one like it. In
        the `begun` epochs that had a step, those that still wait had none.
        """
        groups = self.optimizer.param_groups
        own = [p for group in groups for p in group["params"]]
        named = [place for group in kept["param_groups"] for place in group.get("params", ())]
        if len(kept["param_groups"]) != len(groups) or named != list(range(len(own))):
            raise ValueError("its optimizer is of other parameters than its model's")
        states = kept["state"]
        wanted = _kept_of_one(self.optimizer) if step else {}  # nothing: SGD without momentum
        moved = [group.get("wait", 0) < begun for group in groups for _ in group["params"]]
        if set(states) != ({place for place, it in enumerate(moved) if it} if wanted else set()):
            raise ValueError("its optimizer does not fit its model: a parameter's state is missing")
        for place, state in states.items():
            if not isinstance(state, dict) or set(state) != set(wanted):
                raise ValueError("its optimizer does not fit its model: it keeps other values")
            for name, scalar in wanted.items():
                value, parameter = state[name], own[place]
                if scalar is None:
                    good = value is None
                else:
                    shape = torch.Size() if scalar else parameter.shape
                    dtype = torch.float32 if scalar else parameter.dtype
                    good = isinstance(value, Tensor) and (value.shape, value.dtype) == (
                        shape,
                        dtype,
                    )
                if not good:
                    raise ValueError(f"its optimizer does not fit its model: {name} of one is odd")


def _kept_of_one(optimizer: torch.optim.Optimizer) -> dict[str, bool | None]:
    """What an optimiser of this kind keeps of each parameter, by name, after a step.

    True for a single number, False for one a value of the parameter, None for nothing.
    """
    settings = {k: v for k, v in optimizer.param_groups[0].items() if k in SETTINGS}
    one = torch.nn.Parameter(torch.zeros(2))
    one.grad = torch.zeros(2)
    like = type(optimizer)([one], **settings)  # type: ignore[call-arg]
    like.step()
    return {
        name: None if value is None else value.dim() == 0 for name, value in like.state[one].items()
    }


SETTINGS = ("momentum", "betas", "weight_decay")
"""Of an optimiser, what may decide which values it keeps."""


def start(model: Network, recipe: TrainRecipe) -> State:
    """The state of a run before its first step."""
    optimizer = make_optimizer(model, recipe, freeze(model, recipe))
    state = State(model, optimizer, dict(model.state_dict()) if recipe.average else {})
    state.scaler = scaler_for(recipe.precision, next(model.parameters()).device)
    state.restart_average()
    return state


@contextmanager
def saved_weights(state: State) -> Iterator[None]:
    """Within it the model has the weights that would be saved: their mean, where it is kept."""
    if not state.average:
        yield
        return
    own = copies(state.model)
    state.model.load_state_dict(state.average)
    try:
        yield
    finally:
        state.model.load_state_dict(own)


@torch.no_grad()
def update_average(state: State, recipe: TrainRecipe, steps: int) -> None:
    """Move the running mean to the weights after a step of the `steps` of the whole run.

    Exponential: by 1 - `average` of the way, more in the first steps. Polyak: it is the mean over
    the weights after each of the last steps, `average` of all (Polyak and Juditsky 1992), and the
    weights themselves before.
    """
    if recipe.average_kind == "polyak":
        before = round((1 - recipe.average) * steps)
        share = 1 / max(state.step - before, 1)
    else:
        share = 1 - min(recipe.average, (1 + state.step) / (10 + state.step))
    own = state.model.state_dict()
    names = [n for n, v in own.items() if v.is_floating_point()]
    torch._foreach_lerp_([state.average[n] for n in names], [own[n] for n in names], share)
    for name, value in own.items():
        if not value.is_floating_point():
            state.average[name].copy_(value)

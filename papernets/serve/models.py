"""The networks that a server has: by names of their own, asked as `predict` asks them."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..bundle.committee import Committee
from ..bundle.find import find_bundle
from ..bundle.load import Bundle, Runtime
from ..data.picture import dimensions
from ..evaluate.form import answering_of
from ..evaluate.infer import logits_of, scaled
from ..evaluate.metrics import probabilities
from ..evaluate.predict import Answer, Asked, asked_of, pairs_of
from ..evaluate.predictor import Picture, load, sources_of
from ..evaluate.read import read_files
from ..words import did_you_mean, listed, plural
from .about import About, about
from .figures import Figures, figures_of
from .limits import Limits, Refused

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""What a model may be called: it stands in addresses."""


class WrongNames(ValueError):
    """Names that models cannot have."""


def names_of(words: Sequence[str]) -> dict[str, str]:
    """What each bundle is called, and where it is; each word is `BUNDLE` or `NAME=BUNDLE`.

    Without a name it is the bundle's or run's folder's. `WrongNames` for a name twice, and for one
    that cannot stand in an address.
    """
    found: dict[str, str] = {}
    for word in words:
        name, sign, place = word.partition("=")
        if not sign or not NAME.fullmatch(name) or Path(word).exists():
            name, place = _name_of(word), word
        if name in found:
            raise WrongNames(
                f"two models would be called {name}: {found[name]} and {place}. Give them names: "
                f"papernets serve {name}={found[name]} other={place}"
            )
        if not place:
            raise WrongNames(f"{word}: give a bundle behind the =")
        found[name] = place
    return found


def _name_of(word: str) -> str:
    """A bundle's own name: its folder's, its run's where the folder is best or last."""
    folder = find_bundle(word)
    last = folder.parent if folder.name in ("best", "last") else folder
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", last.resolve().name).strip("-._")[:100]
    if not NAME.fullmatch(name):
        raise WrongNames(f"{word} gives a model no name: give it one, papernets serve name={word}")
    return name


@dataclass(frozen=True)
class Served:
    """A model of the server: asked about one picture at a time, by several threads at once."""

    name: str
    bundle: Bundle
    asked: Asked
    plain: nn.Module
    quick: nn.Module
    figures: Figures
    device: torch.device
    about: About

    @property
    def classes(self) -> tuple[str, ...]:
        return self.bundle.info.classes

    @property
    def input(self) -> tuple[int, int, int]:
        """What the network sees: channels, height, width."""
        return self.bundle.info.input

    def answers(self, pictures: Sequence[bytes], top: int, limits: Limits) -> list[Answer]:
        """As `predict` answers each alone; those that cannot be read have `error`."""
        sources, _ = sources_of(list(pictures))
        for source in sources:
            self._measure(source.path, limits)
        asked = replace(self.asked, top=min(top, len(self.classes)))
        return [next(asked.of(pairs_of([source], asked.eyes))) for source in sources]

    def read(self, picture: Picture, limits: Limits) -> Tensor:
        """A picture as it is stored before the network sees it, uint8 (1, C, h, w)."""
        (source,), _ = sources_of(picture)
        self._measure(source.path, limits)
        (read,) = read_files([source.path], self.asked.eyes)
        if read.picture is None:
            raise Refused(422, f"the picture cannot be read: {read.error}", reason="picture")
        return read.picture[None]

    def seen(self, stored: Tensor) -> Tensor:
        """Stored pictures as the network sees them, float32 (N, C, H, W)."""
        return self.asked.eyes(stored)

    def outputs(self, seen: Tensor) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Logits and scores (N, classes) of what the network sees; each row is computed alone.

        `Refused` where values are so large that the outputs are no numbers.
        """
        ask = partial(logits_of, self.quick, device=self.device, as_it_is=True)
        rows = [ask(one[None], _as_it_is) for one in seen]
        logits = torch.cat(rows)
        if not torch.isfinite(logits).all():
            raise Refused(
                422, "the network's outputs are not finite: give smaller values", reason="values"
            )
        scores = probabilities(scaled(self.bundle, logits).numpy())
        return logits.float().numpy(), scores

    def _measure(self, source: Any, limits: Limits) -> None:
        """`Refused` for a picture of more pixels than are read; its head is looked at alone."""
        try:
            height, width = dimensions(source)
        except (ValueError, OSError):
            return  # whoever reads it says why
        if height * width > limits.pixels:
            raise Refused(
                413,
                f"a picture of {width:,}x{height:,} has more than the {limits.pixels:,} pixels "
                "that are read: send it smaller",
                reason="pixels",
            )


def _as_it_is(images: Tensor) -> Tensor:
    return images


class Models:
    """The models of a server by name; the first is asked where none is named."""

    def __init__(self, every: Sequence[Served]):
        self.every = {one.name: one for one in every}
        self.first = every[0]

    def named(self, name: str | None, status: int = 404) -> Served:
        """The model of a name; `Refused` with the nearest where there is none."""
        if name is None:
            return self.first
        found = self.every.get(name)
        if found is None:
            known = list(self.every)
            near = did_you_mean(name[:100], known)
            raise Refused(
                status,
                f"there is no model of this name.{near} There {'is' if len(known) == 1 else 'are'} "
                f"{listed(known, 20)}",
                reason="model",
            )
        return found


def served(name: str, place: str, device: torch.device, runtime: Runtime | None = None) -> Served:
    """A bundle as a model of the server; errors as `load`'s, and for a network of one class."""
    predictor = load(place)
    told = about(predictor)
    bundle = replace(predictor.bundle, runtime=runtime)
    model = bundle.model.to(device)
    quick = answering_of(bundle)
    bundle = replace(bundle, model=quick, runtime=None)
    asked = replace(asked_of(bundle, device=device), lists=())
    return Served(name, bundle, asked, model, quick, figures_of(bundle), device, told)


class Looker:
    """Where a model sees a class: class activation maps, one picture at a time.

    The maps hook into a network's modules. These are modules of its own, which share the weights.
    """

    def __init__(self, model: Served):
        self.served, self.lock = model, Lock()
        plain = model.plain
        self.able = not isinstance(plain, Committee)
        shared = [*plain.parameters(), *plain.buffers()]
        twin = copy.deepcopy(plain, {id(one): one for one in shared}) if self.able else plain
        self.bundle = replace(model.bundle, model=twin)

    def map(self, seen: Tensor, label: str | None) -> Any:
        """The class map of one picture, as `papernets.inside.cam` makes it.

        `Refused` for a committee, and for a class that there is not.
        """
        from ..inside import cam

        if not self.able:
            raise Refused(422, "a committee of several networks has no class map", reason="look")
        if label is not None and label not in self.served.classes:
            raise Refused(
                422,
                f"{self.served.name} has no such class: it has "
                f"{plural(len(self.served.classes), 'class', 'classes')}",
                reason="class",
            )
        place = None if label is None else self.served.classes.index(label)
        with self.lock:
            return cam(self.bundle, seen, place)

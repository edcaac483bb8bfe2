"""Class activation maps: CAM where global pooling and one dense layer end a network, else Grad-CAM.

CAM sums the last maps, each times the weight that the dense layer has for it:
M_c(x, y) = sum_k w_ck A_k(x, y), so that the class's logit is the mean of M_c plus its bias (Zhou
et al. 2016, section 2). Grad-CAM takes for weights the mean gradient of the logit over a map, for
any network (Selvaraju et al. 2017, section 3). There the gradient is w_ck / Z, with Z the number
of a map's values: Grad-CAM is CAM / Z.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from ..bundle.modes import evaluating
from ..run.network import Network
from ..spec import AdaptivePool, Dropout, Flatten, GlobalPool, Identity, Pool, Row, sources
from ..words import either
from .layers import cut, last_maps, named, outputs_and, rows_of
from .subject import Class, Given, Model, Subject, subject_of

METHODS = ("auto", "cam", "grad-cam")
CAM, GRAD_CAM = METHODS[1:]


@dataclass(frozen=True, eq=False)
class ClassMap:
    """Where a class is seen: `values` float32 (N, h, w), signed, at the layer's own size.

    `method` and `layer` say how it was made; the rest is as an `Attribution` has it. `size`
    (H, W) is that of what the network sees.
    """

    values: NDArray[np.float32]
    method: str
    layer: str
    size: tuple[int, int]
    classes: tuple[str, ...]
    places: NDArray[np.int64]
    scores: NDArray[np.float64]
    answers: tuple[str, ...]

    @property
    def heat(self) -> NDArray[np.float32]:
        """What speaks for the class, 0 and above, as large as the picture: (N, H, W)."""
        values = torch.from_numpy(self.values).clamp(min=0)[:, None]
        large = F.interpolate(values, self.size, mode="bilinear", align_corners=False)
        heat: NDArray[np.float32] = large[:, 0].numpy()
        return heat

    def __array__(self, dtype: object = None, copy: object = None) -> NDArray[np.float32]:
        return np.asarray(self.values, dtype)  # type: ignore[call-overload, no-any-return]


def cam(
    model: Model,
    pictures: Given,
    class_: Class = None,
    *,
    layer: str | None = None,
    method: str = "auto",
    batch_size: int | None = None,
) -> ClassMap:
    """Class activation maps of pictures, by CAM where it applies, by Grad-CAM where not.

    `layer` is one with maps, for Grad-CAM; by default the last. ValueError where CAM is asked for
    and does not apply, and for a layer without maps.
    """
    if method not in METHODS:
        raise ValueError(f"method {method!r}: give {either(METHODS)}")
    subject = subject_of(model)
    known = _by_weights(subject.model)
    fits = known is not None and layer in (None, known[0])
    if method == CAM and not fits:
        raise ValueError(
            f"{subject.name} has no CAM{f' at {layer}' if known else ''}: it needs maps that are "
            "averaged as a whole and then classified by one dense layer. The method grad-cam works "
            "for any network"
        )
    weighted = known if fits and method != GRAD_CAM else None
    where = weighted[0] if weighted else layer or last_maps(subject.model)
    named(subject.model, where)
    subject.check_class(class_)
    parts: list[ClassMap] = []
    with evaluating(subject.model):
        for x in subject.batches(pictures, batch_size):
            first = sum(len(part.values) for part in parts)
            if weighted:
                maps, logits, places = _weighted(subject, x, class_, first, *weighted)
            else:
                maps, logits, places = _by_gradient(subject, x, class_, first, where)
            chances = subject.probabilities(logits).gather(1, places[:, None])[:, 0]
            parts.append(
                ClassMap(
                    maps.float().cpu().numpy(),
                    CAM if weighted else GRAD_CAM,
                    where,
                    (x.shape[2], x.shape[3]),
                    subject.named(places),
                    places.cpu().numpy(),
                    chances.cpu().numpy(),
                    subject.named(logits.argmax(1)),
                )
            )
    return _joined(parts)


def _weighted(
    subject: Subject, x: Tensor, class_: Class, first: int, layer: str, weights: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """CAM, all logits, and the classes."""
    with torch.no_grad():
        out, found = outputs_and(subject.model, x, [layer])
        places = subject.places(class_, logits := subject.scores(out), first)
        return torch.einsum("nk,nkhw->nhw", weights[places], found[layer]), logits, places


def _by_gradient(
    subject: Subject, x: Tensor, class_: Class, first: int, layer: str
) -> tuple[Tensor, Tensor, Tensor]:
    """Grad-CAM, all logits, and the classes."""
    with torch.enable_grad(), cut(subject.model, layer) as found:
        logits = subject.scores(subject.model(x))
        if len(found) != 1:
            times = f"{len(found)} times" if found else "not"
            raise ValueError(f"{layer} is computed {times} on the way: give another layer")
        if found[0].dim() != 4:
            raise ValueError(
                f"{layer} gives no maps but {tuple(found[0].shape[1:])} a picture: give a "
                f"convolution's layer{_usual(subject)}"
            )
        places = subject.places(class_, logits.detach(), first)
        asked = logits.gather(1, places[:, None]).sum()
        (slope,) = torch.autograd.grad(asked, found[0])
    maps = (slope.mean((2, 3), keepdim=True) * found[0].detach()).sum(1)
    return maps, logits.detach(), places


def _usual(subject: Subject) -> str:
    if not isinstance(subject.model, Network):
        return ""
    return f", {last_maps(subject.model)!r} say"


def _by_weights(model: nn.Module) -> tuple[str, Tensor] | None:
    """The layer whose maps a network averages as a whole, and its weights (classes, maps) for them.

    Of a network without a dense layer behind, each map is a class. None where it ends otherwise.
    """
    if not isinstance(model, Network):
        return None
    rows, edges = rows_of(model.net), sources(model.net)
    row, dense = _passed(list(rows)[-1], rows, edges), ""
    if row is not None and row.kind in ("dense", "conv") and row.input[1:] == (1, 1):
        activates = row.activation not in (None, "softmax")
        if activates or getattr(row.layer, "norm", None) or row.groups != 1:
            return None
        dense = row.name
        row = _passed(edges[dense][0], rows, edges)
    if row is None or not _averages_all(row) or edges[row.name][0] not in rows:
        return None
    layer = edges[row.name][0]
    if not dense:
        value = next(model.parameters())
        each = torch.eye(rows[layer].out[0], device=value.device, dtype=value.dtype)
        return (layer, each) if len(each) == model.net.classes else None
    module = named(model, dense)
    if not isinstance(module, nn.Linear | nn.Conv2d):  # somebody put another there
        return None
    weight = module.weight.detach().flatten(1)
    both = torch.cat([torch.zeros_like(weight), weight]) if len(weight) == 1 else weight
    return (layer, both) if both.shape[1] == rows[layer].out[0] else None


def _passed(name: str, rows: Mapping[str, Row], edges: Mapping[str, Sequence[str]]) -> Row | None:
    """The row that is reached by passing those that change no value in use; None at the picture."""
    while name in rows:
        row = rows[name]
        passes = isinstance(row.layer, Dropout | Flatten | Identity)
        passes = passes or (row.kind == "activation" and row.activation == "softmax")
        if not passes or row.out[0] != row.input[0]:
            return row
        name = edges[name][0]
    return None


def _averages_all(row: Row) -> bool:
    """Whether a row gives the mean of each map, and nothing else."""
    if row.out[1:] != (1, 1) or row.activation is not None:
        return False
    layer = row.layer
    if isinstance(layer, Pool):
        window = layer.window()
        return (
            layer.how == "average"
            and window.kernel == row.input[1:]
            and not any(sum(pads) for pads in window.pads(row.input[1:]))
        )
    return isinstance(layer, GlobalPool | AdaptivePool)


def _joined(parts: Sequence[ClassMap]) -> ClassMap:
    return ClassMap(
        np.concatenate([part.values for part in parts]),
        parts[0].method,
        parts[0].layer,
        parts[0].size,
        tuple(name for part in parts for name in part.classes),
        np.concatenate([part.places for part in parts]),
        np.concatenate([part.scores for part in parts]),
        tuple(name for part in parts for name in part.answers),
    )

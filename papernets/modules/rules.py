"""How each of torch's operations changes what values see: one rule a kind of operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from .seen import Seen, lost, together
from .spans import Array, Span, even, reduced, slid, spread, viewed, window

Look = Callable[[Any], Seen | None]


@dataclass(frozen=True)
class Call:
    """An operation that was called: its name, what it was given by name, and what it gave."""

    name: str
    given: Mapping[str, Any]
    outs: tuple[Tensor, ...]
    seen: Look
    pointwise: bool

    @property
    def tensors(self) -> list[Tensor]:
        """All tensors that it was given, those in lists too."""
        return list(tensors_in(tuple(self.given.values())))

    @property
    def main(self) -> Tensor:
        """The first tensor that it was given."""
        return self.tensors[0]

    def of(self, name: str) -> Seen | None:
        """What a tensor sees that it was given under a name."""
        return self.seen(self.given.get(name))


Rule = Callable[[Call], list[Seen | None]]
RULES: dict[str, Rule] = {}


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Register a rule for operations of these names."""

    def keep(own: Rule) -> Rule:
        RULES.update(dict.fromkeys(names, own))
        return own

    return keep


def after(call: Call) -> list[Seen | None]:
    """What each output of an operation sees; None for one that comes from no input."""
    every = [call.seen(tensor) for tensor in call.tensors]
    if all(seen is None for seen in every):
        return [None] * len(call.outs)
    own = RULES.get(call.name)
    if own is not None:
        found = own(call)
        return found + [found[0]] * (len(call.outs) - len(found))
    if call.pointwise:
        return [_pointwise(call, out) for out in call.outs]
    known = next((seen.unknown for seen in every if seen is not None and seen.unknown), "")
    return [lost(known or f"no rule tells what {call.name} does to a field")] * len(call.outs)


def tensors_in(value: object) -> list[Tensor]:
    """The tensors in a value, in lists, tuples and mappings too."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        return [tensor for one in value for tensor in tensors_in(one)]
    return []


def _pointwise(call: Call, out: Tensor) -> Seen | None:
    return together([(call.seen(t), t.dim()) for t in call.tensors], out.dim())


def each(seen: Seen | None, how: Callable[[Span], Span]) -> Seen | None:
    """One rule for every side, where anything is seen."""
    return None if seen is None else seen.each(how)


@rule(
    *("clone", "detach", "alias", "_to_copy", "lift_fresh", "lift_fresh_copy", "native_dropout"),
    *("bernoulli", "_conj", "contiguous", "dropout", "copy", "where", "masked_fill"),
    *("hardswish", "hardsigmoid", "hardtanh", "leaky_relu", "elu", "celu", "selu", "mish"),
    *("_prelu_kernel", "prelu", "threshold", "softplus", "log_sigmoid_forward", "hardshrink"),
    *("softshrink", "rrelu_with_noise", "clamp", "_reshape_copy", "_resize_output", "conj"),
    *("fake_quantize_per_tensor_affine", "nan_to_num"),
)
def _as_it_is(call: Call) -> list[Seen | None]:
    if call.name == "copy":
        source = call.given["src"]
        return [together([(call.seen(source), source.dim())], call.outs[0].dim())]
    return [_pointwise(call, out) for out in call.outs]


@rule("zero", "fill", "zeros_like", "ones_like", "full_like", "empty_like", "rand_like")
@rule("randn_like", "new_zeros", "new_ones", "new_full", "new_empty", "normal", "uniform")
def _made_of_nothing(call: Call) -> list[Seen | None]:
    return [None] * len(call.outs)


def several(value: Any, count: int) -> list[int]:
    """A number or a list of numbers as one for each of `count` sides."""
    numbers = [value] if isinstance(value, int) else list(value)
    return numbers * count if len(numbers) == 1 else numbers


@rule("convolution", "_convolution")
def _convolution(call: Call) -> list[Seen | None]:
    x, weight, (out,) = call.given["input"], call.given["weight"], call.outs
    seen = call.of("input")
    if call.of("weight") is not None:  # weights that are made of the picture
        seen = together([(seen, x.dim()), (_all(call.of("weight")), weight.dim())], out.dim())
    sides = weight.dim() - 2
    stride, padding, dilation = (
        several(call.given[word], sides) for word in ("stride", "padding", "dilation")
    )
    places = spread if call.given["transposed"] else window

    def one(span: Span) -> Span:
        channel = out.dim() - sides - 1
        if span.first.shape[channel] > 1 or span.last.shape[channel] > 1:
            span = _mixed(span, channel, call.given["groups"], out.shape[channel])
        for side in range(sides):
            d = channel + 1 + side
            at = places(
                out.shape[d], weight.shape[2 + side], stride[side], padding[side], dilation[side]
            )
            span = slid(span, d, x.shape[d], at)
            times = 1 / stride[side] if call.given["transposed"] else stride[side]
            span = span.paced(d, times)
        return span

    return [each(seen, one)]


def _all(seen: Seen | None) -> Seen | None:
    return each(seen, lambda span: reduced(span, range(span.first.ndim)))


def _mixed(span: Span, channel: int, groups: int, outputs: int) -> Span:
    """Channels put together, group by group."""

    def one(array: Array, least: Any) -> Array:
        if array.shape[channel] == 1:
            return array
        shape = list(array.shape)
        shape[channel : channel + 1] = [groups, array.shape[channel] // groups]
        found = least(array.reshape(shape), axis=channel + 1)
        return np.repeat(found, outputs // groups, axis=channel) if groups > 1 else found

    return Span(one(span.first, np.min), one(span.last, np.max), span.dim, span.step)


@rule(
    *("max_pool1d", "max_pool2d", "max_pool3d", "max_pool2d_with_indices"),
    *("max_pool3d_with_indices", "avg_pool1d", "avg_pool2d", "avg_pool3d"),
)
def _pooling(call: Call) -> list[Seen | None]:
    x, out = call.main, call.outs[0]
    sides = int(next(letter for letter in call.name if letter.isdigit()))
    kernel = several(call.given["kernel_size"], sides)
    stride = several(call.given.get("stride") or kernel, sides)
    padding = several(call.given.get("padding", 0), sides)
    dilation = several(call.given.get("dilation", 1), sides)

    def one(span: Span) -> Span:
        for side in range(sides):
            d = out.dim() - sides + side
            at = window(out.shape[d], kernel[side], stride[side], padding[side], dilation[side])
            span = slid(span, d, x.shape[d], at).paced(d, stride[side])
        return span

    return [each(call.seen(x), one)]


@rule("_adaptive_avg_pool2d", "_adaptive_avg_pool3d", "adaptive_avg_pool1d")
@rule("adaptive_max_pool2d", "adaptive_max_pool3d", "adaptive_max_pool1d")
def _adaptive(call: Call) -> list[Seen | None]:
    x, out = call.main, call.outs[0]
    sides = int(next(letter for letter in call.name if letter.isdigit()))

    def one(span: Span) -> Span:
        for d in range(out.dim() - sides, out.dim()):
            if out.shape[d] == 1:
                span = span.everything() if span.dim == d else reduced(span, (d,))
                continue
            span = slid(span, d, x.shape[d], even(out.shape[d], x.shape[d]))
            span = span.paced(d, max(x.shape[d] // out.shape[d], 1))
        return span

    return [each(call.seen(x), one)]


@rule(
    *("mean", "sum", "amax", "amin", "max", "min", "var", "std", "var_mean", "std_mean", "prod"),
    *("norm", "linalg_vector_norm", "any", "all", "argmax", "argmin", "logsumexp", "median"),
)
def _reduction(call: Call) -> list[Seen | None]:
    x, out = call.main, call.outs[0]
    if call.pointwise or len(call.tensors) > 1:  # the larger of two
        return [_pointwise(call, out)]
    dim = call.given.get("dim")
    dims = range(x.dim()) if dim is None or dim == [] else several(dim, 1)
    along = sorted({d % max(x.dim(), 1) for d in dims})
    kept = bool(call.given.get("keepdim")) or out.dim() == x.dim()
    over = set(range(x.dim() - 2, x.dim())) <= set(along) and x.dim() == 4

    def one(span: Span) -> Span:
        pools = over and span.dim in along  # a global pooling
        span = span.everything() if pools else reduced(span, along)
        return span if kept else squeezed(span, along)

    return [each(call.seen(x), one)]


def squeezed(span: Span, dims: Sequence[int]) -> Span:
    """The span of a tensor from which these dimensions, of one value each, are taken."""
    at = span.dim
    moved = None if at is None or at in dims else at - sum(d < at for d in dims)
    axes = tuple(dims)
    return span.moved(lambda a: np.squeeze(a, axes), moved, span.step)


@rule("_softmax", "_log_softmax", "softmax", "log_softmax", "_safe_softmax")
def _softmax(call: Call) -> list[Seen | None]:
    seen, dim = call.seen(call.main), call.given["dim"]
    return [each(seen, lambda span: reduced(span, (dim,)))]


@rule("native_layer_norm", "_fused_rms_norm")
def _layer_norm(call: Call) -> list[Seen | None]:
    dims = range(-len(call.given["normalized_shape"]), 0)
    return [each(call.seen(call.main), lambda span: reduced(span, dims))]


@rule("native_group_norm")
def _group_norm(call: Call) -> list[Seen | None]:
    return [each(call.seen(call.main), lambda span: span.everything())]


@rule("native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training")
@rule("_batch_norm_no_update", "_batch_norm_with_update", "batch_norm", "cudnn_batch_norm")
def _batch_norm(call: Call) -> list[Seen | None]:
    trains = call.given.get("training", call.name == "_batch_norm_with_update")
    seen = call.seen(call.main)
    return [each(seen, lambda span: span.everything()) if trains else seen]


@rule("mm", "bmm", "addmm", "baddbmm", "mv", "addmv", "dot", "addbmm", "linear", "_int_mm")
def _product(call: Call) -> list[Seen | None]:
    out = call.outs[0]
    a, b = call.tensors[-2:] if call.name != "linear" else call.tensors[:2]
    beside = call.tensors[:-2] if call.name != "linear" else call.tensors[2:]
    parts = [(each(call.seen(a), lambda span: reduced(span, (-1,))), a.dim())]
    if b.dim() > 1:
        across = -1 if call.name == "linear" else -2
        parts.append((each(call.seen(b), lambda span: reduced(span, (across,))), b.dim()))
    else:
        parts.append((_all(call.seen(b)), 1))
    parts += [(call.seen(t), t.dim()) for t in beside]
    return [together(parts, max(out.dim(), a.dim()))]


@rule(
    "_scaled_dot_product_flash_attention_for_cpu",
    "_scaled_dot_product_attention_math",
    "_scaled_dot_product_flash_attention",
    "_scaled_dot_product_efficient_attention",
    "_scaled_dot_product_fused_attention_overrideable",
    "scaled_dot_product_attention",
)
def _attention(call: Call) -> list[Seen | None]:
    out = call.outs[0]
    parts = [(each(call.of("query"), lambda span: reduced(span, (-1,))), out.dim())]
    for word in ("key", "value"):
        dims = (-2, -1) if word == "key" else (-2,)
        parts.append((each(call.of(word), lambda span, d=dims: reduced(span, d)), out.dim()))  # type: ignore[misc]
    return [together(parts, out.dim())]


@rule("embedding")
def _embedding(call: Call) -> list[Seen | None]:
    seen = call.of("indices")
    return [each(seen, lambda span: span.moved(lambda a: a[..., None], span.dim, span.step))]


@rule("view", "_unsafe_view", "reshape", "_reshape_alias", "flatten", "unflatten", "view_copy")
def _view(call: Call) -> list[Seen | None]:
    old, new = tuple(call.main.shape), tuple(call.outs[0].shape)
    return [each(call.seen(call.main), lambda span: viewed(span, old, new))]


@rule("as_strided")
def _as_strided(call: Call) -> list[Seen | None]:
    """As torch lays out what a global pooling gives; what else it may give cannot be told."""
    x, out = call.main, call.outs[0]
    if x.shape == out.shape and max(x.shape[2:], default=1) == 1:
        return [call.seen(x)]
    return [lost("as_strided may take any value")]


@rule("glu")
def _glu(call: Call) -> list[Seen | None]:
    x, out = call.main, call.outs[0]
    d = call.given.get("dim", -1) % x.dim()
    half = out.shape[d]

    def one(span: Span) -> Span:
        def half_of(array: Array, least: Any) -> Array:
            if array.shape[d] == 1:
                return array
            a, b = np.split(array, [half], axis=d)
            found: Array = least(a, b)
            return found

        first, last = half_of(span.first, np.minimum), half_of(span.last, np.maximum)
        return Span(first, last, span.dim, span.step)

    return [each(call.seen(x), one)]

"""The sliding form of local response normalisation; torch's own function is the judge."""

from functools import partial

import pytest
import siblings
import torch
import torch.nn.functional as F
from torch.autograd import forward_ad, gradcheck, gradgradcheck
from torch.func import grad, hessian, jacfwd, jacrev, vmap

from papernets import spec
from papernets.rewrite.forms import SlidingLRN, slides
from papernets.run import lrn as room
from papernets.run.lrn import Window, lrn
from papernets.run.rows import row_module

PAPER = Window(5, 2.0, 1e-4, 0.75)  # Krizhevsky et al. 2012, section 3.3
STRONG = Window(5, 1.0, 0.3, 0.75)  # where the sums weigh as much as k


def torchs(x, window):
    """torch's own function, which divides alpha by the size."""
    size, k, alpha, beta = window.size, window.k, window.alpha, window.beta
    return F.local_response_norm(x, size, alpha * size, beta, k)


def drawn(*shape, dtype=torch.double, last=False, seed=0):
    """Values of a few units; `last` puts the channels together in memory."""
    x = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype) * 3
    return x.movedim(1, -1).contiguous().movedim(-1, 1) if last else x


def both(x, window, toward=None):
    """(value, gradient) of ours and of torch's, for the same gradient of the output."""
    found = []
    for function in (lrn, torchs):
        own = x.clone().requires_grad_()
        y = function(own, window)
        y.backward(drawn(*x.shape, dtype=x.dtype, seed=1) if toward is None else toward)
        found.append((y.detach(), own.grad))
    return found


@siblings.together("last", [False, True])
@siblings.together("beta", [0.75, 0.5, 1.0, 0.3, 2.0])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 11, 40])
def test_any_window_and_power_is_torchs_value_and_gradient(size, beta, last):
    """Windows odd, even, and larger than the seven maps."""
    x = drawn(3, 7, 4, 5, last=last)
    ours, theirs = both(x, Window(size, 2.0, 0.1, beta))
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("last", [False, True], ids=["plain", "channels last"])
@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_single_precision_is_right_to_a_millionth(scale, last):
    """Of the value in double precision: y to 1e-6 of itself, gradients to 1e-6 of the largest."""
    x = drawn(2, 96, 9, 9, dtype=torch.float, last=last) * scale
    (y, slope), _ = both(x, PAPER)
    _, (exact, exact_slope) = both(x.double(), PAPER, drawn(*x.shape, dtype=torch.float, seed=1))
    torch.testing.assert_close(y.double(), exact, rtol=1e-6, atol=0)
    error = (slope.double() - exact_slope).abs().max()
    assert error <= 1e-6 * exact_slope.abs().max()


@pytest.mark.parametrize("bytes_a_block", [8, 200, 1000, 5000])
@pytest.mark.parametrize("last", [False, True], ids=["plain", "channels last"])
@pytest.mark.parametrize("shape", [(5, 6, 7, 3), (2, 6, 11, 1), (1, 1, 1, 1), (7, 9, 1, 1)])
def test_blocks_leave_no_seams(monkeypatch, shape, last, bytes_a_block):
    """Whatever a block holds: parts of a map, a map, several pictures, and a rest at the end."""
    monkeypatch.setattr(room, "BLOCK", bytes_a_block)
    monkeypatch.setattr(room, "SHARED", bytes_a_block)
    ours, theirs = both(drawn(*shape, last=last), STRONG)
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(
    "x",
    [
        drawn(2, 12, 4, 4)[:, ::2],
        drawn(2, 6, 4, 4).transpose(2, 3),
        drawn(2, 1, 4, 4).expand(2, 6, 4, 4),
        drawn(2, 6, 8, 4, last=True)[:, :, ::2],
        drawn(4, 6, 5),
        drawn(2, 6, 3, 2, 2, last=True),
        drawn(0, 6, 3, 2),
    ],
    ids=["maps", "transposed", "expanded", "rows", "three axes", "five axes", "no pictures"],
)
def test_any_order_in_memory_will_do(x):
    if x.numel():
        ours, theirs = both(x, STRONG)
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-13)
    assert lrn(x, STRONG).shape == x.shape


@pytest.mark.parametrize("last", [False, True], ids=["plain", "channels last"])
def test_the_order_in_memory_stays_and_the_input_is_not_written_to(last):
    x = drawn(2, 6, 5, 4, last=last).requires_grad_()
    before = x.detach().clone()
    y = lrn(x, STRONG)
    y.sum().backward()
    assert y.stride() == x.grad.stride() == x.stride()
    assert torch.equal(x, before)


torch_scripts = pytest.mark.filterwarnings("ignore:`torch.jit.script`:DeprecationWarning")
"""torch's own forward derivatives go through what torch calls deprecated."""


@torch_scripts
def test_gradients_are_right_to_the_second_order():
    x = drawn(2, 6, 3, 2).requires_grad_()
    own = partial(lrn, window=STRONG)
    assert gradcheck(own, (x,), check_forward_ad=True)
    assert gradgradcheck(own, (x,))


@torch_scripts
def test_torchs_transforms_of_functions_work():
    x = drawn(3, 2, 6, 3, 2)
    ours, theirs = (partial(f, window=STRONG) for f in (lrn, torchs))
    near = torch.testing.assert_close
    near(vmap(ours)(x), vmap(theirs)(x))
    near(vmap(ours, 2, 1)(x.movedim(0, 2)), vmap(theirs, 2, 1)(x.movedim(0, 2)))
    near(*(vmap(grad(lambda t, f=f: f(t).pow(3).sum()))(x) for f in (ours, theirs)))
    near(*(grad(lambda t, f=f: vmap(f)(t).pow(3).sum())(x) for f in (ours, theirs)))
    for derivative in (jacrev, jacfwd, hessian):
        near(derivative(ours)(x[0, :1, :, :1]), derivative(theirs)(x[0, :1, :, :1]))
    with forward_ad.dual_level():
        assert forward_ad.unpack_dual(ours(forward_ad.make_dual(x, x))).tangent is not None


@pytest.mark.parametrize("kind", [torch.half, torch.bfloat16], ids=str)
def test_half_precision_is_computed_in_single(kind):
    """To a rounding of its own; 300^2 overflows a half, and torch has no such function on a CPU."""
    x = drawn(2, 6, 4, 4).to(kind) * 100
    toward = drawn(2, 6, 4, 4, seed=1).to(kind)
    own = x.clone().requires_grad_()
    y = lrn(own, PAPER)
    y.backward(toward)
    assert y.dtype == own.grad.dtype == kind
    exact, exact_slope = both(x.double(), PAPER, toward.double())[1]
    step = torch.finfo(kind).eps
    torch.testing.assert_close(y.double(), exact, rtol=step, atol=0)
    torch.testing.assert_close(own.grad.double(), exact_slope, rtol=8 * step, atol=8 * step)


def test_nothing_is_kept_but_the_input_and_one_more():
    """torch keeps seven tensors of the input's size for its backward pass."""
    kept = {}
    for function in (lrn, torchs):
        x = drawn(2, 6, 20, 20).requires_grad_()
        found = kept.setdefault(function, {})
        with torch.autograd.graph.saved_tensors_hooks(
            lambda t, found=found: found.setdefault(t.data_ptr(), t), lambda t: t
        ):
            function(x, PAPER)
    sizes = {f: sum(t.numel() for t in tensors.values()) for f, tensors in kept.items()}
    assert sizes[lrn] == 2 * 2 * 6 * 20 * 20 < sizes[torchs]


def test_without_a_gradient_nothing_is_kept_at_all():
    for x in (drawn(2, 6, 3, 3), drawn(2, 6, 3, 3).requires_grad_()):
        with torch.no_grad():
            assert not lrn(x, PAPER).requires_grad
        with torch.inference_mode():
            torch.testing.assert_close(lrn(x, PAPER), torchs(x, PAPER))


@pytest.mark.parametrize("bytes_a_block", [100, room.ELSEWHERE])
def test_it_has_a_shape_without_values(monkeypatch, bytes_a_block):
    monkeypatch.setattr(room, "ELSEWHERE", bytes_a_block)
    x = torch.empty(2, 6, 3, 3, device="meta", requires_grad=True)
    y = lrn(x, PAPER)
    y.sum().backward()
    assert y.shape == x.grad.shape == x.shape


class Layer(torch.nn.Module):
    """The layer as a module, for what takes modules."""

    def forward(self, x):
        return lrn(x, STRONG)


def test_it_is_compiled_traced_and_exported_for_any_batch():
    x, y = drawn(2, 6, 3, 2), drawn(5, 6, 3, 2, seed=4)
    own = x.clone().requires_grad_()
    compiled = torch.compile(Layer(), backend="aot_eager", fullgraph=True)(own)
    torch.testing.assert_close(compiled, torchs(x, STRONG))
    compiled.sum().backward()
    theirs = x.clone().requires_grad_()
    torchs(theirs, STRONG).sum().backward()
    torch.testing.assert_close(own.grad, theirs.grad)
    many = ({0: torch.export.Dim("pictures")},)
    exported = torch.export.export(Layer(), (x,), dynamic_shapes=many).module()
    torch.testing.assert_close(exported(y), torchs(y, STRONG))


@pytest.mark.parametrize("k", [0.0, -1.0])
def test_without_a_positive_k_the_plain_form_stays(k):
    """Where all squares are zero, 0/0 is not a number, in torch too."""
    layer = spec.LRN(5, k, 1e-4, 0.75)
    assert not slides(layer)
    assert row_module(layer, (6, 2, 2))(torch.zeros(1, 6, 2, 2)).isnan().all()


def test_a_window_that_cannot_be_is_named():
    shape = (6, 2, 2)
    with pytest.raises(ValueError, match="a window of 0 maps: there is at least one"):
        spec.LRN(0, 2, 1e-4, 0.75).check(shape)
    with pytest.raises(
        ValueError, match=r"k = 0 and alpha = 0\.0001: the sliding form needs k > 0"
    ):
        SlidingLRN(5, 0, 1e-4, 0.75).check(shape)

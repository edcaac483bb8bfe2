"""Normalisation written over its input, in evaluation without gradients; torch's is the judge."""

import copy

import pytest
import torch

from papernets.run.norms import normalised_

KINDS = {
    "maps": (torch.nn.BatchNorm2d, (3, 6, 5, 4)),
    "one picture": (torch.nn.BatchNorm2d, (1, 6, 5, 4)),
    "no picture": (torch.nn.BatchNorm2d, (0, 6, 5, 4)),
    "values": (torch.nn.BatchNorm1d, (3, 6)),
}


def drawn(kind, scale=True):
    make, shape = KINDS[kind]
    norm = make(shape[1], eps=1e-3)
    for tensor in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
        torch.nn.init.uniform_(tensor, 0.5, 2.0)
    if not scale:
        norm.register_parameter("weight", None)
    return norm, torch.randn(shape)


@pytest.mark.parametrize("scale", [True, False], ids=["gamma", "no gamma"])
@pytest.mark.parametrize("double", [False, True], ids=["single", "double"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_gives_the_same_bits_in_the_same_memory(kind, double, scale):
    norm, x = drawn(kind, scale)
    norm.eval()
    if double:
        norm, x = norm.double(), x.double()
    for given in (x, x.to(memory_format=torch.channels_last) if x.dim() == 4 else x):
        for mode in (torch.no_grad, torch.inference_mode):
            with mode():
                own = given.clone()
                expected = norm(given)
                assert normalised_(own, norm) is own
                assert torch.equal(own, expected)
                assert own.stride() == given.stride()


def test_in_training_it_is_a_normalisation_of_the_batch():
    norm, x = drawn("maps")
    other = copy.deepcopy(norm)
    before = x.clone()
    with torch.no_grad():
        assert torch.equal(normalised_(x, norm), other(x))
    assert torch.equal(x, before)
    assert torch.equal(norm.running_mean, other.running_mean)


@pytest.mark.parametrize("needs", ["input", "gamma"])
def test_where_somebody_wants_gradients_nothing_is_written_over(needs):
    norm, x = drawn("maps")
    norm.eval().requires_grad_(needs == "gamma")
    x.requires_grad_(needs == "input")
    before = x.detach().clone()
    y = normalised_(x * 1, norm)
    y.square().sum().backward()
    found = x.grad if needs == "input" else norm.weight.grad
    exact = torch.autograd.grad(norm(x).square().sum(), [x if needs == "input" else norm.weight])
    torch.testing.assert_close(found, exact[0])
    assert torch.equal(x.detach(), before)


def test_other_precisions_and_transforms_go_torchs_way():
    norm, x = drawn("maps")
    norm.eval()
    with torch.no_grad():
        for kind in (torch.bfloat16, torch.half):
            assert torch.equal(normalised_(x.to(kind), norm), norm(x.to(kind)))
        many = torch.stack([x, 2 * x])
        found = torch.func.vmap(lambda t: normalised_(t * 1, norm))(many)
        torch.testing.assert_close(found, torch.stack([norm(x), norm(2 * x)]))


@pytest.mark.parametrize("channels", [1, 3, 7])
def test_a_normalisation_of_other_channels_is_torchs_error(channels):
    """torch's kernel for writing over would read beyond the statistics."""
    _, x = drawn("maps")
    with torch.no_grad(), pytest.raises(RuntimeError, match="should contain 6 elements"):
        normalised_(x, torch.nn.BatchNorm2d(channels).eval())

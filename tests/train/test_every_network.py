"""Every network takes a step in training and predicts, on the CPU, with the one loss function."""

import re

import pytest
import torch
from small_runs import a_run

from papernets import rewrite
from papernets.nets.registry import NETS, net
from papernets.run.network import Logits, build
from papernets.spec import Committee, smallest_input
from papernets.train.losses import make_loss

CLASSES, COUNT, SIDE = 3, 4, 16


def small(name):
    """A network with few classes, for the smallest pictures that it takes, or of a modest size."""
    made = next(entry for entry in NETS if entry.name == name).make()
    made = made.member if isinstance(made, Committee) else made
    least = smallest_input(made)
    side = next((n for rule, n in LARGER.items() if re.match(rule, name)), SIDE)
    size = tuple(min(max(n, side), own) for n, own in zip(least, made.input[1:], strict=True))
    classes = CLASSES if made.classes else None
    found = net(name, classes=classes, input=size)
    return found.member if isinstance(found, Committee) else found


NO_CLASSES = ("inception_naive_3a", "inception_reduced_3a")  # modules: explained, not trained
COMMITTEES = ("boosted_lenet4",)  # its members are lenet4
SLOW = re.compile(
    r"vgg1[39].*|vgg16_.+|vgg1[139]_bn|vgg11_torchvision|alexnet_(?!torch).+|.*_notes.*|bn_inception_.+|inception_v[34].*|"
    r"inception_v2_.+|inception_resnet_v2.+|resnet(101|152|200|1001|1202|110|44|56|32).*|"
    r"plain(34|44|56|32|110)|resnet(50|34|18)_.+|mobilenet_v1_(?!timm).+|googlenet_.+|"
    r"alexnet|caffenet|zfnet|nin_imagenet|vgg11_lrn|vgg16|inception_v2|resnet34|resnet164|"
    r"inception_resnet_v2"
)
"""Networks that take long, or differ from another by their depth, width or a peer's constants."""


STEEP = re.compile(r"plain110|resnet50_keras")
"""Gradients explode in them, on so small maps: a step short enough is lost in single precision."""
LARGER = {"resnet(101|152|200)": 64, "inception_v4": 107}
"""Normalised over a few values, a gradient grows from layer to layer: the deep take larger maps."""


def cases():
    names = [e.name for e in NETS if e.name not in (*NO_CLASSES, *COMMITTEES)]
    slow = pytest.mark.slow
    return [pytest.param(n, marks=[slow] if SLOW.fullmatch(n) else []) for n in names]


@pytest.mark.parametrize("name", cases())
def test_a_network_learns_and_predicts(name):
    network = small(name)
    loss_of = make_loss(a_run(name).recipe, network)
    kind = torch.float64 if STEEP.fullmatch(name) else torch.float32
    drawn = torch.Generator().manual_seed(3)
    model = build(network, generator=drawn).to(kind).train()
    x = torch.randn(COUNT, *network.input, generator=drawn).to(kind)
    target = torch.arange(COUNT) % CLASSES

    def loss():
        torch.manual_seed(7)  # the same dropout each time
        out = model(x)
        heads = out.aux if isinstance(out, Logits) else ()
        assert isinstance(out, Logits) == bool(network.aux_weights)
        assert len(heads) == len(network.aux_weights)
        for logits in (out.main, *heads) if isinstance(out, Logits) else (out,):
            assert tuple(logits.shape) == (COUNT, CLASSES)
            assert logits.isfinite().all()
        return loss_of(out, target)

    first = loss()
    first.backward()
    parameters = dict(model.named_parameters())
    for key, parameter in parameters.items():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), key
    gradients = torch.stack([p.grad.double().square().sum() for p in parameters.values()])
    assert (gradients > 0).float().mean() > 0.9  # a ReLU or two may be dead for four pictures
    assert falls(first.item(), loss, parameters.values(), gradients.sum().item())

    model.eval()
    with torch.no_grad():
        out = model(x)
    assert isinstance(out, torch.Tensor) and tuple(out.shape) == (COUNT, CLASSES)
    assert out.isfinite().all()


@torch.no_grad()
def falls(first, loss, parameters, squared):
    """True where a short enough step against the gradient lowers the loss."""
    parameters, step = list(parameters), 0.1 * first / squared
    for _ in range(8):
        for parameter in parameters:
            parameter.sub_(parameter.grad, alpha=step)
        if loss().item() < first:
            return True
        for parameter in parameters:
            parameter.add_(parameter.grad, alpha=step)
        step /= 4
    return False


def test_a_head_that_is_left_out_leaves_plain_logits_in_training():
    network = rewrite.without_heads(small("googlenet")).net
    out = build(network).train()(torch.zeros(2, *network.input))
    assert isinstance(out, torch.Tensor)

"""Memory: of building no more than the weights, of a forward pass no more than is predicted."""

import copy
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import siblings
import torch

from papernets import rewrite
from papernets.nets.registry import net
from papernets.run.activations import activate, activate_
from papernets.run.block import Block, Join
from papernets.run.fast import Fast
from papernets.run.network import build
from papernets.run.plan import peak, plan
from papernets.spec import Aux, Conv, Identity, Net, add, chain
from tests.live_memory import Live, most_bytes

SMALL = Path(__file__).parents[1] / "small_nets.py"
BRANCHES, SHORTCUTS = net(f"{SMALL}:BRANCHES"), net(f"{SMALL}:SHORTCUTS")
# One of each form; normalisation across maps and LeNet's layers have workspace of their own.
FORMS = [
    "nin_cifar10",
    "alexnet_torchvision",
    "vgg16",
    "vgg16_bn",
    "googlenet_torchvision",
    "bn_inception",
    "bn_inception_slim",
    "inception_v3",
    "inception_v4",
    "inception_resnet_v2_slim",
    "resnet18",
    "resnet34_A",
    "resnet50",
    "resnet50_v1.5",
    "resnet50_v2",
    "plain34",
    "resnet110",
    "mobilenet_v1",
    "mobilenet_v1_timm",
]
OTHERS = ["zfnet", "lenet5", "lenet5_modern", "alexnet", "caffenet", "googlenet", "vgg11_lrn"]
ALL = [*FORMS, *OTHERS]
FEW = ALL[::3]
DEEPEST = ["resnet152", "resnet200", "resnet1001", "resnet1202"]


@cache
def on_meta(name):
    """The fast form on the meta device."""
    with torch.device("meta"):
        return Fast(build(net(name)))


def form(name):
    """The network as it is computed."""
    return rewrite.fast(net(name)).net


def pictures(network, count=2, device="meta"):
    return torch.empty(count, *network.input, device=device)


@pytest.mark.parametrize(
    "name",
    [*FORMS[1::3], *siblings.slow(*(n for n in FORMS if n not in FORMS[1::3]), *DEEPEST)],
)
def test_the_peak_of_a_forward_pass_is_the_one_predicted(name):
    model = on_meta(name)
    predicted = 2 * 4 * peak(form(name)).values
    statistics = (
        2 * 4 * 2048
    )  # of normalisation, which the meta device keeps, of 2,048 maps at most
    assert predicted <= most_bytes(model, pictures(model.net)) <= predicted + statistics


@pytest.mark.parametrize("name", ["nin_cifar10", "resnet20", "mobilenet_v1_0.25_128"])
def test_the_prediction_holds_on_the_cpu_to_the_byte(name):
    model = Fast(build(net(name)))
    found = most_bytes(model, pictures(model.net, device="cpu").zero_())
    assert found == 2 * 4 * peak(form(name)).values


def test_the_peak_can_be_reckoned_by_hand():
    """VGG-16, table 1 D: conv1_2 reads 64 maps of 224x224 and gives as many."""
    found = peak(form("vgg16"))
    assert (found.values, found.name) == (2 * 64 * 224 * 224, "conv1_2")
    # ResNet-50's conv2_1: the pooled map, and both branches' 256 maps, normalised where they lie
    found = peak(form("resnet50"))
    assert (found.values, found.name) == ((64 + 2 * 256) * 56 * 56, "conv2_1.shortcut")


@pytest.mark.parametrize("name", [*FEW, *siblings.slow(*(n for n in ALL if n not in FEW))])
def test_the_fast_form_takes_no_more_than_the_plain_one(name):
    """Normalisation across maps and tanh, which have ways of their own on a CPU, are run there."""
    fast, device = (Fast(build(net(name))), "cpu") if name in OTHERS else (on_meta(name), "meta")
    x = pictures(fast.net, device=device)
    plain = fast._plain
    assert most_bytes(fast, x) <= most_bytes(plain, x)


PEERS = {
    "alexnet": "alexnet_torchvision",
    "vgg11": "vgg11",
    "vgg16": "vgg16",
    "vgg16_bn": "vgg16_bn",
    "googlenet": "googlenet_torchvision",
    "inception_v3": "inception_v3_torchvision",
    "resnet18": "resnet18",
    "resnet50": "resnet50_v1.5",
    "resnet152": "resnet152_v1.5",
}


@pytest.mark.parametrize("peer", PEERS)
def test_no_network_takes_more_than_torchvisions(peer):
    try:
        from torchvision import models
    except (ImportError, RuntimeError) as error:  # its wheels do not load beside every torch
        pytest.skip(f"torchvision does not load: {error}")
    slow = {"init_weights": False} if peer in ("googlenet", "inception_v3") else {}
    with torch.device("meta"):
        theirs = getattr(models, peer)(weights=None, **slow)
    fast = on_meta(PEERS[peer])
    x = pictures(fast.net)
    most = most_bytes(theirs, x)
    assert most_bytes(fast, x) <= most
    # a row's caller holds its input, as torchvision's one long line of layers does not
    room = 1.5 if peer == "vgg16_bn" else 1.0
    assert most_bytes(fast._plain, x) <= room * most


def test_the_counter_counts_shared_memory_once_and_sees_what_is_freed():
    with Live() as live:
        x = torch.empty(100)
        view = x[10:]
        y = x + 1
        assert (live.now, live.most) == (800, 800)
        del x
        assert live.now == 800  # the view holds it
        del view
        assert live.now == 400
        y.add_(1)
        assert (live.now, live.most) == (400, 800)


def seen(model, x):
    """Output and gradients of a step in training."""
    model.zero_grad()
    torch.manual_seed(0)
    out = model(x)
    main = out if isinstance(out, torch.Tensor) else out.main
    rest = () if isinstance(out, torch.Tensor) else out.aux
    sum(o.square().sum() for o in (main, *rest)).backward()
    return [main.detach(), *(p.grad.clone() for p in model.parameters() if p.grad is not None)]


def out_of_place(model):
    """The plain form with nothing written over anything."""
    other = copy.deepcopy(model)
    for module in other.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
        if isinstance(module, Block):
            module._line = tuple(map(not_over, module._line))
    return other


def not_over(step):
    if not isinstance(step, Join):
        return step
    lines = tuple(tuple(map(not_over, line)) for line in step.branches)
    return replace(step, branches=lines, over=None)


@pytest.mark.parametrize(
    "network",
    [
        BRANCHES,
        SHORTCUTS,
        net("lenet5"),
        net("resnet20"),
        net("resnet110_v2", classes=3),
        net("mobilenet_v1_keras", width=0.25, input=64),
    ],
    ids=lambda n: n.name,
)
@pytest.mark.parametrize("training", [True, False])
def test_writing_over_changes_no_bit(network, training):
    model = build(network, generator=torch.Generator().manual_seed(1)).train(training)
    if training:
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d | torch.nn.BatchNorm1d):
                module.momentum = 0.0  # so that both runs begin alike
    x = torch.rand(3, *network.input, generator=torch.Generator().manual_seed(2))
    before = x.clone()
    wanted = seen(out_of_place(model), x)
    assert all(torch.equal(a, b) for a, b in zip(seen(model, x), wanted, strict=True))
    fast = seen(Fast(model), x)
    for ours, exact in zip(fast, wanted, strict=True):
        torch.testing.assert_close(ours, exact, rtol=1e-5, atol=1e-5 * exact.abs().max().item())
    assert torch.equal(x, before)


NAMES = ("block1.residual.conv2", "block2.residual.conv2", "norm")


def by_hand(model, x):
    """The outputs of NAMES: each block's layers called one after another."""
    found = {}
    with torch.no_grad():
        y = model.pool1(model.conv1(x))
        for block, name in ((model.block1, "block1"), (model.block2, "block2")):
            z = y
            for layer in block.residual:
                z = layer(z)
            found[f"{name}.residual.conv2"] = z.clone()
            y = block(y)
        found["norm"] = model.norm(y)
    return found


def test_features_are_not_written_over():
    model, x = build(SHORTCUTS).eval(), torch.rand(2, *SHORTCUTS.input)
    wanted = by_hand(model, x)
    for form in (model, Fast(model)):
        found = form.features(x, NAMES)
        assert all(torch.equal(found[name], wanted[name]) for name in NAMES)
        assert found["block1.residual.conv2"].min() < 0  # no ReLU was written over it


def test_a_hook_keeps_its_layers_output():
    """A sum is not written over a branch that a hook has seen; a ReLU over the sum is, in torch."""
    model, x = build(SHORTCUTS).eval(), torch.rand(2, *SHORTCUTS.input)
    wanted, at_once, kept = by_hand(model, x), {}, {}
    for name in NAMES:

        def look(_module, _given, out, name=name):
            at_once[name], kept[name] = out.clone(), out

        model.get_submodule(name).register_forward_hook(look)
    with torch.no_grad():
        model(x)
    assert all(torch.equal(at_once[name], wanted[name]) for name in NAMES)
    assert torch.equal(kept["block1.residual.conv2"], wanted["block1.residual.conv2"])


def test_a_hook_on_all_modules_sees_every_layer():
    """As torch's own counters and trackers put it there."""
    model, seen = Fast(build(SHORTCUTS)).eval(), []
    hook = torch.nn.modules.module.register_module_forward_hook(lambda m, *_: seen.append(m))
    try:
        with torch.no_grad():
            model(torch.rand(1, *SHORTCUTS.input))
    finally:
        hook.remove()
    called = {id(model.get_submodule(step.name)) for step in model._form.eval_steps}
    assert called <= {id(module) for module in seen}


def test_a_value_that_two_read_is_not_written_over():
    """The head's dense layer keeps the convolution's output for its gradient."""
    head = chain({"flatten": Identity(), "conv": Conv(2, 1)})
    body = chain(
        {
            "sum": add({"a": chain({"conv": Conv(3, 1), "aux": Aux(head, 1.0)}), "b": Identity()}),
            "end": Conv(2, 1),
        }
    )
    network = Net("two", (3, 4, 4), 0, body)
    (step,) = (s for s in plan(body).of(heads=True) if s.name == "sum")
    assert step.over is None
    (step,) = (s for s in plan(body).of(heads=False) if s.name == "sum")
    assert step.over == 0
    model = build(network).train()
    for form in (model, Fast(model)):
        model.zero_grad(set_to_none=True)
        out = form(torch.rand(1, 3, 4, 4))
        (out.main.sum() + out.aux[0].sum()).backward()
        assert all(p.grad is not None for p in model.parameters())


@pytest.mark.parametrize("name", ["relu", "relu6", "tanh", "sigmoid", "scaled_tanh", None])
def test_an_activation_written_over_its_input_is_the_same(name):
    x = torch.linspace(-8, 8, 1001)
    assert torch.equal(activate_(x.clone(), name), activate(x, name))


BUILDING = """
import sys
import torch
from papernets import net
from papernets.run.network import build

def status(word):
    for line in open("/proc/self/status"):
        if line.startswith(word):
            return int(line.split()[1]) * 1024

def peak_of(name, device):
    network = net(name)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak begins anew
    before = status("VmRSS")
    with torch.device(device):
        model = build(network)
    rise = status("VmHWM") - before
    weights = sum(t.nbytes for t in model.state_dict().values())
    return rise, weights, len(list(model.modules()))

torch.set_num_threads(1)
build(net("lenet5_modern"))
for name in sys.argv[2:]:
    print(name, *peak_of(name, sys.argv[1]))
"""
LARGE = [
    "alexnet",
    "vgg19",
    "resnet152",
    "resnet200_v2",
    "resnet1202",
    "inception_resnet_v2",
    "googlenet",
]


def built_apart(device, *names):
    done = subprocess.run(
        [sys.executable, "-c", BUILDING, device, *names],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    for line in done.stdout.splitlines():
        name, *numbers = line.split()
        yield name, *map(int, numbers)


linux = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own count of memory")
MODULE, CONSTANT = 12 * 1024, 24 * 2**20
"""What a module's Python objects take, and what the allocator and torch keep for themselves."""


@linux
@pytest.mark.parametrize("names", [("googlenet",), pytest.param(LARGE, marks=pytest.mark.slow)])
def test_building_takes_the_memory_of_the_weights(names):
    for name, rise, weights, modules in built_apart("cpu", *names):
        assert weights > 20e6
        assert rise <= weights + MODULE * modules + CONSTANT, name


@linux
@pytest.mark.slow  # torch is imported in another process, to count the memory of that
@pytest.mark.parametrize("names", [("vgg19",), LARGE])
def test_building_on_the_meta_device_takes_none(names):
    for name, rise, _, modules in built_apart("meta", *names):
        assert rise <= MODULE * modules + CONSTANT, name

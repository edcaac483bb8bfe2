"""papernets.explain: our own networks agree with the walk; any module is explained and kept."""

import copy
import json
import random
import threading

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torch_peers import ResNet18

import papernets
from papernets.arithmetic.conventions import rows_that_run
from papernets.bundle.create import build
from papernets.nets import list_nets, look_up

FEW = [
    "lenet5",
    "alexnet",
    "googlenet",
    "inception_v4",
    "mobilenet_v1",
    "resnet50_v2",
    "nin_imagenet",
]
FEW += ["resnet34_A", "bn_inception_slim", "alexnet_torchvision", "lenet1", "resnet20"]


def of_row(row, rows, lines):
    """The lines that belong to a row of the walk, and to none within it."""
    inner = [q.name for q in rows if q.name.startswith(f"{row.name}.")]
    mine = [n for n in lines if n.name == row.name or n.name.startswith(f"{row.name}.")]
    return [n for n in mine if not any(n.name == q or n.name.startswith(f"{q}.") for q in inner)]


def agrees(name):
    net = look_up(name).net.member
    with torch.device("meta"):
        module = build(net)
    found = papernets.explain(module, net.input)
    assert found.device == "meta"
    rows = list(rows_that_run(net))
    left = {line.name for line in found.rows}
    for row in rows:
        lines = of_row(row, rows, found.rows)
        assert lines, row.name
        left -= {line.name for line in lines}
        for what in ("params", "macs", "fixed_params"):
            assert sum(getattr(n, what) for n in lines) == getattr(row, what), (row.name, what)
        last = lines[-1]
        assert (last.receptive_field, last.out) == (row.receptive_field, row.out), row.name
        if row.receptive_field:
            assert last.field_stride == row.field_stride, row.name
    assert not left
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        module.eval()(torch.empty(1, *net.input))
    tables = sum(row.macs for row in found.rows if row.kind == "table conv")
    executed = sum(_executed(row) for row in found.rows if row.kind == "table conv")
    assert counter.get_total_flops() == 2 * (found.macs - tables + executed)


def _executed(line):
    return int(line.note.split(" of ")[1].split()[0].replace(",", ""))


@pytest.mark.parametrize("name", FEW)
def test_rows_of_our_modules_are_those_of_the_walk(name):
    agrees(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in list_nets() if name not in FEW])
def test_rows_of_every_other_module_are_those_of_the_walk(name):
    agrees(name)


def test_a_network_and_its_name_are_explained_without_running_anything():
    found = papernets.explain("lenet5")
    rows = papernets.walk(papernets.net("lenet5"))
    assert [(r.name, r.out, r.receptive_field) for r in found.rows] == [
        (r.name, r.out, r.receptive_field) for r in rows
    ]
    assert (found.params, found.fixed_params, found.macs) == (60000, 840, 326520)
    assert papernets.explain(papernets.net("lenet5")) == found
    assert papernets.explain("lenet5", (1, 40, 40)).input == (1, 40, 40)
    assert papernets.explain("boosted_lenet4").params == 3 * papernets.explain("lenet4").params


def test_torchs_classes_give_what_our_network_gives():
    """The same network as torchvision writes it, without a class of ours."""
    with torch.device("meta"):
        module = ResNet18()
    found, ours = papernets.explain(module, (3, 224, 224)), papernets.explain("resnet18")
    assert (found.params, found.macs) == (ours.params, ours.macs) == (11689512, 1814073344)
    assert found["layer4.1.add"].receptive_field == ours["conv5_2"].receptive_field == (435, 435)
    assert found["layer4.1.add"].field_stride == (32, 32)


class Everything(nn.Module):
    """A bit of all that a forward pass may change."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.drop = nn.Dropout()
        self.calls, self.kept, self.lock = 0, [], threading.Lock()
        self.scale = torch.tensor([2.0])
        self.register_buffer("steps", torch.zeros(3))

    def forward(self, x):
        self.calls += 1
        self.kept.append(x)
        self.steps += 1
        self.conv.weight.data.mul_(1)
        return self.drop(self.norm(self.conv(x))) * self.scale


class Failing(Everything):
    def forward(self, x):
        super().forward(x)
        self.eval()
        raise RuntimeError("no more")


def state(module):
    hooks = [
        copy.copy(vars(own)[word])
        for own in module.modules()
        for word in vars(own)
        if "hooks" in word
    ]
    return {
        "training": [own.training for own in module.modules()],
        "values": {k: v.clone() for k, v in module.state_dict().items()},
        "ids": [id(p) for p in (*module.parameters(), *module.buffers())],
        "grads": [(p.requires_grad, p.grad) for p in module.parameters()],
        "hooks": hooks,
        "names": sorted(name for own in module.modules() for name in vars(own)),
    }


def same(a, b):
    values = zip(a.pop("values").values(), b.pop("values").values(), strict=True)
    return a == b and all(torch.equal(x, y) for x, y in values)


@pytest.mark.parametrize("kind", [Everything, Failing])
@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_the_module_stays_as_it_was(kind, device, monkeypatch):
    module = kind()
    module.norm.eval()
    module.conv.weight.requires_grad_(False)
    module.conv.register_forward_hook(lambda *_: None)
    if device == "cpu":  # it asks for a value
        module.drop.register_forward_pre_hook(lambda _, given: (given[0] * given[0].max().item(),))
    before, draws = state(module), (torch.get_rng_state(), random.getstate())
    numpy_draws = np.random.get_state()[1].tolist()
    enabled = torch.is_grad_enabled()
    if kind is Failing:
        with pytest.raises(
            ValueError, match="Failing does not run on an input of 3x8x8: RuntimeErr"
        ):
            papernets.explain(module, (3, 8, 8))
    else:
        assert papernets.explain(module, (3, 8, 8)).device == device
    assert same(before, state(module))
    assert (module.calls, module.kept) == (0, [])
    assert torch.equal(draws[0], torch.get_rng_state()) and draws[1] == random.getstate()
    assert np.random.get_state()[1].tolist() == numpy_draws
    assert torch.is_grad_enabled() == enabled
    x = torch.rand(1, 3, 8, 8)
    if kind is Everything:
        assert module(x).shape == (1, 4, 6, 6)


def test_within_inference_mode_too():
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())
    with torch.inference_mode():
        found = papernets.explain(module, (1, 8, 8))
    assert (found.macs, found.rows[-1].receptive_field) == (2 * 9 * 36, (3, 3))


def test_convolutions_of_one_and_of_three_sides():
    for conv, pool, input in (
        (nn.Conv1d(1, 2, 3, dilation=2), nn.MaxPool1d(2), (1, 40)),
        (nn.Conv3d(1, 2, 5), nn.MaxPool3d(2), (1, 10, 10, 10)),
    ):
        found = papernets.explain(nn.Sequential(conv, pool), input)
        sides = len(input) - 1
        assert [r.receptive_field for r in found.rows] == [(5,) * sides, (6,) * sides]
        assert found.rows[1].field_stride == (2,) * sides


def test_what_is_in_training_mode_is_explained_as_it_predicts():
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout2d(0.5))
    found = papernets.explain(module.train(), (1, 9, 9))
    assert [row.receptive_field for row in found.rows] == [(3, 3)] * 3
    assert "evaluation" in found.notes[0]
    assert papernets.explain(module.eval(), (1, 9, 9)).notes == ()


def test_a_normalisation_over_the_batch_sees_everything():
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2, track_running_stats=False))
    assert papernets.explain(module, (1, 9, 9)).rows[1].sees == "all"
    assert papernets.explain(nn.InstanceNorm2d(1), (1, 9, 9)).rows[0].sees == "all"


def test_a_module_called_twice_counts_its_parameters_once():
    conv = nn.Conv2d(4, 4, 3, padding=1)
    found = papernets.explain(nn.Sequential(conv, nn.ReLU(), conv), (4, 8, 8))
    assert [row.params for row in found.rows] == [148, 0, 0]
    assert [row.macs for row in found.rows] == [9216, 0, 9216]
    assert [row.name for row in found.rows] == ["0", "1", "0#2"]
    assert "shares parameters that are counted above: 0.bias, 0.weight" in found.rows[2].note


class Odd(nn.Module):
    """Several inputs, and a dictionary as a result."""

    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(1, 4, 5, padding=2)
        self.spare = nn.Linear(10, 10)

    def forward(self, picture, depth):
        both = self.left(picture) + self.right(depth)
        return {"sum": both, "parts": (both.relu(), both.mean((2, 3)))}


@pytest.mark.parametrize(
    "input",
    [
        ((3, 16, 16), (1, 16, 16)),
        (torch.rand(1, 3, 16, 16), torch.rand(1, 1, 16, 16)),
        {"depth": (1, 16, 16), "picture": (3, 16, 16)},
    ],
)
def test_several_inputs_and_outputs(input):
    found = papernets.explain(Odd(), input)
    fields = {row.name: row.receptive_field for row in found.rows}
    first = "right" if isinstance(input, dict) else "left"
    other = "left" if first == "right" else "right"
    assert fields[other] is None and found[other].sees == "nothing"
    assert fields[first] == fields["add"] == ((5, 5) if first == "right" else (3, 3))
    assert found.unused == {"spare": 110}
    assert "Fields are of the first picture" in found.notes[-1]


def test_recurrence_and_transformers_have_their_parameters_and_no_guessed_field():
    lstm = nn.LSTM(8, 16, num_layers=2, batch_first=True)
    found = papernets.explain(lstm, (5, 8))
    assert found.params == sum(p.numel() for p in lstm.parameters())
    assert found.macs == 5 * sum(p.numel() for n, p in lstm.named_parameters() if "weight" in n)
    assert found.rows[0].receptive_field is None
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    found = papernets.explain(layer, (7, 16))
    assert found.params == sum(p.numel() for p in layer.parameters())
    with FlopCounterMode(display=False) as counter:
        layer(torch.rand(1, 7, 16, requires_grad=True))
    assert counter.get_total_flops() == 2 * (found.macs + found.products)
    assert found.products == 2 * 7 * 7 * 16
    assert all(row.receptive_field is None for row in found.rows[:1])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_every_kind_of_number(dtype):
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU()).to(dtype)
    assert papernets.explain(module, (1, 8, 8)).macs == 2 * 9 * 36


def test_weights_that_are_made_of_others():
    plain = nn.Conv2d(3, 4, 3)
    for made in (
        nn.utils.parametrizations.weight_norm(nn.Conv2d(3, 4, 3)),
        nn.utils.parametrizations.spectral_norm(nn.Conv2d(3, 4, 3)),
    ):
        found = papernets.explain(made, (3, 8, 8))
        (row,) = (r for r in found.rows if r.macs)
        assert row.params == sum(p.numel() for p in made.parameters())
        assert found.macs == papernets.explain(plain, (3, 8, 8)).macs
        assert row.receptive_field == (3, 3)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch's own, where it compiles
def test_wrappers_are_looked_through():
    conv = nn.Conv2d(1, 1, 3)
    for module, word in ((nn.DataParallel(conv), "DataParallel"), (torch.compile(conv), "compile")):
        found = papernets.explain(module, (1, 8, 8))
        assert (found.name, found.rows[0].receptive_field) == ("Conv2d", (3, 3))
        assert word in found.notes[0]
    inner = nn.Sequential(torch.compile(conv), nn.DataParallel(nn.ReLU()))
    assert [row.kind for row in papernets.explain(inner, (1, 8, 8)).rows] == ["conv", "relu"]


def test_one_that_asks_for_values_runs_on_the_cpu_and_says_so():
    class Asks(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3)

        def forward(self, x):
            return self.conv(x) if float(x.mean()) > 0 else x

    found = papernets.explain(Asks(), (1, 8, 8))
    assert found.device == "cpu" and found["conv"].receptive_field == (3, 3)
    assert "ran on the CPU" in found.notes[-1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: papernets.explain(nn.LazyConv2d(3, 3), (3, 8, 8)),
            "LazyConv2d is lazy: its",
        ),
        (lambda: papernets.explain(nn.Conv2d(3, 3, 3)), "needs the input of a Conv2d: give"),
        (
            lambda: papernets.explain(nn.Conv2d(3, 3, 3), (1, 8, 8)),
            "run on an input of 1x8x8",
        ),
        (
            lambda: papernets.explain(nn.Conv2d(3, 3, 3), (3, 2, 2)),
            "Conv2d does not run on",
        ),
        (
            lambda: papernets.explain(nn.Conv2d(3, 3, 3), "big"),
            "an input is .channels, heig",
        ),
        (
            lambda: papernets.explain(torch.nn.Conv2d, (3, 8, 8)),
            "a module, not its class: make one",
        ),
        (lambda: papernets.explain(17), "takes a network, its name or an nn.Module, not 17"),
        (lambda: papernets.explain("vgg-61"), "Did you mean 'vgg16'"),
        (
            lambda: papernets.explain(papernets.net("lenet5"), (1, 9, 9)),
            "for an input of 1x32x32",
        ),
    ],
)
def test_errors_say_what_would_work(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_an_explanation_is_a_table_a_page_and_json():
    found = papernets.explain(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).eval(), (3, 8, 8))
    lines = str(found).splitlines()
    assert lines[0] == "Sequential, input 3x8x8"
    assert lines[4].split() == ["0", "conv", "3x3", "4@6x6", "3x3", "112", "3,888"]
    assert lines[-1].split() == ["total", "112", "3,888"]
    assert json.loads(json.dumps(found.to_dict()))["rows"][0]["receptive_field"] == [3, 3]
    assert "<td>4@6x6</td>" in found._repr_html_()
    assert found["1"].kind == "relu"
    with pytest.raises(KeyError):
        found["2"]


def test_names_are_escaped():
    module = nn.Module()
    module.add_module("<script>alert(1)</script>", nn.Conv2d(1, 1, 1))
    module.forward = lambda x: next(module.children())(x)
    html = papernets.explain(nn.Sequential(nn.Identity()), (1, 2, 2))._repr_html_()
    assert "<script>" not in html

    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            self.add_module("<script>", nn.Conv2d(1, 1, 1))

        def forward(self, x):
            return self._modules["<script>"](x)

    html = papernets.explain(Named(), (1, 2, 2))._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (32, r"^an input is \(channels, height, width\), or a tensor, not 32$"),
        ("3x32x32", r"^an input is \(channels, height, width\), or a tensor, not '3x32x32'$"),
        ({"x": 3}, r"or a tensor, not 3$"),
        ((1, 3, 32, 32), r"The batch is added: give \(3, 32, 32\)$"),
    ],
)
def test_an_input_that_is_none_is_told_plainly(given, told):
    with pytest.raises(ValueError, match=told):
        papernets.explain(nn.Conv2d(3, 4, 3), given)

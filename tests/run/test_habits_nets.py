"""What people do to torch's networks, done to networks of ours that torchvision has not.

The judges are torch's own modules, put together here by hand, and invariants: a copy answers as
its model, an export as what was exported. As in `test_habits`, each test asserts that what was done
took effect.
"""

import copy
import io
import pickle
import shutil
import warnings
from functools import cache
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

import papernets
from papernets.nets.registry import net
from papernets.spec import BatchNorm, Conv, Dense, Pool, walk

SMALL = Path(__file__).parents[1] / "small_nets.py"
BRANCHES, SHORTCUTS = f"{SMALL}:BRANCHES", f"{SMALL}:SHORTCUTS"
LENETS = ["lenet1", "lenet4", "lenet5", "lenet5_modern", "lenet5_keras_28"]
QUICK = [*LENETS, "boosted_lenet4", BRANCHES, SHORTCUTS, "resnet20"]
"""One of each kind of row, in networks that take milliseconds."""


def slow(*names):
    return [pytest.param(name, marks=pytest.mark.slow) for name in names]


quick = pytest.mark.parametrize("name", QUICK, ids=lambda name: name.rpartition(":")[2])


@cache
def made(name, options=()):
    """A network in evaluation mode, with numbers drawn for its normalisation too."""
    generator = torch.Generator().manual_seed(3)
    model = papernets.create_model(name, generator=generator, **dict(options)).eval()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
                module.running_mean.normal_(0, 0.1, generator=generator)
                module.running_var.uniform_(0.7, 1.4, generator=generator)
    return model


def model_of(name, **options):
    """A network of its own for a test that changes it."""
    return copy.deepcopy(made(name, tuple(options.items())))


def spec_of(name):
    """The network's input, a committee's by its member."""
    return getattr(net(name), "member", net(name))


def pictures(name, count=2, size=None):
    channels, *own = spec_of(name).input
    generator = torch.Generator().manual_seed(7)
    return torch.rand(count, channels, *(size or own), generator=generator)


def answers(model, x):
    """Logits without gradients."""
    with torch.no_grad():
        return model(x)


def close(a, b):
    """The same but for rounding, and not all of one value."""
    torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)
    return bool((a - a.mean()).abs().max() > 1e-6)


# --- what stands under which name


def rows_and_modules(name):
    with torch.device("meta"):
        model = papernets.create_model(name)
    return walk(spec_of(name)), model


NAMED = ["lenet5_modern", "resnet18", "resnet18_v2", "vgg16_bn", "googlenet", "nin_imagenet"]
NAMED += ["mobilenet_v1", "alexnet", "inception_v3", "inception_resnet_v2"]


@pytest.mark.parametrize("name", NAMED)
def test_what_torch_has_is_torchs_class(name):
    rows, model = rows_and_modules(name)
    kinds = [type(module) for module in model.modules()]
    layers = [row.layer for row in rows]

    def count(test):
        return sum(bool(test(layer)) for layer in layers)

    assert kinds.count(nn.Conv2d) == count(lambda at: type(at) is Conv) > 0
    assert kinds.count(nn.Linear) == count(lambda at: type(at) is Dense)
    maxima = count(lambda at: isinstance(at, Pool) and at.how == "max")
    assert kinds.count(nn.MaxPool2d) == maxima
    relus = sum(row.activation == "relu" for row in rows)
    assert kinds.count(nn.ReLU) == relus
    norms = count(lambda at: isinstance(at, BatchNorm) or getattr(at, "norm", None) is not None)
    if name != "inception_resnet_v2":
        assert kinds.count(nn.BatchNorm2d) == norms


@pytest.mark.parametrize("name", NAMED)
def test_a_row_of_one_operation_is_that_module_and_others_are_a_line(name):
    rows, model = rows_and_modules(name)
    lines = 0
    for row in rows:
        at = model.get_submodule(row.name)
        if type(row.layer) is Conv:
            parts = [name for name, _ in at.named_children()]
            if type(at) is nn.Conv2d:
                assert row.layer.norm is None and row.activation is None
            else:
                assert type(at) is nn.Sequential and type(at.conv) is nn.Conv2d, row.name
                known = ("pad", "conv", "norm", row.activation)
                assert parts == [one for one in known if one in parts]
                assert ("norm" in parts) == (row.layer.norm is not None)
                lines += 1
        elif type(row.layer) is Dense and row.activation in (None, "softmax"):
            assert type(at) is nn.Linear or row.layer.norm is not None
        elif type(row.layer) is Dense:
            assert type(at) is nn.Sequential and type(at.linear) is nn.Linear
    assert lines > 0


def test_the_rows_of_lenet5_have_their_parts_by_name():
    model = model_of("lenet5")
    assert [name for name, _ in model.named_children()] == [row.name for row in walk(net("lenet5"))]
    parts = {name: list(dict(row.named_children())) for name, row in model.named_children()}
    assert parts["C1"] == ["conv", "tanh"] and parts["S2"] == ["subsample", "tanh"]
    assert parts["C3"] == ["table", "tanh"] and parts["F6"] == ["linear", "tanh"]
    assert type(model.C1.conv) is nn.Conv2d and type(model.F6.linear) is nn.Linear


# --- a line of children, and blocks alone

LINES = [*QUICK[:5], SHORTCUTS, BRANCHES, "resnet20", "nin_cifar10", "mobilenet_v1_0.25_128"]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        *((name, None) for name in LINES),
        ("resnet18", (64, 48)),
        ("resnet18_v2", (64, 48)),
        ("resnet18_A", (64, 48)),
        ("googlenet", (64, 80)),
        *(
            pytest.param(name, (107, 139), marks=pytest.mark.slow)
            for name in ("inception_v3", "inception_v4", "inception_resnet_v2", "bn_inception")
        ),
    ],
    ids=lambda value: value.rpartition(":")[2] if isinstance(value, str) else "",
)
def test_children_called_in_a_line_are_the_network(name, size):
    """And each of them alone, blocks too, gives what `features` says."""
    model, x = made(name), pictures(name, size=size)
    heads = {row.name.partition(".")[0] for row in walk(spec_of(name)) if row.aux}
    line = {child: module for child, module in model.named_children() if child not in heads}
    with torch.no_grad():
        rows = {row.name for row in walk(spec_of(name))}  # some children are names of several
        wanted, out = model(x), model.features(x, [child for child in line if child in rows])
        assert len(out) > 5
        for child, module in line.items():
            x = module(x)
            assert child not in out or torch.equal(x, out[child]), child
    assert close(x, wanted)


@pytest.mark.parametrize("name", ["resnet18", "resnet18_v2", "googlenet"])
def test_a_block_leaves_its_input_alone(name):
    """Its shortcut or a branch beside it reads it too; so may the caller."""
    model = made(name)
    at = {"resnet18": "conv2_2", "resnet18_v2": "conv2_2", "googlenet": "inception_3b"}[name]
    x = torch.randn(2, {"googlenet": 256}.get(name, 64), 9, 9)
    given = x.clone()
    with torch.no_grad():
        out = model.get_submodule(at)(x)
        assert torch.equal(x, given) and out.shape[2:] == (9, 9)
    leaf = x.clone().requires_grad_()
    assert torch.allclose(model.get_submodule(at)(leaf), out, atol=1e-5)  # legal on a leaf


def test_a_layer_alone_in_an_inception_module():
    """Branches are modules too: model.inception_3a.b3x3 is called like any other."""
    model, x = made("googlenet"), pictures("googlenet", size=(64, 64))
    with torch.no_grad():
        found = model.features(x, ["pool2", "inception_3a.b3x3.conv", "inception_3a"])
        branch = model.inception_3a.b3x3(found["pool2"])
    assert close(branch, found["inception_3a.b3x3.conv"])
    assert torch.equal(found["inception_3a"][:, 64:192], branch)


# --- hooks


@pytest.mark.parametrize(
    ("name", "size"),
    [
        *((name, None) for name in [*LENETS, BRANCHES, SHORTCUTS]),
        ("resnet18", (64, 48)),
        ("resnet18_v2", (64, 48)),
        ("googlenet", (64, 80)),
    ],
    ids=lambda value: value.rpartition(":")[2] if isinstance(value, str) else "",
)
def test_hooks_on_rows_see_what_features_gives(name, size):
    """Values after the row's activation, whatever comes after it: max pooling, say."""
    model, x, seen = model_of(name), pictures(name, size=size), {}
    rows = [row for row in walk(spec_of(name)) if not row.aux]
    for row in rows:
        model.get_submodule(row.name).register_forward_hook(
            lambda _module, _x, out, name=row.name: seen.update({name: out.clone()})
        )
    out = answers(model, x)
    with torch.no_grad():
        wanted = made(name).features(x, [row.name for row in rows])
    assert set(seen) == set(wanted)
    for row in rows:
        assert torch.equal(seen[row.name], wanted[row.name]), row.name
        if row.activation == "relu":
            assert seen[row.name].min() >= 0, row.name
    assert torch.equal(seen[rows[-1].name], out)


def test_what_features_gave_is_not_overwritten():
    """The rows after them write in place; what a person holds stays."""
    model, x = made("resnet18_v2"), pictures("resnet18_v2", size=(64, 48))
    rows = [row.name for row in walk(net("resnet18_v2"))]
    with torch.no_grad():
        together = model.features(x, rows)
        for name in ("pool1", "conv2_1.conv2", "conv2_1", "conv2_2.bn1", "conv3_1.shortcut"):
            assert torch.equal(together[name], model.features(x, name)[name]), name


@pytest.mark.parametrize("how", ["replaced", "hooked", "patched"])
@pytest.mark.parametrize("name", ["conv1", "conv2_1"])
def test_features_of_a_row_or_block_that_is_not_as_it_was(name, how):
    """They are what stands there gives, as the layers after it get it."""
    model, x = model_of("resnet18"), pictures("resnet18", size=(64, 48))
    if how == "replaced":
        new = nn.Conv2d({"conv1": 3}.get(name, 64), 64, 1)
        setattr(model, name, new)
    elif how == "hooked":
        model.get_submodule(name).register_forward_hook(lambda _module, _x, out: out * 0.5)
    else:
        at = model.get_submodule(name)
        at.forward = lambda x, own=at.forward: own(x) * 0.5
    children = list(dict(model.named_children()))
    wanted = answers(nn.Sequential(*list(model.children())[: children.index(name) + 1]), x)
    with torch.no_grad():
        found = model.features(x, [name, "fc"])
    assert close(found[name], wanted) and torch.equal(found["fc"], answers(model, x))
    assert not torch.allclose(found["fc"], answers(made("resnet18"), x), atol=1e-3)


def test_hooks_on_all_modules_of_the_process():
    """torch's global hooks see ours called, and in the fast form too."""
    model, x, seen = model_of("lenet5"), pictures("lenet5"), []
    handle = nn.modules.module.register_module_forward_hook(
        lambda module, _x, _out: seen.append(module)
    )
    try:
        for form in (model, papernets.fast(model)):
            seen.clear()
            answers(form, x)
            assert {model.C1.conv, model.C3, model.output, form} <= set(seen)
    finally:
        handle.remove()


# --- replaced


def test_the_table_replaced_by_a_full_convolution():
    """What every tutorial does to LeNet-5's C3."""
    model, x = model_of("lenet5"), pictures("lenet5")
    old = answers(model, x)
    model.C3 = nn.Conv2d(6, 16, 5)
    with torch.no_grad():
        s2 = model.S2(model.C1(x))
        wanted = model.output(model.F6(model.C5(model.S4(model.C3(s2))).flatten(1)))
    assert close(answers(model, x), wanted) and not torch.allclose(wanted, old)
    model.output = nn.Linear(84, 3)
    assert answers(model, x).shape == (2, 3)
    model(x).sum().backward()
    assert model.C3.weight.grad.abs().max() > 0


def test_a_row_of_a_block_replaced():
    """Its normalisation and its ReLU are gone with it: the new module is the row."""
    model, x = model_of("resnet18"), pictures("resnet18", size=(64, 64))
    new = nn.Conv2d(64, 64, 3, padding=1)
    model.conv2_1.conv1 = new
    with torch.no_grad():
        given = model.pool1(model.conv1(x))
        wanted = (model.conv2_1.conv2(new(given)) + given).relu()
        assert close(model.features(x, "conv2_1")["conv2_1"], wanted)
        assert close(model.conv2_1(given), wanted)
        rest = nn.Sequential(*list(model.children())[3:])
        assert close(answers(model, x), rest(wanted))
    model(x).sum().backward()
    assert new.weight.grad.abs().max() > 0


@pytest.mark.parametrize("gradients", [True, False])
def test_nothing_is_written_over_a_shortcut(gradients):
    """Pre-activation: with no normalisation before it, the ReLU is given the shortcut itself."""
    model, x = model_of("resnet18_v2"), pictures("resnet18_v2", size=(64, 64))
    old = answers(model, x)
    model.conv2_2.bn1.norm = nn.Identity()
    careful = copy.deepcopy(model)
    for module in careful.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    with torch.set_grad_enabled(gradients):
        found, wanted = model(x), careful(x)
    assert close(found.detach(), wanted.detach()) and not torch.allclose(wanted, old, atol=1e-3)


@pytest.mark.parametrize("at", ["conv2_1.conv2.norm", "conv2_1.conv2", "conv2_1.conv1.norm"])
def test_what_gives_back_its_input_in_a_block(at):
    """Identity for a part of a residual branch: sums and ReLUs are written over no one's value."""
    model, x = model_of("resnet18"), pictures("resnet18", size=(64, 64))
    above, _, last = at.rpartition(".")
    setattr(model.get_submodule(above), last, nn.Identity())
    careful = copy.deepcopy(model)
    for module in careful.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    with torch.no_grad():
        given = torch.randn(2, 64, 8, 8)
        wanted = careful.conv2_1(given.clone())
        assert close(model.conv2_1(given), wanted)
        assert close(model(x), careful(x))


# --- copied, kept, averaged, moved


@quick
def test_an_average_with_buffers_answers_as_its_model(name):
    """Tables, codes and places in them are no numbers to average."""
    model, x = model_of(name), pictures(name)
    average = AveragedModel(model, use_buffers=True)
    for _ in range(3):
        average.update_parameters(model)
    assert torch.equal(answers(average, x), answers(model, x))


@quick
def test_a_copy_answers_and_stands_alone(name):
    model, x = model_of(name), pictures(name)
    wanted, file = answers(model, x), io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    kept = torch.load(file, weights_only=False)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model)), kept):
        assert torch.equal(answers(twin, x), wanted)
        with torch.no_grad():
            for weight in twin.parameters():
                weight.mul_(1.5)
        assert not torch.allclose(answers(twin, x), wanted)
        assert torch.equal(answers(model, x), wanted)


@quick
def test_memory_may_come_after_the_building(name):
    """On the meta device first: no table may lie anywhere but in the state_dict or in the code."""
    model, x = model_of(name), pictures(name)
    with torch.device("meta"):
        empty = papernets.create_model(name).eval()
    bare = copy.deepcopy(empty)
    empty.to_empty(device="cpu")
    with torch.no_grad():
        for tensor in (*empty.parameters(), *empty.buffers()):
            tensor.fill_(1)
    empty.load_state_dict(model.state_dict())
    assert torch.equal(answers(empty, x), answers(model, x))
    bare.load_state_dict(model.state_dict(), assign=True)
    assert torch.equal(answers(bare, x), answers(model, x))
    assert not any(t.is_meta for t in (*bare.parameters(), *bare.buffers()))


@quick
@pytest.mark.parametrize("kind", [torch.double, torch.bfloat16, torch.half])
def test_other_precisions(name, kind):
    model, x = model_of(name), pictures(name)
    wanted = answers(model, x)
    found = answers(model.to(kind), x.to(kind))
    assert found.dtype == kind
    share = {torch.double: 1e-5, torch.bfloat16: 0.15, torch.half: 0.02}[kind]
    assert (found.float() - wanted).abs().max() <= share * wanted.abs().max()


# --- transformed


@pytest.mark.parametrize(
    "name",
    [
        *("lenet5", "boosted_lenet4", SHORTCUTS),
        *slow("lenet1", "lenet4", "lenet5_modern", "lenet5_keras_28", "resnet20"),
    ],
)
def test_the_transforms_of_torch_func(name):
    model, x = made(name), pictures(name)
    own, labels = dict(model.named_parameters()), torch.tensor([1, 3])
    buffers = dict(model.named_buffers())

    def loss(own, x, label):
        out = torch.func.functional_call(model, (own, buffers), (x[None],))
        return nn.functional.cross_entropy(out, label[None])

    each = torch.func.vmap(torch.func.grad(loss), (None, 0, 0))(own, x, labels)
    slopes = torch.autograd.grad(
        nn.functional.cross_entropy(model(x), labels), list(own.values()), allow_unused=True
    )
    for (key, grad), slope in zip(each.items(), slopes, strict=True):
        wanted = torch.zeros_like(own[key]) if slope is None else slope
        torch.testing.assert_close(grad.detach().mean(0), wanted, rtol=1e-3, atol=1e-5)
    assert sum(float(grad.detach().abs().sum()) > 0 for grad in each.values()) >= len(own) - 2
    jacobian = torch.func.jacrev(model)(x[:1]).detach()
    (row,) = torch.autograd.grad(model(given := x[:1].clone().requires_grad_())[0, 1], given)
    assert close(jacobian[0, 1], row)
    halved = {key: value * 0.5 for key, value in own.items()}
    assert not torch.allclose(torch.func.functional_call(model, halved, (x,)), model(x))


@pytest.mark.parametrize("name", [*LENETS, SHORTCUTS, "resnet20"])
def test_several_networks_as_one(name):
    """Weights in a stack, a module without memory, and vmap over them: torch's model ensembling."""
    models, x = [model_of(name) for _ in range(3)], pictures(name)
    with torch.no_grad():
        for at, model in enumerate(models):
            for weight in model.parameters():
                weight.mul_(1 + at / 4)
    weights, buffers = torch.func.stack_module_state(models)
    bare = copy.deepcopy(models[0]).to("meta")

    def answer(weights, buffers):
        return torch.func.functional_call(bare, (weights, buffers), (x,))

    found = torch.func.vmap(answer)(weights, buffers).detach()
    assert all(close(out, answers(model, x)) for out, model in zip(found, models, strict=True))
    assert not torch.allclose(found[0], found[2])


@pytest.mark.parametrize("name", ["lenet5", "resnet20", SHORTCUTS], ids=lambda n: n[-9:])
def test_a_line_of_checkpoints(name):
    """checkpoint_sequential takes the children as they stand."""
    from torch.utils.checkpoint import checkpoint_sequential

    model, x = model_of(name), pictures(name).requires_grad_()
    out = checkpoint_sequential(list(model.children()), 3, x, use_reentrant=False)
    (slope,) = torch.autograd.grad(out.square().sum(), x)
    (wanted,) = torch.autograd.grad(model(x).square().sum(), x)
    assert close(slope, wanted)


@quick
def test_no_pictures(name):
    assert answers(made(name), pictures(name, 0)).shape == (0, len(made(name)(pictures(name))[0]))


def traced(model, x):
    """torch's tracer with its own check; every warning but that of its age is an error."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="`torch.jit", category=DeprecationWarning)
        return torch.jit.trace(model, x, check_trace=True)


@quick
def test_a_trace_without_warnings(name):
    model, x = made(name), pictures(name, 3)
    found = traced(model, x[:2])
    assert close(answers(found, x), answers(model, x))


@quick
def test_a_symbolic_trace(name):
    model, x = made(name), pictures(name, 3)
    graph = torch.fx.symbolic_trace(model)
    assert isinstance(graph, torch.fx.GraphModule)
    assert torch.equal(answers(graph, x), answers(model, x))
    called = {n.target for n in graph.graph.nodes if n.op in ("call_module", "call_function")}
    assert len(called) >= 5


@pytest.mark.parametrize("name", ["lenet5", "resnet20", "boosted_lenet4", BRANCHES])
def test_scripting_says_that_it_is_not_supported(name):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="`torch.jit", category=DeprecationWarning)
        with pytest.raises(Exception, match=r"torch\.jit\.script does not take \w+"):
            torch.jit.script(model_of(name))


def test_scripting_a_block_says_so_too():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="`torch.jit", category=DeprecationWarning)
        with pytest.raises(Exception, match=r"torch\.jit\.script does not take"):
            torch.jit.script(model_of("resnet20").stage1_1)


EVERY_KIND = [
    *("lenet5", "boosted_lenet4", SHORTCUTS),
    *slow("lenet1", "lenet4", "lenet5_modern", "lenet5_keras_28", "resnet20", "nin_cifar10"),
    *slow(
        "mobilenet_v1_0.25_128",
        "alexnet",
        "alexnet_torchvision",
        "zfnet",
        "vgg11_bn",
        "plain18",
        "resnet18_v2",
    ),
    *slow("resnet34_A", "inception_v3", "inception_v4", "inception_resnet_v2", "bn_inception"),
    *slow("googlenet"),
]


@pytest.mark.parametrize("name", EVERY_KIND, ids=lambda name: name.rpartition(":")[2])
def test_an_export_with_a_free_batch(name):
    model, x = made(name), pictures(name, 3)
    free = ({0: torch.export.Dim("pictures")},)
    program = torch.export.export(model, (x[:2],), dynamic_shapes=free)
    assert close(answers(program.module(), x), answers(model, x))


FREE = [
    ("nin_cifar10", (32, 32), (45, 38)),
    pytest.param("mobilenet_v1_0.25_128", (64, 64), (97, 130), marks=pytest.mark.slow),
    pytest.param("resnet18_v2", (64, 64), (97, 130), marks=pytest.mark.slow),
    pytest.param("nin_imagenet", (96, 96), (130, 141), marks=pytest.mark.slow),
    pytest.param("googlenet", (64, 64), (97, 130), marks=pytest.mark.slow),
    pytest.param("resnet50", (64, 64), (97, 130), marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("name", "size", "other"), FREE)
def test_an_export_with_a_free_batch_height_and_width(name, size, other):
    options = {"aux": False} if name == "googlenet" else {}
    model, free = made(name, tuple(options.items())), torch.export.Dim.DYNAMIC
    x = pictures(name, size=size)
    program = torch.export.export(model, (x,), dynamic_shapes=({0: free, 2: free, 3: free},))
    for count, shape in ((5, other), (1, size), (3, other[::-1])):
        x = pictures(name, count, shape)
        assert close(answers(program.module(), x), answers(model, x))


@pytest.mark.parametrize(
    "name",
    [BRANCHES, *slow("lenet5", SHORTCUTS, "resnet20", "boosted_lenet4", "lenet1", "resnet18_v2")],
    ids=lambda name: name.rpartition(":")[2],
)
def test_a_whole_graph_at_two_sizes(name):
    torch._dynamo.reset()
    model = made(name)
    found = torch.compile(model, backend="eager", fullgraph=True)
    x = pictures(name, 2)
    assert close(answers(found, x), answers(model, x))
    fixed = name in LENETS or name == "boosted_lenet4"
    x = pictures(name, 5, None if fixed else (61, 50))
    assert close(answers(found, x), answers(model, x))


@pytest.mark.slow
@pytest.mark.parametrize("how", ["compiled", "exported"])
def test_heads_in_a_whole_graph(how):
    torch._dynamo.reset()
    model, x = model_of(BRANCHES).train(), pictures(BRANCHES)
    model.dropout.p = 0.0
    wanted = model(x)
    if how == "compiled":
        found = torch.compile(model, backend="aot_eager", fullgraph=True)(x)
    else:
        found = torch.export.export(model, (x,)).module()(x)
    assert type(found) is papernets.Logits
    assert close(found.main.detach(), wanted.main.detach())
    assert close(found.aux[0].detach(), wanted.aux[0].detach())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # torch's own use
@pytest.mark.skipif(shutil.which("g++") is None, reason="a C++ compiler is needed")
@pytest.mark.parametrize("name", ["lenet5", SHORTCUTS], ids=["lenet5", "SHORTCUTS"])
def test_compiled_by_inductor(name):
    torch._dynamo.reset()
    model, x = model_of(name), pictures(name)
    wanted = answers(model, x)
    found = torch.compile(model, fullgraph=True)
    assert close(answers(found, x), wanted)
    model.train()
    found(x).logsumexp(1).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


def test_linear_layers_in_eight_bits():
    model, x = model_of("lenet5_modern"), pictures("lenet5_modern")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls its quantization deprecated
        found = torch.ao.quantization.quantize_dynamic(model, {nn.Linear}, dtype=torch.qint8)
    kinds = [type(module).__module__ for module in found.modules()]
    dense = sum(type(row.layer) is Dense for row in walk(net("lenet5_modern")))
    assert sum("quantized.dynamic" in kind for kind in kinds) == dense == 3
    wanted, out = answers(model, x), answers(found, x)
    assert 0 < (out - wanted).abs().max() < 0.05 * wanted.abs().max()


@pytest.mark.parametrize("name", ["googlenet", BRANCHES])
def test_heads_replaced_with_the_classifier(name):
    """In training both heads answer with the new classes, and learn."""
    model = model_of(name)
    x = pictures(name)
    if name == "googlenet":
        model.fc, model.aux1.fc2, model.aux2.fc2 = (nn.Linear(1024, 4) for _ in range(3))
    else:
        model.out = nn.Linear(model.out.in_features, 4)
        model.aux1.out = nn.Linear(model.aux1.out.in_features, 4)
    out = model.train()(x)
    assert out.main.shape == (2, 4) and all(head.shape == (2, 4) for head in out.aux)
    (out.main.sum() + sum(head.sum() for head in out.aux)).backward()
    assert all(p.grad is not None for p in model.parameters())
    assert model.eval()(x).shape == (2, 4)

"""What people do to torch's networks, done to our ResNet-18 and to the same of torch's classes.

Each habit is a function of a side (`torch_peers.Side`). It asserts that what was done took effect,
and gives values that must be the same as with torchvision's ResNet-18: as it stands in
`torch_peers`, and torchvision's own where it is installed. What other networks are needed for is in
`test_habits_nets`, what other packages are needed for in `test_habits_tools`.
"""

import contextlib
import copy
import functools
import importlib.util
import io
import pickle
import warnings

import pytest
import torch
from torch import nn
from torch.nn.utils import parameters_to_vector, parametrize, prune, vector_to_parameters
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torch.nn.utils.parametrizations import weight_norm
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch_peers import PEERS, Side, ours, peers_own

import papernets

X = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(7))
LABELS = torch.tensor([3, 5])
HABITS = []


def habit(function):
    """Enter a habit in the table."""
    HABITS.append(pytest.param(function, id=function.__name__))
    return function


def slow_habit(function):
    """Enter a habit that takes seconds."""
    HABITS.append(pytest.param(function, id=function.__name__, marks=pytest.mark.slow))
    return function


def answers(model, x=X):
    """Logits without gradients."""
    with torch.no_grad():
        return model(x)


def far(a, b):
    """Whether these are clearly not the same values."""
    return a.shape != b.shape or bool((a - b).abs().max() > 1e-2 * b.abs().max())


@contextlib.contextmanager
def without_deprecations():
    """torch warns that its own older tools are deprecated; other warnings stay errors."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        yield


def new_head():
    """A head of ten classes, and the step that trains it."""
    head = nn.Linear(512, 10)
    with torch.no_grad():
        head.weight.copy_(torch.linspace(-1, 1, 5120).view(10, 512))
        head.bias.copy_(torch.arange(10) / 10)
    return head


def gradients(model, x=X):
    """The norm of each parameter's gradient, None where it has none."""
    model.zero_grad()
    nn.functional.cross_entropy(model(x), LABELS).backward()
    return [None if p.grad is None else float(p.grad.norm()) for p in model.parameters()]


# --- replaced


@habit
def a_replaced_head(side):
    old = answers(side.model)
    side.model.fc = new_head()
    before = answers(side.model)
    assert before.shape == (2, 10) and old.shape == (2, 1000)
    found = gradients(side.model)
    assert all(found)
    torch.optim.SGD(side.model.fc.parameters(), lr=0.1).step()
    after = answers(side.model)
    assert far(after, before)
    return before, found, after


def compiled(side, backend):
    torch._dynamo.reset()
    side.model.fc = new_head()
    model = torch.compile(side.model, backend=backend, fullgraph=True)
    assert torch.allclose(model(X), side.model(X), atol=1e-4)
    found = gradients(model)
    assert all(found)
    torch.optim.SGD(side.model.fc.parameters(), lr=0.1).step()
    after = answers(model)
    assert torch.allclose(after, answers(side.model), atol=1e-4) and after.shape == (2, 10)
    side.model.fc = nn.Linear(512, 3)  # once more, after it was compiled
    assert torch.equal(answers(model), answers(side.model)) and len(answers(model).T) == 3
    return found, after


@slow_habit
def a_replaced_head_compiled_by_eager(side):
    return compiled(side, "eager")


@slow_habit
def a_replaced_head_compiled_by_aot_eager(side):
    return compiled(side, "aot_eager")


@slow_habit
def a_replaced_head_exported(side):
    side.model.fc = new_head()
    program = torch.export.export(side.model, (X,))
    assert torch.equal(answers(program.module()), answers(side.model))
    assert program.state_dict["fc.weight"].shape == (10, 512)
    return answers(program.module())


def missing(*packages):
    return [name for name in packages if importlib.util.find_spec(name) is None]


@slow_habit
def a_replaced_head_in_onnx(side):
    if missing("onnx", "onnxscript", "onnxruntime"):
        pytest.skip("onnx, onnxscript or onnxruntime is not installed")
    side.model.fc = new_head()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        free = ({0: torch.export.Dim.DYNAMIC},)
        program = torch.onnx.export(side.model, (X,), dynamo=True, dynamic_shapes=free, verbose=0)
        (found,) = program(torch.cat([X, X]))
    assert found.shape == (4, 10) and torch.allclose(found[:2], answers(side.model), atol=1e-4)
    return found


@habit
def a_first_layer_for_grey_pictures(side):
    grey, old = nn.Conv2d(1, 64, 7, 2, 3, bias=False), side.at("conv1.conv")
    with torch.no_grad():
        grey.weight.copy_(old.weight.sum(1, keepdim=True))
    side.put("conv1.conv", grey)
    found = answers(side.model, X[:, :1])
    assert far(found, found.flip(0))
    return found


@habit
def a_replaced_normalisation(side):
    old = answers(side.model)
    group = nn.GroupNorm(4, 64)
    side.put("conv2_1.conv1.norm", group)
    assert far(answers(side.model), old)
    return answers(side.model), gradients(side.model)


@habit
def another_activation_everywhere(side):
    old = answers(side.model)
    for name, module in list(side.model.named_modules()):
        if isinstance(module, nn.ReLU):
            above, _, last = name.rpartition(".")
            setattr(side.model.get_submodule(above), last, nn.SiLU())
    assert not any(isinstance(m, nn.ReLU) for m in side.model.modules())
    assert far(answers(side.model), old)
    return answers(side.model)


@habit
def a_block_taken_out(side):
    old = answers(side.model)
    side.put("conv3_2", nn.Identity())
    assert far(answers(side.model), old)
    return answers(side.model)


@habit
def a_block_with_a_forward_of_ones_own(side):
    old, block = answers(side.model), side.at("conv2_2")
    own = block.forward
    block.forward = lambda x: own(x) * 0.5
    assert far(answers(side.model), old)
    return answers(side.model)


@habit
def a_loss_module_beside_the_layers(side):
    side.model.criterion = nn.CrossEntropyLoss()
    side.model.projector = nn.Linear(3, 3)
    found = side.model.criterion(side.model(X), LABELS)
    found.backward()
    assert side.model.projector.weight.grad is None
    return found, answers(side.model)


@habit
def pruned_weights(side):
    old, conv = answers(side.model), side.at("conv1.conv")
    prune.l1_unstructured(conv, "weight", 0.5)
    assert (conv.weight == 0).float().mean() == 0.5
    pruned = answers(side.model)
    assert far(pruned, old)
    prune.remove(conv, "weight")
    assert torch.equal(answers(side.model), pruned)
    return pruned


@habit
def weight_normalisation(side):
    old, conv = answers(side.model), side.at("conv2_1.conv1.conv")
    weight_norm(conv)
    assert torch.allclose(answers(side.model), old, atol=1e-4)
    with torch.no_grad():
        conv.parametrizations.weight.original0[:32] *= 3
    assert far(answers(side.model), old)
    return answers(side.model), gradients(side.model)


class Doubled(nn.Module):
    def forward(self, x):
        return 2 * x


@habit
def a_parametrized_weight(side):
    old = answers(side.model)
    parametrize.register_parametrization(side.model.fc, "weight", Doubled())
    found = answers(side.model)
    assert torch.allclose(found - side.model.fc.bias, 2 * (old - side.model.fc.bias), atol=1e-4)
    return found


@habit
def convolution_and_normalisation_fused(side):
    old, last = answers(side.model), sum(isinstance(m, nn.BatchNorm2d) for m in modules_of(side))
    for row in ("conv1", "conv2_1.conv2", "conv3_1.shortcut"):
        conv, norm = side.at(f"{row}.conv"), side.at(f"{row}.norm")
        side.put(f"{row}.conv", fuse_conv_bn_eval(conv, norm))
        side.put(f"{row}.norm", nn.Identity())
    assert sum(isinstance(m, nn.BatchNorm2d) for m in modules_of(side)) == last - 3
    assert torch.allclose(answers(side.model), old, atol=1e-4)
    return answers(side.model)


def modules_of(side):
    return list(side.model.modules())


# --- taken apart


@habit
def all_but_the_head_in_a_line(side):
    body = nn.Sequential(*list(side.model.children())[:-1])
    found = answers(body).flatten(1)
    assert found.shape == (2, 512)
    assert torch.allclose(side.model.fc(found), answers(side.model), atol=1e-5)
    return found


@habit
def a_block_called_alone(side):
    x = torch.rand(2, 64, 16, 16, generator=torch.Generator().manual_seed(1))
    given = x.clone()
    found = [answers(side.at(name), x) for name in ("conv2_1", "conv2_2", "conv3_1")]
    assert torch.equal(x, given) and found[2].shape == (2, 128, 8, 8)
    return found


# --- watched


@habit
def what_hooks_on_rows_and_blocks_see(side):
    names, seen = ("conv1.relu", "pool1", "conv2_1", "conv3_1.shortcut", "avgpool", "fc"), {}
    for name in names:
        side.at(name).register_forward_hook(
            lambda _module, _x, out, name=name: seen.update({name: out.clone()})
        )
    out = answers(side.model)
    assert list(seen) == list(names) and torch.equal(seen["fc"], out)
    assert seen["conv1.relu"].min() == 0 and seen["conv2_1"].min() == 0
    return seen


@habit
def a_hook_that_gives_another_output(side):
    old = answers(side.model)
    side.at("conv2_2").register_forward_hook(lambda _module, _x, out: out * 0.5)
    assert far(answers(side.model), old)
    return answers(side.model)


@habit
def a_hook_that_gives_another_input(side):
    old = answers(side.model)
    side.at("conv4_1").register_forward_pre_hook(lambda _module, x: (x[0].flip(0),))
    assert torch.allclose(answers(side.model), old.flip(0), atol=1e-4)
    side.at("conv2_1.conv2.conv").register_forward_pre_hook(lambda _module, x: (x[0] * 0,))
    assert far(answers(side.model), old.flip(0))
    return answers(side.model)


@habit
def backward_hooks_on_blocks(side):
    seen = []
    for name in ("conv2_1", "conv3_2", "fc"):
        side.at(name).register_full_backward_hook(
            lambda _module, before, after: seen.append((before[0], after[0]))
        )
    side.model(X.clone().requires_grad_()).logsumexp(1).sum().backward()
    assert [tuple(after.shape) for _, after in seen] == [(2, 1000), (2, 128, 8, 8), (2, 64, 16, 16)]
    return seen


@habit
def a_backward_hook_that_gives_another_gradient(side):
    side.at("conv3_1").register_full_backward_hook(lambda _module, before, _after: (before[0] * 0,))
    found = gradients(side.model)
    assert found[0] == 0 and found[-1] > 0
    return found


@habit
def hooks_on_every_module(side):
    """They see each module once a call, in one order: `kinds` are places in a list of classes."""
    kinds, seen = [nn.Conv2d, nn.BatchNorm2d, nn.MaxPool2d, nn.Linear], []
    for module in modules_of(side):
        if type(module) in kinds:
            module.register_forward_hook(lambda m, _x, _out: seen.append(kinds.index(type(m))))
    answers(side.model)
    assert [seen.count(at) for at in range(4)] == [20, 20, 1, 1]
    return seen


@habit
def the_gradient_of_the_picture(side):
    x = X.clone().requires_grad_()
    side.model(x)[:, 5].sum().backward()
    assert x.grad.abs().max() > 0
    return x.grad


# --- frozen, trained, averaged


@habit
def all_frozen_but_the_head(side):
    side.model.requires_grad_(False)
    side.model.fc.requires_grad_(True)
    found = gradients(side.model.train())
    assert [grad is None for grad in found] == [True] * 60 + [False] * 2
    return found


@habit
def frozen_normalisation(side):
    old = answers(side.model)
    side.model.train()
    norms = [m for m in modules_of(side) if isinstance(m, nn.BatchNorm2d)]
    for norm in norms:
        norm.eval().requires_grad_(False)
    assert len(norms) == 20
    means = [norm.running_mean.clone() for norm in norms]
    assert torch.allclose(answers(side.model), old, atol=1e-4)
    assert all(
        torch.equal(norm.running_mean, mean) for norm, mean in zip(norms, means, strict=True)
    )
    return gradients(side.model)


@habit
def statistics_of_a_batch_in_training(side):
    old = [m.running_mean.clone() for m in modules_of(side) if isinstance(m, nn.BatchNorm2d)]
    out = answers(side.model.train())
    new = [m.running_mean for m in modules_of(side) if isinstance(m, nn.BatchNorm2d)]
    assert all(far(a, b) for a, b in zip(new, old, strict=True))
    return out, new


@habit
def groups_of_parameters_by_class(side):
    decayed = [m.weight for m in modules_of(side) if isinstance(m, nn.Conv2d | nn.Linear)]
    known = {id(p) for p in decayed}
    others = [p for p in side.model.parameters() if id(p) not in known]
    assert (len(decayed), len(others)) == (21, 41)
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": others}]
    optimiser = torch.optim.SGD(groups, lr=0.05, weight_decay=0.0)
    gradients(side.model)
    optimiser.step()
    return answers(side.model)


@habit
def initialisation_by_apply(side):
    seen = []

    def init(module):
        seen.append(type(module))
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.constant_(module.weight, 0.01)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.zeros_(module.bias)

    assert side.model.apply(init) is side.model
    assert (seen.count(nn.Conv2d), seen.count(nn.BatchNorm2d), seen.count(nn.Linear)) == (20, 20, 1)
    assert all((m.weight == 0.01).all() for m in modules_of(side) if isinstance(m, nn.Conv2d))
    return answers(side.model)


@slow_habit
def all_parameters_as_a_vector(side):
    vector = parameters_to_vector(side.model.parameters()).detach()
    old = answers(side.model)
    vector_to_parameters(vector * 1.1, side.model.parameters())
    assert far(answers(side.model), old) and len(vector) == 11_689_512
    return vector, answers(side.model)


@habit
def an_average_with_buffers(side):
    average = AveragedModel(side.model, use_buffers=True)
    for _ in range(3):
        average.update_parameters(side.model)
    assert torch.equal(answers(average), answers(side.model))
    return answers(average)


@habit
def an_exponential_average(side):
    average = AveragedModel(side.model, multi_avg_fn=get_ema_multi_avg_fn(0.5))
    average.update_parameters(side.model)
    with torch.no_grad():
        side.model.fc.weight.zero_()
    average.update_parameters(side.model)
    assert far(answers(average), answers(side.model)) and average.module.fc.weight.abs().max() > 0
    return answers(average)


# --- copied, kept, moved


@habit
def a_deep_copy(side):
    twin, old = copy.deepcopy(side.model), answers(side.model)
    with torch.no_grad():
        twin.fc.weight.zero_()
        Side(twin, side.place).at("conv1.conv").weight.zero_()
    assert torch.equal(answers(side.model), old)
    assert torch.equal(answers(twin)[0], answers(twin)[1])
    return answers(twin)


@habit
def the_whole_module_kept_in_a_file(side):
    side.model.fc, file = new_head(), io.BytesIO()
    torch.save(side.model, file)
    file.seek(0)
    again = torch.load(file, weights_only=False)
    assert torch.equal(answers(again), answers(side.model))
    again = pickle.loads(pickle.dumps(side.model))
    assert torch.equal(answers(again), answers(side.model))
    with torch.no_grad():
        again.fc.weight.zero_()
    assert far(answers(again), answers(side.model))
    return answers(again)


@habit
def hooks_on_the_state_dict(side):
    seen = []
    side.model.fc.register_state_dict_post_hook(
        lambda _module, _state, prefix, _about: seen.append(prefix)
    )
    side.model.fc.register_load_state_dict_pre_hook(
        lambda _module, state, prefix, *_: state[f"{prefix}weight"].mul_(2)
    )
    old = answers(side.model)
    state = {name: tensor.clone() for name, tensor in side.model.state_dict().items()}
    side.model.load_state_dict(state)
    assert seen == ["fc."] and far(answers(side.model), old)
    return answers(side.model)


@habit
def part_of_a_state_dict(side):
    state = side.model.state_dict()
    del state["fc.weight"], state["fc.bias"]
    side.model.fc = new_head()
    found = side.model.load_state_dict(state, strict=False)
    assert (found.missing_keys, found.unexpected_keys) == (["fc.weight", "fc.bias"], [])
    return answers(side.model)


def by_hand(module):
    """What torch.nn.parallel.replicate does for one device: modules that hold copies."""
    copies = {}
    for old in module.modules():
        copies[old] = old._replicate_for_data_parallel()
    for old, new in copies.items():
        for name, child in old._modules.items():
            if child is not None:
                setattr(new, name, copies[child])
        for name, own in old._parameters.items():
            if own is None:
                new._parameters[name] = None
            else:
                setattr(new, name, own * 1)
        for name, own in old._buffers.items():
            if own is None:
                new._buffers[name] = None
            else:
                setattr(new, name, own.clone())
    return copies[module]


@habit
def a_replica_of_data_parallel(side):
    replica, old = by_hand(side.model), answers(side.model)
    assert torch.equal(answers(replica), old)
    nn.functional.cross_entropy(replica(X), LABELS).backward()
    found = [float(p.grad.norm()) for p in side.model.parameters()]
    assert all(found)
    with torch.no_grad():
        Side(replica, side.place).at("conv3_1.conv1.conv").weight.mul_(0)
    assert far(answers(replica), old) and torch.equal(answers(side.model), old)
    return found, answers(replica)


@habit
def statistics_over_devices(side):
    old = answers(side.model)
    model = nn.SyncBatchNorm.convert_sync_batchnorm(side.model)
    kinds = [type(m) for m in model.modules()]
    assert kinds.count(nn.SyncBatchNorm) == 20 and nn.BatchNorm2d not in kinds
    assert torch.allclose(answers(model), old, atol=1e-5)
    return answers(model)


@slow_habit
def other_precisions(side):
    found, single = {}, answers(side.model)
    for kind, share in ((torch.half, 0.02), (torch.bfloat16, 0.1), (torch.double, 1e-5)):
        model = copy.deepcopy(side.model).to(kind)
        found[str(kind)] = out = answers(model, X.to(kind))
        assert out.dtype == kind
        assert (out.float() - single).abs().max() <= share * single.abs().max()
    return found["torch.float64"]


@habit
def mixed_precision(side):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = side.model(X)
    assert found.dtype == torch.bfloat16
    return (found.float() / 10).detach()  # to three digits


@habit
def channels_last(side):
    old, seen = answers(side.model), []
    for name in ("pool1", "conv2_1", "conv5_2"):
        side.at(name).register_forward_hook(
            lambda _m, _x, out: seen.append(out.is_contiguous(memory_format=torch.channels_last))
        )
    side.model.to(memory_format=torch.channels_last)
    found = answers(side.model, X.to(memory_format=torch.channels_last))
    assert seen == [True] * 3 and torch.allclose(found, old, atol=1e-4)
    return found


# --- transformed


@habit
def functional_call(side):
    state = {**dict(side.model.named_parameters()), **dict(side.model.named_buffers())}
    old = answers(side.model)
    state["fc.weight"] = state["fc.weight"] * 0
    found = torch.func.functional_call(side.model, state, (X,))
    assert torch.allclose(found[0], side.model.fc.bias) and torch.equal(answers(side.model), old)
    return found


@slow_habit
def a_gradient_of_each_picture(side):
    own, buffers = dict(side.model.named_parameters()), dict(side.model.named_buffers())

    def loss(own, x, label):
        out = torch.func.functional_call(side.model, (own, buffers), (x[None],))
        return nn.functional.cross_entropy(out, label[None])

    each = torch.func.vmap(torch.func.grad(loss), (None, 0, 0))(own, X, LABELS)
    assert each["fc.weight"].shape == (2, 1000, 512)
    found = gradients(side.model)
    means = [float(grad.detach().mean(0).norm()) for grad in each.values()]
    torch.testing.assert_close(means, found, rtol=1e-3, atol=1e-4)
    return means


@habit
def a_jacobian(side):
    found = torch.func.jacrev(lambda x: side.model(x)[:, :3])(X[:1])
    assert found.shape == (1, 3, *X[:1].shape) and found.abs().max() > 0
    return found


@habit
def a_forward_derivative(side):
    with without_deprecations():  # torch's own use of torch.jit
        out, slope = torch.func.jvp(side.model, (X,), (torch.ones_like(X),))
    assert slope.abs().max() > 0
    return out.detach(), slope.detach()


@habit
def built_without_memory(side):
    """On the meta device, then given memory, then weights: nothing else must be remembered."""
    state = copy.deepcopy(side.model.state_dict())
    empty = copy.deepcopy(side.model).to("meta").to_empty(device="cpu")
    with torch.no_grad():
        for tensor in (*empty.parameters(), *empty.buffers()):
            tensor.fill_(3)
    empty.load_state_dict(state)
    assert torch.equal(answers(empty), answers(side.model))
    bare = copy.deepcopy(side.model).to("meta")
    bare.load_state_dict(state, assign=True)
    assert torch.equal(answers(bare), answers(side.model))
    return answers(bare)


@slow_habit
def traced(side):
    with without_deprecations():
        found = torch.jit.trace(side.model, X, check_trace=True)
    other = torch.rand(3, 3, 96, 80, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(answers(found, other), answers(side.model, other), atol=1e-4)
    return answers(found)


@habit
def symbolically_traced(side):
    side.model.fc = new_head()
    graph = torch.fx.symbolic_trace(side.model)
    assert isinstance(graph, torch.fx.GraphModule)
    assert torch.equal(answers(graph), answers(side.model))
    calls = [node for node in graph.graph.nodes if node.op == "call_module"]
    kinds = [type(graph.get_submodule(node.target)) for node in calls]
    assert (kinds.count(nn.Conv2d), kinds.count(nn.BatchNorm2d)) == (20, 20)
    return answers(graph), kinds.count(nn.ReLU), kinds.count(nn.Linear)


@habit
def normalisation_folded_by_torch_fx(side):
    with without_deprecations():
        from torch.fx.experimental.optimization import fuse

        found = fuse(side.model)
    assert not any(isinstance(m, nn.BatchNorm2d) for m in found.modules())
    assert torch.allclose(answers(found), answers(side.model), atol=1e-3)
    return answers(found)


@slow_habit
def exported_with_free_sizes(side):
    dim = torch.export.Dim
    sizes = ({0: dim("pictures"), 2: dim("height", min=33), 3: dim("width", min=33)},)
    program = torch.export.export(side.model, (X,), dynamic_shapes=sizes)
    x = torch.rand(5, 3, 97, 130, generator=torch.Generator().manual_seed(1))
    found = answers(program.module(), x)
    assert torch.allclose(found, answers(side.model, x), atol=1e-4)
    return found


@slow_habit
def compiled_whole_at_two_sizes(side):
    torch._dynamo.reset()
    model, found = torch.compile(side.model, backend="eager", fullgraph=True), []
    for count, size in ((2, 64), (3, 96)):
        x = torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(1))
        found.append(answers(model, x))
        assert torch.allclose(found[-1], answers(side.model, x), atol=1e-4)
    return found


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor:UserWarning")
@habit
def linear_layers_in_eight_bits(side):
    old = answers(side.model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls its quantization deprecated
        found = torch.ao.quantization.quantize_dynamic(side.model, {nn.Linear}, dtype=torch.qint8)
    assert type(found.fc) is torch.ao.nn.quantized.dynamic.Linear
    out = answers(found)
    assert 0 < (out - old).abs().max() < 0.05 * old.abs().max()
    return out / 10  # to three digits


@habit
def checkpointed_blocks(side):
    from torch.utils.checkpoint import checkpoint

    wanted = gradients(side.model)
    for name in ("conv2_1", "conv4_2"):
        block = side.at(name)
        block.forward = functools.partial(checkpoint, block.forward, use_reentrant=False)
    found = gradients(side.model)
    torch.testing.assert_close(found, wanted)
    return found


@functools.cache
def done_to_ours(function):
    """What a habit gives on our network; computed once for all peers."""
    torch.manual_seed(0)
    return function(ours())


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("function", HABITS)
def test_a_habit_does_what_it_does_to_torchs(function, peer):
    own = done_to_ours(function)
    torch.manual_seed(0)
    theirs = function(peers_own(peer))
    assert own is not None
    torch.testing.assert_close(own, theirs, rtol=5e-4, atol=5e-4)


REFUSED = {
    "another_activation_everywhere",
    "a_block_taken_out",
    "a_block_with_a_forward_of_ones_own",
    "what_hooks_on_rows_and_blocks_see",
    "a_hook_that_gives_another_output",
    "a_hook_that_gives_another_input",
    "backward_hooks_on_blocks",
    "a_backward_hook_that_gives_another_gradient",
    "hooks_on_every_module",
    "channels_last",
    "checkpointed_blocks",
}
"""What touches modules that the fast form does not call, and so says no."""


def third(at, one):
    """A habit of three is tried on the fast form each day, and those that it refuses."""
    (function,) = one.values
    daily = at % 3 == 0 or function.__name__ in REFUSED
    return one if daily else pytest.param(function, id=one.id, marks=pytest.mark.slow)


@pytest.mark.parametrize("function", [third(at, one) for at, one in enumerate(HABITS)])
def test_a_habit_on_the_fast_form_gives_the_same_or_is_refused(function):
    plain = ours().model
    fast = Side(papernets.fast(plain))
    assert type(fast.model) is not type(plain)
    torch.manual_seed(0)
    if function.__name__ in REFUSED:
        with pytest.raises(ValueError, match=r"fast form computes it together .* plain model"):
            function(fast)
    else:
        torch.testing.assert_close(function(fast), done_to_ours(function), rtol=5e-4, atol=5e-4)

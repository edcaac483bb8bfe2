"""The fast form is the twin of a plain one: what is done to either is done to both."""

import copy
import pickle
import threading

import pytest
import torch
from torch import nn

import papernets
from papernets import create_model, fast
from papernets.bundle.committee import Committee
from papernets.run.network import Network

CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def drawn(seed):
    return torch.Generator().manual_seed(seed)


def committee():
    members = [create_model("lenet4", generator=drawn(seed)) for seed in range(3)]
    return Committee(members, weights=(1.0, 0.5, 2.0), alone=2.0, margin=0.9)


def digits(count=4):
    return torch.rand(count, 1, 32, 32, generator=drawn(7))


def same(model, twin, x):
    with torch.no_grad():
        torch.testing.assert_close(twin(x), model(x), **CLOSE)


def test_a_committees_fast_form_has_its_mode():
    model = committee().eval()
    twin = fast(model)
    model.train()
    assert twin.training
    assert all(member.training for member in twin.forms())
    same(model, twin, digits())
    twin.eval()
    assert not model.training
    same(model, twin, digits())


def test_a_committees_fast_form_has_its_rule_members_hooks_and_forward():
    model = committee().eval()
    twin, x = fast(model), digits()
    model.margin, model.weights = 0.0, (3.0, 1.0, 1.0)
    same(model, twin, x)
    twin.alone = 5.0
    assert model.alone == 5.0
    model.members[1] = create_model("lenet4", generator=drawn(11)).eval()
    same(model, twin, x)
    model.members.append(create_model("lenet4", generator=drawn(12)).eval())
    model.weights = (1.0, 1.0, 1.0, 1.0)
    model.margin = None
    same(model, twin, x)
    model.asked = model.seen = 0
    twin(x)
    assert model.seen == len(x)
    seen = []
    handle = model.register_forward_hook(lambda *_: seen.append(1))
    twin(x)
    assert seen == [1]
    handle.remove()
    model.forward = lambda given: torch.zeros(len(given), 10)
    assert twin(x).count_nonzero() == 0


def test_a_member_that_somebody_changed_is_named():
    model = committee().eval()
    twin = fast(model)
    model.members[0] = nn.Flatten()
    with pytest.raises(TypeError, match="not a Flatten"):
        twin(digits())


@pytest.mark.parametrize("name", ["lenet5", "resnet18"])
def test_a_forward_put_on_a_model_is_that_of_its_fast_form(name):
    model = create_model(name, **({"input": 64} if name == "resnet18" else {})).eval()
    twin = fast(model)
    x = torch.rand(2, *model.net.input)
    own = model.forward
    model.forward = lambda given: own(given) * 2
    with torch.no_grad():
        wanted = own(x) * 2
        torch.testing.assert_close(model(x), wanted)
        torch.testing.assert_close(twin(x), wanted, **CLOSE)
        del twin.forward
        torch.testing.assert_close(model(x) * 2, wanted, **CLOSE)


def test_whatever_stands_on_either_stands_on_both():
    model = create_model("lenet5")
    twin = fast(model)
    twin.note = "mine"
    assert model.note == "mine"
    model.F6 = nn.Sequential()  # replaced: neither knows the old one
    assert twin.F6 is model.F6
    model.half()
    assert all(p.dtype == torch.float16 for p in twin.parameters())
    assert fast(twin) is twin
    assert "_form" not in model.__dict__
    assert "_plain" not in model.__dict__


class Twice(Network):
    def forward(self, x):
        return super().forward(x) * 2


def test_a_network_with_a_forward_of_its_own_is_refused():
    model = create_model("lenet5")
    model.__class__ = Twice
    with pytest.raises(ValueError, match="Twice has a forward of its own"):
        fast(model)
    from papernets.evaluate.infer import quickest

    assert quickest(model) is model


@pytest.mark.parametrize("make", [lambda: create_model("lenet5"), committee], ids=["one", "many"])
@pytest.mark.parametrize(
    "how", [copy.deepcopy, lambda twin: pickle.loads(pickle.dumps(twin))], ids=["copy", "pickle"]
)
def test_a_copy_of_a_fast_form_is_one_with_weights_of_its_own(make, how):
    twin = fast(make().eval())
    again, x = how(twin), digits()
    assert type(again) is type(twin)
    with torch.no_grad():
        wanted = twin(x)
        torch.testing.assert_close(again(x), wanted)
        for weight in again.parameters():
            weight.zero_()
        torch.testing.assert_close(twin(x), wanted)
    assert again.train().training
    assert not twin.training


@pytest.mark.parametrize("make", [lambda: create_model("lenet5"), committee], ids=["one", "many"])
def test_replicas_of_a_fast_form_compute_by_themselves(make):
    """As torch.nn.parallel.replicate makes them: a copy whose children are put in afterwards."""
    model = make().eval()
    twin, x = fast(model), digits()
    replica = twin._replicate_for_data_parallel()
    for name, child in copy.deepcopy(model)._modules.items():
        setattr(replica, name, child)
    with torch.no_grad():
        wanted = model(x)
        for weight in model.parameters():
            weight.mul_(2)
        torch.testing.assert_close(replica(x), wanted, **CLOSE)
        same(model, twin, x)


@pytest.mark.filterwarnings("ignore:`torch.jit.script`:DeprecationWarning")  # torch's own call
def test_functions_of_torch_func_take_a_fast_form():
    """Gradients, maps and derivatives along: the tanh of LeNets has a way of its own."""
    model = create_model("lenet5", generator=drawn(3)).eval()
    twin, x = fast(model), digits(2)

    def loss(form):
        return lambda given: form(given).square().sum()

    along = torch.rand(x.shape, generator=drawn(5))
    for transform in (
        lambda f: torch.func.grad(f)(x),
        lambda f: torch.func.vmap(torch.func.grad(f))(x[:, None]),
        lambda f: torch.func.jvp(f, (x,), (along,))[1],
        lambda f: torch.func.jacrev(f)(x),
        lambda f: torch.func.jacfwd(lambda scale: f(x * scale))(torch.ones(())),
        lambda f: torch.func.hessian(lambda scale: f(x * scale))(torch.ones(())),
    ):
        ours, theirs = transform(loss(twin)), transform(loss(model))
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-3)


def test_features_in_one_thread_leave_a_fast_form_in_another_alone():
    model = create_model("lenet5").eval()
    twin, x = fast(model), digits(2)
    failed, done = [], threading.Event()

    def computes():
        while not done.is_set():
            try:
                with torch.no_grad():
                    twin(x)
                    fast(model)
            except Exception as error:
                failed.append(error)
                return

    thread = threading.Thread(target=computes)
    thread.start()
    with torch.no_grad():
        for _ in range(60):
            model.features(x, ("C1", "S2", "F6"))
    done.set()
    thread.join()
    assert not failed


def test_the_dense_form_says_which_heads_it_has_not():
    full = create_model("googlenet", generator=drawn(1))
    state = full.state_dict()
    dense = papernets.create_model("googlenet", weights=state, dense=True)
    plain = papernets.create_model("googlenet", weights=state, aux=False)
    assert plain.left_out == dense.left_out
    assert any(name.startswith("aux1") for name in dense.left_out)


def test_a_shallow_copy_has_a_table_of_its_own():
    twin = fast(create_model("lenet5")).eval()
    again = copy.copy(twin)
    again.train()
    assert not twin.training
    assert again.C1 is twin.C1

"""What stands round a network is unwrapped where it is torch's own, and never lost otherwise."""

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from papernets import create_model, load_bundle, save
from papernets.bundle.committee import Committee

TEN = range(10)


class Normalised(nn.Module):
    """Somebody's own wrapper: it normalises, and its child has a name that torch uses too."""

    def __init__(self, child, name="module"):
        super().__init__()
        self.name = name
        setattr(self, name, child)

    def forward(self, x):
        return getattr(self, self.name)((x - 0.5) / 0.25)


class Doubled(nn.DataParallel):
    def forward(self, *inputs, **kwargs):
        return 2 * super().forward(*inputs, **kwargs)


def doubled(module, given, out):
    return out * 2


def hooked(wrapper):
    wrapper.register_forward_hook(doubled)
    return wrapper


def with_forward(wrapper, model):
    wrapper.forward = lambda x: model(x) * 2
    return wrapper


def compiled(model):
    return torch.compile(model, backend="eager")


OWN = {
    "a child called module": (Normalised, "model.module"),
    "a child called _orig_mod": (lambda m: Normalised(m, "_orig_mod"), "model._orig_mod"),
    "a child called net": (lambda m: Normalised(m, "net"), "model.net"),
    "a head": (lambda m: nn.Sequential(m, nn.Softmax(1)), "model[0]"),
    "in a dictionary": (lambda m: nn.ModuleDict({"a": nn.Sequential(m)}), "model.a[0]"),
    "a kind of torch's, changed": (Doubled, "model.module"),
    "hooks": (lambda m: hooked(nn.DataParallel(m)), "model.module"),
    "a forward": (lambda m: with_forward(nn.DataParallel(m), m), "model.module"),
    "hooks on an average": (lambda m: hooked(AveragedModel(m)), "model.module"),
    "hooks on what is compiled": (lambda m: hooked(compiled(m)), "model._orig_mod"),
    "a forward on what is compiled": (lambda m: with_forward(compiled(m), m), "model._orig_mod"),
    "hooks inside": (lambda m: nn.DataParallel(hooked(nn.DataParallel(m))), "model.module.module"),
}


@pytest.mark.parametrize("what", OWN)
def test_what_computes_more_is_refused_and_what_the_error_says_works(what, tmp_path):
    wrap, place = OWN[what]
    own = create_model("lenet1")
    model = wrap(own)
    with pytest.raises(ValueError, match=r"[Ss]ave the network alone, papernets\.save") as caught:
        save(model, tmp_path / "made", TEN)
    assert f"papernets.save({place}, FOLDER, ...)" in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    inner = eval(place, {"model": model})
    save(inner, tmp_path / "made", TEN)
    loaded = load_bundle(tmp_path / "made").model.state_dict()
    assert all(torch.equal(loaded[key], tensor) for key, tensor in inner.state_dict().items())


def test_what_torch_wraps_several_times(tmp_path):
    model = create_model("lenet1")
    for at, one in enumerate(
        (AveragedModel(nn.DataParallel(model)), compiled(nn.DataParallel(model)))
    ):
        save(one, tmp_path / str(at), TEN)
        loaded = load_bundle(tmp_path / str(at)).model.state_dict()
        assert all(torch.equal(loaded[key], own) for key, own in model.state_dict().items())


def test_a_module_in_parallel_over_processes(tmp_path):
    torch.distributed.init_process_group(
        "gloo", store=torch.distributed.HashStore(), rank=0, world_size=1
    )
    try:
        model = create_model("lenet1")
        save(nn.parallel.DistributedDataParallel(model), tmp_path / "made", TEN)
    finally:
        torch.distributed.destroy_process_group()
    loaded = load_bundle(tmp_path / "made").model.state_dict()
    assert all(torch.equal(loaded[key], own) for key, own in model.state_dict().items())


def test_tensors_in_parts_are_refused(tmp_path, monkeypatch):
    """As FullyShardedDataParallel has them: its class alone is looked at."""
    import torch.distributed.fsdp as fsdp

    class InParts(nn.Module):
        pass

    monkeypatch.setattr(fsdp, "FullyShardedDataParallel", InParts)
    with pytest.raises(ValueError, match="a InParts has its network's tensors in parts: gather"):
        save(InParts(), tmp_path / "made", TEN)


def test_committees(tmp_path):
    model = create_model("boosted_lenet4")
    model.members[0] = nn.DataParallel(model.members[0])
    save(model, tmp_path / "made", TEN)
    assert len(load_bundle(tmp_path / "made").model.members) == 3
    model.members[1] = nn.Sequential(model.members[1], nn.Softmax(1))
    with pytest.raises(ValueError, match=r"members\[1\] of this committee is a Sequential"):
        save(model, tmp_path / "other", TEN)

    class Mean(Committee):
        def forward(self, x):
            return super().forward(x) / 3

    for other in (hooked(create_model("boosted_lenet4")), Mean([create_model("lenet4")])):
        with pytest.raises(ValueError, match="are hooks, or a forward, which no bundle keeps"):
            save(other, tmp_path / "other", TEN)
    assert not (tmp_path / "other").exists()

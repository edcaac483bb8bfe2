"""Other people's tools on our networks beside the same networks of torch's classes.

Each test needs one package and is skipped without it; none of them is a dependency of ours.
"""

import contextlib
import warnings

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from torch_peers import PEERS, both_nins, ours, peers_own

import papernets
from papernets.nets.registry import net
from papernets.spec import totals, walk

PARAMETERS, MACS = 11_689_512, 1_814_073_344
"""Of ResNet-18: torchvision's documentation prints both (1.81 GFLOPS)."""
X = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(7))
CLASSES = [3, 5]

against = pytest.mark.parametrize("peer", PEERS)


def tool(name):
    """A package, or a skip; what it warns of in being imported is its own affair."""
    with quietly():
        return pytest.importorskip(name, exc_type=ImportError)


@contextlib.contextmanager
def quietly():
    """Other people's warnings, of deprecated parts of torch for the most."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def answers(model, x=X):
    """Logits without gradients."""
    with torch.no_grad():
        return model(x)


def same(a, b):
    """The same but for rounding, and not nothing."""
    torch.testing.assert_close(a, b, rtol=5e-4, atol=1e-6 + 5e-4 * float(b.detach().abs().max()))
    return float(b.detach().abs().max()) > 0


# --- counters: ours counts as torchvision's, and the walk says as much


def test_the_walk_is_what_torchvision_prints():
    sums = totals(walk(net("resnet18")))
    assert (sums.params, sums.macs) == (PARAMETERS, MACS)


@against
def test_torchs_flop_counter(peer):
    counts = []
    for side in (ours(), peers_own(peer)):
        with FlopCounterMode(display=False) as counter:
            answers(side.model, torch.rand(1, 3, 224, 224))
        counts.append(counter.get_total_flops())
    assert counts == [2 * MACS] * 2


@against
def test_torchinfo(peer):
    torchinfo = tool("torchinfo")
    own, theirs = (
        torchinfo.summary(side.model, input_size=(1, 3, 224, 224), verbose=0)
        for side in (ours(), peers_own(peer))
    )
    assert own.total_params == theirs.total_params == own.trainable_params == PARAMETERS
    # it counts a classifier's biases and a normalisation's numbers once each
    assert own.total_mult_adds == theirs.total_mult_adds == MACS + 2 * 4800 + 1000


@pytest.mark.parametrize("name", ["lenet5", "lenet1", "boosted_lenet4", "googlenet"])
def test_torchinfo_counts_parameters_once(name):
    torchinfo = tool("torchinfo")
    model = papernets.create_model(name).eval()
    own = getattr(net(name), "member", net(name))
    found = torchinfo.summary(model, input_size=(1, *own.input), verbose=0)
    assert found.total_params == sum(p.numel() for p in model.parameters())
    assert "(recursive)" not in str(found)


@against
def test_thop(peer):
    thop = tool("thop")
    with quietly():
        own, theirs = (
            thop.profile(side.model, inputs=(torch.rand(1, 3, 224, 224),), verbose=False)
            for side in (ours(), peers_own(peer))
        )
    assert own == theirs and own[1] == PARAMETERS


@against
@pytest.mark.parametrize("backend", ["pytorch", "aten"])
def test_ptflops(peer, backend):
    ptflops = tool("ptflops")
    with quietly():
        own, theirs = (
            ptflops.get_model_complexity_info(
                side.model,
                (3, 224, 224),
                as_strings=False,
                print_per_layer_stat=False,
                backend=backend,
            )
            for side in (ours(), peers_own(peer))
        )
    # of eight sums ptflops counts those by torch.add, as ours are made, and not those by +=
    sums = 2 * sum(width * side**2 for width, side in ((64, 56), (128, 28), (256, 14), (512, 7)))
    assert own[0] - theirs[0] in (0, sums)
    assert own[1] == theirs[1] == PARAMETERS and own[0] >= MACS


@against
def test_fvcore(peer):
    fvcore = tool("fvcore.nn")
    counts = []
    for side in (ours(), peers_own(peer)):
        with quietly():
            found = fvcore.FlopCountAnalysis(side.model, torch.rand(1, 3, 224, 224))
            found.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
            counts.append(dict(found.by_operator()))
            assert not found.uncalled_modules() & {"fc", "conv1.conv"}
    assert counts[0] == counts[1] and counts[0]["conv"] + counts[0]["linear"] == MACS


# --- explanations


@against
@pytest.mark.parametrize("method", ["GuidedBackprop", "Deconvolution"])
def test_captums_gradients_that_change_at_relus(method, peer):
    captum, found = tool("captum.attr"), []
    for side in (ours(), peers_own(peer)):
        with quietly():
            x = X.clone().requires_grad_()
            found.append(getattr(captum, method)(side.model).attribute(x, target=CLASSES))
            plain = captum.Saliency(side.model).attribute(x, target=CLASSES, abs=False)
        assert (found[-1] - plain).abs().max() > 0.1 * plain.abs().max()
    assert same(*found)


def test_captums_deep_lift():
    """On torchvision's ResNet it refuses, as one ReLU is called twice; this network is a line."""
    captum, found = tool("captum.attr"), []
    x = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(1)).requires_grad_()
    base = torch.full_like(x, 0.5)  # from 0, with biases of 0, it is the gradient times the picture
    for model in both_nins():
        with quietly():
            given, rest = captum.DeepLift(model).attribute(
                x, baselines=base, target=CLASSES, return_convergence_delta=True
            )
            plain = captum.Saliency(model).attribute(x, target=CLASSES, abs=False) * (x - base)
        assert (given - plain).abs().max() > 0.1 * plain.abs().max()
        change = answers(model, x)[[0, 1], CLASSES] - answers(model, base)[[0, 1], CLASSES]
        assert torch.allclose(rest, given.sum((1, 2, 3)) - change, atol=1e-5)
        found.append(given.detach())
    assert same(*found)


@against
@pytest.mark.parametrize(("name", "place"), [("conv1", "conv1.relu"), ("conv4_2", "conv4_2")])
def test_captums_grad_cam_of_a_layer(name, place, peer):
    """conv1 stands before a max pooling: it is seen after its ReLU all the same."""
    captum, found, values = tool("captum.attr"), [], []
    for side, layer in ((ours(), name), (peers_own(peer), place)):
        with quietly():
            at = side.at(layer)
            found.append(captum.LayerGradCam(side.model, at).attribute(X, target=CLASSES).detach())
            values.append(captum.LayerActivation(side.model, at).attribute(X).detach())
    assert values[0].min() == 0 and same(*values) and same(*found)


@against
def test_captums_integrated_gradients_of_a_layer(peer):
    captum, found = tool("captum.attr"), []
    for side in (ours(), peers_own(peer)):
        with quietly():
            method = captum.LayerIntegratedGradients(side.model, side.at("conv3_1"))
            found.append(method.attribute(X, 0 * X, target=CLASSES, n_steps=3).detach())
    assert same(*found)


@against
def test_pytorch_grad_cam(peer):
    tool("pytorch_grad_cam")
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    found, targets = [], [ClassifierOutputTarget(one) for one in CLASSES]
    for side in (ours(), peers_own(peer)):
        with quietly(), GradCAM(model=side.model, target_layers=[side.at("conv5_2")]) as cam:
            found.append(torch.tensor(cam(input_tensor=X, targets=targets)))
    assert found[0].shape == (2, 64, 64) and same(*found)


# --- features


@pytest.mark.parametrize("peer", PEERS[1:])
def test_torchvisions_feature_extraction(peer):
    from torchvision.models._utils import IntermediateLayerGetter
    from torchvision.models.feature_extraction import create_feature_extractor

    own, theirs = ours(), peers_own(peer)
    found = [
        answers(create_feature_extractor(side.model, {side.place(n): n for n in names}))
        for side, names in ((own, ("conv2_1", "conv5_2")), (theirs, ("conv2_1", "conv5_2")))
    ]
    assert set(found[0]) == set(found[1]) == {"conv2_1", "conv5_2"}
    assert all(same(found[0][name], found[1][name]) for name in found[0])
    (last,) = answers(IntermediateLayerGetter(own.model, {"conv5_2": "last"})).values()
    assert same(last, found[1]["conv5_2"])


def test_torchlens():
    torchlens = tool("torchlens")
    model = ours().model
    with quietly():
        trace = torchlens.trace(model, X)
    assert len(trace) > 60
    assert same(answers(model), peers_own("torch").model(X))


# --- kept, averaged, moved, made smaller


def test_tensorboards_graph(tmp_path):
    tool("tensorboard")
    with quietly():
        from torch.utils.tensorboard import SummaryWriter
    with warnings.catch_warnings(), SummaryWriter(str(tmp_path)) as writer:
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        writer.add_graph(ours().model, X)
    (file,) = tmp_path.iterdir()
    written = file.read_bytes()
    assert all(word in written for word in (b"conv2_1", b"shortcut", b"fc"))


def test_accelerates_hooks_and_empty_weights():
    accelerate = tool("accelerate")
    model = ours().model
    wanted, state = answers(model), model.state_dict()
    with accelerate.init_empty_weights():
        empty = papernets.build(model.net)
    empty.load_state_dict(state, assign=True)
    assert torch.equal(answers(empty.eval()), wanted)
    moved = accelerate.cpu_offload(model, execution_device="cpu")
    assert torch.equal(answers(moved), wanted)


def test_timms_average():
    timm = tool("timm.utils")
    model = ours().model
    average = timm.ModelEmaV3(model, decay=0.5)
    before = answers(model)
    with torch.no_grad():
        model.fc.weight.zero_()
        average.update(model)
    assert average.module.fc.weight.abs().max() > 0
    assert not torch.allclose(answers(average.module), answers(model))
    assert same(answers(average.module) - model.fc.bias, (before - model.fc.bias) / 2)


@against
def test_torch_pruning_takes_channels_away(peer):
    pruning, found = tool("torch_pruning"), []
    for side in (ours(), peers_own(peer)):
        with quietly():
            pruning.pruner.MagnitudePruner(
                side.model,
                X,
                importance=pruning.importance.MagnitudeImportance(p=2),
                pruning_ratio=0.5,
                ignored_layers=[side.model.fc],
            ).step()
        assert side.at("conv1.conv").weight.shape == (32, 3, 7, 7)
        assert answers(side.model).shape == (2, 1000)
        found.append(sum(p.numel() for p in side.model.parameters()))
        side.model(X).sum().backward()
    assert found[0] == found[1] < PARAMETERS / 3


def test_lightnings_summary():
    lightning = tool("lightning.pytorch")
    with quietly():
        from lightning.pytorch.utilities.model_summary import ModelSummary

    counts = []
    for side in (ours(), peers_own("torch")):

        class Task(lightning.LightningModule):
            def __init__(self, net):
                super().__init__()
                self.net, self.example_input_array = net, X

            def forward(self, x):
                return self.net(x)

        with quietly():
            found = ModelSummary(Task(side.model), max_depth=-1)
        counts.append((found.total_parameters, found.total_flops))
    assert counts[0] == counts[1] and counts[0][0] == PARAMETERS

"""Other tools' numbers: as they were recorded, and in slow tests as the tools give them today."""

import contextlib
import importlib.util
import io
import json
import logging
import os
import subprocess
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import pytest
import torch

import papernets
from papernets.arithmetic.conventions import CONVENTIONS, counted, rows_that_run
from papernets.bundle.create import build
from papernets.nets import list_nets, look_up
from papernets.spec import RBF, BatchNorm, Committee, Conv, Dense, Flatten, Net, chain

TOOLS = ("torchinfo", "fvcore", "ptflops")
RECORDED = {
    "lenet5": (182148, 416520, 186892),
    "alexnet": (725066088, 724406816, 727423208),
    "alexnet_torchvision": (714682664, 714197696, 716441128),
    "vgg16": (15483821032, 15470264320, 15523175400),
    "googlenet": (1585899032, 1582722048, 1598203128),
    "resnet50": (3858027368, 3879247872, 3904637928),
    "inception_v3": (5713251528, 5731282144, 5759205192),
    "mobilenet_v1": (568763240, 578875904, 589012456),
    "mobilenet_v1_timm": (568763240, 578875904, 583969768),
    "bn_inception_slim": (1934868168, 1938631392, 1955340392),
    "inception_resnet_v1": (6211120616, 6223281920, 6263037704),
    "resnet34_A": (3644510056, 3651643904, 3661780456),
}
"""What torchinfo 1.8.0, fvcore 0.1.5.post20221221 and ptflops 0.7.5 gave with torch 2.13:

torchinfo.summary(model, input_data=x).total_mult_adds, FlopCountAnalysis(model, x).total() and
ptflops.get_model_complexity_info(model, input, as_strings=False)[0] of create_model(name).eval().
"""
KERAS = {
    "vgg16_keras": (138357544, 138357544),
    "vgg19_keras": (143667240, 143667240),
    "resnet50_keras": (25636712, 25583592),
    "resnet101_keras": (44707176, 44601832),
    "resnet152_keras": (60419944, 60268520),
    "resnet50_v2_keras": (25613800, 25568360),
    "inception_v3_keras": (23851784, 23817352),
    "inception_resnet_v2_keras": (55873736, 55813192),
    "mobilenet_v1_keras": (4253864, 4231976),
}
"""Total and trainable parameters that `summary` prints in Keras's documentation of applications."""


@pytest.mark.parametrize("name", RECORDED)
def test_the_tools_numbers_to_the_digit(name):
    net = papernets.net(name)
    assert tuple(counted(net, tool).operations for tool in TOOLS) == RECORDED[name]


@pytest.mark.parametrize("name", KERAS)
def test_keras_prints_parameters_and_no_operations(name):
    found = counted(papernets.net(name), "keras")
    assert (found.params, found.trainable, found.operations) == (*KERAS[name], None)
    assert found.to_dict()["non_trainable_params"] == KERAS[name][0] - KERAS[name][1]


@pytest.mark.parametrize("name", ["lenet5", "googlenet_aux", "resnet18", "inception_v3"])
@pytest.mark.parametrize("convention", [c for c in CONVENTIONS if c not in ("paper", "keras")])
def test_rows_add_up_and_heads_do_not_count(name, convention):
    net = papernets.net(name)
    found = counted(net, convention)
    assert sum(row.operations for row in found.rows) == found.operations
    assert not any(row.name.startswith("aux") for row in found.rows)
    assert json.loads(json.dumps(found.to_dict()))["operations"] == found.operations
    assert found.counts.endswith(".")


def test_flops_are_two_for_each_mac():
    for name in ("lenet5", "resnet50"):
        net = papernets.net(name)
        macs = counted(net, "macs").operations
        assert counted(net, "flops").operations == 2 * macs
        assert macs == papernets.totals(papernets.walk(net)).macs


def test_a_committee_counts_all_its_members():
    found = look_up("boosted_lenet4")
    one, three = (counted(n, "fvcore") for n in (found.net.member, found))
    assert three.operations == 3 * one.operations and "3 members" in three.counts


PAPERS = {
    "lenet5": 340908,  # section II-B prints connections
    "vgg16": 15346630656,  # He et al. print 15.3 billion: the convolutions alone
    "vgg19": 19632062464,  # and 19.6 billion beside it: the dense layers too
    "resnet152": 11282415616,  # table 1: 11.3 x 10^9 multiply-adds
    "mobilenet_v1": 568740352,  # table 4: 569 million
    "mobilenet_v1_conv": 4866269184,  # beside it 4,866 million: the convolutions alone
    "alexnet": None,
    "inception_v3": None,  # 4.8 billion, which nobody can explain
}


@pytest.mark.parametrize("name", PAPERS)
def test_a_papers_figure_is_counted_as_the_paper_counts(name):
    found = counted(papernets.net(name), "paper")
    assert found.operations == PAPERS[name]
    if name == "vgg16":
        assert "convolutions alone" in found.counts and "15,300,000,000" in found.counts
    if name == "inception_v3":
        assert "4,800,000,000" in found.counts and "no count that we know" in found.counts


def test_a_papers_way_of_counting_holds_at_another_size():
    found = counted(papernets.net("vgg16", input=256), "paper")
    rows = papernets.walk(papernets.net("vgg16", input=256))
    assert found.operations == sum(row.macs for row in rows if row.kind == "conv")
    assert "3x224x224" in found.counts


def test_what_surprises_is_said():
    assert "C3" in counted(papernets.net("lenet5"), "fvcore").counts
    assert "C3, output" in counted(papernets.net("lenet5"), "ptflops").counts
    assert "C3" not in counted(papernets.net("lenet5_modern"), "fvcore").counts


def test_an_unknown_convention_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"unknown convention 'fvcor'. Did you mean 'fvcore'"):
        counted(papernets.net("lenet5"), "fvcor")


# The tools themselves, which `make check` installs.

OWN = Net(
    "own",
    (3, 20, 20),
    4,
    chain(
        {
            "conv": Conv(8, 3, stride=2, padding="same", activation="relu6"),
            "norm": BatchNorm(activation="relu"),
            "flatten": Flatten(),
            "fc": Dense(84, activation="sigmoid"),
            "out": RBF(((1, -1) * 42, (-1, 1) * 42)),
        }
    ),
)
OTHERS = {
    "own": OWN,
    "resnet50 for 3 classes at 96": papernets.net("resnet50", classes=3, input=96),
    "googlenet at 320x256": papernets.net("googlenet", input=(320, 256)),
    "alexnet for grey pictures": papernets.net("alexnet", channels=1),
    "nin at 64": papernets.net("nin_cifar10", input=64),
}


def by_torchinfo(model, x):
    import torchinfo

    return torchinfo.summary(model, input_data=x, verbose=0).total_mult_adds


def by_fvcore(model, x):
    from fvcore.nn import FlopCountAnalysis

    logging.getLogger("fvcore").setLevel(logging.ERROR)
    return FlopCountAnalysis(model, x).total()


def by_ptflops(model, x):
    import ptflops

    with contextlib.redirect_stdout(io.StringIO()):
        shape = tuple(x.shape[1:])
        found = ptflops.get_model_complexity_info(
            model, shape, print_per_layer_stat=False, as_strings=False
        )
    return found[0]


JUDGES = {"torchinfo": by_torchinfo, "fvcore": by_fvcore, "ptflops": by_ptflops}
LARGE = ("resnet1202", "resnet1001")


def judged(tool, net):
    """What a tool gives for a network's module: fvcore needs values, and ptflops sees functions
    that torch calls only where there are none."""
    if importlib.util.find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed: make check")
    with torch.device("meta"):
        model = build(net).eval()
    device = "meta" if tool == "torchinfo" else "cpu"
    model = model.to_empty(device=device)
    x = torch.zeros(1, *net.input, device=device)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tools' own
        return JUDGES[tool](model, x)


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("name", [n for n in list_nets() if n not in LARGE])
def test_every_network_is_counted_as_the_tool_counts_it(name, tool):
    found = look_up(name)
    times = found.net.count if isinstance(found.net, Committee) else 1
    assert counted(found, tool).operations == times * judged(tool, found.net.member)


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("name", OTHERS)
def test_other_sizes_and_networks_too(name, tool):
    assert counted(OTHERS[name], tool).operations == judged(tool, OTHERS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", KERAS)
def test_keras_itself(name):
    if importlib.util.find_spec("keras") is None:
        pytest.skip("keras is not installed: make check")
    applications = {
        "vgg16_keras": "VGG16",
        "vgg19_keras": "VGG19",
        "resnet50_keras": "ResNet50",
        "resnet101_keras": "ResNet101",
        "resnet152_keras": "ResNet152",
        "resnet50_v2_keras": "ResNet50V2",
        "inception_v3_keras": "InceptionV3",
        "inception_resnet_v2_keras": "InceptionResNetV2",
        "mobilenet_v1_keras": "MobileNet",
    }
    code = (
        "import keras, sys\n"
        f"model = keras.applications.{applications[name]}(weights=None)\n"
        "lines = []\n"
        "model.summary(print_fn=lambda text, **_: lines.append(text))\n"
        "sys.stdout.write(''.join(lines))"
    )
    env = {**os.environ, "KERAS_BACKEND": "torch", "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    printed = [
        int(line.split(":")[1].split("(")[0].replace(",", ""))
        for line in done.stdout.splitlines()
        if " params: " in line
    ]
    found = counted(papernets.net(name), "keras")
    assert printed == [found.params, found.trainable, found.params - found.trainable]


def test_the_versions_that_the_words_name_are_those_that_are_pinned():
    for name, convention in CONVENTIONS.items():
        if convention.tool and importlib.util.find_spec(name) is not None:
            assert convention.tool.split()[1] == version(name)


def test_rows_that_run_are_all_but_those_of_heads():
    net = papernets.net("googlenet_aux")
    left = {row.name for row in papernets.walk(net)} - {row.name for row in rows_that_run(net)}
    assert left and all(name.startswith("aux") for name in left)


def test_the_page_has_these_numbers():
    page = Path(papernets.__file__).parents[1] / "docs" / "conventions.md"
    table = [line.split("|")[1:-1] for line in page.read_text().splitlines() if "| `" in line]
    names = ("alexnet", "vgg16", "resnet50", "mobilenet_v1")
    seen = {}
    for convention, _, *cells in table:
        numbers = [int(cell.replace(",", "")) if cell.strip() else None for cell in cells]
        seen[convention.strip(" `")] = numbers
    assert seen == {
        name: [counted(papernets.net(net), name).operations for net in names]
        for name in CONVENTIONS
        if name != "keras"
    }

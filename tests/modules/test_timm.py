"""timm's networks, which are not ours: parameters, multiply-adds, and fields where ours are alike.

timm imports torchvision, whose wheels do not load beside every torch: without them this is skipped.
"""

import importlib

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

import papernets

pytestmark = pytest.mark.slow
NAMES = (
    *("resnet50", "resnext50_32x4d", "densenet121", "efficientnet_b0", "seresnet50", "dpn68"),
    *("mobilenetv3_large_100", "convnext_tiny", "vit_small_patch16_224", "hrnet_w18_small"),
    *("swin_tiny_patch4_window7_224", "res2net50_26w_4s", "ghostnet_100", "tresnet_m", "dla34"),
    *("nasnetalarge", "regnety_008", "repvgg_a0", "mixer_s16_224", "edgenext_small"),
)
ALIKE = {
    "resnet18": "resnet18",
    "resnet50": "resnet50_v1.5",
    "inception_v4": "inception_v4_timm",
    "inception_v3": "inception_v3_timm",
    "mobilenetv1_100": "mobilenet_v1_timm",
    "resnetv2_50": "resnet50_v2",
}


@pytest.fixture(scope="module")
def timm():
    try:
        return importlib.import_module("timm")
    except (ImportError, RuntimeError) as error:  # torchvision beside another torch
        pytest.skip(f"timm cannot be imported: {error}")


def made(timm, name):
    with torch.device("meta"):
        model = timm.create_model(name).eval()
    return model, model.default_cfg["input_size"]


@pytest.mark.parametrize("name", NAMES)
def test_parameters_and_multiply_adds_are_all_there(timm, name):
    model, input = made(timm, name)
    found = papernets.explain(model, input)
    assert found.params + sum(found.unused.values()) == sum(p.numel() for p in model.parameters())
    with FlopCounterMode(display=False) as counter:
        model(torch.empty(1, *input, device="meta"))
    assert counter.get_total_flops() == 2 * (found.macs + found.products)
    assert not [row.note for row in found.rows if row.sees == "unknown"]
    assert found.device == "meta"


@pytest.mark.parametrize("name", ALIKE)
def test_fields_are_those_of_our_network(timm, name):
    model, input = made(timm, name)
    found = papernets.explain(model, input)
    ours = papernets.walk(papernets.net(ALIKE[name], input=input[1:]))
    theirs = [row for row in found.rows if row.receptive_field]
    last = [row for row in ours if row.receptive_field][-1]
    assert (theirs[-1].receptive_field, theirs[-1].field_stride) == (
        last.receptive_field,
        last.field_stride,
    )

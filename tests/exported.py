"""Bundles with weights that nobody trained, and files that run where no papernets is."""

import os
import subprocess
import sys
from pathlib import Path

import torch
from torch.nn.modules.batchnorm import _BatchNorm

import papernets
from papernets.bundle.info import BundleInfo
from papernets.bundle.load import Bundle

PLACE = Path("a bundle of the tests")


def bundle_of(name):
    """A network with drawn weights, its normalisations measured on noise, so that values stay
    small; and how its pictures are prepared."""
    generator = torch.Generator().manual_seed(0)
    model = papernets.create_model(name, generator=generator)
    net = getattr(model, "members", [model])[0].net
    norms = [module for module in model.modules() if isinstance(module, _BatchNorm)]
    before = [norm.momentum for norm in norms]
    rates = [one for one in model.modules() if isinstance(one, torch.nn.Dropout)]
    kept = [one.p for one in rates]
    for norm in norms:
        norm.momentum = 1.0
    for one in rates:
        one.p = 0.0
    if norms:
        with torch.no_grad():
            model(torch.randn(4, *net.input, generator=generator))
    for norm, momentum in zip(norms, before, strict=True):
        norm.momentum = momentum
        # Pictures of noise are nearly alike deep in a network: without their mean, which is large,
        # little but rounding would be left. Their mean square is taken in place of their variance.
        norm.running_var += norm.running_mean.square()
        norm.running_mean.zero_()
    for one, rate in zip(rates, kept, strict=True):
        one.p = rate
    channels, height, width = net.input
    prepared = {
        "channels": channels,
        "height": height,
        "width": width,
        "picture": [height, width],
        "kind": "digit" if channels == 1 else "photo",
        "low": [-1.0],
        "high": [1.0],
    }
    names = tuple(f"class {at}" for at in range(max(net.classes, 2)))
    outputs = 1 if net.classes == 1 else 0
    info = BundleInfo(name, names, net.input, prepared, outputs=outputs)
    return Bundle(info, model.eval(), PLACE)


def noise(bundle, count):
    """Pictures as the network sees them, the same each time."""
    generator = torch.Generator().manual_seed(count)
    return torch.randn(count, *bundle.info.input, generator=generator)


def alone(*given, folder):
    """What a Python prints that has no papernets: torch and safetensors, numpy and Pillow.

    It is started in a folder where none is, and cannot import it from elsewhere.
    """
    hidden = (
        "import sys, runpy; sys.modules['papernets'] = None; sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", hidden, *map(str, given)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def part_of(names):
    """Those of the names that PAPERNETS_PART asks for: 2/8 is the second eighth; by default all."""
    at, of = map(int, os.environ.get("PAPERNETS_PART", "1/1").split("/"))
    return names[at - 1 :: of]

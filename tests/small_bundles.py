"""What tests of bundles share: a description, a network for it, and how to spoil a bundle."""

import json
from dataclasses import replace

import torch
from small_runs import EYES

from papernets.bundle.info import BundleInfo
from papernets.nets import net
from papernets.run.network import build

TEN = tuple("0123456789")
INFO = BundleInfo(
    network="lenet5_keras_28",
    classes=TEN,
    input=(1, 28, 28),
    preprocessing=replace(EYES, height=28, width=28, picture=(28, 28)).to_dict(),
    run={"seed": 3, "constant": "inf"},
    metrics={"val_error": 0.25},
)
RULE = {"name": "sum", "weights": [0.5, 2.0], "alone": 1.5, "margin": None}


def model_of(name="lenet5_keras_28", seed=0):
    found = net(name)
    return build(found, generator=torch.Generator().manual_seed(seed)).eval()


def same(one, other):
    """True where two modules have the same tensors."""
    mine, theirs = one.state_dict(), other.state_dict()
    return mine.keys() == theirs.keys() and all(torch.equal(v, theirs[k]) for k, v in mine.items())


def spoil(bundle, **values):
    path = bundle / "bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))

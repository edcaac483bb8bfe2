"""A bundle is written whole, and the same each time."""

import hashlib
import json

import torch
from small_bundles import INFO, model_of

from papernets.bundle.info import read_info
from papernets.bundle.load import load_bundle
from papernets.bundle.save import save_bundle


def test_what_is_written_is_read(bundle):
    assert read_info(bundle) == INFO
    found = load_bundle(bundle)
    assert found.info == INFO and found.folder == bundle and not found.model.training
    x = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    assert torch.equal(found.model(x), model_of()(x))
    assert json.loads((bundle / "bundle.json").read_text())["schema"] == 1
    digest = hashlib.sha256((bundle / "weights.safetensors").read_bytes()).hexdigest()
    assert digest == json.loads((bundle / "bundle.json").read_text())["weights"]["sha256"]


def test_equal_bundles_are_equal_files(bundle, tmp_path):
    for number in range(8):  # safetensors draws the order of metadata's keys anew for each file
        save_bundle(tmp_path / str(number), INFO, model_of().state_dict())
        for name in ("weights.safetensors", "bundle.json"):
            assert (tmp_path / str(number) / name).read_bytes() == (bundle / name).read_bytes()

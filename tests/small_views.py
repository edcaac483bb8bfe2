"""What tests of protocols share: a small network of photographs, and crops cut and scored here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from papernets.bundle.info import BundleInfo
from papernets.bundle.load import Bundle
from papernets.data import Preprocessing
from papernets.run.network import build
from papernets.spec import Conv, Dense, Flatten, Net, Pool, chain

SIDE, STORED = 16, 20


NET = Net(
    "small",
    (3, SIDE, SIDE),
    3,
    chain(
        {
            "conv1": Conv(6, 3, padding=1, activation="relu"),
            "pool1": Pool("max", 2),
            "conv2": Conv(6, 3, padding=1, activation="relu"),
            "pool2": Pool("max", 2),
            "flatten": Flatten(),
            "out": Dense(3, activation="softmax"),
        }
    ),
)


EYES = Preprocessing(3, SIDE, SIDE, (STORED, STORED), "photo", low=(-1.0,), high=(1.5,), crop=True)


SIZES = ((30, 40), (40, 30), (33, 33), (30, 40), (24, 90))


def bundle_of(net: Net = NET, eyes: Preprocessing = EYES, seed: int = 0) -> Bundle:
    model = build(net, torch.Generator().manual_seed(seed)).eval()
    with torch.no_grad():  # scores that are not all alike
        for parameter in model.parameters():
            parameter.mul_(3)
    info = BundleInfo(net.name, ("a", "b", "c"), net.input, eyes.to_dict(), score_scale=0.7)
    return Bundle(info, model, Path("nowhere"))


def scores(bundle: Bundle, crops: list[Tensor]) -> Tensor:
    """The mean softmax of crops uint8 (C, 16, 16), prepared one by one."""
    eyes = Preprocessing(3, SIDE, SIDE, (SIDE, SIDE), "photo", low=(-1.0,), high=(1.5,))
    logits = torch.cat([bundle.model(eyes(crop[None])) for crop in crops]).detach().double()
    return torch.softmax(logits * 0.7, 1).mean(0)


def whole(file: str, side: int) -> Tensor:
    """A picture whose shorter side is brought to `side` by Pillow, uint8 (3, h, w)."""
    image = Image.open(file)
    short = min(image.size)
    size = tuple(int(one * side / short + 0.5) for one in image.size)
    resized = image.resize(size, Image.Resampling.BILINEAR)  # type: ignore[arg-type]
    return torch.from_numpy(np.array(resized)).permute(2, 0, 1)


def both(crop: Tensor) -> list[Tensor]:
    return [crop, crop.flip(-1)]

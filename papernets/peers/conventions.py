"""How pictures become numbers: the conventions that networks were trained with, by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..data import Preprocessing
from ..words import brief, did_you_mean, plain, plural
from .layout import Inputs, PeerNet

LARGEST = 1e6  # no mean of values from 0 to 1 is as large
SMALLEST = 1 / LARGEST  # nor a deviation of them as small
LARGE = 100  # pixels: from here on a centre is cut out, as ImageNet's 224 from 256

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's pixels, 0 to 1
CAFFE_MEAN = (103.939, 116.779, 123.68)  # blue, green, red, of 255


def normalised(
    mean: tuple[float, ...], deviation: tuple[float, ...], size: int = 224, resize: int = 256
) -> Inputs:
    """Values 0 to 1 less their mean, divided by their deviation, one of each a channel."""
    pairs = list(zip(mean, deviation, strict=True))
    low = tuple(-m / d for m, d in pairs)
    high = tuple((1 - m) / d for m, d in pairs)
    return Inputs("rgb", low, high, size, resize)


TORCH = normalised(MEAN, DEVIATION)
TF = Inputs("rgb", (-1.0,), (1.0,), 224, 256)
CAFFE = Inputs("bgr", tuple(-m for m in CAFFE_MEAN), tuple(255 - m for m in CAFFE_MEAN), 224, 256)
CONVENTIONS = {
    "torch": TORCH,
    "tf": TF,
    "transform_input": TF,
    "caffe": CAFFE,
    "unit": Inputs("rgb", (0.0,), (1.0,), 224, 256),
    "none": Inputs("rgb", (0.0,), (255.0,), 224, 256),
}
"""By name: torch is ImageNet's mean and deviation; tf is -1 to 1; transform_input is what
torchvision's switch of that name makes of torch's values, which is -1 to 1 again; caffe is blue
first, less a mean, up to 255; unit is 0 to 1; none is 0 to 255."""


def convention(text: str, size: int, resize: int) -> Inputs:
    """The inputs of a name, or of MEANS/DEVIATIONS, 0.5,0.5,0.5/0.2,0.2,0.2 say, of values 0 to 1.

    A ValueError says what there is.
    """
    known = CONVENTIONS.get(plain(text))
    if known is not None:
        return replace(known, size=size, resize=resize)
    if "/" in text:
        try:
            mean, deviation = (
                tuple(float(one) for one in part.split(",")) for part in text.split("/")
            )
            if not all(
                0 < d < LARGEST and abs(m) < LARGEST for m, d in zip(mean, deviation, strict=True)
            ):
                raise ValueError
        except ValueError:
            raise ValueError(
                f"preprocessing {brief(text)}: give as many means as deviations above 0, such as "
                "0.4914,0.4822,0.4465/0.247,0.2435,0.2616"
            ) from None
        if min(deviation) < SMALLEST:
            raise ValueError(
                f"preprocessing {brief(text)}: a deviation of {min(deviation):g} is too small for "
                f"values from 0 to 1: give {SMALLEST:g} or more"
            )
        return normalised(mean, deviation, size, resize)
    hint = did_you_mean(text, CONVENTIONS, loosely=True)
    raise ValueError(
        f"unknown preprocessing {brief(text)}.{hint} Give {', '.join(CONVENTIONS)}, or "
        "MEANS/DEVIATIONS of values 0 to 1, such as 0.5,0.5,0.5/0.25,0.25,0.25"
    )


def small_and_grey(shape: tuple[int, int, int]) -> bool:
    """Whether an input (C, H, W) is of the kind that digits are printed for."""
    return shape[0] == 1 and max(shape[1:]) < LARGE


def averaged(inputs: Inputs) -> Inputs:
    """The inputs with one low and high for all channels, the means of several."""
    low, high = (sum(values) / len(values) for values in (inputs.low, inputs.high))
    return replace(inputs, order="rgb", low=(low,), high=(high,))


def preprocessing(
    shape: tuple[int, int, int], known: PeerNet | None, text: str = "", digits: bool | None = None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What a bundle does to a picture for an input (C, H, W), and notes on it.

    `text` names a convention. Without one it is the peer's, or ImageNet's mean and deviation, of
    which a network of other channels than three sees the mean; or what training does to digits,
    where the network is for these: `digits`, by default small and grey. ValueError for a convention
    that does not fit.
    """
    channels, height, width = shape
    if digits is None:
        digits = small_and_grey(shape)
    side = max(height, width)
    whole = round(side / 0.875) if side >= LARGE else side
    inputs = known.inputs if known else replace(TORCH, size=side, resize=whole)
    notes: list[str] = []
    if text:
        asked = convention(text, inputs.size, inputs.resize)
        inputs = replace(asked, interpolation=inputs.interpolation)
    elif known is None:
        guess = "ImageNet's mean and deviation"
        if digits:
            guess = "digits in training here, 0 as -0.1 and 255 as 1.175"
            inputs = replace(inputs, low=(-0.1,), high=(1.175,))
        notes.append(
            f"nothing in the file says how pictures become numbers: taken as {guess}; other: "
            "--preprocessing"
        )
    photo = known is not None or not digits
    if photo and channels != len(inputs.low) > 1 and plain(text) in ("", *CONVENTIONS):
        notes.append(
            f"what 0 and 255 become is the mean of {len(inputs.low)} colours', for "
            f"{plural(channels, 'channel')}"
        )
        inputs = averaged(inputs)
    if channels not in (1, 3):
        notes.append(
            f"the network has {channels} channels, pictures in files 1 or 3: of these grey ones "
            "alone can be read for it, repeated"
        )
    if known and inputs.interpolation != "bilinear":
        notes.append(
            f"{known.peer} scales pictures with a {inputs.interpolation} filter, "
            "Papernets with a bilinear one: scores differ a little"
        )
    if not photo:
        digit = Preprocessing(channels, height, width, low=inputs.low, high=inputs.high)
        return digit.to_dict(), tuple(notes)
    return inputs.preprocessing(channels, height, width), tuple(notes)

"""How pictures become numbers: the conventions that networks were trained with, by name."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from .layout import Inputs

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
CAFFE = Inputs(
    "bgr", tuple(-m for m in CAFFE_MEAN), tuple(255 - m for m in CAFFE_MEAN), 224, 256
)
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
    """The inputs of a name, or of MEANS/DEVIATIONS such as 0.5,0.5,0.5/0.2,0.2,0.2 of values 0 to 1.

    A ValueError says what there is.
    """
    known = CONVENTIONS.get(text.strip().lower().replace("-", "_"))
    if known is not None:
        return replace(known, size=size, resize=resize)
    if "/" in text:
        try:
            mean, deviation = (
                tuple(float(one) for one in part.split(",")) for part in text.split("/")
            )
            return normalised(mean, deviation, size, resize)
        except (ValueError, ZeroDivisionError):
            raise ValueError(
                f"preprocessing {text!r}: give as many means as deviations above 0, such as "
                "0.4914,0.4822,0.4465/0.247,0.2435,0.2616"
            ) from None
    near = get_close_matches(text.lower(), CONVENTIONS, 1, 0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(
        f"unknown preprocessing {text!r}.{hint} Give {', '.join(CONVENTIONS)}, or MEANS/DEVIATIONS "
        "of values 0 to 1, such as 0.5,0.5,0.5/0.25,0.25,0.25"
    )

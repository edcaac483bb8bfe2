"""Small networks that test a paper's claim where the paper's own is too large, or not printed."""

from __future__ import annotations

from papernets.nets.entry import Size
from papernets.spec import (
    LRN,
    Aux,
    Chain,
    Concat,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Net,
    Part,
    Pool,
    add,
    chain,
    concat,
    pair,
)


def four_layers(classes: int = 10, channels: int = 3, input: Size = 32) -> Net:
    """Three convolutions and a dense layer, for figure 1 of Krizhevsky et al. 2012."""
    # "a four-layer convolutional network": its layers are not printed. These are as those that
    # Krizhevsky's cuda-convnet has for CIFAR-10, without its normalisation
    return Net(
        "four_layers",
        (channels, *pair(input)),
        classes,
        chain(
            {
                "conv1": Conv(32, 5, padding=2, activation="relu"),
                "pool1": Pool("max", 3, 2, ceil=True),
                "conv2": Conv(32, 5, padding=2, activation="relu"),
                "pool2": Pool("max", 3, 2, ceil=True),
                "conv3": Conv(64, 5, padding=2, activation="relu"),
                "pool3": Pool("max", 3, 2, ceil=True),
                "flatten": Flatten(),
                "fc4": Dense(classes, activation="softmax"),
            }
        ),
    )


def small_alexnet(classes: int = 10, channels: int = 3, input: Size = 32) -> Net:
    """AlexNet's parts in small: LRN, overlapping pooling, and dropout on a dense layer of 512."""
    norm = LRN(size=5, k=2, alpha=1e-4, beta=0.75)  # Krizhevsky et al. 2012, section 3.3
    return Net(
        "small_alexnet",
        (channels, *pair(input)),
        classes,
        chain(
            {
                "conv1": Conv(32, 5, padding=2, activation="relu"),
                "norm1": norm,
                "pool1": Pool("max", 3, 2, ceil=True),
                "conv2": Conv(48, 5, padding=2, activation="relu"),
                "norm2": norm,
                "pool2": Pool("max", 3, 2, ceil=True),
                "conv3": Conv(64, 3, padding=1, activation="relu"),
                "pool3": Pool("max", 3, 2, ceil=True),
                "flatten": Flatten(),
                "drop4": Dropout(0.5),
                "fc4": Dense(512, activation="relu"),
                "drop5": Dropout(0.5),
                "fc5": Dense(classes, activation="softmax"),
            }
        ),
    )


def small_vgg(classes: int = 10, channels: int = 3, input: Size = 32) -> Net:
    """VGG's column A with a quarter of its maps, and one dense layer."""
    widths = (16, "pool", 32, "pool", 64, 64, "pool", 128, 128, "pool", 128, 128, "pool")
    parts: dict[str, Part] = {}
    for at, width in enumerate(widths, 1):
        if isinstance(width, int):
            parts[f"conv{at}"] = Conv(width, 3, padding=1, activation="relu")
        else:
            parts[f"pool{at}"] = Pool("max", 2)
    parts |= {"flatten": Flatten(), "fc": Dense(classes, activation="softmax")}
    return Net("small_vgg", (channels, *pair(input)), classes, chain(parts))


def small_googlenet(
    classes: int = 10, channels: int = 3, input: Size = 32, aux: bool = True
) -> Net:
    """GoogLeNet's modules in small: three of them, with an auxiliary head behind the second."""

    def module(*widths: int) -> Concat:
        one, three, five, pooled = widths
        return concat(
            {
                "b1x1": chain({"conv": Conv(one, 1, activation="relu")}),
                "b3x3": chain(
                    {
                        "reduce": Conv(three // 2, 1, activation="relu"),
                        "conv": Conv(three, 3, padding=1, activation="relu"),
                    }
                ),
                "b5x5": chain(
                    {
                        "reduce": Conv(five // 2, 1, activation="relu"),
                        "conv": Conv(five, 5, padding=2, activation="relu"),
                    }
                ),
                "pool": chain(
                    {
                        "pool": Pool("max", 3, 1, padding=1),
                        "project": Conv(pooled, 1, activation="relu"),
                    }
                ),
            }
        )

    head = chain(
        {
            "conv": Conv(32, 1, activation="relu"),
            "flatten": Flatten(),
            "fc": Dense(classes, activation="softmax"),
        }
    )
    parts: dict[str, Part] = {
        "conv1": Conv(32, 3, padding=1, activation="relu"),
        "pool1": Pool("max", 3, 2, ceil=True),
        "inception2a": module(16, 32, 8, 8),
        "pool2": Pool("max", 3, 2, ceil=True),
        "inception3a": module(32, 48, 16, 16),
        **({"aux": Aux(head, weight=0.3)} if aux else {}),  # Szegedy et al. 2015, section 5
        "pool3": Pool("max", 3, 2, ceil=True),
        "inception4a": module(48, 64, 24, 24),
        "pool": GlobalPool(),
        "flatten": Flatten(),
        "fc": Dense(classes, activation="softmax"),
    }
    return Net("small_googlenet", (channels, *pair(input)), classes, chain(parts))


def wide_residual(
    classes: int = 10, channels: int = 1, input: Size = 28, maps: int = 1152, blocks: int = 8
) -> Net:
    """Residual blocks of more than 1,000 maps that end linearly, as Inception-ResNet's do."""

    def block() -> Chain:
        return chain(
            {
                "reduce": Conv(64, 1, activation="relu"),
                "conv": Conv(64, 3, padding=1, activation="relu"),
                "expand": Conv(maps, 1),
            }
        )

    parts: dict[str, Part] = {
        "conv1": Conv(64, 7, stride=4, padding=3, activation="relu"),
        "conv2": Conv(maps, 3, stride=2, padding=1, activation="relu"),
    }
    for at in range(1, blocks + 1):
        parts[f"block{at}"] = add({"way": Identity(), "residual": block()}, activation="relu")
    parts |= {
        "pool": GlobalPool(),
        "flatten": Flatten(),
        "fc": Dense(classes, activation="softmax"),
    }
    return Net("wide_residual", (channels, *pair(input)), classes, chain(parts))


NETWORKS = ("four_layers", "small_alexnet", "small_vgg", "small_googlenet", "wide_residual")

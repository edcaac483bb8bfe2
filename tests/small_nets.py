"""Two small networks that use what the later papers need: BRANCHES (Concat) and SHORTCUTS (Add)."""

from papernets.spec import (
    LRN,
    Aux,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Net,
    Norm,
    Pool,
    add,
    chain,
    concat,
)

# Concat, rectangular kernels, LRN, ceil pooling, an auxiliary head
BRANCHES = Net(
    name="branches",
    input=(3, 40, 33),
    classes=7,
    body=chain(
        {
            "conv1": Conv(8, (5, 3), stride=2, padding=(2, 1), activation="relu"),
            "pool1": Pool("max", 3, 2, ceil=True),
            "norm1": LRN(5, k=2, alpha=1e-4, beta=0.75),
            "mixed1": concat(
                {
                    "b1x1": chain({"conv": Conv(4, 1, activation="relu")}),
                    "b7x7": chain(
                        {
                            "reduce": Conv(4, 1, activation="relu"),
                            "wide": Conv(5, (1, 7), padding=(0, 3), activation="relu"),
                            "tall": Conv(6, (7, 1), padding=(3, 0), activation="relu"),
                        }
                    ),
                    "pool": chain(
                        {
                            "pool": Pool("average", 3, 1, padding=1, count_padding=False),
                            "project": Conv(3, 1, activation="relu"),
                        }
                    ),
                }
            ),
            "aux1": Aux(
                chain(
                    {
                        "pool": Pool("average", 3, 2),
                        "conv": Conv(4, 1, activation="relu"),
                        "flatten": Flatten(),
                        "out": Dense(7, activation="softmax"),
                    }
                ),
                weight=0.3,
            ),
            "pool2": Pool("max", 2, 2, ceil=True),
            "mixed2": concat(
                {
                    "split": chain(
                        {
                            "reduce": Conv(6, 1, norm=Norm(), bias=False, activation="relu"),
                            "fork": concat(
                                {
                                    "wide": Conv(4, (1, 3), padding=(0, 1), activation="relu"),
                                    "tall": Conv(4, (3, 1), padding=(1, 0), activation="relu"),
                                }
                            ),
                        }
                    ),
                    "same": Conv(5, 4, padding="same", activation="tanh"),
                }
            ),
            "pool3": GlobalPool(),
            "dropout": Dropout(0.4),
            "flatten": Flatten(),
            "out": Dense(7, activation="softmax"),
        }
    ),
)

# Add, identity and projection shortcuts, normalisation, groups, strides
SHORTCUTS = Net(
    name="shortcuts",
    input=(3, 32, 32),
    classes=5,
    body=chain(
        {
            "conv1": Conv(8, 3, padding=1, bias=False, norm=Norm(), activation="relu"),
            "pool1": Pool("max", 3, 2, padding=1),
            "block1": add(
                {
                    "residual": chain(
                        {
                            "conv1": Conv(
                                8, 3, padding=1, bias=False, norm=Norm(), activation="relu"
                            ),
                            "conv2": Conv(8, 3, padding=1, bias=False, norm=Norm(scale=False)),
                        }
                    ),
                    "shortcut": Identity(),
                },
                activation="relu",
            ),
            "block2": add(
                {
                    "residual": chain(
                        {
                            "norm": BatchNorm(activation="relu"),
                            "conv1": Conv(16, 3, stride=2, padding="same", groups=4),
                            "conv2": Conv(16, 3, padding=1, groups=16, bias=False),
                        }
                    ),
                    "shortcut": Conv(16, 1, stride=2, bias=False, norm=Norm()),
                },
                scales=(0.2, 1.0),
            ),
            "norm": BatchNorm(activation="relu"),
            "pool2": GlobalPool(),
            "flatten": Flatten(),
            "fc": Dense(6, bias=False, norm=Norm(), activation="relu6"),
            "out": Dense(5, activation="softmax"),
        }
    ),
)

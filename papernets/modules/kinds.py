"""What rows are called: torch's classes and functions in our words."""

from __future__ import annotations

from torch import nn

CLASSES = {
    "Conv1d": "conv",
    "Conv2d": "conv",
    "Conv3d": "conv",
    "ConvTranspose1d": "transposed conv",
    "ConvTranspose2d": "transposed conv",
    "ConvTranspose3d": "transposed conv",
    "Linear": "dense",
    "BatchNorm1d": "batch norm",
    "BatchNorm2d": "batch norm",
    "BatchNorm3d": "batch norm",
    "SyncBatchNorm": "batch norm",
    "LayerNorm": "layer norm",
    "GroupNorm": "group norm",
    "InstanceNorm2d": "instance norm",
    "LocalResponseNorm": "lrn",
    "MaxPool1d": "max pool",
    "MaxPool2d": "max pool",
    "MaxPool3d": "max pool",
    "AvgPool1d": "average pool",
    "AvgPool2d": "average pool",
    "AvgPool3d": "average pool",
    "AdaptiveAvgPool2d": "adaptive average pool",
    "AdaptiveMaxPool2d": "adaptive max pool",
    "Flatten": "flatten",
    "Dropout": "dropout",
    "Dropout2d": "dropout",
    "Identity": "identity",
    "ReLU": "relu",
    "ReLU6": "relu6",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "Softmax": "softmax",
    "SiLU": "silu",
    "GELU": "gelu",
    "Hardswish": "hardswish",
    "Hardsigmoid": "hardsigmoid",
    "LeakyReLU": "leaky relu",
    "Upsample": "upsample",
    "PixelShuffle": "pixel shuffle",
    "PixelUnshuffle": "pixel unshuffle",
    "ChannelShuffle": "channel shuffle",
    "ConstantPad2d": "pad",
    "ZeroPad2d": "pad",
    "ReflectionPad2d": "pad",
    "ReplicationPad2d": "pad",
    "Embedding": "embedding",
    "MultiheadAttention": "attention",
    "LSTM": "lstm",
    "GRU": "gru",
    "RNN": "rnn",
}
"""Kinds by the names of torch's classes."""
OWN = {
    "ConnectionTable": "table conv",
    "Subsample": "subsample",
    "RBF": "rbf",
    "LRN": "lrn",
    "ScaledTanh": "scaled tanh",
    "PadSame": "pad",
    "AverageSame": "average pool",
    "PadShortcut": "pad shortcut",
}
"""Kinds by the names of our classes."""
FUNCTIONS = {
    "cat": "concat",
    "concat": "concat",
    "interpolate": "upsample",
    "upsample": "upsample",
    "conv2d": "conv",
    "linear": "dense",
    "max_pool2d": "max pool",
    "avg_pool2d": "average pool",
    "adaptive_avg_pool2d": "adaptive average pool",
    "scaled_dot_product_attention": "attention",
    "matmul": "product",
    "bmm": "product",
    "mm": "product",
    "einsum": "product",
    "local_response_norm": "lrn",
    "pad": "pad",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "div": "divide",
    "getitem": "slice",
    "view": "flatten",
    "reshape": "flatten",
}
"""Kinds by the names of torch's functions."""
BLOCKS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)


def of_module(module: nn.Module) -> str:
    """The kind of a module's row."""
    own = type(module)
    if own.__module__.startswith("papernets.") and own.__name__ in OWN:
        return OWN[own.__name__]
    for base in own.__mro__:
        if base.__module__.startswith("torch.") and base.__name__ in CLASSES:
            return CLASSES[base.__name__]
    return own.__name__


def of_function(name: str) -> str:
    """The kind of a row that is a call of a function: `__iadd__` is an add."""
    plain = name.strip("_")
    for word in ("add", "sub", "mul", "truediv", "matmul"):
        if name.startswith("__") and plain in (f"i{word}", f"r{word}"):
            plain = word
    return FUNCTIONS.get(plain, plain)


def is_leaf(module: nn.Module) -> bool:
    """True for a module whose inside is not told: without children, or one layer of torch's own."""
    children = [name for name, child in module._modules.items() if child is not None]
    if not children or children == ["parametrizations"]:
        return not isinstance(module, BLOCKS)
    if type(module).__name__ in ("MultiheadAttention", "RecursiveScriptModule"):
        return True
    return type(module).__module__.startswith("torch.ao.nn.quantized")

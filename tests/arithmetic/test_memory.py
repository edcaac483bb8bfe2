"""What training keeps of a picture against torch: the storages that its backward pass saves."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

import papernets
from papernets.arithmetic import graph
from papernets.arithmetic.memory import memory


def saved(model: nn.Module, pictures: Tensor) -> int:
    """The values that are saved for the backward pass, each storage once, without the weights."""
    own = {one.untyped_storage().data_ptr() for one in (*model.parameters(), *model.buffers())}
    kept: dict[int, Tensor] = {}

    def pack(tensor: Tensor) -> Tensor:
        kept.setdefault(tensor.untyped_storage().data_ptr(), tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        model.train()(pictures)
    return sum(one.untyped_storage().nbytes() // 4 for at, one in kept.items() if at not in own)


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("resnet20", 0.01),  # added, then rectified
        ("resnet110_v2", 0.02),  # normalised and rectified, then added
        ("plain20", 0.01),  # no sums
        ("resnet50", 0.04),  # torch keeps where each maximum of its pooling stood, too
        ("inception_resnet_v2", 0.04),  # concatenated and added
    ],
)
def test_training_keeps_what_torch_saves(name: str, above: float) -> None:
    """Never more than torch does, and hardly less: it counts indices and batch statistics too."""
    net = papernets.net(name)
    size = net.input[1] if net.input[1] < 100 else 96 if name == "resnet50" else 139
    held = memory(graph(papernets.net(name, input=size)))
    model = papernets.create_model(name, input=size)
    one = saved(model, torch.zeros(2, 3, size, size)) / 2
    assert held.kept <= one <= held.kept * (1 + above)


def rows_of(name: str) -> Iterator[int]:
    return (row.size for row in graph(papernets.net(name)).rows.values())


def test_a_network_without_sums_keeps_each_output_once() -> None:
    """VGG has no normalisation: the picture, and the output of each row."""
    assert memory(graph(papernets.net("vgg16"))).kept == 3 * 224 * 224 + sum(rows_of("vgg16"))

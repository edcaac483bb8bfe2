"""What cannot fit into memory is refused before a picture is read."""

import pytest
import torch

from papernets.cli import main
from papernets.nets.registry import net
from papernets.train import memory, runner
from papernets.train.memory import check_batch
from papernets.train.recipe import TrainRecipe

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def test_a_batch_is_floats_on_a_cpu_and_bytes_on_the_way_to_another_device(monkeypatch):
    recipe, made = TrainRecipe("lenet5", batch_size=100), net("lenet5")  # 32x32
    for device, size in ((CPU, 409_600), (CUDA, 102_400)):
        monkeypatch.setattr(memory, "free_memory", lambda size=size: size)
        check_batch(recipe, made, device)
        monkeypatch.setattr(memory, "free_memory", lambda size=size: size - 1)
        with pytest.raises(
            ValueError, match=r"100 pictures of 1x32x32, a batch, need .*--batch-si"
        ):
            check_batch(recipe, made, device)


@pytest.mark.parametrize(
    ("machine", "free", "said"),
    [
        (10e9, 5e9, "needs 25.6 GB for the output of conv1 for one picture, more than"),
        (50e9, 5e9, "128 pictures of 3x20000x20000, a batch, need 614.4 GB, and 5.0 GB are free"),
    ],
)
def test_nothing_is_read_and_nothing_is_left(tmp_path, monkeypatch, capsys, machine, free, said):
    """16 maps of 20000x20000 floats are 25.6 GB; 128 pictures with 3 channels of them, 614.4."""
    monkeypatch.setattr("papernets.run.memory.memory", lambda: machine)
    monkeypatch.setattr(memory, "free_memory", lambda: free)
    monkeypatch.setattr(runner, "open_data", None)  # not called
    (tmp_path / "mine").mkdir()
    given = ["cifar_resnet20", "--data", str(tmp_path / "mine"), "--set", "input=20000"]
    given += ["--batch-size", "128", "--device", "cpu", "--out", str(tmp_path / "run")]
    assert main(["train", *given]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "run").exists()

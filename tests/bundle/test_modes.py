"""Several threads may have one model in evaluation mode; the last gives its modes back."""

import threading

from torch import nn

from papernets import create_model, fast
from papernets.bundle.modes import evaluating


def test_the_last_of_several_gives_the_modes_back():
    model = create_model("resnet20").train()
    model.conv1.norm.eval()
    twin = fast(model)
    first, second = evaluating(model), evaluating(twin)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not any(module.training for module in model.modules())
    second.__exit__(None, None, None)
    assert model.training
    assert not model.conv1.norm.training
    assert model.fc.training


def test_many_threads_at_once():
    model, wrong = nn.Sequential(nn.Linear(2, 2), nn.Dropout()).train(), []

    def use():
        for _ in range(200):
            with evaluating(model):
                if model.training or model[1].training:
                    wrong.append(1)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert model.training
    assert model[1].training

"""Models and a client that the tests of this room share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from serving import PACKAGES, Client, client_of

from papernets.serve.models import Models, served


@pytest.fixture(scope="package")
def models() -> Models:
    import torch

    for name in PACKAGES:
        pytest.importorskip(name, reason="pip install 'papernets[web]'")
    names = ("lenet5", "resnet20", "boosted_lenet4")
    return Models([served(name, name, torch.device("cpu")) for name in names])


@pytest.fixture(scope="package")
def client(models: Models) -> Iterator[Client]:
    with client_of(models) as found:
        yield found

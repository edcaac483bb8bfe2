"""What all tests share: one thread a worker, no network, and real data where it lies."""

from __future__ import annotations

import os

# Before torch, numpy and matplotlib are imported; xdist's workers and child processes inherit it.
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_name] = "1"

import gc
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST_WORKERS = 8  # each imports torch: a few hundred megabytes
LOOPBACK = {"localhost", "127.0.0.1", "::1", "", None}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """`-n auto`: as many workers as this process may use cores, eight at most."""
    allowed = getattr(os, "sched_getaffinity", None)
    cores = len(allowed(0)) if allowed else os.cpu_count() or 1
    return min(cores, MOST_WORKERS)


def pytest_configure(config: pytest.Config) -> None:
    """One folder for matplotlib's caches, made by the first process and shared by its workers."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        folder = tempfile.mkdtemp(prefix="papernets-tests-")
        os.environ["MPLCONFIGDIR"] = folder
        os.environ["MPLBACKEND"] = "agg"
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """What is collected stays until the end: the garbage collector need not look at it each time.

    It looked for a third of the time that collecting takes, and at all of it again in the tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)  # seldom: tests make and drop whole networks
        gc.enable()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data: PAPERNETS_DATA, or shared/data beside the project; else a skip."""
    folder = Path(os.environ.get("PAPERNETS_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no data sets in {folder}: set PAPERNETS_DATA to a folder that has them")
    return folder


def _stays_here(host: object) -> bool:
    host = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return host in LOOPBACK or (isinstance(host, str) and host.startswith("127."))


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """A connection to another machine, or a look-up of its name, is an error at once."""
    resolve = socket.getaddrinfo

    def refuse(where: object) -> RuntimeError:
        return RuntimeError(f"a test reached for the network: {where!r}. Tests run offline")

    def guarded(method: str):
        original = getattr(socket.socket, method)

        def connect(self: socket.socket, address: object) -> object:
            outside = self.family in (socket.AF_INET, socket.AF_INET6)
            if outside and not _stays_here(address[0]):  # type: ignore[index]
                raise refuse(address)
            return original(self, address)

        return connect

    def getaddrinfo(host: object, *rest: object, **named: object) -> object:
        if not _stays_here(host):
            raise refuse(host)
        return resolve(host, *rest, **named)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded("connect"))
        patch.setattr(socket.socket, "connect_ex", guarded("connect_ex"))
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_waiting_for_the_disk() -> Iterator[None]:
    """What tests write need not outlive a power cut: a run of milliseconds waited for seconds.

    That a file is flushed before it takes its name, tests ask with an `os.fsync` of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        yield


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """A test that sets torch's threads does not slow the others; torch is not imported for it."""
    yield
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_num_threads() != 1:
        torch.set_num_threads(1)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that reads the digits, some wrong: random features, an output layer solved for.

    Tests copy it before they change it.
    """
    import torch
    from torch.nn.functional import one_hot

    from papernets import data
    from papernets.bundle.info import BundleInfo
    from papernets.bundle.save import save_bundle
    from papernets.nets.registry import net
    from papernets.run.network import build

    digits, spec = data.open("digits"), net("lenet5_modern")
    preprocessing = data.Preprocessing.for_network(spec.input, digits)
    model = build(spec, generator=torch.Generator().manual_seed(0)).eval()
    seen: list[torch.Tensor] = []
    hook = model.out.register_forward_pre_hook(lambda module, given: seen.append(given[0]))
    with torch.no_grad():
        model(preprocessing(digits.train.images))
        hook.remove()
        features = torch.cat([seen[0], torch.ones(len(seen[0]), 1)], 1)
        wanted = one_hot(digits.train.labels, 10).float() * 2 - 1
        ridge = 10 * torch.eye(features.shape[1])
        solved = torch.linalg.solve(features.T @ features + ridge, features.T @ wanted)
        model.out.weight.copy_(solved[:-1].T)
        model.out.bias.copy_(solved[-1])
    folder = tmp_path_factory.mktemp("bundles") / "fitted"
    info = BundleInfo(
        network=spec.name,
        classes=digits.classes,
        input=spec.input,
        preprocessing=preprocessing.to_dict(),
        score_scale=4.0,
        run={"data": "digits", "seed": 0},
    )
    save_bundle(folder, info, model.state_dict())
    return folder

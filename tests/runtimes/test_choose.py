"""`auto` is measured once, kept and said; what cannot be asked for is refused."""

import os
import sys
from dataclasses import replace

import pytest

from papernets.bundle.load import load_bundle
from papernets.cli import main
from papernets.runtimes import choose
from papernets.runtimes.choose import chosen, runtime_of

SECONDS = {"torch": 0.004, "onnxruntime": 0.002, "openvino": 0.003}


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """The folder of what is kept, in a cache of the test's own; both runtimes are installed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(choose, "there", lambda name: True)
    monkeypatch.setattr(choose, "check_installed", lambda name: None)
    monkeypatch.setattr(choose, "version_of", lambda name: "1.0")
    return tmp_path / "papernets" / "runtimes"


@pytest.fixture
def laps(monkeypatch):
    """What was measured: sizes of batches, in turn."""
    sizes = []

    def measured(bundle, names, size):
        sizes.append(size)
        return {name: SECONDS[name] for name in names}, ()

    monkeypatch.setattr(choose, "measured", measured)
    return sizes


@pytest.fixture(scope="module")
def bundle():
    return load_bundle("lenet1")


def test_the_quickest_is_measured_once_kept_and_said(bundle, laps):
    said = []
    assert runtime_of(bundle, "auto", 8, said.append).name == "onnxruntime"
    assert runtime_of(bundle, "auto", 8, said.append).name == "onnxruntime"
    assert laps == [8]
    told = (
        "onnxruntime answers 2.00 times as fast as torch, and 1.50 times as fast as openvino here"
    )
    assert said[0] == f"{told} (8 pictures at a time, 1 thread)"
    assert said[1] == f"{told} (8 pictures at a time, 1 thread, as measured before)"
    runtime_of(bundle, "auto", 1)
    assert laps == [8, 1]


def test_it_is_measured_anew_for_other_weights_versions_and_machines(bundle, laps, monkeypatch):
    for spoil in (
        lambda: None,
        lambda: monkeypatch.setattr(choose, "version_of", lambda name: "1.1"),
        lambda: monkeypatch.setattr(choose, "processor", lambda: "another"),
        lambda: monkeypatch.setattr(choose.torch, "get_num_threads", lambda: 7),
    ):
        spoil()
        chosen(bundle, 8)
    chosen(replace(bundle, info=replace(bundle.info, score_scale=2.0)), 8)
    assert len(laps) == 5


@pytest.mark.parametrize("content", [b"{", b"[1]", b'{"torch": -1}', b'{"torch": 1, "other": 1}'])
def test_what_nobody_here_wrote_is_measured_anew(bundle, laps, place, content):
    chosen(bundle, 8)
    (path,) = (place / name for name in os.listdir(place))
    choose.keep(path, content)
    assert chosen(bundle, 8).name == "onnxruntime" and len(laps) == 2


def test_who_cannot_answer_is_left_out_and_said(bundle, monkeypatch):
    def fails(name):
        raise ValueError("it cannot")

    monkeypatch.setattr(choose, "Runtime", fails)
    said = []
    assert runtime_of(bundle, "auto", 2, said.append) is None
    assert said == [
        "onnxruntime is left out: it cannot",
        "openvino is left out: it cannot",
        "torch answers: no other runtime answers here",
    ]
    monkeypatch.setattr(choose, "there", lambda name: False)
    assert chosen(bundle, 2).words() == "torch answers: no other runtime answers here"


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--runtime", "onnxrt"], "no runtime 'onnxrt'. Did you mean 'onnxruntime'? There are"),
        (["--runtime", "openvino", "--plain"], "--runtime openvino computes the optimised form"),
        (["--runtime", "auto", "--plain"], "leave out one of them"),
        (["--runtime", "openvino", "--device", "cuda"], "leave out --device cuda"),
        (["--runtime", "openvino", "--protocol", "dense"], "leave out --runtime openvino"),
        (["--runtime", "auto", "--shard", "1/2", "-o", "a.csv"], "--runtime onnxruntime"),
        (["--runtime", "auto", "--scan"], "leave out --runtime auto"),
    ],
)
def test_wrong_use(tmp_path, monkeypatch, capsys, flags, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").write_bytes(b"")
    assert main(["predict", "lenet5", "a.png", *flags]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("name", ["onnxruntime", "openvino"])
def test_a_runtime_that_is_not_installed_is_named(monkeypatch, capsys, name):
    monkeypatch.setitem(sys.modules, name, None)
    """Exit code 1, as for every package: the command is right."""
    verbs = [["predict", "lenet5", "a.png", "--runtime", name]]
    verbs += [["evaluate", "lenet5", "--runtime", name]]
    verbs += [["export", "lenet5", "-o", "a.onnx"]] if name == "onnxruntime" else []
    for verb in verbs:
        assert main(verb) == 1
        err = capsys.readouterr().err
        extra = {"onnxruntime": "onnx"}.get(name, name)
        assert name in err and f"pip install 'papernets[{extra}]'" in err

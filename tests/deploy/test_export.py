"""Files for others: what is in them, that they answer alike, and what is refused."""

import copy
import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from exported import PLACE, alone, bundle_of, noise, part_of
from safetensors import safe_open

import papernets
from papernets.bundle.load import load_bundle
from papernets.cli import main
from papernets.data import Preprocessing
from papernets.data.whitening import Arrays
from papernets.deploy import onnx_file
from papernets.deploy.export import Asked, export
from papernets.deploy.judge import Differs, check, compared, drawn
from papernets.deploy.material import Material
from papernets.deploy.prepared import Prepared
from papernets.evaluate.infer import for_both
from papernets.spec import LRN, Conv, Dense, Flatten, Net, chain
from papernets.words import percent

DOZEN = ["boosted_lenet4", "alexnet", "nin_cifar10", "vgg11_bn", "googlenet", "inception_v3"]
DOZEN += ["resnet18_A", "resnet50", "resnet50_v2", "mobilenet_v1", "mobilenet_v1_keras", "lenet1"]


def seen(bundle):
    """Pictures to check a bundle on: drawn ones."""
    return lambda: Material(drawn(bundle, 3))


def written(name, out, **asked):
    """A network that ships, exported."""
    bundle = load_bundle(name)
    return export(bundle, out, Asked(**asked), seen(bundle))


@pytest.fixture(scope="module")
def digits_file(tmp_path_factory):
    """LeNet-5 as an ONNX file that takes 28x28 pictures."""
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    out = tmp_path_factory.mktemp("onnx") / "lenet5.onnx"
    written("lenet5", out, to="onnx", with_preprocessing=True, license="cc0-1.0")
    return out


def test_an_onnx_file_takes_pictures_and_gives_the_scores_of_predict(digits_file):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(digits_file), providers=["CPUExecutionProvider"])
    digits = papernets.data.open("digits").test.images[:7]
    predictor = papernets.load("lenet5")
    for some in (digits[:1], digits[:2], digits):
        (scores,) = session.run(["probabilities"], {"pictures": some.numpy()})
        answers = predictor.predict([one[0].numpy() for one in some], top=10)
        for row, answer in zip(scores, answers, strict=True):
            own = [dict(answer.top)[name] for name in predictor.classes]
            assert np.abs(row - own).max() < 1e-5


def test_an_onnx_file_says_what_it_is_and_nothing_of_the_machine(digits_file):
    import onnx

    model = onnx.load(str(digits_file))
    told = {one.key: one.value for one in model.metadata_props}
    assert json.loads(told["classes"]) == [str(digit) for digit in range(10)]
    assert told["network"] == "lenet5" and told["license"] == "cc0-1.0"
    assert json.loads(told["preprocessing"])["picture"] == [28, 28]
    assert "It is padded with 0 to 32x32." in json.loads(told["preprocessing_words"])
    content = digits_file.read_bytes()
    for trace in (b".py", b"/papernets", b"site-packages", b"stack_trace", b"torch"):
        assert trace not in content
    names = {node.name for node in model.graph.node}
    assert {"C1", "S2", "C3", "C5", "F6"} <= names  # rows, as the paper calls them
    size = model.graph.input[0].type.tensor_type.shape.dim
    assert (size[0].dim_param, [one.dim_value for one in size[1:]]) == ("batch", [1, 28, 28])


@pytest.mark.slow
@pytest.mark.parametrize("name", DOZEN)
def test_onnx_answers_alike_at_any_batch(name, tmp_path):
    check_onnx(name, tmp_path)


@pytest.mark.every
@pytest.mark.parametrize("name", part_of([n for n in papernets.list_nets() if "_3a" not in n]))
def test_onnx_of_every_network_answers_alike_at_any_batch(name, tmp_path):
    check_onnx(name, tmp_path)


def check_onnx(name, folder):
    """Its outputs at batches of 1, 2 and 5 lie within 1e-5 of the largest of the network's.

    Of deep networks without shortcuts, with weights that nobody trained, float32 itself leaves
    less: they are held to four times what torch is off by from float64.
    """
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    from papernets.deploy.runtime import by_onnxruntime

    bundle = bundle_of(name)
    onnx_file.write_onnx(onnx_file.onnx_model(bundle), folder, "net.onnx")
    run = by_onnxruntime(folder / "net.onnx")
    exact = copy.deepcopy(bundle.model).double() if name in ("plain56", "plain110") else None
    for count in (1, 2, 5):
        given = noise(bundle, count)
        with torch.no_grad():
            ours = for_both(bundle.model(given)).numpy()
            off = 0 if exact is None else 4 * np.abs(ours - exact(given.double()).numpy()).max()
        theirs = run(given.numpy())
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() <= max(1e-5 * np.abs(ours).max(), off)


@pytest.mark.slow
def test_a_committee_is_one_file_with_its_rule(tmp_path):
    pytest.importorskip("onnxscript")
    done = written("boosted_lenet4", tmp_path / "all.onnx", to="onnx", with_preprocessing=True)
    assert done.files == (tmp_path / "all.onnx",)
    assert done.check is not None and done.check.within()


@pytest.mark.slow
def test_weights_that_are_too_many_lie_beside_the_file(tmp_path, monkeypatch):
    pytest.importorskip("onnxscript")
    monkeypatch.setattr(onnx_file, "MOST_INSIDE", 1000)
    done = written("lenet5", tmp_path / "net.onnx", to="onnx")
    assert [path.name for path in done.files] == ["net.onnx", "net.onnx.data"]
    (tmp_path / "net.onnx").unlink()
    (tmp_path / "net.onnx.data").write_text("mine")
    with pytest.raises(FileExistsError, match=r"net.onnx.data is there already"):
        written("lenet5", tmp_path / "net.onnx", to="onnx")
    assert (tmp_path / "net.onnx.data").read_text() == "mine"
    assert done.check is not None and done.check.within()


@pytest.mark.slow
def test_torch_runs_its_file_where_no_papernets_is(tmp_path):
    written("lenet5", tmp_path / "net.pt2", to="torch-export", with_preprocessing=True)
    (tmp_path / "run.py").write_text(
        "import torch\n"
        "held = {'papernets.json': ''}\n"
        "net = torch.export.load('net.pt2', extra_files=held).module()\n"
        "for count in (1, 2, 5):\n"
        "    x = torch.arange(count * 784).view(count, 1, 28, 28).to(torch.uint8)\n"
        "    print(net(x).shape, net(x).sum().round().item())\n"
        "print('Gradient-Based' in str(held))\n"
    )
    told = alone("run.py", folder=tmp_path).splitlines()
    assert told[0] == "torch.Size([1, 10]) 1.0" and told[-1] == "True"
    content = (tmp_path / "net.pt2").read_bytes()
    assert b"site-packages" not in content and b"stack_trace" not in content


@pytest.mark.slow
def test_eight_bits_say_their_error_beside_the_floats(tmp_path):
    pytest.importorskip("onnxscript")
    import onnx

    done = papernets.export(
        "lenet5", tmp_path / "small.onnx", int8=True, calibrate="digits", check="digits"
    )
    assert done.check is not None and done.check.errors is not None
    before, after = done.check.errors
    assert round(400 * (after - before)) <= 4  # pictures of 400
    assert f"in eight bits, {percent(before)} in float32 (digits, test set, 400 pic" in done.words()
    told = {one.key: one.value for one in onnx.load(str(done.files[0])).metadata_props}
    assert told["bits"] == "8" and float(told["error_of_int8"]) == pytest.approx(after, rel=1e-4)
    assert [path.name for path in tmp_path.iterdir()] == ["small.onnx"]


def test_weights_alone_have_the_names_of_rows_and_what_is_needed_to_use_them(tmp_path):
    done = written("resnet20", tmp_path / "w.safetensors", to="safetensors")
    with safe_open(done.files[0], "pt") as file:
        told, names = file.metadata(), set(file.keys())
    assert names == set(load_bundle("resnet20").model.state_dict())
    assert json.loads(told["classes"])[0] == "airplane"
    assert Preprocessing.from_dict(json.loads(told["preprocessing"])).picture == (32, 32)


PREPARED = [
    Preprocessing(1, 32, 32),
    Preprocessing(1, 28, 28, shrink=0.8),
    Preprocessing(
        3, 24, 24, (32, 32), "photo", low=(-2.0, -1.0, 0.0), high=(1.0, 2.0, 3.0), crop=True
    ),
    Preprocessing(3, 24, 20, (32, 36), "photo", order="bgr"),
    Preprocessing(3, 20, 20, (32, 40), "photo", crop=True, short=25, low=(0.0,), high=(1.0,)),
    Preprocessing(3, 8, 8, (8, 8), "photo", gcn=55.0),
    Preprocessing(1, 4, 4, (4, 4), "photo", arrays=Arrays(torch.rand(1, 4, 4), torch.rand(16, 16))),
]


@pytest.mark.parametrize("eyes", PREPARED, ids=range(len(PREPARED)))
def test_preprocessing_in_a_graph_is_that_of_the_bundle(eyes):
    pictures = torch.randint(0, 256, (3, eyes.channels, *eyes.picture)).to(torch.uint8)
    ours, theirs = eyes(pictures), Prepared(eyes)(pictures)
    assert (ours - theirs).abs().max() <= 1e-5 * ours.abs().max()


def test_a_file_that_answers_otherwise_is_not_written(tmp_path, monkeypatch):
    wrong = lambda path: lambda given: np.zeros((len(given), 10), np.float32)  # noqa: E731
    monkeypatch.setattr("papernets.deploy.runtime.by_code", wrong)
    with pytest.raises(Differs, match=r"net.py was not written.*report it"):
        written("lenet5", tmp_path / "net.py", to="python")
    assert [*tmp_path.iterdir()] == []


def test_labels_may_differ_where_two_classes_lie_as_near_as_rounding_does():
    here = np.array([[1.0, 1.0 - 1e-7], [1.0, 0.0]])
    there = np.array([[1.0 - 1e-7, 1.0], [1.0, 0.0]])
    assert compared(here, there, "x").within()
    assert not compared(here, np.array([[1.0, 0.0], [0.0, 1.0]]), "x").within()
    assert not compared(here, np.full((2, 2), np.nan), "x").within()


@pytest.mark.parametrize(("times", "within"), [(1, True), (1.01, False)])
def test_what_float32_itself_is_off_by_is_no_difference(times, within):
    bundle = bundle_of("lenet5_modern")
    model = bundle.model
    with torch.no_grad():  # large sums, of which little is left
        fc2 = next(one for one in model.fc2.modules() if isinstance(one, torch.nn.Linear))
        fc2.weight[42:], fc2.bias[42:] = fc2.weight[:42], fc2.bias[:42]
        model.out.weight[:, 42:] = -model.out.weight[:, :42] * 1000
        model.out.weight[:, :42] *= 1001
    exact = copy.deepcopy(model).double()
    run = lambda given: times * exact(torch.from_numpy(given).double()).detach().numpy()  # noqa: E731
    found = check(bundle, drawn(bundle, 3), run, prepares=False, labelled=False)
    assert found.difference > 1e-5 and found.within() is within
    assert check(bundle, drawn(bundle, 3), run, False, False, most=np.inf).rounding == 0
    assert check(bundle, drawn(bundle, 3), run, False, False, most=0.0).rounding > 0


def test_what_is_there_is_not_written_over_without_force(tmp_path):
    out = tmp_path / "w.safetensors"
    out.write_text("mine")
    with pytest.raises(FileExistsError, match=r"w.safetensors is there already.*--force"):
        written("lenet1", out, to="safetensors")
    assert out.read_text() == "mine"
    written("lenet1", out, to="safetensors", force=True)
    assert out.stat().st_size > 1000


def test_the_weights_beside_a_file_of_code_are_not_written_over_either(tmp_path):
    (tmp_path / "net.safetensors").write_text("mine")
    with pytest.raises(FileExistsError, match=r"net.safetensors is there already"):
        written("lenet1", tmp_path / "net.py", to="python")


WRONG = [
    (["lenet5", "--to", "onxx", "-o", "x.onnx"], 2, "no format 'onxx'. Did you mean 'onnx'?"),
    (["lenet5", "-o", "x.bin"], 2, "its name says no format. Give --to onnx, torch-export"),
    (["lenet5"], 2, "give the file: papernets export lenet5 -o FILE.onnx"),
    (["lenet5", "--to", "python", "-o", "x.safetensors"], 1, "Python code ends in .py"),
    (["lenet5", "-o", "x.onnx", "--int8"], 2, "--int8 needs --calibrate DATA"),
    (["lenet5", "-o", "x.md", "--calibrate", "digits"], 2, "--calibrate is for --int8"),
    (["lenet5", "-o", "x.py", "--with-preprocessing"], 2, "python has no graph"),
    (["lenet5", "-o", "no/x.md"], 1, "make the folder no first"),
    (["lenet6", "-o", "x.md"], 1, "lenet6"),
]


@pytest.mark.parametrize(("given", "code", "words"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_wrong_use_is_said(given, code, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    found = main(["export", *given])
    told = " ".join(capsys.readouterr().err.split())
    assert words in told
    assert found == code


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr("papernets.deploy.needs.there", lambda name: name != "onnxruntime")
    with pytest.raises(ValueError, match=r"onnxruntime.*pip install 'papernets\[onnx\]'"):
        papernets.export("lenet5", "x.onnx")


def test_a_damaged_bundle_and_one_of_a_later_version_are_refused(tmp_path):
    bundle = load_bundle("lenet1")
    folder = tmp_path / "b"
    folder.mkdir()
    for file in bundle.folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    text = (folder / "bundle.json").read_text()
    (folder / "bundle.json").write_text(text.replace('"schema": 1', '"schema": 9'))
    with pytest.raises(ValueError, match="has schema 9"):
        papernets.export(folder, tmp_path / "x.safetensors")
    (folder / "bundle.json").write_text(text)
    content = (folder / "weights.safetensors").read_bytes()
    (folder / "weights.safetensors").write_bytes(content[:-8] + bytes(8))
    with pytest.raises(ValueError, match=r"weights.safetensors"):
        papernets.export(folder, tmp_path / "x.safetensors")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b"]


def test_pictures_of_other_classes_do_not_calibrate(tmp_path):
    pytest.importorskip("onnxscript")
    bundle = load_bundle("resnet20")
    from papernets.deploy.pictures import material

    with pytest.raises(ValueError, match="classes that the network does not know"):
        material(bundle, "drawn", "", "", calibrate="digits")


def test_drawn_pictures_are_the_same_each_time_and_said():
    from papernets.deploy.pictures import material

    bundle = replace(load_bundle("lenet5"), folder=PLACE)
    found = material(bundle, "", "nowhere/at/all", "")
    assert "drawn pictures" in found.notes[0] and not found.labelled
    assert torch.equal(found.check.images[:], drawn(bundle).images[:])


def test_an_onnx_graph_reads_as_the_paper_tells_the_network():
    pytest.importorskip("onnxscript")
    graph = onnx_file.onnx_model(bundle_of("googlenet")).graph
    kinds = {node.name: node.op_type for node in graph.node}
    assert len(kinds) == len(graph.node)  # once each
    told = {"norm1": "LRN", "conv1.relu": "Relu", "inception_3a.concat": "Concat"}
    assert told.items() <= kinds.items()
    (norm,) = (node for node in graph.node if node.name == "norm1")
    own = {one.name: one.i or one.f for one in norm.attribute}
    assert own == pytest.approx({"size": 5, "bias": 2, "alpha": 5e-4, "beta": 0.75})
    assert not {"Slice", "Split", "BatchNormalization"} & set(kinds.values())
    block = [name for name in _names("resnet20") if name.startswith("stage1_2.")]
    assert block == [f"stage1_2.{end}" for end in ("conv1", "conv1.relu", "conv2", "add", "relu")]


def _names(network):
    return [node.name for node in onnx_file.onnx_model(bundle_of(network)).graph.node]


@pytest.mark.parametrize(("size", "one"), [(4, False), (5, True)])
def test_a_window_of_an_even_size_is_not_onnx_s(size, one):
    pytest.importorskip("onnxscript")
    from papernets.deploy.onnx_lrn import with_one

    parts = {"C1": Conv(4, 3), "N1": LRN(size, 1, 1e-4, 0.75), "flat": Flatten(), "F2": Dense(3)}
    model = papernets.build(Net("even", (1, 8, 8), 3, chain(parts)))
    found = with_one(model)
    assert (type(found.N1) is not type(model.N1)) is one
    assert found.C1.weight is model.C1.weight


def test_onnx_runtime_keeps_no_record_of_its_use(tmp_path):
    pytest.importorskip("onnxruntime")
    code = (
        "import os; from papernets.deploy.needs import onnxruntime; onnxruntime(); "
        "assert 'ORT_DISABLE_TELEMETRY' not in os.environ"
    )
    home = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=home, check=True)
    assert [*tmp_path.rglob("*onnxruntime*")] == []

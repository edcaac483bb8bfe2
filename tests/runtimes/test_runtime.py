"""Other runtimes answer as torch does, to rounding, in float32, wherever they are asked for."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from exported import bundle_of, noise
from many_pictures import digits_in

import papernets
from papernets.bundle.load import load_bundle
from papernets.cli import main
from papernets.evaluate.form import answering
from papernets.runtimes import engines, runtime
from papernets.runtimes.choose import measured
from papernets.runtimes.engines import ENGINES
from papernets.runtimes.runtime import Runtime

NETWORKS = ["lenet5", "boosted_lenet4", "resnet20", "googlenet", "inception_v3", "mobilenet_v1"]


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    """A cache that these tests share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(params=list(ENGINES))
def name(request):
    """A runtime that is installed, with what writes its files."""
    for package in (request.param, "onnx", "onnxscript"):
        pytest.importorskip(package)
    return request.param


@pytest.fixture
def pretended(monkeypatch):
    """A runtime in name: torch computes what its file names. It counts the files that are made."""
    made = []

    def make(bundle):
        made.append(bundle.folder)
        return pickle.dumps(bundle.model)

    def engine(content, threads):
        model = answering(pickle.loads(content))
        return lambda given: model(torch.from_numpy(given)).detach().numpy()

    monkeypatch.setitem(ENGINES, "onnxruntime", engine)
    monkeypatch.setattr(runtime, "made", make)
    for room in ("choose", "engines", "runtime"):
        monkeypatch.setattr(f"papernets.runtimes.{room}.check_installed", lambda name: None)
    for room in ("choose", "runtime"):
        monkeypatch.setattr(f"papernets.runtimes.{room}.version_of", lambda name: "9.9")
    return made


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with 13 digits, seen from within."""
    monkeypatch.chdir(tmp_path)
    digits_in(tmp_path / "d", 13)
    return tmp_path


def a_product():
    """An ONNX file of a product and a sum, whose values need all of float32's digits."""
    onnx = pytest.importorskip("onnx")
    weights = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MatMul", ["pictures", "weights"], ["logits"])],
        "product",
        [onnx.helper.make_tensor_value_info("pictures", 1, ["batch", 300])],
        [onnx.helper.make_tensor_value_info("logits", 1, ["batch", 4])],
        [onnx.numpy_helper.from_array(weights, "weights")],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)])
    model.ir_version = 10
    return model.SerializeToString(), weights


@pytest.mark.parametrize("name", list(ENGINES))
def test_a_product_in_float32_at_any_batch(name):
    pytest.importorskip(name)
    content, weights = a_product()
    runs = ENGINES[name](content, 1)
    for count in (1, 2, 5):
        given = np.random.default_rng(count).normal(size=(count, 300)).astype(np.float32)
        found, wanted = runs(given), given.astype(np.float64) @ weights
        assert found.shape == (count, 4)
        assert np.abs(found - wanted).max() <= 1e-5 * np.abs(wanted).max()


def test_openvino_is_pinned_to_float32():
    """It would take bfloat16 by itself, on processors that have it."""
    pytest.importorskip("openvino")
    compiled = engines.compiled_by_openvino(a_product()[0], 1)
    assert compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name() == "f32"
    assert compiled.get_property("INFERENCE_NUM_THREADS") == 1


def test_every_verb_answers_in_the_runtime_that_is_asked_for(home, pretended, capsys):
    asked = ["--runtime", "onnxruntime"]
    assert main(["predict", "lenet5", "d", "--json", *asked]) == 0
    one = json.loads(capsys.readouterr().out)
    assert main(["predict", "lenet5", "d", "-o", "a.jsonl", *asked]) == 0
    other = [json.loads(line) for line in (home / "a.jsonl").read_text().splitlines()]
    assert [a["label"] for a in one] == [b["label"] for b in other]
    manifest = json.loads((home / "a.jsonl.manifest.json").read_text())
    assert manifest["options"]["--runtime"] == "onnxruntime"
    assert manifest["runtime"]["onnxruntime"] == "9.9"
    predictor = papernets.load("lenet5", runtime="onnxruntime")
    assert predictor.runtime == "onnxruntime" and ", by onnxruntime" in repr(predictor)
    assert pickle.loads(pickle.dumps(predictor)).predict("d/0.png") == predictor.predict("d/0.png")
    assert predictor.predict("d/0.png").score == pytest.approx(one[0]["score"], abs=1e-6)
    digits = papernets.data.open("digits")
    report = papernets.evaluate("lenet5", digits, runtime="onnxruntime")
    assert report.score.errors == papernets.evaluate("lenet5", digits).score.errors
    assert len(pretended) == 1  # made once, kept, and taken by all


def test_an_evaluation_names_what_computed_it(home, pretended, capsys, monkeypatch):
    asked = ["evaluate", "lenet5", "--data", "digits", "--out"]
    assert main([*asked, "own"]) == 0
    assert "Runtime" not in capsys.readouterr().out
    assert main([*asked, "other", "--runtime", "onnxruntime"]) == 0
    out = capsys.readouterr().out
    assert "test part, by onnxruntime: " in out and "\nRuntime onnxruntime 9.9.\n" in out
    kept = [json.loads(Path(one, "report.json").read_text())["runtime"] for one in ("own", "other")]
    assert kept[0] == {"name": "torch", "version": torch.__version__, "chosen": None}
    assert kept[1] == {"name": "onnxruntime", "version": "9.9", "chosen": None}
    monkeypatch.setattr("papernets.runtimes.choose.there", lambda name: False)
    assert main([*asked, "auto", "--runtime", "auto", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["runtime"]
    assert told["chosen"] == "torch answers: no other runtime answers here"
    digits = papernets.data.open("digits")
    report = papernets.evaluate("lenet5", digits, runtime="auto")
    assert report.runtime.to_dict() == told


def test_a_predictor_answers_by_the_weights_that_its_model_has_then(home, pretended):
    predictor = papernets.load("lenet1", runtime="onnxruntime")
    before = predictor.predict("d/0.png")
    with torch.no_grad():
        for weights in predictor.model.parameters():
            weights.data.mul_(0)
    assert predictor.predict("d/0.png").score != before.score and len(pretended) == 2


def test_a_job_goes_on_in_the_runtime_that_it_was_begun_in(home, pretended, capsys):
    asked = ["predict", "lenet5", "d", "-o", "a.csv", "--resume"]
    assert main([*asked, "--runtime", "onnxruntime"]) == 0
    assert main([*asked, "--runtime", "auto"]) == 0
    assert main(asked) == 1
    assert "--runtime is 'torch', and was 'onnxruntime'" in capsys.readouterr().err


def test_a_runtime_that_answers_otherwise_is_refused(home, pretended, monkeypatch, capsys):
    monkeypatch.setitem(
        ENGINES, "onnxruntime", lambda content, threads: lambda given: np.zeros((len(given), 10))
    )
    assert main(["predict", "lenet5", "d", "--runtime", "onnxruntime"]) == 1
    assert "onnxruntime 9.9 differs from torch on this machine by more" in capsys.readouterr().err


def test_what_shows_whole_pictures_is_torchs(pretended):
    predictor = papernets.load("resnet20", runtime="onnxruntime")
    with pytest.raises(ValueError, match="torch alone computes"):
        predictor.predict(np.zeros((40, 40, 3), np.uint8), protocol="dense")


@pytest.mark.slow
@pytest.mark.parametrize("network", NETWORKS)
def test_a_runtime_answers_as_torch(name, network):
    bundle = bundle_of(network)
    other, own = Runtime(name)(bundle), answering(bundle.model)
    for count in (1, 2, 5):
        given = noise(bundle, count)
        with torch.no_grad():
            here, there = own(given), other(given)
        assert float((here - there).abs().max()) <= 1e-5 * float(here.abs().max())
        assert torch.equal(here.argmax(1), there.argmax(1))


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 2])
def test_figures_do_not_depend_on_neighbours_in_a_runtime(name, home, threads):
    torch.set_num_threads(threads)
    predictor = papernets.load("resnet20", runtime=name)
    files = [f"d/{at}.png" for at in range(13)]
    wanted = predictor.batch({"path": files})["score"]
    for order in (np.arange(13)[::-1], np.random.default_rng(1).permutation(13)):
        found = predictor.batch({"path": [files[at] for at in order]})["score"]
        assert np.array_equal(found, wanted[order])
    assert predictor.batch({"path": files[4:5]})["score"] == wanted[4:5]


@pytest.mark.slow
def test_evaluate_and_predict_agree_in_a_runtime(name, home, capsys):
    assert main(["predict", "boosted_lenet4", "d", "--json", "--runtime", name]) == 0
    told = json.loads(capsys.readouterr().out)
    predictor = papernets.load("boosted_lenet4")
    for answer, own in zip(told, predictor.predict([a["file"] for a in told]), strict=True):
        assert answer["label"] == own.label
        assert answer["score"] == pytest.approx(own.score, abs=1e-5)
    errors = [
        papernets.evaluate("boosted_lenet4", "digits", runtime=one).score.errors
        for one in (name, "torch")
    ]
    assert errors[0] == errors[1]


@pytest.mark.slow
def test_a_server_answers_in_a_runtime(name, home):
    pytest.importorskip("fastapi")
    from papernets.serve.limits import Limits
    from papernets.serve.line import Turn
    from papernets.serve.models import served

    content = (home / "d" / "0.png").read_bytes()
    by_runtime = served("a", "lenet5", torch.device("cpu"), Runtime(name, 1))
    (other,) = by_runtime.answers([content], 3, Limits(), Turn())
    (own,) = served("a", "lenet5", torch.device("cpu")).answers([content], 3, Limits(), Turn())
    assert (own.label, own.score) == (other.label, pytest.approx(other.score, abs=1e-5))


@pytest.mark.slow
def test_all_that_are_installed_are_measured(name):
    seconds, left_out = measured(load_bundle("lenet1"), ["torch", name], 3)
    assert list(seconds) == ["torch", name] and not left_out
    assert all(taken > 0 for taken in seconds.values())

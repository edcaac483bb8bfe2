"""One output for two classes: its sigmoid, trained, evaluated, asked, and begun from."""

import json
from dataclasses import replace

import pytest
import torch
from PIL import Image
from small_runs import DATA, a_run, do, drawn, part

import papernets
from papernets.bundle.info import BundleInfo, read_info
from papernets.bundle.load import load_bundle
from papernets.cli import main
from papernets.evaluate.infer import logits_of
from papernets.spec import RBF, Dense, Flatten, Net, chain
from papernets.train.events import Epoch
from papernets.train.losses import binary_loss
from papernets.train.possible import check_learns
from papernets.train.recipe import TrainRecipe
from papernets.train.settings import resolve

ONE = '''"""A network of the user's own, for any number of classes."""
from papernets.said import Paper
from papernets.spec import Conv, Dense, Flatten, Net, Pool, chain

PAPER = Paper("Mine", "me", 2026, "here")

def NET(classes=3, channels=1, input=(12, 12)):
    return Net("own", (channels, *input), classes, chain({
        "conv": Conv(4, 3, activation="tanh"), "pool": Pool("max", 2), "flatten": Flatten(),
        "out": Dense(classes, activation="softmax"),
    }))
'''


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A network of one output, trained on two classes; its folder and its pictures."""
    folder = tmp_path_factory.mktemp("binary")
    (folder / "own.py").write_text(ONE)
    for name, count, seed in (("train", 60, 0), ("val", 24, 1), ("test", 30, 2)):
        pictures = part(count, seed, 2)
        for at, label in enumerate(pictures.labels.tolist()):
            place = folder / "pictures" / name / DATA.classes[label]
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pictures.images[at, 0].numpy()).save(place / f"{at}.png")
    run = a_run(
        f"{folder / 'own.py'}:NET",
        data=str(folder / "pictures"),
        loss="binary",
        epochs=12,
        batch_size=16,
        learning_rate=0.02,
    )
    events = do(run, folder / "run")
    return folder, [e for e in events if isinstance(e, Epoch)]


def test_the_loss_is_torchs():
    z = torch.randn(8, 1, generator=torch.Generator().manual_seed(0))
    y = torch.tensor([0, 1, 1, 0, 1, 0, 0, 1])
    wanted = torch.nn.functional.binary_cross_entropy(torch.sigmoid(2 * z[:, 0]), y.float())
    torch.testing.assert_close(binary_loss(z, y, 2.0), wanted)
    two = torch.cat([torch.zeros_like(z), z], 1)
    torch.testing.assert_close(binary_loss(two, y, 2.0), wanted)
    torch.testing.assert_close(torch.nn.functional.cross_entropy(2 * two, y), wanted)
    smooth = torch.nn.functional.cross_entropy(two, y, label_smoothing=0.2)
    torch.testing.assert_close(binary_loss(z, y, 1.0, 0.2), smooth)


def test_it_learns_and_its_bundle_says_so(run):
    folder, epochs = run
    assert epochs[-1].val_error < 0.1 and epochs[-1].train_error < 0.2
    result = json.loads((folder / "run" / "result.json").read_text())
    assert result["test_error"] < 0.15
    info = read_info(folder / "run" / "best")
    assert (info.classes, info.outputs, info.classifies) == (("low", "mid"), 1, 1)
    bundle = load_bundle(folder / "run")
    assert bundle.model.net.classes == 1
    pictures = part(30, 2, 2)
    eyes = papernets.load(folder / "run").preprocessing
    alone = bundle.model(eyes(pictures.images))
    assert alone.shape == (30, 1)
    logits = logits_of(bundle.model, pictures.images, eyes)
    torch.testing.assert_close(logits, torch.cat([torch.zeros_like(alone), alone], 1).detach())
    assert float((logits.argmax(1) != pictures.labels).float().mean()) < 0.15
    assert papernets.create_model(folder / "run").net.classes == 1


def test_evaluate_and_predict(run, capsys):
    folder, _ = run
    result = json.loads((folder / "run" / "result.json").read_text())
    assert main(["evaluate", str(folder / "run"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["error"] == pytest.approx(result["test_error"])
    assert [one["name"] for one in told["classes"]] == ["low", "mid"]
    pictures = sorted((folder / "pictures" / "test").glob("*/*.png"))
    assert main(["predict", str(folder / "run"), *map(str, pictures), "--json"]) == 0
    answers = json.loads(capsys.readouterr().out)
    right = [a["label"] == path.parent.name for a, path in zip(answers, pictures, strict=True)]
    assert 1 - sum(right) / len(right) == pytest.approx(result["test_error"])
    model, eyes = load_bundle(folder / "run").model, papernets.load(folder / "run").preprocessing
    for answer, path in list(zip(answers, pictures, strict=True))[:5]:
        stored = papernets.load(folder / "run").preprocess(str(path))
        score = torch.sigmoid(model(stored[None]).double())[0, 0].item()
        scores = {one["label"]: one["score"] for one in answer["top"]}
        assert scores["mid"] == pytest.approx(score, abs=1e-6)
        assert scores["low"] == pytest.approx(1 - score, abs=1e-6)
    assert eyes is not None


def test_it_is_gone_on_with_and_begun_from(run):
    folder, _ = run
    settings = {"data": str(folder / "pictures"), "weights": str(folder / "run"), "epochs": 1}
    net = f"{folder / 'own.py'}:NET"
    begun = do(resolve(net, {**settings, "loss": "binary"}), folder / "again")
    started = begun[0]
    assert not started.drawn  # the classifier fits
    begun = do(resolve(net, settings), folder / "both")
    assert begun[0].drawn == ("out.weight", "out.bias")  # two outputs are others
    assert read_info(folder / "both" / "best").outputs == 0


def test_saving_a_module_of_one_output(run, tmp_path):
    folder, _ = run
    model = papernets.load(folder / "run").model
    papernets.save(model, tmp_path / "kept")
    assert read_info(tmp_path / "kept").outputs == 1
    pictures = part(4, 2, 2).images
    eyes = papernets.load(tmp_path / "kept").preprocessing
    kept = logits_of(load_bundle(tmp_path / "kept").model, pictures, eyes)
    torch.testing.assert_close(kept, logits_of(model, pictures, eyes))


def test_what_cannot_be_binary():
    with pytest.raises(ValueError, match="loss 'binary' needs an output that may have either sign"):
        resolve("lenet5", {"loss": "binary"})
    with pytest.raises(ValueError, match="loss 'binary' needs an output"):
        resolve("nin_cifar10", {"loss": "binary", "data": "cifar10"})
    with pytest.raises(ValueError, match="loss 'binary' is for one network: boosted_lenet4 adds"):
        resolve("boosted_lenet4", {"loss": "binary"})
    run = resolve("lenet1", {"loss": "binary"})
    with pytest.raises(ValueError, match="tells two classes apart, and digits has 10: take --set"):
        run.network(10)
    assert run.network(2).net.classes == 1
    body = chain({"flatten": Flatten(), "F6": Dense(4), "out": RBF(((1, -1, 1, 1),))})
    with pytest.raises(ValueError, match="never above, or never below, 0"):
        check_learns(Net("x", (1, 4, 4), 1, body), TrainRecipe("x", loss="binary"))


def test_a_bundle_of_one_output_has_two_classes():
    info = BundleInfo("lenet1", ("a", "b"), (1, 28, 28), {}, outputs=1)
    assert BundleInfo.from_json(info.to_json(), "x") == info
    three = replace(info, classes=("a", "b", "c"))
    with pytest.raises(ValueError, match="has one output, which tells two classes apart, for 3"):
        BundleInfo.from_json(three.to_json(), "x")
    with pytest.raises(ValueError, match="outputs"):
        BundleInfo.from_json(replace(info, outputs=2).to_json(), "x")
    assert drawn(Net("x", (1, 4, 4), 1, chain({"f": Flatten(), "o": Dense(1)}))).net.classes == 1

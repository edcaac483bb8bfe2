"""Training on photographs: crops, heads, resuming, workers, and more than memory holds."""

import json
from dataclasses import replace

import pytest
import torch
from small_photos import AUGMENT, NAMES, OWN, after, folder, parquet, run_of
from small_runs import CPU, a_run, batches, do, fitted, left_by, log_of, never_stopped

from papernets import data
from papernets.bundle.load import load_bundle
from papernets.cli import main
from papernets.data import Preprocessing
from papernets.data.stored import OnDemand, channel_statistics
from papernets.evaluate import pictures
from papernets.evaluate.infer import batch_of, logits_of
from papernets.evaluate.pictures import open_pictures
from papernets.evaluate.predict import predict, sources
from papernets.evaluate.report import report
from papernets.nets.registry import net
from papernets.run.network import Logits, Network
from papernets.train import outcome
from papernets.train.changing import crop_of
from papernets.train.events import Epoch
from papernets.train.losses import make_loss
from papernets.train.pictures import open_data, preprocessing_for
from papernets.train.recipe import TrainRecipe
from papernets.train.settings import resolve
from papernets.train.source import Source, generator
from papernets.train.state import start
from papernets.train.where import Where
from papernets.train.workers import Team


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    """curves.png takes longer than these runs."""
    monkeypatch.setattr(outcome, "draw", lambda *_: None)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with own.py, photos/ with train/ and val/, and parquet/ of other photos."""
    root = tmp_path_factory.mktemp("photos")
    (root / "own.py").write_text(OWN)
    folder(root / "photos", {"train": 20, "val": 9})
    (root / "photos" / "train" / "red" / "5.png").write_text("no picture")
    parquet(root / "parquet" / "train.parquet", 40)
    parquet(root / "parquet" / "test.parquet", 12, seed=70)
    return root


@pytest.fixture(scope="module")
def whole(home):
    """What a run leaves that was never stopped, all its photos in memory."""
    return never_stopped(run_of(home), home / "whole")


def test_stopped_and_resumed_is_never_stopped(home, whole, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        do(run_of(home), tmp_path / "run", until=after(1))
    do(None, tmp_path / "run", resume=True)
    assert left_by(tmp_path / "run") == whole


def test_photos_read_on_demand_train_the_same_network(home, whole, tmp_path):
    """Also where the run began with more memory: the pictures are what they were."""
    run = run_of(home, memory=1e-9)
    assert isinstance(open_data(run, (3, 16, 16)).train.images, OnDemand)
    do(run, tmp_path / "run")
    assert left_by(tmp_path / "run") == whole
    with pytest.raises(KeyboardInterrupt):
        do(run_of(home), tmp_path / "other", until=after(2))
    config = tmp_path / "other" / "run.toml"
    config.write_text(config.read_text().replace("memory = 0.0", "memory = 1e-9"))
    do(None, tmp_path / "other", resume=True)
    assert left_by(tmp_path / "other") == whole


def test_other_crops_are_other_runs(home, whole, tmp_path):
    do(run_of(home, augment={**AUGMENT, "flip": 0.0}), tmp_path / "run")
    assert log_of(tmp_path / "run")[0]["train_loss"] != whole[1][0]["train_loss"]


@pytest.mark.parametrize("memory", [0.0, 1e-9])
def test_parquet_learns(home, tmp_path, memory):
    do(run_of(home, "parquet", memory=memory, epochs=8), tmp_path / "run")
    assert json.loads((tmp_path / "run" / "result.json").read_text())["test_error"] <= 1 / 12


def test_evaluate_and_predict_see_what_training_saw(home, whole, monkeypatch):
    bundle = load_bundle(home / "whole" / "best")
    eyes = Preprocessing.from_dict(bundle.info.preprocessing)
    assert eyes.crop and eyes.picture == (20, 20) and (eyes.height, eyes.width) == (16, 16)
    opened = open_pictures(bundle, f"{home}/photos")
    found = report(bundle, opened)
    assert found.score.error == whole[2]["test_error"] and found.score.images == 18
    answers = list(predict(bundle, sources([f"{home}/photos/val"]), top=2))
    logits = bundle.model.eval()(eyes(opened.images[:])).detach()
    scores = torch.softmax(logits.double(), 1)
    assert [a.label for a in answers] == [NAMES[i] for i in logits.argmax(1)]
    for answer, score in zip(answers, scores, strict=True):
        assert answer.score == pytest.approx(float(score.max()), abs=1e-6)
    for name, part in (("photos", "all"), ("photos/val", "")):
        here = report(bundle, open_pictures(bundle, f"{home}/{name}", part=part))
        with monkeypatch.context() as patch:
            patch.setattr(pictures, "memory_for_pictures", lambda: 0.0)
            patch.setattr("papernets.data.listing.memory_for_pictures", lambda: 0.0)
            scarce = open_pictures(bundle, f"{home}/{name}", part=part)
            assert isinstance(scarce.images, OnDemand)
            assert report(bundle, scarce).to_dict() == here.to_dict()


def test_evaluate_on_parquet(home, whole, capsys, tmp_path):
    assert main(["evaluate", f"{home}/whole", "--data", f"{home}/parquet", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["images"], found["part"]) == (12, "test")
    assert all("test.parquet row" in one["file"] for one in found["mistakes"])

    def spoil(cells):
        cells["image"][4]["bytes"] = b"no picture"
        cells["label"] = cells["label"][::-1]

    file = parquet(tmp_path / "more.parquet", 12, seed=500, change=spoil)
    assert main(["evaluate", f"{home}/whole", "--data", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["images"], found["part"]) == (11, "all")
    assert found["skipped"] == [f"{file} row 4: not a picture"]
    assert found["notes"] == []  # the classes are in the network's order, whatever the rows' is


def opened_for(run):
    net = run.network(2).net
    dataset = open_data(run, net.input)
    return dataset, preprocessing_for(run.recipe, net, dataset)


def test_each_channel_has_mean_0_and_deviation_1(home):
    dataset, eyes = opened_for(run_of(home))
    whole = replace(eyes, height=20, width=20, crop=False)(dataset.train.images[:])
    assert whole.mean((0, 2, 3)).abs().max() < 1e-4
    assert (whole.std((0, 2, 3)) - 1).abs().max() < 1e-3
    means, _ = channel_statistics(dataset.train.images)
    crop = crop_of(run_of(home).recipe, eyes)
    assert crop is not None and crop.ground == tuple(round(mean) for mean in means)


def test_photos_of_the_inputs_size_are_padded_by_an_eighth(tmp_path):
    """He et al. 2015, section 4.2: 4 pixels around 32x32."""
    folder(tmp_path, {"train": 6, "val": 3}, size=(32, 32))
    run = a_run("resnet20", data=str(tmp_path), enlarge=256 / 224, standardise=True)
    _, eyes = opened_for(run)
    assert eyes.picture == (32, 32) and not eyes.crop
    crop = crop_of(run.recipe, eyes)
    assert crop is not None and crop.padding == (4, 4)
    assert crop_of(replace(run.recipe, augment={"padding": 0}), eyes) is None


def test_digits_are_neither_cropped_nor_mirrored():
    run = a_run("resnet20", enlarge=1.2, standardise=True, augment={"flip": 0.5, "padding": 4})
    dataset, eyes = opened_for(run)
    assert not eyes.crop and crop_of(run.recipe, eyes) is None and dataset.kind == "digit"


@pytest.mark.parametrize("room", [None, 0.0])
@pytest.mark.parametrize("rotate", [0.0, 9.0])
def test_workers_crop_what_one_process_crops(home, room, rotate):
    run = run_of(home, augment={**AUGMENT, "rotate": rotate})
    _, eyes = opened_for(run)
    part = data.open(run.recipe.data, channels=3, size=(16, 16), enlarge=1.25, room=room).train
    assert crop_of(run.recipe, eyes) is not None
    alone = Source(part, eyes, run.recipe, CPU).epoch(1)
    third = [Source(part, eyes, run.recipe, CPU, (rank, 3)).epoch(1) for rank in range(3)]
    for (x, y, *_), *several in zip(alone, *third, strict=True):
        assert torch.equal(x, torch.cat([part[0] for part in several]))
        assert torch.equal(y, torch.cat([part[1] for part in several]))
        assert {part[2] for part in several} == {len(x)}


@pytest.mark.slow  # two processes import torch for a second
def test_two_workers_train_on_photos_that_are_read_on_demand(home):
    """LeNet-1 has neither normalisation nor dropout, which workers could not share."""
    own = {"net": "lenet1", "channels": 3, "input": (16, 16), "epochs": 1, "tiles": False}
    run = run_of(home, **own, processes=2, memory=1e-9)
    dataset, eyes = opened_for(run)
    found = {}
    for workers in (0, 2):
        model = _built(run)
        state = start(model, run.recipe)
        list(
            fitted(state, dataset, eyes, replace(run, where=Where(processes=workers, tiles=False)))
        )
        found[workers] = state.weights()
    for name, value in found[0].items():
        torch.testing.assert_close(found[2][name], value, rtol=1e-4, atol=1e-5)
    with Team(_built(run), Source(dataset.train, eyes, run.recipe, CPU), 2, tiles=False) as team:
        assert isinstance(team.me.source.part.images, OnDemand)


def _built(run):
    from papernets.run.network import build

    return build(run.network(2).net, generator=torch.Generator().manual_seed(1))


def test_heads_count_in_training_with_their_weights_and_never_after_it(home):
    """The head's own parameters learn; held-out losses and answers are the main output's alone."""
    run = run_of(home, epochs=1)
    dataset, eyes = opened_for(run)
    state = start(_built(run), run.recipe)
    before = {k: v.clone() for k, v in state.model.state_dict().items()}
    (x, _), *_ = batches(dataset.train, eyes, 8, augment={"rotate": 5.0})
    (epoch,) = [e for e in fitted(state, dataset, eyes, run) if isinstance(e, Epoch)]
    assert not torch.equal(before["head.out.weight"], state.model.state_dict()["head.out.weight"])
    model = state.model.eval()
    logits = model(eyes(dataset.validation.images))
    assert isinstance(logits, torch.Tensor)
    wanted = torch.nn.functional.cross_entropy(logits, dataset.validation.labels)
    assert epoch.val_loss == pytest.approx(wanted.item(), rel=1e-5)
    assert isinstance(model.train()(x), Logits)


@pytest.mark.parametrize("name, weights", [("googlenet", (0.3, 0.3)), ("inception_v3", (0.4,))])
def test_the_losses_of_the_papers_heads_are_added_with_their_weights(name, weights):
    """Szegedy et al. 2014, section 5: 0.3. Inception v3's paper prints none; its code has 0.4."""
    made = net(name, 2)
    logits = [torch.randn(4, 2, generator=generator(at, 0)) for at in range(1 + len(weights))]
    target = torch.tensor([0, 1, 1, 0])
    losses = [torch.nn.functional.cross_entropy(each, target) for each in logits]
    wanted = losses[0] + sum(w * loss for w, loss in zip(weights, losses[1:], strict=True))
    found = make_loss(TrainRecipe(name), made)(Logits(logits[0], tuple(logits[1:])), target)
    assert found.item() == pytest.approx(wanted.item())
    assert make_loss(TrainRecipe(name), made)(logits[0], target).item() == pytest.approx(
        losses[0].item()
    )


@pytest.mark.parametrize(
    "settings, words",
    [
        ({"augment": {"flip": 2}}, "augment.flip takes a share from 0 to 1, not 2"),
        (
            {"augment": {"padding": 1.5}},
            "augment.padding takes a whole number of pixels up to 10,000, not 1.5",
        ),
        ({"augment": {"area": 0}}, "augment.area takes a share above 0 and up to 1, not 0"),
        ({"augment": {"flips": 1}}, "unknown key 'flips' in augment. Did you mean 'flip'?"),
        ({"enlarge": 0.9}, "enlarge must be from 1 to 8, not 0.9"),
        ({"enlarge": float("nan")}, "enlarge must be from 1 to 8, not nan"),
        ({"memory": -1.0}, "memory must be 0 or more, not -1.0"),
    ],
)
def test_settings_that_cannot_be(settings, words):
    with pytest.raises(ValueError, match=words.replace(".", r"\.").replace("?", r"\?")):
        a_run("resnet18", **settings)


def test_recipes_are_chosen_by_the_data():
    assert resolve("resnet18", {"data": "photos"}).recipe.recipe == "modern"
    assert resolve("resnet18", {"data": "mnist"}).recipe.recipe == "digits"
    assert "flip" not in resolve("resnet18", {"data": "mnist"}).recipe.augment
    assert resolve("resnet20", {"data": "CIFAR-10"}).recipe.recipe == "cifar"
    assert resolve("resnet20", {}).recipe.recipe == "digits"
    assert resolve("lenet5", {"data": "photos"}).recipe.recipe == "quick"


def test_asked_for_values_are_stronger_than_measured_ones():
    def standardise(**settings):
        return resolve("resnet18", {"data": "photos", **settings}).recipe.standardise

    assert standardise() and not standardise(low=0.0, high=1.0)
    assert standardise(low=0.0, standardise=True)


def test_a_network_for_photographs_asks_for_them(capsys):
    assert main(["train", "resnet18", "--dry-run"]) == 2
    err = capsys.readouterr().err
    assert "resnet18 is a network for photographs: give a folder of them with one folder a" in err
    assert main(["train", "resnet18", "--data", "digits", "--dry-run", "--quiet"]) == 0


def test_large_pictures_are_looked_at_a_few_at_a_time(home, whole):
    """500 pictures of 224x224 would take gigabytes of activations; the answers are the same."""
    meta = torch.device("meta")
    with meta:
        sizes = [batch_of(Network(net(name))) for name in ("lenet5", "resnet18", "vgg16")]
    assert sizes == [500, 20, 20]
    bundle = load_bundle(home / "whole" / "best")
    images = open_pictures(bundle, f"{home}/photos").images
    eyes = Preprocessing.from_dict(bundle.info.preprocessing)
    one, other = (logits_of(bundle.model, images, eyes, batch=size) for size in (1, 18))
    torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)

"""Augmentation in a run: each picture's own draw, what cannot be, and what its bundle keeps."""

import json
import shutil

import pytest
import torch
from small_photos import folder
from small_runs import CPU, a_run, do

import papernets
from papernets import data
from papernets.bundle.arrays import ARRAYS
from papernets.bundle.load import load_bundle
from papernets.cli import main
from papernets.evaluate.predictor import load
from papernets.nets.registry import net
from papernets.peers.usual import adapted
from papernets.train import outcome
from papernets.train.changing import colour_of, crop_of
from papernets.train.events import Epoch
from papernets.train.pictures import open_data, preprocessing_for
from papernets.train.settings import read_config, resolve
from papernets.train.source import Source

SMALL = {"channels": 3, "input": (16, 16)}
EVERYTHING = {
    "rotate": 5.0,
    "flip": 0.5,
    "jitter_low": 17,
    "jitter_high": 24,
    "interpolation": 1,
    "pca": 0.1,
    "brightness": 0.4,
    "contrast": 0.4,
    "saturation": 0.4,
    "hue": 0.1,
    "lighting": 0.1,
}


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    monkeypatch.setattr(outcome, "draw", lambda *_: None)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    root = tmp_path_factory.mktemp("photos")
    folder(root, {"train": 20, "val": 9})
    return root


def run_of(photos, **settings):
    chosen = {"data": str(photos), "epochs": 2, "batch_size": 8, "low": 0.0, "high": 1.0}
    return a_run("lenet1", **{**chosen, **SMALL, **settings})


def opened(run):
    network = run.network(2).net
    dataset = open_data(run, network.input)
    return dataset, preprocessing_for(run.recipe, network, dataset)


def by_place(source, epoch=1):
    """The pictures of an epoch in the order of the training set, which their labels are."""
    numbered = data.Part(source.part.images, torch.arange(len(source.part)))
    own = Source(numbered, source.preprocessing, source.recipe, CPU, source.worker)
    found = [(x, y) for x, y, *_ in own.epoch(epoch)]
    x, y = (torch.cat(each) for each in zip(*found, strict=True))
    return x[y.argsort()], y.sort().values


@pytest.mark.parametrize(
    "augment", [EVERYTHING, {"area": 0.3, "aspect": 1.2, "flip": 0.5}, {"padding": 2, "pca": 0.1}]
)
def test_a_picture_is_the_same_whatever_the_batch_the_chunk_or_the_worker(
    photos, augment, monkeypatch
):
    run = run_of(photos, augment=augment, enlarge=1.25)
    dataset, eyes = opened(run)
    whole, _ = by_place(Source(dataset.train, eyes, run.recipe, CPU))
    for size in (1, 5):
        other = run_of(photos, augment=augment, enlarge=1.25, batch_size=size)
        assert torch.equal(by_place(Source(dataset.train, eyes, other.recipe, CPU))[0], whole)
    monkeypatch.setattr("papernets.train.source.CHUNK", 8)
    assert torch.equal(by_place(Source(dataset.train, eyes, run.recipe, CPU))[0], whole)
    for rank in range(3):
        part, places = by_place(Source(dataset.train, eyes, run.recipe, CPU, (rank, 3)))
        assert 0 < len(places) < len(whole) and torch.equal(part, whole[places])
    again, _ = by_place(Source(dataset.train, eyes, run.recipe, CPU), epoch=2)
    assert not torch.equal(again, whole)


def test_one_augmentation_more_leaves_the_draws_of_the_others(photos):
    run = run_of(photos, augment={"padding": 2, "flip": 0.5})
    dataset, eyes = opened(run)
    plain, _ = by_place(Source(dataset.train, eyes, run.recipe, CPU))
    more = run_of(photos, augment={"padding": 2, "flip": 0.5, "lighting": 0.1})
    coloured, _ = by_place(Source(dataset.train, eyes, more.recipe, CPU))
    shift = coloured - plain
    assert (shift - shift[:, :, :1, :1]).abs().max() < 1e-5 < shift.abs().max()


def test_everything_trains_and_resumes_bit_for_bit(photos, tmp_path):
    run = run_of(photos, augment=EVERYTHING, low=-0.1, mean="")
    do(run, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        do(run, tmp_path / "half", until=lambda e: isinstance(e, Epoch) and e.epoch == 1)
    do(None, tmp_path / "half", resume=True)
    _same(tmp_path / "half", tmp_path / "whole")


def _same(one, other):
    for name in ("best", "last"):
        weights = [(place / name / "weights.safetensors").read_bytes() for place in (one, other)]
        assert weights[0] == weights[1]


def test_photos_are_stored_for_the_largest_jitter_and_tested_at_the_usual_scale(photos):
    """He et al. 2015: a short side from 256 to 480 in training, 256 in the ten-crop test."""
    run = run_of(photos, enlarge=1.25, augment={"jitter_low": 20, "jitter_high": 32})
    dataset, eyes = opened(run)
    assert dataset.train.images.shape[2:] == (32, 32)
    assert (eyes.picture, eyes.short, eyes.crop) == ((32, 32), 20, True)
    crop = crop_of(run.recipe, eyes)
    assert crop is not None and crop.jitter == (20, 32)
    plain = run_of(photos, enlarge=1.25)
    assert opened(plain)[1].short == 0


@pytest.mark.parametrize(
    "settings",
    [{"mean": "pixel"}, {"mean": "channel"}, {"gcn": 55.0, "zca": 0.1}, {"gcn": 1.0}],
)
def test_what_is_measured_is_kept_and_all_verbs_agree(photos, tmp_path, capsys, settings):
    run = run_of(photos, augment={"padding": 1, "flip": 0.5}, learning_rate=1e-4, **settings)
    dataset, eyes = opened(run)
    seen = eyes(dataset.train.images[:])
    if settings.get("mean"):
        assert seen.mean((0, 2, 3)).abs().max() < 1e-2
    do(run, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        do(run, tmp_path / "run", until=lambda e: isinstance(e, Epoch) and e.epoch == 1)
    do(None, tmp_path / "run", resume=True)
    _same(tmp_path / "run", tmp_path / "whole")
    predictor = load(tmp_path / "run")
    assert predictor.preprocessing == eyes
    assert (tmp_path / "run" / "best" / ARRAYS).exists() == bool(eyes.content)
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert main(["evaluate", f"{tmp_path}/run", "--data", str(photos), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["error"] == result["test_error"]
    answers = predictor.predict(sorted(map(str, (photos / "val").rglob("*.png"))))
    test = open_data(run, (3, 16, 16)).test
    scores = predictor.model(eyes(test.images[:])).argmax(1)
    wanted = dict(zip(map(str, test.files), scores.tolist(), strict=True))
    assert {a.file: a.label for a in answers} == {
        file: predictor.classes[at] for file, at in wanted.items()
    }


def test_a_module_is_saved_with_the_arrays_of_its_bundle(photos, tmp_path):
    do(run_of(photos, mean="pixel", learning_rate=1e-4), tmp_path / "run")
    model = papernets.create_model(tmp_path / "run")
    papernets.save(model, tmp_path / "kept")
    eyes = load(tmp_path / "run").preprocessing
    assert eyes.arrays is not None and load(tmp_path / "kept").preprocessing == eyes
    papernets.save(model, tmp_path / "given", preprocessing=eyes)
    assert load(tmp_path / "given").preprocessing == eyes
    with pytest.raises(ValueError, match=r"has a mean picture of 3x16x16, and lenet1 sees 3x20x20"):
        adapted(eyes, net("lenet1", 2, channels=3, input=20))


def test_a_committees_networks_measure_nothing_of_their_own(tmp_path):
    run = a_run("boosted_lenet4", data="digits", mean="pixel", loss="cross_entropy")
    with pytest.raises(ValueError, match="mean is measured on each network's own pictures, and th"):
        do(run, tmp_path / "run")


def test_a_bundle_without_its_arrays_says_so(photos, tmp_path, capsys):
    do(run_of(photos, mean="pixel", learning_rate=1e-4), tmp_path / "run")
    bundle = load_bundle(tmp_path / "run")
    assert bundle.info.arrays and "arrays" not in json.loads(bundle.info.to_json())
    file = tmp_path / "run" / "best" / ARRAYS
    content = file.read_bytes()
    file.write_bytes(content[:-4] + b"abcd")
    assert main(["predict", f"{tmp_path}/run", f"{photos}/val"]) == 1
    assert "is not the file that was written with its preprocessing" in capsys.readouterr().err
    file.unlink()
    assert main(["predict", f"{tmp_path}/run", f"{photos}/val"]) == 1
    assert "is not there: its network's pictures are prepared by it" in capsys.readouterr().err


def test_a_run_whose_arrays_are_gone_is_not_gone_on_with(photos, tmp_path):
    run = run_of(photos, mean="pixel", learning_rate=1e-4)
    with pytest.raises(KeyboardInterrupt):
        do(run, tmp_path / "run", until=lambda e: isinstance(e, Epoch) and e.epoch == 1)
    (tmp_path / "run" / "state" / ARRAYS).unlink()
    with pytest.raises(ValueError, match=r"is not there.*Bring back the one that this run wrote"):
        do(None, tmp_path / "run", resume=True)
    shutil.copy(tmp_path / "run" / "last" / ARRAYS, tmp_path / "run" / "state")
    do(None, tmp_path / "run", resume=True)


def test_weights_bring_their_mean_picture_along(photos, tmp_path):
    do(run_of(photos, mean="pixel", learning_rate=1e-4), tmp_path / "given")
    settings = {"weights": str(tmp_path / "given"), "data": str(photos), "standardise": True}
    run = resolve("lenet1", {**settings, **SMALL})
    assert opened(run)[1].arrays == load(tmp_path / "given").preprocessing.arrays
    with pytest.raises(ValueError, match=r"sees pictures of 3x16x16 without their mean picture"):
        opened(resolve("lenet1", {**settings, "channels": 3, "input": (20, 20)}))


def test_runs_that_drew_by_order_draw_by_picture_now(photos, tmp_path):
    do(run_of(photos), tmp_path / "run")
    config = tmp_path / "run" / "run.toml"
    config.write_text(config.read_text().replace('draws = "picture"', 'draws = "order"'))
    assert read_config(config)["draws"] == "picture"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"augment": {"hue": 0.6}}, "augment.hue takes a number from 0 to 0.5, not 0.6"),
        ({"augment": {"pca": float("nan")}}, "augment.pca takes a number of 0 or more, not nan"),
        ({"augment": {"contrast": 1.5}}, "augment.contrast takes a number from 0 to 1, not 1.5"),
        ({"augment": {"brightness": True}}, "augment.brightness takes a number of 0 or more"),
        ({"augment": {"jitter_low": 30, "jitter_high": 20}}, "jitter_low=30 is above augment.ji"),
        ({"augment": {"jitter_low": 30}}, "augment.jitter_high takes a whole number of pixels"),
        (
            {"augment": {"jitter_low": 1.5, "jitter_high": 20}},
            "augment.jitter_low takes a whole number of pixels from 1 to 10,000, as",
        ),
        (
            {"augment": {"jitter_low": 20, "jitter_high": 30, "area": 0.5}},
            "augment.area and augment.jitter_low are two ways to scale a crop: give one",
        ),
        ({"augment": {"aspect": 0.5}}, "augment.aspect takes the widest aspect of a crop, 1 to"),
        ({"augment": {"interpolation": 2}}, "augment.interpolation takes 1, for a filter drawn"),
        ({"augment": {"corners": 0.5}}, "augment.corners takes 1, for crops in the corners and"),
        ({"augment": {"gamma": 1}}, "unknown key 'gamma' in augment."),
        ({"draws": "turn"}, "unknown draws 'turn'. draws is one of picture"),
        ({"mean": "image"}, "unknown mean 'image'."),
        ({"mean": "pixel", "standardise": True}, "standardise and mean are two scales of pixels"),
        ({"mean": "channel", "gcn": 55.0}, "gcn takes the mean away itself: leave mean out"),
        ({"zca": float("nan")}, "zca must be 0 or more, not nan"),
        ({"gcn": -1.0}, "gcn must be 0 or more, not -1.0"),
    ],
)
def test_settings_that_cannot_be(settings, words):
    with pytest.raises(ValueError) as error:
        a_run("resnet18", **settings)
    assert words in str(error.value)


def test_strips_take_neither_colours_nor_whitening():
    strips = {"neighbours": 0.5, "loss": "map", "constant": 5.0}
    with pytest.raises(ValueError, match=r"augment\.contrast does not go with neighbours"):
        a_run("lenet5", **strips, augment={"contrast": 0.1})
    with pytest.raises(ValueError, match="zca is of whole pictures, which strips have not"):
        a_run("lenet5", **strips, zca=0.1)


def test_jitter_below_the_crop_and_grey_pictures_end_before_training(photos, tmp_path):
    run = run_of(photos, enlarge=1.25, augment={"jitter_low": 12, "jitter_high": 24})
    with pytest.raises(ValueError, match="a short side of 12 pixels is too small for crops of 16x"):
        do(run, tmp_path / "run")
    assert not (tmp_path / "run").exists()  # nor is anything left behind
    grey = run_of(photos, channels=1, augment={"hue": 0.1})
    with pytest.raises(ValueError, match=r"augment\.hue changes colours, and these pictures are g"):
        do(grey, tmp_path / "grey")
    assert not (tmp_path / "grey").exists()
    do(run_of(photos, channels=1, augment={"pca": 0.1}, epochs=1), tmp_path / "one")


def test_what_is_asked_for_is_stronger_than_the_recipes_scale():
    def scale(**settings):
        recipe = resolve("resnet18", {"data": "photos", **settings}).recipe
        return recipe.standardise, recipe.mean, recipe.gcn

    assert scale() == (True, "", 0.0)
    assert scale(mean="pixel") == (False, "pixel", 0.0)
    assert scale(gcn=55.0) == (False, "", 55.0)
    assert scale(mean="") == (True, "", 0.0)


def test_components_are_measured_once_and_travel_to_workers(photos, monkeypatch):
    run = run_of(photos, augment={"pca": 0.1})
    dataset, eyes = opened(run)
    source = Source(dataset.train, eyes, run.recipe, CPU)
    assert source.components is not None
    monkeypatch.setattr("papernets.train.source.measured", None)
    empty = dataset.train.select(slice(0))
    assert Source(empty, eyes, run.recipe, CPU, (1, 2), source.components) is not None
    assert colour_of(run.recipe, source.components).components == source.components
    assert net("lenet1").input[0] == 1

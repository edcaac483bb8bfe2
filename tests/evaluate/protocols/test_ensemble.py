"""Networks that answer together: classes by name, each in its own form, on new pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from small_photos import photo

from papernets.bundle.info import BundleInfo
from papernets.bundle.load import Bundle
from papernets.bundle.seen import TEST, TRAIN
from papernets.data import Preprocessing
from papernets.data.reading import content_of_files, read_stored
from papernets.evaluate.known import Pictures
from papernets.evaluate.protocols import ensemble
from papernets.evaluate.protocols.ensemble import answers_of, fair_for, places_of
from papernets.evaluate.protocols.outputs import outputs_of
from papernets.evaluate.protocols.protocol import Protocol
from papernets.evaluate.report import report
from papernets.run.network import build
from papernets.spec import Conv, Dense, Flatten, GlobalPool, Net, chain

CLASSES = ("a", "b", "c")


def bundle_of(
    seed: int, side: int = 16, classes: tuple[str, ...] = CLASSES, channels: int = 3
) -> Bundle:
    net = Net(
        f"net{seed}",
        (channels, side, side),
        len(classes),
        chain(
            {
                "conv": Conv(6, 3, activation="relu"),
                "pool": GlobalPool(),
                "flatten": Flatten(),
                "out": Dense(len(classes), activation="softmax"),
            }
        ),
    )
    model = build(net, torch.Generator().manual_seed(seed)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(4)
    eyes = Preprocessing(channels, side, side, (side + 4, side + 4), "photo", crop=True)
    info = BundleInfo(net.name, classes, net.input, eyes.to_dict(), score_scale=1 + seed)
    return Bundle(info, model, Path(f"bundle{seed}"))


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    files = [str(tmp_path / f"{at}.png") for at in range(6)]
    for at, file in enumerate(files):
        photo(at % 2, at, (30, 36)).save(file)
    stored = read_stored(files, 3, (20, 20), True)
    known = content_of_files(files, (20, 20))
    labels = torch.tensor([0, 1, 2, 0, 1, 2])
    return Pictures("six", "test", stored.images, labels, tuple(files), known=known)


@pytest.mark.parametrize("protocol", ["centre", "ten-crop", "dense"])
def test_scores_are_the_mean_of_the_networks(pictures: Pictures, protocol: str) -> None:
    """Each by its own scale, size and form; classes in another order are found by name."""
    one, small = bundle_of(0), bundle_of(1, side=12)
    turned = bundle_of(2, classes=("c", "a", "b"), channels=1)
    asked = Protocol(protocol)
    found = answers_of([one, small, turned], pictures, asked)
    apart = []
    for bundle in (one, small, turned):
        channels, size = bundle.info.input[0], (bundle.info.input[1] + 4,) * 2
        images = read_stored(list(pictures.files), channels, size, True).images
        own = outputs_of(bundle, replace(pictures, images=images), asked)
        apart.append(torch.softmax(own, 1))
    apart[2] = apart[2][:, [1, 2, 0]]
    wanted = (apart[0] + apart[1] + apart[2]) / 3
    assert found.networks == 3
    torch.testing.assert_close(torch.softmax(found.outputs, 1), wanted, rtol=0, atol=1e-12)
    together = report([one, small, turned], pictures, protocol=asked)
    told = together.to_dict()
    assert told["networks"] == 3 and told["ensemble"] == ["bundle1", "bundle2"]
    assert told["average"] == "softmax" and told["protocol"] == protocol


def test_logits_are_averaged_where_that_is_asked_for(pictures: Pictures) -> None:
    one, other = bundle_of(0), bundle_of(1)
    found = answers_of([one, other], pictures, Protocol(average="logits"))
    several = [outputs_of(bundle, pictures, Protocol()) for bundle in (one, other)]
    torch.testing.assert_close(found.outputs, (several[0] + several[1]) / 2)


def test_a_network_beside_itself_changes_nothing(pictures: Pictures) -> None:
    one = bundle_of(0)
    alone, twice = report(one, pictures), report([one, one], pictures)
    assert alone.score == twice.score and alone.confusion == twice.confusion
    assert alone.calibration is not None and twice.calibration is not None
    assert alone.calibration.loss == pytest.approx(twice.calibration.loss)


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (("a", "b"), "bundle1 has other classes than bundle0: it lacks 'c'. Networks of"),
        (("a", "b", "d"), "it lacks 'c' and it has 'd' besides."),
        (("a", "b", "c", "d"), "bundle1 has other classes than bundle0: it has 'd' besides."),
    ],
)
def test_other_classes_are_refused(classes: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError) as error:
        places_of(bundle_of(0), bundle_of(1, classes=classes))
    assert said in str(error.value)


class _Seen:
    """A list of pictures: the first two were trained on; the fourth and fifth tested."""

    def __init__(self, pictures: Pictures, learnt: slice = slice(0, 2)):
        assert pictures.known is not None
        self.train, self.test = pictures.known.held[learnt], pictures.known.held[3:5]

    def learnt(self, held: np.ndarray, pixels: np.ndarray) -> np.ndarray:
        return np.isin(held, self.train)

    def has(self, part: str, held: np.ndarray, pixels: np.ndarray) -> np.ndarray:
        own = {TRAIN: self.train, TEST: self.test}.get(part, held[:0])
        return np.isin(held, own)


def test_what_one_of_them_was_trained_on_is_no_test(
    pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = _Seen(pictures)
    monkeypatch.setattr(ensemble, "read_seen", lambda folder: seen)
    other = bundle_of(1)
    for given in (pictures, replace(pictures, known=None)):  # by their files then
        left = fair_for(given, [other])
        assert left.files == pictures.files[2:] and left.labels.tolist() == [2, 0, 1, 2]
        assert left.notes == ("bundle1: of 6 pictures 2 were trained on: left out",)
    every = fair_for(pictures, [other], "all")
    assert len(every) == 6 and every.notes == ("bundle1: of 6 pictures 2 were trained on",)
    unknown = fair_for(replace(pictures, known=None, files=()), [other])
    assert unknown.notes == ("whether bundle1 was trained on these pictures is not known",)
    monkeypatch.setattr(ensemble, "read_seen", lambda folder: _Seen(pictures, slice(0, 6)))
    some = fair_for(pictures, [other])
    assert some.files == pictures.files[3:5]  # its own test part
    rest = replace(pictures, files=pictures.files[:3], known=pictures.known.select([0, 1, 2]))
    rest = replace(rest, images=pictures.images[:][:3], labels=pictures.labels[:3])
    with pytest.raises(ValueError, match=r"bundle1: .* no picture is left to test the ensemble"):
        fair_for(rest, [other])

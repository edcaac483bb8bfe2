"""Strips are read place by place: the dense form is the network at each window, and the decoder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from papernets import data
from papernets.bundle.assemble import assemble
from papernets.bundle.find import find_bundle, shipped
from papernets.bundle.info import BundleInfo
from papernets.bundle.save import save_bundle
from papernets.data import Preprocessing
from papernets.evaluate.predict import Source
from papernets.nets import look_up, net
from papernets.run.network import Network, build
from papernets.strips.make import make_strips, seen, surrounded
from papernets.strips.scan import (
    Decoder,
    Digit,
    Reading,
    Scanner,
    Scores,
    can_scan,
    load_scanner,
    scan,
)
from papernets.strips.score import edit_distance, measure, strip_score

DIGITS = tuple("0123456789")
LENET5 = Preprocessing(1, 32, 32)


def network(seed: int = 0) -> Network:
    return build(net("lenet5"), generator=torch.Generator().manual_seed(seed)).eval()


def scanner(model: Network, **more: object) -> Scanner:
    wide = assemble(look_up("lenet5"), model.state_dict(), dense=True).eval()
    return replace(Scanner(wide, LENET5, DIGITS, 0.1, 10.0), **more)  # type: ignore[arg-type]


def strips(count: int, width: int) -> torch.Tensor:
    draws = torch.Generator().manual_seed(1)
    return torch.randint(256, (count, 1, 28, width), generator=draws).to(torch.uint8)


@pytest.mark.parametrize("step", [1, 2, 4])
@pytest.mark.parametrize("width", [28, 61, 90])
def test_each_place_is_the_network_at_its_window(step: int, width: int) -> None:
    """The scores at a place are those of the 32x32 window that is centred on its column."""
    model, given = network(), strips(3, width)
    scores = scanner(model, step=step).scores(given, batch=2)
    assert (scores.first, scores.step) == (0, step)
    assert scores.values.shape == (3, width // step + 1, 11)
    around = torch.nn.functional.pad(given, (16, 16))
    for place in range(scores.values.shape[1]):
        window = around[..., place * step : place * step + 32]
        with torch.no_grad():
            y = -model(seen(LENET5, window)).double() * 0.1  # equation 9's distances
        terms = torch.cat([-y, torch.full((3, 1), -10.0, dtype=torch.float64)], 1).exp()
        wanted = (terms / terms.sum(1, keepdim=True)).log()
        assert torch.allclose(scores.values[:, place].double(), wanted, atol=1e-4)


def test_a_place_of_a_digit_that_is_seen_smaller() -> None:
    """Digits at 16x16: a place is a column of the network's, 1.25 of the strip's."""
    small = Preprocessing(1, 32, 32, shrink=0.8)
    scores = scanner(network(), preprocessing=small).scores(strips(1, 100))
    assert scores.step == pytest.approx(1.25)
    last = scores.first + scores.step * (scores.values.shape[1] - 1)
    assert scores.first == pytest.approx(100 - last, abs=1.25)
    assert surrounded(small, strips(1, 100)).shape[-1] == 136


def test_a_network_without_a_constant_is_asked_where_it_is_sure() -> None:
    scores = scanner(network(), constant=math.inf).scores(strips(1, 40))
    assert torch.allclose(scores.values.exp().sum(2), torch.tensor(1.0))
    one = scores.values[0, 7]
    known = one[:10].exp() / one[:10].exp().sum()
    assert float(one[10].exp()) == pytest.approx(0.5 / 1.5, rel=1e-4)
    assert float(one[:10].exp().max()) == pytest.approx(float(known.max()) / 1.5, rel=1e-4)


def scores_of(text: str, sure: float = 0.9) -> Scores:
    """One strip with a place for each character: a digit, or . for nothing, this likely."""
    values = torch.full((1, len(text), 11), (1 - sure) / 10)
    for place, character in enumerate(text):
        values[0, place, 10 if character == "." else int(character)] = sure
    return Scores(values.log(), 0.0, 1.0)


@pytest.mark.parametrize(
    ("places", "wanted"),
    [
        ("", ""),
        ("....................", ""),
        (".....33333....", "3"),
        ("33333....4444....5555", "345"),
        ("..11111.11111..", "11"),  # one place on nothing parts two equal digits
        ("..11111111..", "1"),  # eight columns are one digit
        ("..4444999999..", "49"),  # a place of a digit is given up for the nothing between two
        ("..4444.999999..", "49"),
        ("..7777.7777....", "77"),
        ("....2.......", ""),  # one column is no digit
        ("...888828888...", "8"),  # nor does it part one
        ("...22222.1...", "2"),
    ],
)
def test_the_decoder_on_clear_places(places: str, wanted: str) -> None:
    if not places:
        assert Decoder().segments(Scores(torch.zeros(1, 0, 11), 0, 1)) == [[]]
        return
    (reading,) = Decoder().read(scores_of(places), DIGITS)
    assert reading.text == wanted


def test_a_digit_has_its_column_and_its_best_score() -> None:
    (reading,) = Decoder().read(scores_of("....66666....", 0.8), DIGITS)
    assert reading.text == "6"
    (digit,) = reading.digits
    assert digit.label == "6" and digit.x == 6.0
    assert digit.score == pytest.approx(0.8) and reading.score == pytest.approx(0.8)
    values = scores_of("....66666....").values
    (moved,) = Decoder().read(Scores(values, 2.5, 1.0), DIGITS)
    assert moved.digits[0].x == 8.5


def test_the_decoder_finds_the_likeliest_sequence() -> None:
    """Against every sequence of up to two digits on ten places, with random scores."""
    draws = torch.Generator().manual_seed(0)
    decoder = Decoder(shortest=2, longest=4, cost=0.5)
    for _ in range(20):
        values = torch.randn(1, 10, 4, generator=draws, dtype=torch.float64).log_softmax(2)
        scores = Scores(values, 0, 1)

        def likelihood(segments: Sequence[tuple[int, int, int]], v: torch.Tensor) -> float:
            covered = {p: c for c, a, b in segments for p in range(a, b)}
            each = sum(float(v[p, covered.get(p, 3)]) for p in range(10))
            return each - 0.5 * len(segments)

        singles = [
            (c, a, b) for c in range(3) for a in range(9) for b in range(a + 2, min(a + 4, 10) + 1)
        ]
        all_of = [[], *([s] for s in singles)]
        all_of += [[s, t] for s in singles for t in singles if t[1] > s[2]]
        all_of += [
            [s, t, u]
            for s in singles
            for t in singles
            if t[1] > s[2]
            for u in singles
            if u[1] > t[2]
        ]
        best = max(likelihood(s, values[0]) for s in all_of)
        (found,) = decoder.segments(scores)
        assert likelihood(found, values[0]) == pytest.approx(best)


def test_strips_in_a_batch_do_not_touch() -> None:
    one, other = scores_of("..333333.......44444"), scores_of("....................")
    both = Scores(torch.cat([one.values, other.values]), 0.0, 1.0)
    assert [r.text for r in Decoder().read(both, DIGITS)] == ["34", ""]


def reading(text: str) -> Reading:
    return Reading(text, tuple(Digit(c, 1.0, 0.0) for c in text))


def test_the_score_of_strips() -> None:
    score = strip_score(["12345", "777", "90"], [reading("12345"), reading("77"), reading("198")])
    assert (score.strips, score.errors, score.digits, score.digit_errors) == (3, 2, 10, 3)
    assert score.error == pytest.approx(2 / 3) and score.digit_error == pytest.approx(0.3)
    assert score.interval[0] < score.error < score.interval[1]
    assert score.wrong == (("777", "77"), ("90", "198"))


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [("", "", 0), ("abc", "", 3), ("", "ab", 2), ("kitten", "sitting", 3), ("12345", "1345", 1)],
)
def test_edit_distance(one: str, other: str, wanted: int) -> None:
    assert edit_distance(one, other) == edit_distance(other, one) == wanted


def test_measuring_follows_the_seed() -> None:
    part, one = data.open("digits").test, scanner(network())
    assert measure(one, part, 8, 3, seed=1) == measure(one, part, 8, 3, seed=1)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that says it was trained with neighbours; its weights are random."""
    folder = tmp_path_factory.mktemp("scan")
    run = {"neighbours": 0.9, "constant": 7.0}
    info = BundleInfo("lenet5", DIGITS, (1, 32, 32), LENET5.to_dict(), score_scale=0.05, run=run)
    save_bundle(folder, info, network(3).state_dict())
    return folder


def test_a_bundle_says_whether_it_was_trained_for_strips(bundle: Path, trained: Path) -> None:
    found, info = load_scanner(bundle)
    assert can_scan(info) and (found.scale, found.constant) == (0.05, 7.0)
    assert found.stride == 4
    found, info = load_scanner(trained)
    assert not can_scan(info) and found.constant == math.inf


def test_a_committee_reads_no_strips(tmp_path: Path) -> None:
    info = BundleInfo("boosted_lenet4", DIGITS, (1, 32, 32), LENET5.to_dict(), kind="committee")
    save_bundle(tmp_path, info, None)
    with pytest.raises(ValueError, match="is a committee; strips are read by a single network"):
        load_scanner(tmp_path)


def test_files_are_read_or_say_why_not(bundle: Path, tmp_path: Path) -> None:
    found, _ = load_scanner(bundle)
    Image.fromarray(strips(1, 100)[0, 0].numpy()).save(tmp_path / "noise.png")
    (tmp_path / "text.png").write_text("no picture")
    names = [tmp_path / "noise.png", tmp_path / "text.png", tmp_path / "gone.png"]
    sources = [Source(p.name, str(p)) for p in names] + [Source("x", "x", "an empty folder")]
    read, text, gone, none = scan(found, sources)
    stored = torch.from_numpy(strips(1, 100)[0].numpy())
    assert read.reading == found.read(stored[None])[0]
    assert set(read.to_dict()) == {"file", "text", "score", "digits"}
    assert text.to_dict()["file"] == "text.png" and "not a" in text.error
    assert gone.error == "no such file" and none.error == "an empty folder"


def test_a_shipped_bundle_answers_to_its_folder(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "lenet5_scan").symlink_to(bundle)
    monkeypatch.setattr("papernets.bundle.find.SHIPPED", tmp_path / "weights")
    for name in ("lenet5_scan", "LeNet5-scan"):
        assert find_bundle(name) == tmp_path / "weights" / "lenet5_scan"
    assert shipped("lenet5") is None and shipped("../weights/lenet5_scan") is None


@pytest.mark.slow
@pytest.mark.skipif(shipped("lenet5_scan") is None, reason="lenet5_scan does not come along")
@pytest.mark.parametrize("gaps", [(-1, 4), (1, 6), None])
def test_nine_of_ten_strips_are_read_whole(shared_data: Path, gaps: tuple[int, int] | None) -> None:
    """Five MNIST test digits a strip: the paper's distances, wider ones, pictures side by side."""
    found, info = load_scanner("lenet5_scan")
    assert can_scan(info)
    test = data.open("mnist", data_dir=str(shared_data)).test
    score = measure(found, test, 500, 5, seed=0, gaps=gaps)
    assert score.error <= 0.1, score.wrong


@pytest.mark.slow
@pytest.mark.skipif(shipped("lenet5_scan") is None, reason="lenet5_scan does not come along")
def test_photographed_strips_are_read(shared_data: Path) -> None:
    """Dark ink on paper in sloping light, noise, any scale: as photos are, black on white."""
    test = data.open("mnist", data_dir=str(shared_data)).test
    given, labels = make_strips(test, 4, 40, torch.Generator().manual_seed(0), (2, 10))
    found, _ = load_scanner("lenet5_scan")
    random = np.random.default_rng(0)
    right = 0
    for strip, wanted in zip(given, labels.tolist(), strict=True):
        scale = random.uniform(3, 9)
        width, height = round(strip.shape[2] * scale), round(28 * scale)
        large = Image.fromarray(strip[0].numpy()).resize((width, height), Image.Resampling.BICUBIC)
        ink = np.pad(np.asarray(large, np.float64) / 255, 40)
        light = np.linspace(230, 170, ink.shape[1])
        photo = light * (1 - 0.8 * ink) + random.normal(0, 5, ink.shape)
        image = Image.fromarray(photo.clip(0, 255).astype(np.uint8))
        (reading,) = found.read(data.read_strip(image, found.preprocessing)[None])
        right += reading.text == "".join(map(str, wanted))
    assert right >= 34

"""Strips of digits in the page: outputs and readings as `papernets predict --scan` has them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from engine_judge import with_page_weights
from explore_page import ran
from PIL import Image

from papernets.bundle.create import create_model
from papernets.bundle.fast import fast
from papernets.data import read_strip
from papernets.explore.engine import LIMIT, export
from papernets.explore.export import net_data
from papernets.explore.trained import PAD, at_work, trained
from papernets.nets import look_up
from papernets.strips.make import GAPS, make_strips
from papernets.strips.scan import Decoder, Scanner, Scores, load_scanner

READ = """
const scanner = await readyScanner(given.entry, given.engine, given.net), found = [];
for (const {columns, values} of given.strips) {
  const network = await scanner.over(columns);
  const told = stripReading(scanner, network, values, columns);
  const {scores, digits, text, score} = told;
  found.push({text, score, digits: digits.map(({label, score, x}) => ({label, score, x})),
    places: scores.places, first: scores.first, values: given.values ? [...scores.values] : []});
}
return found;
"""
ALONG = """
const scanner = await readyScanner(given.entry, given.engine, given.net);
const {columns, values} = given.strip, network = await scanner.over(columns);
const {answer, wide} = stripScores(scanner, network, values, columns);
const exact = Engine.widened(scanner.program, wide);
return exact.steps.map(({name, out: [maps, height, width]}) => {
  const own = answer.map(name), found = [];
  for (let line = 0; line < maps * height; line++)
    found.push(...own.values.subarray(line * own.width, line * own.width + width));
  return [name, [maps, height, width], found];
});
"""
DRAWN = """
return ROWS.map(([text, strokes]) => {
  const sheet = painted(strokes, 0.09, 0, 480), {values, columns} = storedStrip(sheet);
  return {text, columns, values: [...values], sheet: [...sheet.values], width: sheet.width};
});
"""


@cache
def given() -> dict[str, Any]:
    """The trained networks of the pad as the page has them."""
    several = [trained(name, name) for name in PAD]
    part, entries = at_work(several, LIMIT)
    assert part is not None
    nets = {one.own: net_data(look_up(one.info.network), None) for one in several}
    return {
        "engine": json.loads(part.data),
        "entries": dict(zip(PAD, entries, strict=True)),
        "nets": nets,
    }


def asked(name: str, **more: object) -> dict[str, Any]:
    """What the page is given to read strips with one of them."""
    own = given()
    return {
        "engine": own["engine"],
        "entry": own["entries"][name],
        "net": own["nets"][name],
        **more,
    }


def judge(name: str) -> Scanner:
    """Python's scanner with the page's weights."""
    scanner, _ = load_scanner(name)
    one = trained(name, name)
    model = create_model(one.folder, dense=True).eval()
    with_page_weights(model, model.net, export(one.folder))
    return Scanner(
        fast(model),
        scanner.preprocessing,
        scanner.classes,
        scanner.scale,
        scanner.constant,
    )


def told(strips: torch.Tensor) -> list[dict[str, Any]]:
    return [{"columns": one.shape[-1], "values": one[0].flatten().tolist()} for one in strips]


def compared(name: str, strips: torch.Tensor, found: list[dict[str, Any]]) -> list[str]:
    """Holds what the page read equal to Python's, and its outputs to 1e-4; gives the texts."""
    scanner = judge(name)
    scores, readings = scanner.scores(strips), scanner.read(strips)
    for at, (page, right) in enumerate(zip(found, readings, strict=True)):
        assert page["text"] == right.text, (name, at)
        assert page["places"] == scores.values.shape[1] and page["first"] == scores.first
        values = torch.tensor(page["values"]).view(scores.values.shape[1:])
        apart = (values - scores.values[at]).abs().max()
        assert apart <= 1e-4 * scores.values[at].abs().max(), (name, at, float(apart))
        assert [one["x"] for one in page["digits"]] == [digit.x for digit in right.digits]
        assert page["score"] == pytest.approx(right.score, abs=1e-4)
    return [one.text for one in readings]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lenet5_scan", "lenet1", "lenet4", "lenet5"])
def test_strips_of_mnist_are_read_as_python_reads_them(
    name: str, shared_data: Path, tmp_path: Path
):
    """120 strips of five test digits, tight and wide: the same text, outputs to 1e-4."""
    from papernets.data.sources import open as open_data

    part = open_data("mnist", data_dir=str(shared_data)).test
    for gaps in (GAPS, (5, 24), None):
        strips, labels = make_strips(part, 5, 40, torch.Generator().manual_seed(1), gaps)
        found = ran(tmp_path, READ, asked(name, strips=told(strips), values=True))
        texts = compared(name, strips, found)
        right = ["".join(map(str, row)) for row in labels.tolist()]
        if name == "lenet5_scan":
            assert sum(a == b for a, b in zip(texts, right, strict=True)) >= 36


def test_strips_that_a_pen_wrote(tmp_path: Path):
    """The examples say what they are called; they are stored as Python stores their picture."""
    drawn = ran(tmp_path, DRAWN, None)
    preprocessing = load_scanner("lenet5_scan")[0].preprocessing
    for one in drawn:
        sheet = np.array(one["sheet"], np.float32).reshape(-1, one["width"])
        picture = Image.fromarray(np.uint8(255 - np.round(np.pad(sheet, 40) * 255)))
        right = read_strip(picture, preprocessing)
        page = torch.tensor(one["values"]).view(1, 28, one["columns"])
        assert page.shape == right.shape
        assert (page - right.int()).abs().max() <= 6  # of 255: the sheet has passed through 256
        strips = page[None].to(torch.uint8)
        (found,) = ran(tmp_path, READ, asked("lenet5_scan", strips=told(strips), values=True))
        assert compared("lenet5_scan", strips, [found]) == [one["text"]]


@pytest.mark.parametrize("name", ["lenet5_scan", "lenet1"])
def test_all_maps_along_a_strip_are_torchs(name: str, tmp_path: Path):
    """Every row of the pass that is not moved; dense layers slide as convolutions."""
    strip = torch.randint(0, 256, (1, 1, 28, 77), generator=torch.Generator().manual_seed(3))
    scanner = judge(name)
    one = trained(name, name)
    model = create_model(one.folder, dense=True).eval()
    with_page_weights(model, model.net, export(one.folder))
    wide = scanner.preprocessing.strip(torch.nn.functional.pad(strip.to(torch.uint8), (14, 14)))
    found = ran(tmp_path, ALONG, asked(name, strip=told(strip)[0]))
    with torch.no_grad():
        right = model.features(wide, [row for row, _, _ in found if row != "flatten"])
    for row, shape, values in found:
        if row == "flatten":
            continue
        page = torch.tensor(values).view(shape)
        assert page.shape == right[row][0].shape
        assert (page - right[row][0]).abs().max() <= 1e-4 * right[row].abs().max(), row


def test_the_likeliest_sequence_is_pythons(tmp_path: Path):
    """On outputs at random, where ties and touching digits abound."""
    draws = torch.Generator().manual_seed(7)
    values = torch.randn(60, 50, 4, generator=draws).mul(4).round().div(2)
    code = """return given.map((one) => {
  return segmentsOf({values: Float32Array.from(one), places: 50, kinds: 3});
});"""
    found = ran(tmp_path, code, values.flatten(1).tolist())
    right = Decoder().segments(Scores(values, 0.0, 1.0))
    assert found == [[list(segment) for segment in one] for one in right]
    assert sum(map(len, right)) > 60


def test_who_cannot_read_a_strip_says_why(tmp_path: Path):
    """A committee; a network that scales digits; a layer that needs its whole picture."""
    code = """const found = [];
for (const why of given.whys) {
  try { await readyScanner({strip: {why}}, {}, null); found.push("none"); }
  catch (error) { found.push(error instanceof Engine.EngineError ? error.message : String(error)); }
}
const program = {name: "some", input: [1, 4, 4], output: "end",
  steps: [{name: "end", op: "adaptive", from: [""], out: [1, 1, 1]}]};
try { Engine.widened(program, 9) } catch (error) { found.push(error.message) }
for (const change of [{pads: [1, 1, 1, 1], out: [1, 4, 4]}, {pads: [0, 0, 0, 0], out: [1, 2, 9]}]) {
  const end = {name: "end", op: "conv", from: [""], kernel: [3, 3], stride: [1, 1], ...change};
  try { Engine.widened({...program, steps: [end]}, 9) } catch (error) { found.push(error.message) }
}
try { Engine.widened(program, 3) } catch (error) { found.push(error.message) }
return found;"""
    whys = [given()["entries"]["boosted_lenet4"]["strip"]["why"]]
    found = ran(tmp_path, code, {"whys": whys})
    assert found == [
        "boosted_lenet4 is a committee; strips are read by a single network. Try lenet5_scan",
        "end: some cannot slide along a strip: at this layer the whole picture is needed",
        "end: some cannot slide along a strip: at this layer zeros are laid beside the maps",
        "end: some cannot slide along a strip: at this layer the last window is cut short",
        "3 columns: some takes 4 or more",
    ]
    assert [given()["entries"][name]["strip"]["scans"] for name in PAD] == [False] * 4 + [True]
    assert given()["entries"]["lenet5_scan"]["strip"]["constant"] == 10.0

"""One value of a map and how it comes about, and ink in the address: the page's scripts alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from explore_page import ran

from papernets.explore.engine import LIMIT
from papernets.explore.export import net_data
from papernets.explore.trained import at_work, trained
from papernets.nets import look_up

PIXELS = """
const found = [];
for (const [at, entry] of given.entries.entries()) {
  const network = await readyNetwork(entry, given.engine, given.nets[at]);
  const digit = stored(painted(EXAMPLES[4], 0.09)), answer = network.members[0].runStored(digit);
  for (const step of answer.network.program.steps.filter((one) => isTold(answer.network, one))) {
    const {values, channels, height, width} = answer.map(step.name);
    for (let map = 0; map < channels; map++)
      for (const at of [[0, 0], [height - 1, width - 1], [height >> 1, width >> 2]]) {
        const told = pixelOf(answer, step.name, map, at);
        const value = values[(map * height + at[0]) * width + at[1]];
        found.push([entry.own, step.op, told.value, value, told.parts.length]);
      }
  }
}
return found;
"""
INK = """
const round = (strokes, wide) => unpackedInk(packedInk(strokes), wide);
const line = (count, k) => Array.from({length: count}, (_, at) =>
  [at / count * 3, 0.5 + 0.4 * Math.sin(at * k)]);
const away = (one, other) => Math.max(...one.flat().map(([x, y]) =>
  Math.min(...other.flat().slice(1).map((end, at) => {
    const start = other.flat()[at], [dx, dy] = [end[0] - start[0], end[1] - start[1]];
    const share = ((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy || 1);
    const along = Math.min(Math.max(share, 0), 1);
    return Math.hypot(x - start[0] - along * dx, y - start[1] - along * dy);
  }))));
return {
  examples: EXAMPLES.map((strokes) => [packedInk(strokes).length,
    round(strokes, 1).length === strokes.length, away(strokes, round(strokes, 1))]),
  again: EXAMPLES.every((strokes) => packedInk(round(strokes, 1)) === packedInk(strokes)),
  rows: ROWS.map(([, strokes]) => packedInk(strokes).length),
  long: packedInk([line(4000, 0.05)]).length,
  scrawl: packedInk([line(4000, 2)]),
  damaged: ["A", "AAA", "AAAA.", ".AAAA", "AAAAA", "AA AA", "AAAA*AA", "__AA", "AAAA<>",
    "A".repeat(1600)].map((text) => unpackedInk(text, 1)),
  dot: unpackedInk(packedInk([[[0.5, 0.25]]]), 1),
};
"""


def test_values_come_about_as_the_engine_computes_them(tmp_path: Path):
    """Convolution, connection table, subsampling: window, kernel and bias give the map's value."""
    names = ("lenet1", "lenet5")
    part, entries = at_work([trained(name, name) for name in names], LIMIT)
    assert part is not None
    nets = [net_data(look_up(name)) for name in names]
    given = {"engine": json.loads(part.data), "entries": entries, "nets": nets}
    found = ran(tmp_path, PIXELS, given)
    assert {op for _, op, *_ in found} == {"conv", "subsample"}
    assert {one for own, _, _, _, one in found if own == "lenet5"} >= {1, 3, 4, 6, 16}
    for own, op, value, right, _ in found:
        assert value == pytest.approx(right, abs=2e-5), (own, op)


def test_ink_is_packed_short_and_near(tmp_path: Path):
    """Within a 256th of the pad; what is packed again is the same; damaged ink is none."""
    found = ran(tmp_path, INK, None)
    for length, whole, away in found["examples"]:
        assert length < 150 and whole and away < 1.2 / 256
    assert found["again"] and max(found["rows"]) < 600
    assert 0 < found["long"] <= 1500 and found["scrawl"] == ""
    assert found["damaged"] == [None] * 10
    assert found["dot"] == [[[0.5, 0.25]]]

"""ZFNet against figure 3 and table 2, typed a second time."""

import pytest

from papernets.nets.registry import look_up, net, verify
from papernets.spec import LRN, Dropout, totals, walk


def rows(**options):
    return {row.name: row for row in walk(net("zfnet", **options))}


# Figure 3: maps and side; by hand, without groups: parameters
FIGURE_3 = {
    "conv1": ((96, 110, 110), 96 * (7 * 7 * 3 + 1)),
    "pool1": ((96, 55, 55), 0),
    "conv2": ((256, 26, 26), 256 * (5 * 5 * 96 + 1)),
    "pool2": ((256, 13, 13), 0),
    "conv3": ((384, 13, 13), 384 * (3 * 3 * 256 + 1)),
    "conv4": ((384, 13, 13), 384 * (3 * 3 * 384 + 1)),
    "conv5": ((256, 13, 13), 256 * (3 * 3 * 384 + 1)),
    "pool5": ((256, 6, 6), 0),
    "fc6": ((4096, 1, 1), 4096 * 9217),
    "fc7": ((4096, 1, 1), 4096 * 4097),
    "fc8": ((1000, 1, 1), 1000 * 4097),
}


@pytest.mark.parametrize("name", FIGURE_3)
def test_a_layer(name):
    assert (rows()[name].out, rows()[name].params) == FIGURE_3[name]


def test_totals():
    sums = totals(walk(net("zfnet")))
    assert sums.params == 62_357_608 == sum(params for _, params in FIGURE_3.values())
    assert sums.macs == 1_168_032_896


def test_contrast_normalisation_comes_after_pooling():
    """Figure 3, caption: rectified, pooled, contrast normalised across maps."""
    assert list(rows())[:6] == ["conv1", "pool1", "norm1", "conv2", "pool2", "norm2"]
    assert rows()["norm1"].layer == LRN(5, 2, 1e-4, 0.75)
    assert any("constants" in d.what for d in look_up("zfnet").record.departures)


def test_dropout_in_layers_6_and_7():
    """Section 3."""
    found = list(walk(net("zfnet")))
    assert {
        found[at - 1].name: row.layer.rate
        for at, row in enumerate(found)
        if isinstance(row.layer, Dropout)
    } == {"fc6": 0.5, "fc7": 0.5}


def test_results_of_table_2():
    results = [c for c in look_up("zfnet").claims if c.measured]
    printed = [38.4, 16.5, 36.7, 15.3, 37.5, 16.0, 36.0, 14.7, 14.8, 40.5, 18.1]
    assert [round(100 * c.printed, 4) for c in results] == printed


def test_it_did_not_win_in_2013():
    """ERRATA.md, section 2: Clarifai won with 11.7 %."""
    found = {(c.printed, c.ours) for c in verify("zfnet") if c.verdict == "erratum"}
    assert found == {(1, 3), (0.148, 0.117)}


def test_published_numbers_hold_for_the_published_network_alone():
    for changed in ({"classes": 12}, {"channels": 1}, {"input": 256}):
        assert look_up("zfnet", **changed).claims == ()
    assert look_up("zfnet").claims

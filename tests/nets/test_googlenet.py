"""GoogLeNet against table 1 and the notes, typed a second time, against torch and torchvision."""

import math

import pytest
import torch

from papernets.bundle.create import create_model
from papernets.nets.registry import look_up, net, verify
from papernets.rewrite import without_heads
from papernets.spec import LRN, AdaptivePool, Aux, Dropout, smallest_input, totals, walk

GOOGLENETS = ("googlenet", "googlenet_aux", "googlenet_caffe", "googlenet_torchvision")

# Table 1: channels in; 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool proj; side; params K, ops M
MODULES = {
    "3a": (192, (64, 96, 128, 16, 32, 32), 28, 159, 128),
    "3b": (256, (128, 128, 192, 32, 96, 64), 28, 380, 304),
    "4a": (480, (192, 96, 208, 16, 48, 64), 14, 364, 73),
    "4b": (512, (160, 112, 224, 24, 64, 64), 14, 437, 88),
    "4c": (512, (128, 128, 256, 24, 64, 64), 14, 463, 100),
    "4d": (512, (112, 144, 288, 32, 64, 64), 14, 580, 119),
    "4e": (528, (256, 160, 320, 32, 128, 128), 14, 840, 170),
    "5a": (832, (256, 160, 320, 32, 128, 128), 7, 1072, 54),
    "5b": (832, (384, 192, 384, 48, 128, 128), 7, 1388, 71),
}
CONTRADICTED = {"4a": "K", "4b": "K", "4c": "K", "4d": "K", "4e": "K", "5a": "KM", "5b": "K"}


def rows(name="googlenet", **options):
    return {row.name: row for row in walk(net(name, **options))}


def checks(name, **wanted):
    return [c for c in verify(net(name)) if all(getattr(c, k) == v for k, v in wanted.items())]


def printed_as(ours, printed):
    """Rounded or cut off at the printed digit."""
    return printed in (math.floor(ours), round(ours))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_table_1s_row(module):
    channels, (one, red3, three, red5, five, project), side, kilo, mega = MODULES[module]
    made = {n.removeprefix(f"inception_{module}"): r for n, r in rows().items()}
    assert made[""].input == (channels, side, side)
    assert made[""].out == (one + three + five + project, side, side)
    weights = (
        channels * (one + red3 + red5 + project) + 9 * red3 * three + 25 * red5 * five
    )  # without biases, as table 1 counts
    inside = [r for n, r in rows().items() if n.startswith(f"inception_{module}.")]
    assert sum(r.macs for r in inside) == weights * side * side
    assert sum(r.params for r in inside) == weights + one + red3 + three + red5 + five + project
    wrong = CONTRADICTED.get(module, "")
    assert printed_as(sum(r.params for r in inside) / 1024, kilo) == ("K" not in wrong)
    assert printed_as(weights * side * side / 1e6, mega) == ("M" not in wrong)
    listed = {
        c.quantity.partition(".")[2]: c
        for c in verify(net("googlenet"))
        if str(c.source).startswith("table 1") and c.quantity.startswith(f"inception_{module}.")
    }
    assert listed["out"].verdict == "agrees"
    for column, mark in (("params/1024", "K"), ("macs/1,000,000", "M")):
        assert listed[column].verdict == ("unexplained" if mark in wrong else "agrees")
        assert mark not in wrong or listed[column].why == "unexplained"


def test_the_stem_and_the_classifier_are_table_1s_rows():
    made = rows()
    assert made["conv1"].out == (64, 112, 112) and made["conv1"].macs == 49 * 3 * 64 * 112**2
    assert made["conv2_reduce"].macs + made["conv2"].macs == (64 * 64 + 9 * 64 * 192) * 56**2
    both = made["conv2_reduce"], made["conv2"]
    assert printed_as(sum(r.params for r in both) / 1024, 112)
    assert printed_as(sum(r.macs for r in both) / 1e6, 360)
    assert printed_as(made["fc"].params / 1024, 1000) and printed_as(made["fc"].macs / 1e6, 1)
    sizes = {"pool1": (64, 56), "pool2": (192, 28), "pool3": (480, 14), "pool4": (832, 7)}
    for name, (maps, side) in sizes.items():
        assert made[name].out == (maps, side, side)
    assert made["avgpool"].out == made["dropout"].out == (1024, 1, 1)
    assert made["fc"].params == 1024 * 1000 + 1000 and made["fc"].macs == 1000 * 1024


def test_the_first_convolutions_cells_fit_a_separable_one():
    """ERRATA.md, section 3: 2.7K and 34M are a 7x7 with depth multiplier 8, not the plain one."""
    weights = 7 * 7 * 3 * 8 + 24 * 64
    assert weights == 2_712 and round((weights + 64) / 1024, 1) == 2.7
    assert printed_as(weights * 112**2 / 1e6, 34)
    found = [
        c
        for c in checks("googlenet", verdict="erratum")
        if c.quantity.startswith("conv1.") and str(c.source).startswith("table 1")
    ]
    assert [c.printed for c in found] == [2.7, 34]
    assert all("separable" in c.why for c in found)
    whole = 1_582_671_872 - 118_013_952 + weights * 112**2
    (fact,) = (c for c in verify(net("googlenet")) if "separable" in c.quantity)
    assert fact.ours == whole and round(whole / 1e9, 2) == 1.50


def test_the_totals():
    """6,998,552: Caffe's release, without its heads; the heads by hand (section 5)."""
    for name in ("googlenet", "googlenet_caffe"):
        sums = totals(walk(net(name)))
        assert (sums.params, sums.macs) == (6_998_552, 1_582_671_872)
    heads = [129 + 128 * c - 1 + (2048 + 1) * 1024 + 1025 * 1000 for c in (512, 528)]
    assert heads == [3_188_840, 3_190_888]
    assert totals(walk(net("googlenet"))).aux_params == sum(heads)
    counted = totals(walk(net("googlenet_aux")))
    assert counted.params == 13_378_280 == 6_998_552 + sum(heads)
    assert (counted.macs, counted.aux_params) == (1_591_044_096, 0)
    assert not any(row.aux for row in walk(net("googlenet_aux")))
    peer = totals(walk(net("googlenet_torchvision")))
    assert (peer.params, peer.macs) == (6_624_904, 1_498_376_192)
    assert peer.params + peer.aux_params == 13_004_888


def test_the_depth_is_22_and_27_with_pooling():
    """Section 5: two layers a module."""
    assert 1 + 2 + 9 * 2 + 1 == 22 and 22 + 4 + 1 == 27
    found = {c.printed: c.verdict for c in verify(net("googlenet")) if "longest way" in c.quantity}
    assert found == {22: "agrees", 27: "agrees"}


def test_receptive_fields_by_hand():
    """Kernel and stride on the way with the largest windows: 5x5 in each module."""
    way = [("conv1", 7, 2), ("pool1", 3, 2), ("conv2", 3, 1), ("pool2", 3, 2)]
    way += [(f"inception_3{m}", 5, 1) for m in "ab"] + [("pool3", 3, 2)]
    way += [(f"inception_4{m}", 5, 1) for m in "abcde"] + [("pool4", 3, 2)]
    way += [(f"inception_5{m}", 5, 1) for m in "ab"]
    made, field, step = rows(), 1, 1
    for name, kernel, stride in way:
        field, step = field + (kernel - 1) * step, step * stride
        assert made[name].receptive_field == (field, field), name
        assert made[name].field_stride == (step, step), name
    assert made["avgpool"].receptive_field is None


@pytest.mark.parametrize("name", GOOGLENETS)
def test_the_heads_leave_after_4a_and_4d_and_count_three_tenths(name):
    body = net(name).body.parts
    at = {child: body[n - 1][0] for n, (child, part) in enumerate(body) if isinstance(part, Aux)}
    assert at == {"aux1": "inception_4a", "aux2": "inception_4d"}
    assert net(name).aux_weights == (0.3, 0.3)
    made = rows(name)
    for head, maps in (("aux1", 512), ("aux2", 528)):
        assert made[f"{head}.pool"].out == (maps, 4, 4)
        assert made[f"{head}.conv"].out == (128, 4, 4)
        assert made[f"{head}.fc1"].out == (1024, 1, 1)
        assert made[f"{head}.dropout"].layer == Dropout(0.7)
        assert made[f"{head}.fc2"].out == (1000, 1, 1)
    assert made["dropout"].layer == Dropout(0.2 if name.endswith("torchvision") else 0.4)


def test_normalisation_is_where_figure_3_has_it():
    order = list(rows())
    assert order[order.index("norm1") - 1] == "pool1"
    assert order[order.index("norm2") - 1] == "conv2" and order.index("norm2") + 1 == order.index(
        "pool2"
    )
    assert rows()["norm1"].layer == LRN(5, k=2, alpha=1e-4, beta=0.75)  # AlexNet, section 3.3
    # Caffe: (1 + alpha/size * sum)^beta, with alpha 1e-4 and size 5
    assert rows("googlenet_caffe")["norm2"].layer == LRN(5, k=1, alpha=1e-4 / 5, beta=0.75)
    assert not any(isinstance(r.layer, LRN) for r in walk(net("googlenet_torchvision")))


ERRATA = [  # ERRATA.md: item, quantity, what the source prints
    (3, "params", 6_414_360),
    (4, "conv1.input", (3, 227, 227)),
    (4, "conv1.padding", (1, 1)),
    (4, "inception_3b.pool.pool.input", (192, 28, 28)),
    (4, "inception_3b.b3x3.conv.input", (96, 28, 28)),
    (4, "inception_4d.b3x3.conv.input", (96, 14, 14)),
    (4, "inception_5b.b5x5.conv.input", (16, 7, 7)),
    (13, "params", 6_400_000),
    (13, "AlexNet's parameters over GoogLeNet's", 12),
    (28, "inception_3a.kind", "add"),
    (29, "inception_3a.pool.pool.kind", "conv"),
]


@pytest.mark.parametrize(("item", "quantity", "printed"), ERRATA)
def test_a_mistake_of_the_notes_is_listed_and_still_wrong(item, quantity, printed):
    (check,) = checks("googlenet", quantity=quantity, printed=printed)
    assert check.verdict == "erratum" and check.ours != printed and check.why


def test_notes_002_miss_584192_weights_in_13_rows():
    """ERRATA.md, item 3: 6,414,360 + 584,192 = 6,998,552 exactly."""
    wrong = [
        c
        for c in checks("googlenet", verdict="erratum")
        if c.quantity.endswith(".params") and str(c.source).startswith("notes 002")
    ]
    assert len(wrong) == 13
    assert sum(c.ours - c.printed for c in wrong) == 584_192 == 6_998_552 - 6_414_360


def test_a_convolution_inside_a_module_keeps_200x200():
    """ERRATA.md, item 30."""
    found = {c.printed: c.ours for c in verify(net("inception_naive_3a")) if "200" in c.quantity}
    assert found == {198: 200, 196: 200}


def test_table_3():
    found = {(c.printed, c.verdict) for c in verify(net("googlenet")) if c.quantity == "error"}
    per_cent = (10.07, 9.15, 7.89, 8.09, 7.62, 6.67)
    assert {(round(e / 100, 4), "measured") for e in per_cent} <= found
    assert all("top-5" in f.conditions for f in look_up("googlenet").claims if f.measured)


def test_the_modules_are_explained_and_not_trained():
    """Notes 001: 120 and 12.4 million multiply-adds for the 5x5 branch; outputs added up."""
    naive, reduced = rows("inception_naive_3a"), rows("inception_reduced_3a")
    assert naive["inception_3a"].out == (64 + 128 + 32 + 192, 28, 28)
    assert reduced["inception_3a"].out == (64 + 128 + 32 + 32, 28, 28)
    assert naive["inception_3a.b5x5"].macs == 120_422_400
    branch = [r.macs for n, r in reduced.items() if ".b5x5." in n]
    assert sum(branch) == 12_443_648
    assert sum(r.macs for r in naive.values()) == 303_464_448
    for name in ("inception_naive_3a", "inception_reduced_3a"):
        assert net(name).classes == 0
        with pytest.raises(ValueError, match=rf"{name} is a module, not a whole network: .*goog"):
            net(name, classes=10)
        maps = create_model(name)(torch.zeros(1, 192, 28, 28))
        assert tuple(maps.shape) == (1, *walk(net(name))[-1].out)
        assert walk(net(name, channels=3, input=(40, 32)))[-1].out[1:] == (40, 32)


def test_published_numbers_hold_for_the_published_network_alone():
    for name in GOOGLENETS:
        assert look_up(name).claims
        for changed in ({"classes": 12}, {"channels": 1}, {"input": 256}):
            assert look_up(name, **changed).claims == ()


def test_without_heads_it_takes_smaller_pictures():
    assert smallest_input(net("googlenet")) == (79, 79)
    assert smallest_input(net("googlenet", aux=False)) == (31, 31)
    assert net("googlenet", aux=False).body == without_heads(net("googlenet")).net.body
    with pytest.raises(ValueError, match=r"aux1\.pool: a 5x5 window .* googlenet is 79x79 \(31x31"):
        walk(net("googlenet", input=64))
    assert walk(net("googlenet", input=64, aux=False, classes=3))[-1].out == (3, 1, 1)
    assert not any(c.verdict == "DISAGREES" for c in verify(net("googlenet", aux=False)))


@pytest.mark.parametrize("name", GOOGLENETS)
def test_any_input_from_the_smallest_on(name):
    smallest = smallest_input(net(name))[0]
    for side in (*range(smallest, smallest + 40), 299, 320):
        found = walk(net(name, classes=5, channels=1, input=(side, smallest + 7)))
        assert found[-1].out == (5, 1, 1)


@pytest.mark.parametrize(("size", "grid"), [(14, 4), (7, 4), (12, 4), (3, 4), (13, 6), (9, 1)])
def test_adaptive_pooling_is_torchs(size, grid):
    """The widest window is as wide as the gradient of any output reaches."""
    x = torch.ones(1, 1, size, size, requires_grad=True)
    y = torch.nn.AdaptiveAvgPool2d(grid)(x)
    layer = AdaptivePool(grid)
    assert tuple(y.shape[1:]) == layer.shape((1, size, size))
    widths = []
    for at in range(grid):
        (gradient,) = torch.autograd.grad(y[0, 0, at, 0], x, retain_graph=True)
        widths.append(int((gradient[0, 0, :, 0] != 0).sum()))
    assert layer.reach((1, size, size)).kernel == (max(widths), max(widths))

"""What the papers' own figures show is on the drawings: numbers, branches, arcs, towers, folds."""

from __future__ import annotations

import re

from papernets.diagram import draw
from papernets.diagram.shapes import Box, Edge, Label, Polygon
from papernets.nets import look_up


def drawn(name, style="boxes", **options):
    return draw(look_up(name), style, **options).drawing


def texts(drawing):
    return [label.text for label in drawing.labels]


def boxes(drawing, **wanted):
    return [
        shape
        for shape in drawing.shapes
        if isinstance(shape, Box) and all(getattr(shape, k) == v for k, v in wanted.items())
    ]


def test_lenet5_figure_2():
    """Figure 2: 6@28x28, 6@14x14, 16@10x10, 16@5x5, 120, 84, 10; each map as a plane."""
    drawing = drawn("lenet5", "volumes")
    sizes = ["1@32×32", "6@28×28", "6@14×14", "16@10×10", "16@5×5", "120", "84", "10"]
    assert [text for text in texts(drawing) if text in sizes] == sizes
    assert {"C1", "S2", "C3", "S4", "C5", "F6"} <= set(texts(drawing))
    planes = [s for s in drawing.shapes if isinstance(s, Polygon) and s.role == "plane"]
    assert len(planes) == 1 + 6 + 6 + 16 + 16


def test_alexnet_figure_2():
    """Figure 2: two rows of 48, 128, 192, 192, 128 maps and 2048 units; conv3 sees both."""
    drawing = drawn("alexnet", "volumes")
    size = re.compile(r"(2 × )?[\d,]+(@\d+×\d+)?")
    sizes = [text for text in texts(drawing) if size.fullmatch(text)]
    assert sizes[:8] == [
        "3@227×227", "2 × 48@55×55", "2 × 128@27×27", "2 × 192@13×13", "2 × 192@13×13",
        "2 × 128@13×13", "2 × 2,048", "2 × 2,048",
    ]  # fmt: skip
    solids = {s.key for s in drawing.shapes if isinstance(s, Polygon) and s.role == "face"}
    assert len(solids) == 1 + 7 * 2 + 1
    lines = [s for s in drawing.shapes if isinstance(s, Edge) and s.path]
    across = {s.path[-1] for s in lines if abs(s.points[0][1] - s.points[-1][1]) > 40}
    assert across == {"conv1", "conv3", "fc6", "fc7", "fc8"}
    assert all(name not in across for name in ("conv2", "conv4", "conv5"))


def test_one_tower_is_one_row():
    drawing = drawn("alexnet_single", "volumes")
    assert "96@55×55" in texts(drawing)
    assert not any(text.startswith("2 × 48") for text in texts(drawing))


def test_googlenet_figure_2b():
    """Figure 2(b): four branches, 1x1 reductions before 3x3 and 5x5, pooling before 1x1."""
    drawing = drawn("googlenet", block="inception_3a")
    into = [
        s.path for s in drawing.shapes if isinstance(s, Edge) and s.path[-1:] == ("inception_3a",)
    ]
    assert sorted(path[0].rpartition("3a.")[2] for path in into) == [
        "b1x1", "b3x3.conv", "b5x5.conv", "pool.project",
    ]  # fmt: skip
    (bar,) = boxes(drawing, role="join")
    ends = [s.points[-1] for s in drawing.shapes if isinstance(s, Edge) and s.path in into]
    assert all(bar.x <= x <= bar.x + bar.w and abs(y - bar.y) < 0.01 for x, y in ends)


def test_googlenet_figure_3():
    """Figure 3: nine modules with all their branches, and two heads beside the way."""
    drawing = drawn("googlenet")
    assert len(boxes(drawing, role="join")) == 9
    assert [text for text in texts(drawing) if "loss" in text] == [
        "aux1: loss ×0.3", "aux2: loss ×0.3",
    ]  # fmt: skip
    drawn_rows = {row for box in boxes(drawing, role="node") for row in box.rows}
    assert sum(row.startswith("inception_") for row in drawn_rows) == 9 * 7


def test_resnet34_figure_3():
    """Figure 3: 16 shortcuts; the dotted ones, 3, are where the number of channels grows."""
    drawing = drawn("resnet34")
    arcs = [s for s in drawing.shapes if isinstance(s, Edge) and s.role == "arc"]
    assert len(arcs) == 13
    right = {s.path[-1] for s in arcs}
    assert all(len(s.path) == 3 and s.path[1] == f"{s.path[2]}.shortcut" for s in arcs)
    assert not right & {"conv3_1", "conv4_1", "conv5_1"}
    projections = [box for box in boxes(drawing) if box.rows and box.rows[0].endswith("shortcut")]
    assert len(projections) == 3
    assert "64@56×56" in texts(drawing)


def test_resnet152_table_1():
    """Table 1: blocks of 3, 8, 36 and 3; the first of each but for conv2 changes the size."""
    drawing = drawn("resnet152")
    folds = boxes(drawing, role="frame")
    assert [fold.times for fold in folds] == [2, 7, 35, 2]
    times = [text for text in texts(drawing) if re.fullmatch(r"×\d+", text)]
    assert times == ["×2", "×7", "×35", "×2"]
    assert {row.partition(".")[0] for row in folds[2].rows} == {
        f"conv4_{at}" for at in range(2, 37)
    }


def test_plain_beside_residual():
    """Figure 3: plain and residual; the sums are only in the one, and layers are on one height."""
    found = draw(look_up("plain34"), beside=look_up("resnet34")).drawing
    summed = [box for box in boxes(found, role="join") if box.paint == "add"]
    assert {box.mark for box in summed} == {"only_b"}
    heights = {}
    for box in boxes(found, role="node"):
        if box.rows and box.rows[0].endswith(".conv1"):
            heights.setdefault(box.rows[0], set()).add(round(box.y, 1))
    assert heights
    assert all(len(several) == 1 for several in heights.values())


def test_what_holds_throughout_is_said_and_not_marked():
    found = draw(look_up("googlenet"), beside=look_up("googlenet_torchvision")).drawing
    marked = {row for box in boxes(found, mark="changed") for row in box.rows}
    assert "conv1" not in marked
    assert any(text.startswith("Throughout, ") for text in texts(found))
    (norm,) = [box for box in boxes(found) if box.rows == ("norm1",)]
    assert norm.mark == "only_a"


def test_mobilenet_table_1_tells_depthwise_apart():
    drawing = drawn("mobilenet_v1")
    paints = {box.rows[0]: box.paint for box in boxes(drawing, role="node") if box.rows}
    assert {paints[f"dw{at}"] for at in range(1, 14)} == {"depthwise"}
    assert {paints[f"pw{at}"] for at in range(1, 14)} == {"conv"}


def test_stages_of_resnet50():
    """Table 1: 112, 56, 28, 14, 7 and 1; the shares of parameters are in one bar each."""
    drawing = drawn("resnet50", "line")
    sizes = [text for text in texts(drawing) if re.fullmatch(r"\d+×\d+", text)]
    assert sizes[:7] == ["224×224", "112×112", "56×56", "28×28", "14×14", "7×7", "1×1"]
    shares = [box.w for box in boxes(drawing, role="share") if box.key.startswith("share param")]
    assert abs(sum(shares) - sum(b.w for b in boxes(drawing, role="share") if "MAC" in b.key)) < 3


def test_numbers_are_those_of_explain():
    from papernets.spec.walk import totals, walk

    for name in ("lenet5", "vgg16", "resnet152"):
        net = look_up(name).net
        sums = totals(walk(net))
        facts = " ".join(texts(drawn(name))[:6])
        assert f"{sums.params:,} parameters" in facts
        assert f"{sums.macs:,} MACs" in facts


def test_a_committee_counts_all_its_members():
    net = look_up("boosted_lenet4").net
    from papernets.spec.walk import totals, walk

    each = totals(walk(net.member)).params
    facts = " ".join(texts(drawn("boosted_lenet4"))[:6])
    assert f"{net.count} such networks" in facts
    assert f"{each * net.count:,} parameters" in facts


def test_inception_v3_table_1():
    """Table 1 and its code: modules on 17x17 with 128, 160, 160 and 192 maps; figure 7's forks."""
    drawing = drawn("inception_v3")
    assert len([text for text in texts(drawing) if text == "7×1, 128"]) == 2
    assert [text for text in texts(drawing) if text.startswith("concat 768@8×8")]
    assert {"1×3, 384", "3×1, 384"} <= set(texts(drawing))
    assert [fold.times for fold in boxes(drawing, role="frame")] == [2]


def test_inception_v4_figure_3():
    """Figures 3 to 9: the stem's three joins, 4 A, 7 B and 3 C modules, every branch drawn."""
    drawing = drawn("inception_v4")
    assert [fold.times for fold in boxes(drawing, role="frame") if fold.times > 1] == [4, 7, 3]
    joins = {box.rows[0] for box in boxes(drawing, role="join")}
    assert {"stem.join1", "stem.join2", "stem.join3", "reduction_a", "reduction_b"} <= joins
    assert not boxes(drawing, paint="block")


def test_ranges_where_a_loose_fold_hides_numbers():
    from papernets.diagram import words
    from papernets.diagram.folds import folded
    from papernets.diagram.subject import Subject
    from papernets.diagram.units import Fold, Leaf, Stack, stacks_in

    def leaves(stack: Stack):
        for unit in stack.units:
            if isinstance(unit, Leaf):
                yield unit
            for inner in stacks_in(unit):
                yield from leaves(inner)

    stack = folded(Subject.of(look_up("inception_v3")).units(), {}, 3, loosely=True)
    assert {unit.times for unit in stack.units if isinstance(unit, Fold)} == {3, 4, 2}
    assert "7×1, 128–192" in {words.of_leaf(leaf, True) for leaf in leaves(stack)}


def test_projections_are_dashed_as_in_figure_3():
    """ResNet, figure 3: the dotted shortcuts increase dimensions; option C projects everywhere."""
    for name, count in (("resnet34", 3), ("resnet34_A", 3), ("resnet34_C", 3), ("plain34", 0)):
        edges = [shape for shape in drawn(name).shapes if isinstance(shape, Edge)]
        dashed = [edge for edge in edges if edge.note == "projection"]
        assert len({edge.path[-1] for edge in dashed if "." not in edge.path[-1]}) == count
        assert all(edge.dashed for edge in dashed)


def bands(drawing, row):
    """The paints of the bands in the box of a row."""
    (box,) = [box for box in boxes(drawing, role="node") if box.rows == (row,)]
    own = [
        band
        for band in boxes(drawing, role="band")
        if box.x < band.x < box.x + box.w and box.y < band.y < box.y + box.h
    ]
    return [band.paint for band in sorted(own, key=lambda band: band.x)]


def test_what_follows_a_layer_is_on_its_box():
    """ResNet, figure 2: no ReLU before the sum; v2, figure 4: normalisation and ReLU come first."""
    first, second = drawn("resnet18"), drawn("resnet18_v2")
    assert bands(first, "conv2_1.conv1") == ["normed", "active"]
    assert bands(first, "conv2_1.conv2") == ["normed"]
    assert "then ReLU" in texts(first)
    assert bands(second, "conv2_1.bn1") == ["active"]
    assert bands(second, "conv2_1.conv2") == []
    assert "then ReLU" not in texts(second)


def test_the_legend_has_what_is_drawn_and_no_more():
    said = texts(drawn("googlenet"))
    assert any(text.startswith("7×7/2, 64: kernel 7×7, stride 2, 64 maps.") for text in said)
    assert "auxiliary head, for training" in said
    assert "shortcut" not in said
    assert {"shortcut", "sum"} <= set(texts(drawn("resnet34")))
    assert "so many alike, one after another" not in texts(drawn("resnet34"))
    assert "so many alike, one after another" in texts(drawn("resnet152"))
    assert "stride" not in " ".join(texts(drawn("lenet5", "volumes")))
    assert "ReLU after 17 of 36 convolutions and each of 16 sums" in " ".join(
        texts(drawn("resnet34"))
    )


def test_a_committee_is_a_stack_with_its_rule():
    for style in ("boxes", "volumes", "line"):
        drawing = drawn("boosted_lenet4", style)
        frames = [box for box in boxes(drawing, role="shadow") if box.paint == "frame"]
        assert len(frames) == 3
        assert "3 such networks: sum of outputs" in " ".join(texts(drawing))


def test_a_module_alone_has_its_branches_side_by_side():
    """GoogLeNet, figure 2(b), as maps: 64, 96 to 128, 16 to 32, 32; joined to 256."""
    drawing = drawn("googlenet", "volumes", block="inception_3a")
    solids = {}
    for shape in drawing.shapes:
        if isinstance(shape, Polygon) and shape.rows:
            solids.setdefault(shape.rows[0], shape)
    paths = {shape.path for shape in drawing.shapes if isinstance(shape, Edge) and shape.path}
    assert {path[1] for path in paths if path[0] == ""} == {
        f"inception_3a.{name}" for name in ("b1x1", "b3x3.reduce", "b5x5.reduce", "pool.pool")
    }
    assert sum(path[-1] == "inception_3a" for path in paths) == 4
    assert len(solids) == 1 + 7 + 1  # the input, the rows, the join
    assert {"96@28×28", "128@28×28", "16@28×28", "256@28×28"} <= set(texts(drawing))


def test_labels_have_no_place_without_text():
    for style in ("boxes", "volumes", "line"):
        assert all(label.text.strip() for label in drawn("googlenet", style).labels)
        assert all(isinstance(label, Label) for label in drawn("googlenet", style).labels)

"""What the papers' own figures show is on the drawings: numbers, branches, arcs, towers, folds."""

from __future__ import annotations

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
    sizes = [text for text in texts(drawing) if "@" in text or text.endswith("048")]
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
    assert [text for text in texts(drawing) if text.startswith("×")] == ["×2", "×7", "×35", "×2"]
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
    sizes = [text for text in texts(drawing) if text.count("×") == 1 and ":" not in text]
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


def test_ranges_where_a_loose_fold_hides_numbers():
    """Inception v3, table 1: five modules of 17x17 with 128, 160, 160 and 192 maps within."""
    drawing = drawn("inception_v3")
    folds = {fold.times for fold in boxes(drawing, role="frame")}
    assert folds == {3, 4, 2}
    assert any("128–192" in text for text in texts(drawing))


def test_labels_have_no_place_without_text():
    for style in ("boxes", "volumes", "line"):
        assert all(label.text.strip() for label in drawn("googlenet", style).labels)
        assert all(isinstance(label, Label) for label in drawn("googlenet", style).labels)

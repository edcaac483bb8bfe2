"""The chapter Cost: the notes' and the papers' numbers to the digit, or where notes are wrong."""

from __future__ import annotations

from typing import Any

import pytest

from papernets.lessons import CHAPTERS, Lesson, Worked, grade, lesson
from papernets.lessons.formula import worked_out
from papernets.lessons.params import Real, Several, Size, Whole
from papernets.nets import net
from papernets.nets.lenet import TABLE_I
from papernets.spec import totals, walk


def worked(name: str, **numbers: Any) -> Worked:
    return lesson(name).example(**numbers).work()


def answer(name: str, **numbers: Any) -> Any:
    return worked(name, **numbers).answer.value


def values(name: str, **numbers: Any) -> list[Any]:
    return [step.value for step in worked(name, **numbers).steps]


def mistaken(name: str, typed: str, **numbers: Any) -> str:
    """What is said of a usual mistake."""
    found = grade(worked(name, **numbers), typed)
    assert not found.right and found.slip is not None
    return found.slip.did


def test_the_lectures_table():
    """Notes 003, lines 754 to 762: parameters and activation sizes, row by row."""
    assert values("parameter-table")[:-1] == [608, 0, 3216, 48120, 10164, 850]
    shown = "\n".join(worked("parameter-table").picture.lines(78))
    for shape, size in (
        ("32x32x3", "3,072"),
        ("28x28x8", "6,272"),
        ("14x14x8", "1,568"),
        ("10x10x16", "1,600"),
        ("5x5x16", "400"),
    ):
        assert f"{shape}" in shown and f"  {size}  " in shown
    assert "FC3 alone holds 76%" in shown
    flat = (5 * 5 + 1) * 8  # line 260 forgets the depth of a kernel in the same way
    assert "flat" in mistaken("parameter-table", str(answer("parameter-table") - 608 + flat))


def test_connections_and_parameters_of_lenet():
    """Notes 001, lines 59, 65, 93, 149; LeCun et al. 1998, section II-B."""
    c1 = values("uses-of-a-weight")
    assert c1 == [156, (28, 28), 122304, 784]
    s2 = values("subsampling", input="14x14", maps=6)
    assert s2[0] == (7, 7)
    assert values("subsampling", input="28x28", maps=6)[2:] == [5880, 12]
    assert values("subsampling")[2:] == [2000, 32]


def test_the_formula_of_s4_is_wrong_and_its_result_right():
    """ERRATA 21: 16*2*2*16 is 1,024."""
    assert 16 * 2 * 2 * 16 == 1024 != answer("subsampling") == 2000
    assert any("1,024" in remark for remark in worked("subsampling").remarks)
    assert mistaken("subsampling", "1024").startswith("You multiplied the maps")
    assert worked("subsampling", maps=6).remarks == ()


def test_c3_by_its_table():
    """Notes 001, lines 110 and 112; LeCun et al. 1998, table I: 60 kernels."""
    assert answer("connection-table") == 1516 == 6 * 76 + 6 * 101 + 3 * 101 + 151
    assert values("connection-table")[-1] == 2416
    told = worked("connection-table").picture.alt()
    assert "151,600" in told and "60 of 96" in told
    assert mistaken("connection-table", "2416").startswith("You let every map")
    table = lesson("connection-table").example().table  # type: ignore[attr-defined]
    assert [sum(column) for column in zip(*table, strict=True)] == [len(s) for s in TABLE_I]
    assert net("lenet5").body.parts[2][1].params((6, 14, 14)) == 1516  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("table", "words"),
    [("1 2; 1 1", "each cell is 1"), ("1 0; 1 0", "column 2 is all 0")],
)
def test_a_connection_table_that_is_none(table: str, words: str):
    with pytest.raises(ValueError, match=words):
        lesson("connection-table").example(table=table)


def test_multiply_adds_of_the_5x5_with_and_without_1x1():
    """Notes 001, lines 1154 and 1164: 120 million and 12.4 million."""
    assert answer("multiply-adds") == 120_422_400
    assert values("bottleneck")[:4] == [120_422_400, 2_408_448, 10_035_200, 12_443_648]
    assert mistaken("bottleneck", "10035200").startswith("You took the 1x1 to be free")
    assert grade(worked("multiply-adds"), "120 million").right
    assert not grade(worked("multiply-adds"), "121 million").right


@pytest.mark.parametrize(("kernel", "saved"), [(5, 28.0), (7, 44.9), (11, 62.8)])
def test_stacks_of_3x3(kernel: int, saved: float):
    """Notes 002, lines 81 and 83."""
    assert round(answer("small-kernels", kernel=kernel), 1) == saved
    assert answer("small-kernels", kernel=kernel, channels=64) == answer(
        "small-kernels", kernel=kernel
    )
    assert f"{saved:g} % of {kernel}x{kernel}" in worked("small-kernels").remarks[0]
    if kernel == 5:
        assert values("small-kernels")[1:3] == [25, 18]


def test_81_per_cent_more_is_44_9_per_cent_less():
    """Notes 000, lines 802 to 804: 27 K^2 against 49 K^2; VGG, section 2.3."""
    assert values("percent-more", channels=1)[:2] == [27, 49]
    assert round(answer("percent-more")) == 81
    assert mistaken("percent-more", "44.9").startswith("You divided by the large")
    assert round(answer("small-kernels", kernel=7), 1) == 44.9


def test_a_5x5_against_a_3x3():
    """Notes 000, line 1380; notes 001, line 1198: 2.78 times. One 3x3, not the stack of two."""
    assert round(answer("large-or-small"), 2) == 2.78
    assert "1.39 times" in worked("large-or-small").remarks[0]
    assert "takes 2.78 times as many" in worked("large-or-small").remarks[0]
    assert mistaken("large-or-small", "1.67").startswith("You compared the sides")


def test_a_row_and_a_column():
    """Notes 000, line 1395: 33 %; Szegedy et al. 2015, section 3.2: two 2x2 save 11 % only."""
    assert round(answer("flat-kernels")) == 33
    assert mistaken("flat-kernels", "11.1").startswith("You stacked 2x2")


def test_thinning_by_1x1():
    """Notes 000, lines 1110 to 1112: 20 filters make 64x64x20 of 64x64x100."""
    assert answer("one-by-one") == (64, 64, 20)


def test_the_module_is_googlenets():
    """Table 1, row 3a: 128 M and 28x28x256; its naive form 303 M, as the network of that name."""
    found = values("inception-module")
    reduced, naive = (
        totals(walk(net(n))).macs for n in ("inception_reduced_3a", "inception_naive_3a")
    )
    assert found[-2:] == [reduced, naive]
    assert round(reduced / 1e6) == 128
    assert "28x28x256" in worked("inception-module").picture.alt()
    assert answer("naive-grows", modules=1) == 192 + 64 + 128 + 32 == 416
    assert any("joins" in remark for remark in worked("naive-grows").remarks)


def test_depthwise_separable():
    """Howard et al. 2017, table 3: 462 and 52.3 million, 29.6 at width 0.75; section 3.1."""
    full, _, _, both, part = values("depthwise-separable")
    assert (round(full / 1e6), round(both / 1e6, 1)) == (462, 52.3)
    assert 1 / 9 < part < 1 / 8
    assert round(answer("width-multiplier") / 1e6, 1) == 29.6


@pytest.mark.parametrize(("side", "printed"), [(192, 418), (160, 290), (128, 186)])
def test_a_smaller_picture(side: int, printed: int):
    """Howard et al. 2017, table 7: millions of multiply-adds of 569, parameters as before."""
    picture = worked("resolution-multiplier", smaller=side).picture.alt()
    macs = totals(walk(net("mobilenet_v1", input=side))).macs
    assert f"{macs:,}" in picture and abs(macs / 1e6 - printed) < 1
    left = answer("resolution-multiplier", smaller=side)
    assert left == pytest.approx(100 * printed / 569, abs=1.0)


def test_two_towers():
    """Notes 002, line 38: 614,656 without groups; the two figures of all AlexNets follow."""
    assert values("groups")[-2:] == [307_456, 614_656]
    one, two = (totals(walk(net(n))).params for n in ("alexnet_single", "alexnet"))
    layers = [(96, 256, 5), (384, 384, 3), (384, 256, 3)]
    saved = sum(
        values("groups", channels=d, filters=n, kernel=k)[-1]
        - values("groups", channels=d, filters=n, kernel=k)[-2]
        for d, n, k in layers
    )
    assert one - two == saved
    assert f"{one:,}" in worked("groups").remarks[0] and f"{two:,}" in worked("groups").remarks[0]


def test_the_first_dense_layers():
    """VGG-16's fc6; AlexNet's by notes 002, line 44; notes 003 have two digits changed."""
    assert answer("dense-after-flatten") == 102_764_544
    assert "74%" in worked("dense-after-flatten").remarks[0]
    assert answer("dense-after-flatten", input=6, maps=256) == 37_752_832
    assert answer("nodes-after-flatten") == 9216 != 9261
    assert sorted("9261") == sorted("9216")
    assert "9,261" in worked("nodes-after-flatten").remarks[0]
    assert mistaken("nodes-after-flatten", "9,261") == "You trusted the notes."


def test_an_average_before_the_classifier():
    """Notes 004, lines 177 and 185: about 50 million, about 1 million."""
    direct, _, pooled, _ = values("global-average")
    assert (direct, pooled) == (50_177_000, 1_025_000)
    assert (round(direct / 1e6), round(pooled / 1e6)) == (50, 1)


def test_sizes_of_files():
    """Notes 003, lines 1044 to 1050: 227 and 515 are no megabytes of either kind."""
    assert answer("megabytes") == 4 * 60_965_224 / 1e6
    assert [round(v, 1) for v in values("mebibytes")[2:]] == [527.8, 553.4]
    for name, printed in (("alexnet", 227), ("vgg16", 515), ("inception_v3", 89)):
        params = totals(walk(net(name))).params
        assert printed not in (round(4 * params / 1e6), round(4 * params / 2**20))
        assert round(4000 * params / 2**30) == printed
        (remark,) = worked("mebibytes", network=name).remarks
        assert "thousandths of 2^30" in remark and f"print {printed} MB" in remark
    assert "26.7 MiB" in worked("mebibytes", network="googlenet").remarks[0]


@pytest.mark.parametrize(
    ("row", "printed", "meant"), [("resnet18", 96, "resnet50"), ("resnet50", 167, "resnet101")]
)
def test_the_resnet_rows_are_one_network_too_early(row: str, printed: int, meant: str):
    """ERRATA 1: notes 003, lines 1049 and 1050."""
    (remark,) = worked("mebibytes", network=row).remarks
    assert f"print {printed} MB" in remark and f"near {meant}" in remark
    own, other = (totals(walk(net(n))).params for n in (row, meant))
    assert abs(4000 * other / 2**30 - printed) < 1.1 < abs(4000 * own / 2**30 - printed)


def test_what_a_batch_weighs():
    """VGG's first layer: 224*224*64 values of 4 bytes, 32 times."""
    assert values("activation-memory")[:3] == [3_211_264, 12_845_056, 411_041_792]
    stages = worked("activation-memory").picture.alt()
    rows = walk(net("vgg16"))
    assert (
        f"stage 1 {sum(r.size for r in rows if '1_' in r.name[:6] or r.name == 'pool1'):,}"
        in stages
    )
    assert "dense layers 123,642,856 parameters" in stages


def test_alexnets_unit():
    """ERRATA 11 and 12: 1.5 B are two operations a multiply-add, 19.6 B are VGG-19's."""
    assert answer("flops") == 2 * 724_406_816
    assert round(answer("flops") / 1e9, 1) == 1.4  # 1.45, which the notes round up
    (remark,) = worked("flops").remarks
    assert "two operations" in remark
    assert "VGG-19 (19.63 B)" in worked("flops", network="vgg16").remarks[0]
    assert "11.28 B" in worked("flops", network="resnet152").remarks[0]
    assert "BN-Inception" in worked("flops", network="googlenet").remarks[0]
    assert worked("flops", network="vgg19").remarks == ()


def test_fields():
    """Notes 000, lines 743 to 745 and 791; AlexNet's conv2 and the walk of the whole network."""
    assert answer("field-of-layers", kernels="3,3") == 5
    assert answer("field-of-layers") == 7
    conv2 = next(row for row in walk(net("alexnet")) if row.name == "conv2")
    assert conv2.receptive_field == (answer("field-of-strides"),) * 2 == (51, 51)
    assert answer("field-of-branches", modules=1) == 5
    assert answer("field-of-shortcuts") == 3
    assert values("field-of-shortcuts")[2:] == [15, 8]


def test_a_field_that_nobody_can_draw_is_refused():
    with pytest.raises(ValueError, match="3 kernels and 2 strides"):
        lesson("field-of-strides").example(strides="2,1")
    with pytest.raises(ValueError, match="whole numbers"):
        lesson("field-of-layers").example(kernels="3,2.5")
    with pytest.raises(ValueError, match="no stack of 3x3"):
        lesson("small-kernels").example(kernel=6)
    with pytest.raises(ValueError, match="whole maps"):
        lesson("width-multiplier").example(channels=10, width=0.25)


def test_more_maps_cost_the_square():
    """Notes 000, lines 1098 to 1103."""
    assert [answer("double-maps", factor=t) for t in (2, 3, 4)] == [4, 9, 16]


@pytest.mark.parametrize("one", CHAPTERS["Cost"], ids=lambda one: one.name)
def test_numbers_at_their_limits(one: Lesson):
    """The least and the most of each number: pictures fit, and each step is its formula's value."""
    for name, param in one.params.items():
        ends: list[object] = []
        if isinstance(param, Whole | Real):
            ends = [param.least, param.most]
        elif isinstance(param, Size):
            ends = [param.least, (param.least, param.most)]
        elif isinstance(param, Several):
            ends = [[param.most] * param.many, [param.least] * param.few]
        for end in ends:
            try:
                example = one.example(**{name: end})
            except ValueError as error:  # numbers that do not go together say so
                assert str(error)
                continue
            found = example.work()
            assert max(map(len, found.picture.lines(78))) <= 78, (name, end)
            for step in found.steps:
                if step.formula:
                    assert worked_out(step.formula) == pytest.approx(step.value, rel=1e-9)

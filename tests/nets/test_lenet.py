"""The LeNet family against the printed numbers, typed a second time, and against the ledger."""

import pytest
import siblings
from ledger import systems

from papernets.nets import NETS, look_up, net, verify
from papernets.nets.lenet import codes
from papernets.spec import RBF, Conv, Dense, TableConv, totals, walk


def rows(name, **options):
    return {row.name: row for row in walk(net(name, **options))}


def sums(name):
    return totals(walk(net(name)))


# LeCun et al. 1998, section II-B and figure 2; notes 001, "LeNet-5 layer by layer"
LENET5 = {  # out, trained parameters, connections
    "C1": ((6, 28, 28), 156, 122_304),
    "S2": ((6, 14, 14), 12, 5_880),
    "C3": ((16, 10, 10), 1_516, 151_600),
    "S4": ((16, 5, 5), 32, 2_000),
    "C5": ((120, 1, 1), 48_120, 48_120),
    "F6": ((84, 1, 1), 10_164, 10_164),
    "output": ((10, 1, 1), 0, 840),
}


@pytest.mark.parametrize("name", LENET5)
def test_a_layer_of_lenet5(name):
    row = rows("lenet5")[name]
    assert (row.out, row.params, row.connections) == LENET5[name]


def test_lenet5_has_60000_trained_parameters_and_340908_connections():
    assert sums("lenet5").params == 60_000 == sum(row[1] for row in LENET5.values())
    assert sums("lenet5").connections == 340_908 == sum(row[2] for row in LENET5.values())
    assert sums("lenet5").fixed_params == 840


def test_lenet1_has_2578_parameters_and_98442_connections():
    """LeCun et al. 1989; 1998, section III-C: about 2,600 and 100,000."""
    assert (sums("lenet1").params, sums("lenet1").connections) == (2_578, 98_442)
    assert [rows("lenet1")[name].out for name in ("H1", "H2", "H3", "H4")] == [
        (4, 24, 24),
        (4, 12, 12),
        (12, 8, 8),
        (12, 4, 4),
    ]


TOTALS = {  # notes and hand arithmetic, row by row
    "lenet1_notes": (2_202, [104, 808, 1_290]),
    "lenet1_12maps_dense": (3_246, [104, 1_212, 1_930]),
    "lenet4_notes": (51_050, [104, 1_616, 48_120, 1_210]),
    "lenet5_modern": (61_706, [156, 2_416, 48_120, 10_164, 850]),
    "lenet5_keras_28": (44_426, [156, 2_416, 30_840, 10_164, 850]),
    "lecture_cnn": (62_958, [608, 3_216, 48_120, 10_164, 850]),
}


@pytest.mark.parametrize("name", TOTALS)
def test_a_modern_reading(name):
    total, parts = TOTALS[name]
    assert sums(name).params == total == sum(parts)
    assert [row.params for row in walk(net(name)) if row.params] == parts


def test_the_lectures_other_examples():
    """Notes 003, Why Convolutions: 14,450,688 weights dense; (5*5*3+1)*6 = 456, not 156."""
    assert Dense(28 * 28 * 6).macs((3 * 32 * 32, 1, 1)) == 3072 * 4704 == 14_450_688
    assert Conv(6, 5).params((3, 32, 32)) == 456


def test_c3_is_table_i():
    """Section II-B: six contiguous triples, six contiguous fours, three others, one of all."""
    table = rows("lenet5")["C3"].layer.table
    assert table[:6] == tuple(tuple(sorted((n + i) % 6 for i in range(3))) for n in range(6))
    assert table[6:12] == tuple(tuple(sorted((n + i) % 6 for i in range(4))) for n in range(6))
    assert table[12:15] == ((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5))
    assert table[15] == (0, 1, 2, 3, 4, 5)
    assert all(sum(n in maps for maps in table) == 10 for n in range(6))


def test_h3_sees_one_or_two_of_two_maps():
    """LeCun et al. 1989: 20 kernels; the first six maps see H2's first two, the others the rest."""
    table = rows("lenet1")["H3"].layer.table
    assert table[:6] == ((0,), (0, 1), (0, 1), (1,), (0, 1), (0, 1))
    assert table[6:] == tuple(tuple(n + 2 for n in maps) for maps in table[:6])
    assert sum(map(len, table)) == 20


def tables_of_lenet4():
    made = rows("lenet4")
    return [
        (made[name].layer.table, made[name].input[0])
        for name in ("C3", "C5")
        if isinstance(made[name].layer, TableConv)
    ]


def test_lenet4_has_about_17000_parameters_and_260000_connections():
    assert round(sums("lenet4").params, -3) == 17_000
    assert round(sums("lenet4").connections, -4) == 260_000


def test_lenet4_has_the_published_maps():
    """Section III-C: 4 maps, 8 of subsampling in pairs, 16 maps, 16 of subsampling, 120, 10."""
    made = rows("lenet4")
    assert [made[name].out for name in ("C1", "S2", "C3", "S4", "C5", "output")] == [
        (4, 28, 28),
        (8, 14, 14),
        (16, 10, 10),
        (16, 5, 5),
        (120, 1, 1),
        (10, 1, 1),
    ]
    sources = made["S2"].layer.sources
    assert sorted(sources) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_lenet4s_tables_use_every_map_once_a_unit():
    assert tables_of_lenet4()
    for table, maps in tables_of_lenet4():
        assert {n for row in table for n in row} == set(range(maps))
        assert all(len(set(row)) == len(row) for row in table)


def test_lenet4_says_that_its_tables_and_its_output_are_ours():
    said = " ".join(departure.what for departure in look_up("lenet4").record.departures)
    assert "never printed" in said
    assert "output layer is not described" in said


def test_three_lenet4_have_about_51000_variables():
    """Figure 12: 51,000."""
    boosted = net("boosted_lenet4")
    assert boosted.count == 3
    assert boosted.member == net("lenet4")
    assert 50_000 <= 3 * sums("lenet4").params <= 52_000


# ERRATA.md, section 1: item, network, quantity, what the source prints
ERRATA = [
    (5, "lenet5", "C1.stride", (2, 2)),
    (5, "lenet5", "S2.stride", (1, 1)),
    (18, "lenet1", "H3.out", (8, 12, 12)),
    (18, "lenet1_notes", "conv2.out", (8, 12, 12)),
    (20, "lenet5_modern", "params", 60_000),
    (21, "lenet5", "16*2*2*16", 2000),
    (22, "lenet5", "(5*5+1)*6*(5*5)", 156),
    (22, "lenet5", "5*5+1", 156),
    (23, "lenet5", "output.params", 840),
    (24, "lenet5_keras_28", "conv1.out", (6, 28, 28)),
    (24, "lenet5_keras_28", "pool1.out", (6, 14, 14)),
    (24, "lenet5_keras_28", "conv2.out", (16, 10, 10)),
    (24, "lenet5_keras_28", "pool2.out", (16, 5, 5)),
    (25, "lenet5", "C1.activation", "relu"),
    (25, "lenet5", "C1.activation", "sigmoid"),
    (25, "lenet5", "F6.activation", "sigmoid"),
    (26, "lecture_cnn", "parameters of six 5x5 kernels on 32x32x3", 156),
]


@pytest.mark.parametrize(("item", "name", "quantity", "printed"), ERRATA)
def test_a_mistake_of_the_notes_is_listed_and_still_wrong(item, name, quantity, printed):
    (check,) = (c for c in verify(net(name)) if (c.quantity, c.printed) == (quantity, printed))
    assert check.verdict == "erratum"
    assert check.ours != printed
    assert check.why


def test_a_product_of_the_notes_is_shown_as_they_print_it():
    """Notes 001: 16*2*2*16 = 2000, 5*5+1 = 156; the numbers are right, their products are not."""
    found, made = verify(net("lenet5")), walk(net("lenet5"))
    right = {row.params for row in made} | {row.connections for row in made}
    products = {"16*2*2*16": 1_024, "5*5+1": 26, "(5*5+1)*6*(5*5)": 3_900}
    for check in found:
        if check.quantity in products:
            assert check.ours == products.pop(check.quantity)
            assert check.printed in right and f"{check.printed:,} is right" in check.why
    assert not products


# the paper's results on MNIST (figure 9, sections III-B and III-C), as fractions
RESULTS = {
    "lenet1": {0.017},
    "lenet4": {0.011},
    "lenet5": {0.0095, 0.008},
    "boosted_lenet4": {0.007},
}


@pytest.mark.parametrize("name", RESULTS)
def test_the_papers_results_are_there_with_their_conditions(name):
    claims = [claim for claim in look_up(name).claims if claim.quantity == "error"]
    assert {claim.printed for claim in claims} == RESULTS[name]
    assert all("MNIST" in claim.conditions for claim in claims)


def test_published_numbers_hold_for_the_published_network_alone():
    for changed in ({"classes": 12}, {"channels": 3}, {"input": 64}):
        for name in ("lenet1", "lenet5", "lenet5_modern"):
            assert look_up(name, **changed).claims == ()
            assert look_up(name).claims


@pytest.mark.parametrize(
    "entry", siblings.each({e.name: e for e in NETS if getattr(e.make(), "classes", 1)})
)
def test_every_network_takes_classes_and_channels(entry):
    made = entry.make(classes=26, channels=3)
    made = getattr(made, "member", made)
    assert walk(made)[-1].out == (26, 1, 1)
    assert walk(made)[0].input[0] == 3


def test_ten_codes_are_bitmaps_and_more_are_stable_and_distinct():
    many = codes(200)
    assert len(set(many)) == 200
    for count in (1, 9, 10, 11, 62):
        assert codes(count) == many[:count]
    assert all(len(code) == 84 and set(code) <= {-1, 1} for code in many)
    # 84 coins each: two codes differ in about 42, and in no fewer than 20
    far = [
        sum(a != b for a, b in zip(p, q, strict=True)) for p in many[10:] for q in many if p != q
    ]
    assert min(far) > 20
    assert 41 < sum(far) / len(far) < 43


def test_seeded_codes_are_a_departure():
    def said(classes):
        record = look_up("lenet5", classes=classes).record
        return [d for d in record.departures if "random codes" in d.what]

    assert said(11)
    assert not said(10)
    assert not said(9)


def test_every_system_answers_to_its_ledger_name():
    for system in systems("lenet"):
        found = net(system["name"])
        base = getattr(found, "member", found)
        assert list(base.input) == system["input"]
        assert base.classes == system["classes"]
        assert look_up(system["name"]).record.ledger_name == system["name"]


# LeNet-4's layers were never published
@pytest.mark.parametrize(
    "system", [s for s in systems("lenet") if "layers" in s], ids=lambda system: system["name"]
)
def test_a_network_is_its_ledgers_row_by_row(system):
    ours = walk(net(system["name"]))
    theirs = system["layers"]
    assert [row.name for row in ours] == [row["n"] for row in theirs]
    names = {"stanh": "scaled_tanh", None: None}
    for row, printed in zip(ours, theirs, strict=True):
        assert list(row.out) == printed["out"], row.name
        assert (row.params, row.macs) == (printed["params"], printed["macs"]), row.name
        assert row.fixed_params == printed.get("fixed_params", 0)
        assert row.activation == names.get(printed.get("act"), printed.get("act")), row.name
        for what, key in ((row.kernel, "k"), (row.stride, "s")):
            if key in printed:
                assert list(what) == printed[key], row.name
        if "connections" in printed:
            assert row.connections == printed["connections"]
        if "table" in printed:
            assert [list(maps) for maps in row.layer.table] == printed["table"]
    assert totals(ours).params == system["params"]
    assert totals(ours).macs == system["macs"]
    if "connections" in system:
        assert totals(ours).connections == system["connections"]
    for name, connections in system.get("connection_rows", {}).items():
        if name not in ("total", "note"):
            assert rows(system["name"])[name].connections == connections


def test_the_bitmaps_are_the_ledgers():
    (system,) = (s for s in systems("lenet") if "rbf_bitmaps" in s)
    layer = rows(system["name"])["output"].layer
    assert isinstance(layer, RBF)
    for digit, code in enumerate(layer.codes):
        lines = system["rbf_bitmaps"][f"d{digit}"]
        assert [
            "".join("#" if v > 0 else "." for v in code[n : n + 7]) for n in range(0, 84, 7)
        ] == lines

"""A user's own file: what stands beside its networks is used, and an old file is told where to."""

import json
import re
import shutil

import pytest
import siblings
from noise import noise

import papernets
from papernets.cli import main
from papernets.nets import look_up
from papernets.said import Departure, Paper
from papernets.spec import HE, Initialisation

# One convolution of 3 maps on 8x8 pixels, then 4 units: (3*3+1)*3 + (3*6*6+1)*4 = 466 parameters,
# 3*3*3*36 + 108*4 = 1,404 multiply-adds.
SOURCE = '''
"""A network of mine."""
from papernets.nets.entry import Entry
from papernets.said import Claim, Departure, Paper, Recipe, Source, of_rows, table
from papernets.spec import Committee, Conv, Dense, Flatten, Initialisation, Net, chain

A_PAPER = Paper("A Title", "Author", 2026, "Venue")


def body(classes):
    return chain({"conv": Conv(3, 3), "flatten": Flatten(), "out": Dense(classes)})


def mine(classes: int = 4, channels: int = 1, input: int | tuple[int, int] = 8) -> Net:
    """A convolution of mine.

    More of it.
    """
    height, width = (input, input) if isinstance(input, int) else input
    return Net("mine", (channels, height, width), classes, body(classes))


FIXED = Net("fixed", (1, 8, 8), 4, body(4))
BOTH = Committee("both", FIXED, 2, "mean of outputs")
'''
SAID = '''
PAPER = A_PAPER
ROWS = table("""
layer  params
conv   30
out    436
""")
CLAIMS = (
    *PAPER.claims("""
quantity  printed    where    why it is wrong
params    466        table 1
params    about 500  abstract
macs      1,500      table 1  the table counts biases too
"""),
    *of_rows(ROWS, PAPER.at("table 2")),
    *PAPER.claims("""
quantity  printed  where      conditions
error     2.5 %    section 4  a thousand pictures
"""),
)
DEPARTURES = (Departure("padding is not printed: none", "section 2"),)
INITIALISATION = Initialisation("gaussian", 0.5, "section 3")
RECIPES = (
    Recipe("long", "section 4", {"epochs": 3, "batch_size": 7}),
    Recipe("of digits", "section 4", {"epochs": 2, "batch_size": 90}, data=("digits",)),
)
NETWORKS = (Entry("mine", mine, PAPER.year),)
'''
BY_NAME = '''
CLAIMS = {
    "mine": A_PAPER.claims("""
quantity  printed  where
params    466      table 1
"""),
    "fixed": [Claim("macs", 1404, A_PAPER.at("table 2"))],
}
PAPER = {"mine": A_PAPER}
DEPARTURES = {"fixed": (Departure("fixed", "here"),)}
INITIALISATION = {"fixed": Initialisation("gaussian", 0.5, "section 3")}
RECIPES = {"mine": (Recipe("long", "section 4", {"epochs": 3}),)}
'''
OUTPUT = "mine.py:mine"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(here):
    """Writes mine.py with these lines behind the networks."""

    def written(*lines):
        (here / "mine.py").write_text(SOURCE + "\n".join(lines) + "\n", encoding="utf-8")

    return written


def said(capsys, *words, code=0):
    """What a command prints on stdout."""
    assert main(list(words)) == code, capsys.readouterr().err
    return capsys.readouterr().out


# What stands beside a network


def test_everything_said_in_the_file_is_found(write):
    write(SAID)
    found = look_up(OUTPUT)
    assert found.record.title == "A convolution of mine"
    assert found.record.paper == Paper("A Title", "Author", 2026, "Venue")
    assert found.record.departures == (Departure("padding is not printed: none", "section 2"),)
    assert found.initialisation == Initialisation("gaussian", 0.5, "section 3")
    assert [recipe.name for recipe in found.recipes] == ["long", "of digits"]
    assert [claim.quantity for claim in found.claims] == [
        *("params", "params", "macs", "conv.params", "out.params", "error")
    ]
    assert papernets.net(OUTPUT) == found.net


def test_claims_are_verified(write, capsys):
    write(SAID)
    printed = said(capsys, "verify", OUTPUT)
    assert "4 published numbers agree (4 of papers), 1 is an erratum with its reason" in printed
    assert "macs = 1,500 (table 1), ours 1,404: the table counts biases too" in printed
    assert [check.verdict for check in papernets.verify(OUTPUT)] == [
        *["agrees"] * 4,
        *("measured", "erratum"),
    ]


def test_a_claim_that_disagrees_is_seen(write, capsys):
    write(SAID.replace("466", "467"))
    assert "1 disagrees (1 of papers)" in said(capsys, "verify", OUTPUT, code=1)
    explained = said(capsys, "explain", OUTPUT)
    assert "PUBLISHED NUMBERS THAT WE CANNOT CONFIRM" in explained
    assert "params = 467 (table 1), ours 466" in explained


def test_an_erratum_that_is_right_disagrees(write, capsys):
    write(SAID.replace("1,500", "1,404"))
    said(capsys, "verify", OUTPUT, code=1)


def test_explain_prints_what_was_said(write, capsys):
    write(SAID)
    printed = said(capsys, "explain", OUTPUT)
    for line in (
        "A convolution of mine\nAuthor (2026). A Title. Venue.",
        "params = 466: table 1",
        "params = 500 (exactly 466): abstract",
        "The paper prints otherwise",
        "2.50 % error: a thousand pictures (section 4)",
        "padding is not printed: none (section 2)",
        "Recipes: long, of digits (for digits)",
    ):
        assert line in printed
    found = json.loads(said(capsys, "explain", OUTPUT, "--json"))
    assert (found["title"], found["paper"]) == (
        "A convolution of mine",
        "Author (2026). A Title. Venue.",
    )
    assert len(found["facts"]), len(found["errata"]) == (5, 1)


@pytest.mark.parametrize("changed", [{"classes": 5}, {"channels": 3}, {"input": 9}])
def test_claims_hold_for_the_printed_input_and_classes_alone(write, changed):
    write(SAID)
    found = look_up(OUTPUT, **changed)
    assert found.claims == () and found.record.departures
    assert papernets.verify(found) == ()


@pytest.mark.parametrize("same", [{}, {"classes": 4}, {"channels": 1}, {"input": (8, 8)}])
def test_claims_hold_where_the_same_is_asked_for(write, same):
    write(SAID)
    assert len(look_up(OUTPUT, **same).claims) == 6


def test_a_fixed_network_and_a_committee_have_what_is_said_too(write):
    write(SAID)
    fixed, both = look_up("mine.py:FIXED"), look_up("mine.py:BOTH")
    assert fixed.record.title == "fixed" and len(fixed.claims) == 6
    assert look_up("mine.py:FIXED", input=9).claims == ()
    assert look_up("mine.py:FIXED", input=9).net.input == (1, 9, 9)
    assert both.record.title == "both" and len(both.claims) == 6
    assert look_up("mine.py:BOTH", channels=3).claims == ()
    assert both.initialisation == Initialisation("gaussian", 0.5, "section 3")
    verdicts = {check.printed: check.verdict for check in papernets.verify(both)}
    assert verdicts[466] == "DISAGREES"  # two of them have 932


def test_a_function_with_sizes_of_its_own(write, capsys):
    """Where it is asked for nothing, its network is the printed one; where it must be, any is."""
    write(
        SAID,
        "def plain():\n    return FIXED",
        "def needs(classes):\n    return mine(classes)",
        "def sides(input=(8, 8)):\n    return mine(input=input)",
    )
    assert len(look_up("mine.py:plain").claims) == 6
    assert len(look_up("mine.py:needs", classes=4).claims) == 6
    assert len(look_up("mine.py:needs", classes=5).claims) == 6
    assert len(look_up("mine.py:sides", input=8).claims) == 6
    assert look_up("mine.py:sides", input=9).claims == ()
    with pytest.raises(ValueError, match=r"mine\.py:needs does not run: TypeError: needs\(\) miss"):
        look_up("mine.py:needs")


@pytest.mark.parametrize("wrong", [(1, 8), 8, None])
def test_an_impossible_input_is_said_where_the_network_is_walked(write, capsys, wrong):
    write(f"def odd(classes=4):\n    return Net('odd', {wrong}, classes, body(classes))")
    assert main(["explain", "mine.py:odd"]) == 2
    message = f"error: the input of odd is {wrong}, not three whole numbers"
    assert capsys.readouterr().err.startswith(message)


def test_a_title_is_a_docstring_or_the_name(write):
    write(
        "import functools",
        "def bare():\n    return FIXED",
        "part = functools.partial(mine, classes=2)",
    )
    assert look_up("mine.py:bare").record.title == "fixed"
    assert look_up("mine.py:part").record.title == "mine"


def test_mappings_by_the_networks_names(write):
    write(BY_NAME)
    mine, fixed, both = (look_up(f"mine.py:{name}") for name in ("mine", "FIXED", "BOTH"))
    assert [[claim.quantity for claim in f.claims] for f in (mine, fixed, both)] == [
        *(["params"], ["macs"], [])
    ]
    assert [f.record.paper is None for f in (mine, fixed, both)] == [False, True, True]
    assert [len(f.record.departures) for f in (mine, fixed, both)] == [0, 1, 0]
    assert mine.initialisation == HE
    assert fixed.initialisation.kind == both.initialisation.kind == "gaussian"  # of its member
    assert [len(f.recipes) for f in (mine, fixed, both)] == [1, 0, 0]


def test_a_claim_says_of_which_networks_it_is(write):
    write(
        "CLAIMS = (",
        "    Claim('params', 466, A_PAPER.at('the rows'), of=('mine', 'fixed')),",
        "    Claim('macs', 1404, A_PAPER.at('the rows'), of=('fixed',)),",
        ")",
    )
    assert len(look_up("mine.py:mine").claims) == 1
    assert len(look_up("mine.py:FIXED").claims) == 2
    assert look_up("mine.py:BOTH").claims == ()


def test_a_claim_may_be_of_a_block(write, capsys):
    """Two convolutions in a block: (1*1*1+1)*2 + (3*3*2+1)*3 = 61 parameters."""
    write(
        "FIRE = chain({'squeeze': Conv(2, 1), 'expand': Conv(3, 3)})",
        "NET = Net('burnt', (1, 8, 8), 3, chain({'fire2': FIRE}))",
        "CLAIMS = A_PAPER.claims('quantity  printed  where\\nfire2.params  61  table 1')",
    )
    for verb in ("verify", "explain"):
        assert main([verb, "mine.py:NET"]) == 0
        assert "fire2.params" in capsys.readouterr().out


# What is of a wrong kind

WRONG = {
    "PAPER = 'A Title'": "PAPER is of type str. It must be a Paper; or a mapping from networks'",
    "PAPER = (A_PAPER,)": "PAPER is of type tuple. It must be a Paper;",
    "PAPER = {'mine': 'A Title'}": "PAPER is of type str. It must be a Paper;",
    "PAPER = {'fixed': 'A Title'}": "PAPER is of type str. It must be a Paper;",
    "CLAIMS = 5": "CLAIMS is of type int. It must be a tuple, each a Claim; or a mapping from",
    "CLAIMS = Claim('params', 466, A_PAPER.at(''))": "CLAIMS is of type Claim. It must be a tuple",
    "CLAIMS = (A_PAPER.claims('quantity'),)": "CLAIMS holds a tuple, not a Claim. Put a star bef",
    "CLAIMS = ('params',)": "CLAIMS holds a str, not a Claim\n",
    "CLAIMS = {'mine': 'params'}": "CLAIMS is of type str. It must be a tuple, each a Claim",
    "CLAIMS = (Claim('params', 466, 'table 1'),)": "CLAIMS: the source of 'params' is 'table 1', "
    "not a place in one: PAPER.at('table 2'), say",
    "DEPARTURES = 'no padding'": "DEPARTURES is of type str. It must be a tuple, each a Departure;",
    "DEPARTURES = ['no padding']": "DEPARTURES holds a str, not a Departure",
    "INITIALISATION = 'he'": "INITIALISATION is of type str. It must be an Initialisation; or a",
    "RECIPES = Recipe('r', '')": "RECIPES is of type Recipe. It must be a tuple, each a Recipe;",
    "RECIPES = ({'epochs': 5},)": "RECIPES holds a dict, not a Recipe",
}


@pytest.mark.parametrize(
    ("line", "verb"), siblings.crossed(WRONG, ["explain", "verify", "train", "diff"])
)
def test_a_constant_of_a_wrong_kind_names_itself_and_its_file(write, here, capsys, line, verb):
    write(line)
    more = {"train": ["--dry-run"], "diff": ["lenet5"]}.get(verb, [])
    assert main([verb, OUTPUT, *more]) == 2
    out, err = capsys.readouterr()
    assert (
        err.removeprefix("error: ").removeprefix(f"{here}/").startswith(f"mine.py: {WRONG[line]}")
    )
    assert (out, err.count("\n")) == ("", 1)


# Nothing said at all

VERBS = {
    "explain": (["explain", OUTPUT], "mine.py"),
    "explain --json": (["explain", OUTPUT, "--json"], ""),
    "diff": (["diff", OUTPUT, "lenet5"], ""),
    "diff, second": (["diff", "lenet5", OUTPUT, "--json"], ""),
    "verify": (["verify", OUTPUT], ""),
    "verify --json": (["verify", OUTPUT, "--json"], ""),
    "verify --markdown": (["verify", OUTPUT, "--markdown"], ""),
}


@pytest.mark.parametrize("name", ["mine", "FIXED", "BOTH"])
@pytest.mark.parametrize("words", [verb for verb, _ in VERBS.values()], ids=list(VERBS))
def test_a_file_without_a_word_works_in_every_verb(write, capsys, words, name):
    write()
    printed = said(capsys, *(word.replace("mine.py:mine", f"mine.py:{name}") for word in words))
    if words[0] == "explain" and "--json" in words:
        found = json.loads(printed)
        assert (found["paper"], found["facts"], found["departures"]) == ("", [], [])
    if words[-1] == "--markdown":
        assert "## Without a paper" in printed
    if words == ["verify", OUTPUT]:
        assert "0 published numbers agree" in printed


def test_nothing_said_is_drawn_by_he_and_has_no_recipe(write, capsys):
    write()
    found = look_up(OUTPUT)
    assert (found.claims, found.recipes, found.initialisation) == ((), (), HE)
    assert json.loads(said(capsys, "train", OUTPUT, "--dry-run", "--json"))["recipe"] == ""


# Trained, and kept


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ("of digits", 2, 90)),
        (["--data", "pictures"], ("long", 3, 7)),
        (["--recipe", "long"], ("long", 3, 7)),
        (["--epochs", "9"], ("of digits", 9, 90)),
    ],
)
def test_recipes_are_trained_by(write, here, capsys, words, expected):
    write(SAID)
    noise(here / "pictures", 4, classes=["cat", "dog"])
    run = json.loads(said(capsys, "train", OUTPUT, "--dry-run", "--json", *words))
    assert (run["recipe"], run["epochs"], run["batch_size"]) == expected


def test_a_recipe_that_the_file_lacks_names_those_that_it_has(write, capsys):
    write(SAID)
    assert main(["train", OUTPUT, "--dry-run", "--recipe", "lang"]) == 2
    assert "mine has no recipe 'lang'. Did you mean 'long'?" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["mine", "FIXED"])
def test_first_weights_are_drawn_as_the_file_says(write, name):
    """3 x 9 + 4 x 108 weights of deviation 0.5; by He 2/9 and 2/108 are the variances."""
    write(SAID)
    weight = papernets.create_model(f"mine.py:{name}").out.weight
    assert weight.std().item() == pytest.approx(0.5, rel=0.15)
    write()
    weight = papernets.create_model(f"mine.py:{name}").out.weight
    assert weight.std().item() == pytest.approx((2 / 108) ** 0.5, rel=0.15)


@pytest.mark.parametrize("beside", ["", SAID], ids=["nothing said", "all said"])
def test_a_bundle_is_written_and_read_without_the_file(write, here, capsys, beside):
    """Title and paper are kept, every verb still reads the run; its claims are the file's alone.

    Where the learning rate is next to nothing, trained weights are as they were drawn.
    """
    write(beside)
    flags = ["--epochs", "1", "--set", "learning_rate=1e-12", "--out", "run", "--quiet"]
    said(capsys, "train", OUTPUT, *flags)
    (here / "mine.py").unlink()
    shutil.copytree("run/best", "elsewhere")
    one, other = (papernets.load_bundle(folder).model for folder in ("run", "elsewhere"))
    assert one.net == other.net and one.net.name == "mine" and one.net.classes == 10
    assert all((a == b).all() for a, b in zip(one.parameters(), other.parameters(), strict=True))
    deviation = 0.5 if beside else (2 / 108) ** 0.5
    assert one.out.weight.std().item() == pytest.approx(deviation, rel=0.1)
    found = json.loads(said(capsys, "explain", "elsewhere", "--json"))
    assert (found["title"], found["facts"]) == ("A convolution of mine", [])
    assert found["paper"] == ("Author (2026). A Title. Venue." if beside else "")
    assert "A convolution of mine" in said(capsys, "diff", "elsewhere", "lenet5")
    said(capsys, "evaluate", "elsewhere", "--data", "digits")


def test_a_committee_is_trained_and_read_without_the_file(write, here, capsys):
    """What is said of the file's networks is its members' too."""
    write(SAID, "def both(classes=4):\n    return Committee('both', mine(classes), 2, 'mean')")
    said(capsys, "train", "mine.py:both", "--epochs", "1", "--out", "run", "--quiet")
    (here / "mine.py").unlink()
    shutil.copytree("run/best", "elsewhere")
    said(capsys, "evaluate", "elsewhere", "--data", "digits")
    member = json.loads(said(capsys, "explain", "elsewhere/1", "--json"))
    assert (member["name"], member["classes"]) == ("mine", 10)
    assert member["paper"] == "Author (2026). A Title. Venue."


# Files of an earlier version

HEAD = "from papernets.spec import Conv, Net, chain\n"
BODY = "input=(1, 8, 8), classes=3, body=chain({'c': Conv(3, 3)})"
AS_IT_WAS = {  # a file, and the beginning of what is said of it
    "from papernets.paper import Fact, Init, Paper": "papernets.paper is gone. Paper, Claim (once",
    "import papernets.paper as paper": "papernets.paper is gone. Paper, Claim (once Fact and Err",
    "from papernets import paper": "papernets.paper is gone. Paper, Claim (once Fact and Erratum)",
    "from papernets.said import Fact": "Fact is gone. Paper, Claim (once Fact and Erratum)",
    "from papernets.said import Erratum, Paper": "Erratum is gone. Paper, Claim (once Fact and",
    "from papernets.said import Init": "Init is gone. Paper, Claim (once Fact and Erratum)",
    "from papernets.spec import Init": "Init is gone. Paper, Claim (once Fact and Erratum)",
    "from papernets.analyse import walk": "papernets.analyse is gone. walk and totals are in",
    "from papernets.analyse.walk import walk": "papernets.analyse is gone. walk and totals are in",
    "from papernets.nets.printed import as_printed": "papernets.nets.printed is gone. Claims hold",
    "from papernets.nets.own import own": "papernets.nets.own is gone. look_up in papernets.nets",
    "import papernets.evaluate.scan": "papernets.evaluate.scan is gone. It is papernets.strips.sca",
    "from papernets.data.strips import windows": "papernets.data.strips is gone. It is papernets.s",
    "from papernets.build import create_model": "papernets.build is gone. create_model, load_bund",
    **{
        f"NET = Net(name='old', {word}, {BODY})": f"Net takes {word.partition('=')[0]} no more. "
        "Paper, Claim (once Fact and Erratum), Departure, Recipe, number and table are in "
        "papernets.said, Initialisation (once Init) in papernets.spec. A Net is its name, input, "
        "classes and body; what was said of it stands beside it in the file, in PAPER, CLAIMS, "
        "DEPARTURES, INITIALISATION and RECIPES"
        for word in (
            *("title='Old'", "paper=None", "facts=()", "errata=()", "departures=()"),
            *("init=None", "recipes=()", "ledger_name='old'"),
        )
    },
    f"NET = Net('old', 'Old', None, {BODY})": "Net takes other values, in another order. Paper",
    "NET = Net('old', 'Old', None, (1, 8, 8), 3, chain({}))": "Net takes other values, in ano",
    f"NET = Net(name='new', {BODY}).facts": "Net has facts no more. Paper, Claim (once Fact and",
    "from papernets.spec import Committee\n"
    "NET = Committee(name='old', title='Old', member=None, count=2, rule='')": "Committee takes t",
}


@pytest.mark.parametrize(
    ("text", "verb"), siblings.crossed(AS_IT_WAS, ["explain", "verify", "train", "diff"])
)
def test_an_old_file_is_told_where_to(here, capsys, text, verb):
    (here / "old.py").write_text(HEAD + text + "\n")
    more = {"train": ["--dry-run"], "diff": ["lenet5"]}.get(verb, [])
    assert main([verb, "old.py:NET", *more]) == 2
    out, err = capsys.readouterr()
    err = err.removeprefix("error: ").removeprefix(f"{here}/")  # train makes paths whole
    assert err.startswith(f"old.py is written for an earlier papernets: {AS_IT_WAS[text]}")
    assert err.endswith(". CONTRIBUTING.md shows a file of today\n")
    assert (out, err.count("\n")) == ("", 1)


@pytest.mark.parametrize("text", AS_IT_WAS)
def test_an_old_file_is_told_where_to_from_python(here, text):
    (here / "old.py").write_text(HEAD + text + "\n")
    with pytest.raises(ValueError, match=r"^old\.py is written for an earlier .*CONTRIBUTING\.md"):
        papernets.net("old.py:NET")


def test_an_old_function_is_told_where_to(here):
    """It is found when the function is called, and names the function too."""
    (here / "old.py").write_text(f"{HEAD}def old():\n    return Net(name='o', title='', {BODY})\n")
    with pytest.raises(ValueError, match=r"^old\.py:old is written for an earlier .* takes title"):
        papernets.net("old.py:old")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("from papernets.papr import Paper", "does not run: ModuleNotFoundError: No module named"),
        ("from papernets.said import Papr", "does not run: ImportError: cannot import name 'Papr'"),
        (f"NET = Net(nmae='x', {BODY})", "does not run: TypeError: Net.__init__() got an unex"),
        ("NET = chain({}).facts", "does not run: AttributeError: 'Chain' object has no attribute"),
        ("import paper_of_mine", "does not run: ModuleNotFoundError: No module named 'paper_of"),
    ],
)
def test_a_slip_is_not_taken_for_an_old_file(here, capsys, text, message):
    (here / "new.py").write_text(HEAD + text + "\n")
    assert main(["explain", "new.py:NET"]) == 2
    assert f"new.py {message}" in capsys.readouterr().err


def test_what_is_no_network_is_told_with_its_line(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "import os\n\nWIDTHS = [1, 2]\n\n\ndef width():\n    return None\n\nNET = width()\n"
    )
    for name, message in {
        "WIDTHS": f"{file}:WIDTHS is a list, not a Net ({file}, line 3)",
        "width": f"{file}:width is None, not a Net ({file}, line 6)",
        "os": f"{file}:os is a module, not a Net",
    }.items():
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            look_up(f"{file}:{name}")

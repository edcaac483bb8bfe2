"""A few pages of the site are made as all are: without a warning, every link leads somewhere."""

import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from website import build, commands, layers, lessons, links, networks, pages, text

from papernets.nets import find, list_nets, look_up, verify
from papernets.nets.registry import NETS
from papernets.spec import Conv, Dense, Flatten, Net, chain, totals, walk

EVIL = "<script>alert(1)</script>```{raw} html"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The pages of a few networks, one verb and one written by hand, as HTML."""
    top = tmp_path_factory.mktemp("site")
    folder, out = build.Folder(top / "work" / "pages"), top / "html"
    networks.write(["lenet5", "boosted_lenet4", "lenet5_modern"], folder.put)
    lessons.write(folder.put, ["output-size", "dilation"].__contains__)
    net = Net(EVIL, (1, 8, 8), 2, chain({EVIL: Conv(2, 3), "f": Flatten(), "out": Dense(2)}))
    folder.put("networks/evil", networks.page(networks.Found(net), networks.Beside()))
    for page in ("fidelity", "initialisation", "recipes", "results", "weights"):
        folder.put(page, f"# {page}\n")
    words = "<!-- draw lenet5 volumes: its maps -->"
    top = text.page(["# Site", build.drawn(words, "index.md"), text.toctree(BESIDE, "hidden:")])
    folder.put("index", top)
    assert build.made(folder.path, out, jobs="1") == 0
    assert links.broken(out) == []
    return out


BESIDE = (
    *("networks/index", "networks/gallery", "networks/evil", "lessons/index"),
    *("fidelity", "initialisation", "recipes", "results", "weights"),
)


class Words(HTMLParser):
    """The text of a page, and the names of its elements."""

    def __init__(self, page):
        super().__init__()
        self.text, self.tags = "", []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)


def test_a_page_has_what_is_known_of_its_network(site):
    words = Words(site / "networks" / "lenet5.html").text
    found = look_up("lenet5")
    rows = walk(found.net)
    for row in rows:
        assert row.name in words
        assert not row.params or f"{row.params:,}" in words
    assert f"{totals(rows).macs:,}" in words
    assert "Gradient-Based Learning Applied to Document Recognition" in words
    for check in verify(found):
        assert not check.why or check.verdict == "measured" or check.why.split(": ")[-1] in words
    for departure in found.record.departures:
        assert departure.what.replace("'", "’") in words.replace("'", "’")
    for recipe in found.recipes:
        assert recipe.source.replace("'", "’") in words.replace("'", "’")


def test_a_page_has_its_drawings_with_words_for_who_cannot_see_them(site):
    page = (site / "networks" / "lenet5.html").read_text(encoding="utf-8")
    for style in ("boxes", "volumes", "line"):
        for theme in ("light", "dark"):
            assert f'src="drawings/lenet5-{style}-{theme}.svg"' in page
    assert "C3 (table 5×5) gives 16@10×10" in page
    gallery = (site / "networks" / "gallery.html").read_text(encoding="utf-8")
    assert gallery.count("loading=lazy") == 2 * 3


def test_a_lesson_works_within_the_site(site):
    """Its example, the field for an answer, its numbers and its script are on the page."""
    page = (site / "lessons" / "output-size.html").read_text(encoding="utf-8")
    for part in ('class="sliders"', 'class="example"', 'class="typed"', 'id="data"', "28x28"):
        assert part in page
    assert "dilation.html" in (site / "lessons" / "index.html").read_text(encoding="utf-8")


def test_names_that_are_code_stand_as_they_are(site):
    words = Words(site / "networks" / "evil.html")
    plain = Words(site / "networks" / "lenet5.html")
    assert "<script>alert(1)</script>" in words.text
    assert words.tags.count("script") == plain.tags.count("script")


def test_the_smallest_pages_open_from_disk(site):
    """Nothing is fetched from elsewhere: `links` says so of what it is given."""
    page = site / "networks" / "lenet5.html"
    for wrong, said in (
        ('<script src="https://a.b/c.js"></script>', "fetched from the network"),
        ('<a href="nowhere.html">x</a>', "leads nowhere"),
        ('<a href="lenet5.html#nowhere">x</a>', "no place on its page"),
        ('<img src="../search.html">', "no words for who cannot see it"),
        ('<p id="layers"></p>', "two places"),
    ):
        good = page.read_text(encoding="utf-8")
        page.write_text(good.replace("</body>", f"{wrong}</body>"), encoding="utf-8")
        try:
            assert any(said in one for one in links.broken(site)), said
        finally:
            page.write_text(good, encoding="utf-8")


def test_networks_and_their_families_have_pages():
    names, put = list_nets()[::15], {}
    networks.write(names, put.__setitem__)
    assert {f"networks/{name}" for name in names} < set(put)
    for name in names:
        entry = find(name)
        family = put[f"networks/family-{entry.family.rpartition('.')[2]}"]
        assert f'href="{name}.html"' in put["networks/index"] and f'href="{name}.html"' in family
        assert all(alias in put[f"networks/{name}"].replace("\\", "") for alias in entry.aliases)


@pytest.mark.parametrize("name", ["resnet152", "resnet1202", "inception_v4", "alexnet"])
def test_a_table_that_is_folded_tells_of_every_row(name):
    """Blocks that are not shown are like the one that is, and their number is said."""
    net = look_up(name).net
    rows, table = walk(net), layers.table_of(net)
    hidden = 0
    for section in table.sections:
        if said := re.search(r"(\d+) blocks alike", section.title):
            hidden += (int(said[1]) - 1) * len(section.rows)
    assert sum(1 for _ in table.rows()) + hidden == len(rows)
    assert table.sections[-1].total[-1] == f"{totals(rows).macs:,}"


def test_each_verb_and_option_is_in_the_reference():
    from papernets.cli.app import app

    put = {}
    commands.write(put.__setitem__)
    for verb in app.registered_commands:
        assert f"commands/{verb.name}" in put
    assert "--resume" in put["commands/train"] and "--data-dir" in put["commands/data-fetch"]


def test_links_follow_their_pages():
    assert pages.moved("[a](docs/data.md#x)", "README.md", "index.md") == "[a](data.md#x)"
    moved = pages.moved("[a](../CONTRIBUTING.md)", "docs/howto.md", "howto.md")
    assert moved == "[a](contributing.md)"
    deep = pages.moved("[a](../../CONTRIBUTING.md)", "docs/tutorials/x.md", "tutorials/x.md")
    assert deep == "[a](../contributing.md)"
    with pytest.raises(ValueError, match=r"the site has no papernets/words\.py"):
        pages.moved("[a](papernets/words.py)", "README.md", "index.md")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The site as `make docs` makes it."""
    out = tmp_path_factory.mktemp("whole") / "docs"
    assert build.main(["--out", str(out)]) == 0
    return out


@pytest.mark.slow
def test_the_whole_site_is_made(whole):
    assert {f"{entry.name}.html" for entry in NETS} <= {
        path.name for path in (whole / "networks").iterdir()
    }
    assert (whole / "index.html").is_file()


BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.mark.slow
@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="needs Chromium")
@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("resnet50", "networks/resnet50.html"),
        ("fine-tuning", "finetuning.html"),
        ("create_model", "reference/python.html#papernets.create_model"),
    ],
)
def test_the_search_works_from_disk(whole, asked, first):
    browser = next(filter(None, map(shutil.which, BROWSERS)))
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000")
    page = f"{(whole / 'search.html').as_uri()}?q={asked}"
    done = subprocess.run(
        [browser, *flags, "--dump-dom", page], capture_output=True, text=True, timeout=300
    )
    results = done.stdout.partition('id="search-results"')[2]
    assert re.findall(r'<li[^>]*><a href="([^"?]*)', results)[0] == first, done.stderr[-500:]

"""The page in a browser, from disk and offline: it asks for nothing, and all can be reached."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from explore_browser import Opened, axe, text, until
from explore_page import browser
from PIL import Image

from papernets.compare.diff import diff
from papernets.evaluate.predictor import load
from papernets.explore import explorer
from papernets.explore.engine import LIMIT
from papernets.explore.engine.export import embedded
from papernets.explore.export import net_data
from papernets.explore.page import _packed_drawings, _page
from papernets.explore.taught import taught
from papernets.explore.trained import at_work, trained
from papernets.lessons import lesson
from papernets.nets import look_up
from papernets.nets.registry import find
from papernets.spec import walk

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
if browser() is None:
    pytest.skip("no Chromium is installed", allow_module_level=True)

ADDRESSES = (
    *("networks/lenet5", "networks/lenet5?stage=2", "networks/lenet5?layer=C3&unit=0,9"),
    *("networks/lenet5?height=20", "networks/boosted_lenet4?layer=nothing"),
    *(
        "compare/lenet5/lenet5_modern",
        "compare/lenet1/lenet1?all=1",
        "compare/lenet5/lenet4?input=9",
    ),
    *(
        "digit/lenet1",
        "digit/lenet4?row=S2&map=3&turn=40",
        "digit/boosted_lenet4?member=2&noise=60",
    ),
    *("digit/lenet5?box=9&pen=16", "nowhere/at/all?theme=dark"),
    *("digit?mode=strip", "digit/lenet1?mode=strip&noise=40", "digit/boosted_lenet4?mode=strip"),
    *("digit/lenet1?epoch=0", "digit/lenet1?epoch=0.3&row=H1&map=2"),
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page with the LeNets alone."""
    path = tmp_path_factory.mktemp("explore") / "a page #1.html"
    path.write_text(explorer((), "lenet*"), "utf-8")
    return path


@pytest.fixture
def opened(opened: Opened) -> Iterator[Opened]:
    """It asks for no other file either."""
    yield opened
    assert len({url.split("#")[0] for url in opened.asked if url.startswith("file:")}) <= 1


def test_a_layer_by_keys_and_by_address(opened: Opened):
    """Tab reaches the drawing once; arrows go on; Enter opens; Back goes back."""
    page = opened.at("networks/lenet5")
    page.focus("#drawing g.row[tabindex='0']")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#place")
    assert text(page, "#place").startswith("C3 table conv 5×5")
    assert "#networks/lenet5?layer=C3" in page.url
    panel = text(page, "#panel")  # LeCun et al. 1998, section II-B: C3 has 1,516 parameters
    assert "parameters 1,516" in panel and "connections 151,600" in panel
    page.go_back()
    page.wait_for_selector("#place", state="detached")
    assert "Stage by stage" in text(page, "#panel")


@pytest.mark.slow
def test_sizes_change_all_numbers_and_errors_are_pythons(opened: Opened):
    page = opened.at("networks/lenet5")
    page.fill("#size-height", "60")
    page.press("#size-height", "Tab")
    page.wait_for_selector("#drawing text:text('6@56×28')")
    assert page.evaluate("document.activeElement.id") == "size-width"
    page.fill("#size-height", "20")
    page.press("#size-height", "Enter")
    page.wait_for_selector("#network-head .error")
    with pytest.raises(ValueError) as error:
        walk(look_up("lenet5", input=(20, 32)).net.member)
    assert text(page, "#network-head .error") == str(error.value)
    page.click("text=Its own sizes")
    page.wait_for_selector("#network-head .error", state="detached")


@pytest.mark.slow
def test_a_unit_is_chosen_by_keys(opened: Opened):
    """Unit 0,0 of C3 sees the 14x14 pixels at the corner; the one beside it 4 further right."""
    page = opened.at("networks/lenet5?layer=C3&unit=0,0")
    page.wait_for_selector(".fields")
    assert "sees 14×14 of the picture: rows 0 to 13, columns 0 to 13" in text(page, ".fields")
    page.focus(".pick")
    page.keyboard.press("ArrowRight")
    until(page, "location.hash.includes('unit=0%2C1')")
    assert "columns 2 to 15" in text(page, ".fields")
    assert page.evaluate("document.activeElement.classList.contains('pick')")


@pytest.mark.slow
def test_two_networks(opened: Opened):
    page = opened.at("compare/lenet5/lenet5_modern?all=1")
    told = diff(look_up("lenet5"), look_up("lenet5_modern"))
    assert page.locator(".diff tbody tr").count() == len(told.matches)
    params = next(one for one in told.totals if one.what == "params")
    assert f"parameters {params.a:,} {params.b:,}" in text(page, ".totals")
    page.select_option("[aria-label='Second network']", "lenet5")
    until(page, "location.hash.includes('compare/lenet5/lenet5')")
    assert "The two are the same" in text(page, "#compare")


def test_each_example_is_read_and_a_map_is_looked_at(opened: Opened):
    """LeNet-5 reads the ten examples; map 5 of C3 lights what table I of the paper gives it."""
    page = opened.at("digit/lenet5")
    for digit in range(10):
        page.click(f"[aria-label='example {digit}']")
        assert text(page, ".answer").startswith(str(digit))
        assert text(page, ".nearest .best") != ""
    page.click("#map-C3-5")
    until(page, "location.hash.includes('map=5')")
    lit = page.eval_on_selector_all(".maps button.lit", "all => all.map((one) => one.id)")
    assert lit == ["map-S2-0", "map-S2-1", "map-S2-5"]
    assert page.locator("table.cross thead th.lit").inner_text() == "5"


@pytest.mark.slow
def test_a_digit_is_drawn_by_mouse_and_by_keys(opened: Opened):
    page = opened.at("digit/lenet5")
    box = page.locator("#pad").bounding_box()
    for at in range(21):  # a one, from top to bottom
        x, y = box["x"] + box["width"] * 0.5, box["y"] + box["height"] * (0.15 + 0.035 * at)
        page.mouse.move(x, y)
        if at == 0:
            page.mouse.down()
    page.mouse.up()
    assert text(page, ".answer").startswith("1")
    page.focus("#pad")
    page.keyboard.press("Delete")
    assert "Draw a digit" in text(page, "#scores")
    page.keyboard.press("Space")
    for _ in range(15):
        page.keyboard.press("ArrowDown")
    assert text(page, ".answer").startswith("1")
    page.fill("#slide-turn", "90")
    until(page, "location.hash.includes('turn=90')")
    assert "90°" in text(page, "#sliders")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_every_address_shows_something(chromium: object, file: Path, scheme: str, width: int):
    """Nothing goes wrong or is asked for, nothing is wider than the screen; axe has no word."""
    size = {"width": width, "height": 800}
    one = Opened(chromium, file, viewport=size, color_scheme=scheme, reduced_motion="reduce")
    found = []
    for place in ADDRESSES:
        page = one.at(place)
        page.wait_for_timeout(150)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        assert len(text(page, "main")) > 150, place
        found += [(place, one) for one in axe(page)]
    assert found == []
    assert one.wrong == []
    assert all(url.startswith((one.address, "data:")) for url in one.asked)
    one.context.close()


@pytest.mark.slow
def test_the_theme_is_in_the_address(opened: Opened):
    page = opened.at("networks/lenet5")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.click("#theme")
    assert "theme=dark" in page.url and page.evaluate(paper) != light
    page.click("nav >> text=Draw a digit")
    page.wait_for_selector("#room-digit:not([hidden])")
    assert "theme=dark" in page.url and page.evaluate(paper) != light


@pytest.mark.slow
def test_print_leaves_out_what_is_pressed(opened: Opened):
    page = opened.at("networks/lenet5?layer=C1")
    page.emulate_media(media="print")
    assert not page.is_visible(".list") and not page.is_visible("#theme")
    assert page.is_visible("#place")


HOSTILE = '</script><img src=x onerror="alert(1)">&<b>'


def test_hostile_names_are_text(chromium: object, tmp_path: Path):
    """A network, its layers, classes and papers may be called anything: nothing becomes markup."""
    lenet = replace(trained("lenet1", "lenet1"), own=HOSTILE)
    photos = replace(trained("resnet20", "resnet20"), own=f"{HOSTILE} 2")
    part, told = at_work((lenet, photos), LIMIT)
    assert part is not None
    renamed = part.data.replace('"H1"', json.dumps(HOSTILE).replace("<", "\\u003c"))
    engine = json.loads(renamed)
    for one in engine["networks"]:
        one["program"]["classes"] = [HOSTILE] * 10
    data = net_data(lenet.found, find("lenet1"))
    for one in data["parts"]:
        if "parts" in one:
            one["parts"] = [[HOSTILE if n == "H1" else n, at] for n, at in one["parts"]]
    own = {"own": HOSTILE, "title": HOSTILE, "paper": HOSTILE, "family": HOSTILE, "name": HOSTILE}
    nets = [{**data, **own}, {**net_data(photos.found), "own": photos.own}]
    drawn = {one.own: _packed_drawings(one.found) for one in (lenet, photos)}
    part = replace(part, data=embedded(engine))
    several = taught((lesson("output-size"),), ())
    words = {"name": HOSTILE, "title": HOSTILE, "question": HOSTILE, "chapter": HOSTILE}
    several["lessons"][0] |= {**words, "sources": [HOSTILE], "nets": [HOSTILE]}
    several["taught"] = [[topic, kinds, HOSTILE] for topic, kinds, _ in several["taught"]]
    page_text = _page({"nets": nets}, drawn, {"networks": told}, part, lessons=several)
    file = tmp_path / "hostile.html"
    file.write_text(page_text, "utf-8")
    one = Opened(chromium, file)
    picture = tmp_path / f"{HOSTILE.replace('/', ':')}.png"
    Image.fromarray(np.zeros((40, 40, 3), np.uint8)).save(picture)
    for place in ("networks", "compare", "digit", "picture"):
        page = one.at(place)
        if place == "picture":
            page.set_input_files("#picture-file", picture)
            page.wait_for_selector("#picture-seen figure")
            assert picture.name in page.inner_text("#picture-said")
            assert HOSTILE in page.inner_text("#picture-scores")
            assert HOSTILE in page.inner_text("#picture-seen")
        page.wait_for_timeout(100)
        assert page.locator("main img:not(#samples *), main b b, main script").count() == 0
    assert HOSTILE in page.inner_text("#digit-networks")
    page = one.at("networks")
    page.click("#drawing g.row >> nth=0")
    page.wait_for_selector("#place")
    assert HOSTILE in page.inner_text("#place")
    page = one.at(f"lessons/{quote(HOSTILE, safe='')}?{quote(HOSTILE)}={quote(HOSTILE)}")
    page.wait_for_selector(".lesson .answer")
    assert HOSTILE in page.inner_text("#lesson-head") and HOSTILE in page.inner_text("#lesson-foot")
    assert page.locator("main img:not(#samples *), main script, #unknown b").count() == 0
    assert one.wrong == []
    one.context.close()


def test_the_page_is_one_file(file: Path):
    """It names no other file, and has no script that could leave its element."""
    page = file.read_text("utf-8")
    assert not re.search(r"<(link|img|iframe|script)[^>]*(src|href)=\"(?!data:)", page)
    scripts = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)
    assert len(scripts) == 7 and all(json.loads(one) for one in scripts)
    assert "http" not in re.sub(r"http://www\.w3\.org/2000/svg", "", page.split("</style>")[1])


@pytest.mark.slow
def test_a_picture_is_looked_at_as_predict_looks(chromium: object, tmp_path: Path):
    """ResNet-20 gives a file that is chosen the scores of `papernets predict`; nonsense is told."""
    page_file, picture = tmp_path / "page.html", tmp_path / "dot.png"
    page_file.write_text(explorer(("resnet20",), "lenet1"), "utf-8")
    pixels = np.full((96, 128, 3), (90, 140, 220), np.uint8)
    pixels[40:70, 30:100] = (120, 60, 40)
    Image.fromarray(pixels).save(picture)
    one = Opened(chromium, page_file)
    page = one.at("picture")
    page.set_input_files("#picture-file", picture)
    page.wait_for_selector("#picture-scores .answer")
    (right,) = load("resnet20").predict([picture])
    assert text(page, "#picture-scores .answer b") == right.label
    score = float(text(page, "#picture-scores .answer span").split()[0])
    assert score == pytest.approx(100 * right.score, abs=0.5)
    assert page.locator("#picture-seen .colour-bar").count() == 1
    second = page.locator("#picture-scores .bars button").nth(1)
    second.click()
    assert "class=" in page.url and second.inner_text().split()[0] in text(page, "#picture-seen")
    maps = page.locator(".maps button")
    assert maps.count() == sum(
        row.out[0] for row in walk(look_up("resnet20").net) if row.out[1] > 1
    )
    maps.last.click()
    until(page, "location.hash.includes('map=63')")
    assert axe(page) == []
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    page.set_input_files("#picture-file", broken)
    page.wait_for_selector("#picture-wrong[role=alert]")
    assert "no picture that" in text(page, "#picture-wrong")
    page.click("#samples button >> nth=1")
    until(page, "location.hash.includes('sample=china.jpg')")
    page.wait_for_selector("#picture-scores .answer")
    assert not page.is_visible("#picture-wrong")
    assert "10 classes: airplane" in text(page, "#picture-knows")
    taken = """async (bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], "dropped.png", {type: "image/png"}));
      const drop = new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: data});
      return document.querySelector("#picture-work").dispatchEvent(drop);
    }"""
    assert page.evaluate(taken, [*picture.read_bytes()]) is False  # the browser does not open it
    until(page, "document.querySelector('#picture-said').textContent === 'dropped.png'")
    assert "sample" not in page.url and text(page, "#picture-scores .answer b") == right.label
    assert one.wrong == []
    one.context.close()


@pytest.mark.slow
def test_on_a_phone_a_layer_that_is_touched_comes_into_view(chromium: object, file: Path):
    size = {"width": 375, "height": 700}
    one = Opened(chromium, file, viewport=size, has_touch=True, reduced_motion="reduce")
    page = one.at("networks/lenet5")
    page.locator("#drawing g.row").nth(2).tap()
    page.wait_for_selector("#place")
    until(page, "document.querySelector('#place').getBoundingClientRect().top < 300")
    page.evaluate("scrollTo(0, 0)")
    page.tap("#browse > summary")
    page.tap("#list a[data-name='lenet4']")
    until(page, "document.title.startsWith('lenet4')")
    assert not page.evaluate("document.getElementById('browse').open")
    assert one.wrong == []
    one.context.close()


def test_the_link_that_skips_leads_to_the_page_and_not_elsewhere(opened: Opened):
    page = opened.at("compare/lenet5/lenet4")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert "compare/lenet5/lenet4" in page.url


@pytest.mark.slow
@pytest.mark.parametrize("given", ["0", "-1", "29.5", "tall", "1000000000", "9" * 40])
def test_a_size_that_is_none_is_an_error_beside_no_number(opened: Opened, given: str):
    """The field says it to screen readers, and no number of the printed size stands beside it."""
    page = opened.at("networks/lenet5")
    page.fill("#size-classes", given)
    page.wait_for_selector("#size-error")
    said = text(page, "#size-error")
    assert said.startswith("classes must be a whole number of at ")
    assert ("100,000" in said) == given.isdigit() or given == "0"
    assert page.get_attribute("#size-error", "role") == "alert"
    assert page.get_attribute("#size-classes", "aria-describedby") == "size-error"
    assert page.get_attribute("#size-classes", "aria-invalid") == "true"
    assert page.locator(".facts").count() == 0 and "60,000" not in text(page, "#panel")
    page.click("text=Its own sizes")
    page.wait_for_selector("#size-error", state="detached")
    assert page.input_value("#size-classes") == "10"


@pytest.mark.slow
def test_what_is_typed_is_followed_at_once_and_outlives_a_click(opened: Opened):
    """No Tab is needed; a layer clicked right after the last key is opened, at that size."""
    page = opened.at("networks/lenet5")
    page.wait_for_selector("#drawing g.row")
    page.fill("#size-height", "60")
    page.wait_for_selector("#drawing text:text('6@56×28')")
    assert page.evaluate("document.activeElement.id") == "size-height"
    page.fill("#size-height", "44")
    page.locator("#drawing g.row").nth(2).click()
    page.wait_for_url(re.compile(r"height=44&layer=C3"))
    page.wait_for_selector("#drawing text:text('6@40×28')")
    page.wait_for_selector("#place")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("networks/nosuch", "No network is called nosuch on this page"),
        ("networks/lenet55", "Did you mean lenet5?"),
        ("compare/lenet1/nosuch", "No network is called nosuch on this page"),
        ("digit/nosuch", "No network that reads what is drawn here is called nosuch"),
        ("networks/lenet5?stage=99", "lenet5 has no stage 99: it has 4 stages"),
        ("nowhere", "This page has no room called nowhere"),
        ("picture", "No network of this page looks at pictures"),
        ("networks/lenet5?layer=C33", "lenet5 has no layer or block C33. Did you mean C3?"),
        ("networks/lenet5?layer=C3&unit=10,0", "C3 has no unit 10,0: its output has rows 0 to 9"),
        ("networks/lenet5?layer=C3&unit=up", "unit is a row and a column, 0,9 for one, not up"),
        ("networks/lenet5?unit=1,1", "unit is of a layer's output: the address names none"),
        ("networks/lenet5?hieght=60", "An address here has no word hieght. Did you mean height?"),
        ("compare/lenet1/lenet5?all=2", "all is 1 or left out, not 2"),
        ("digit/lenet5?row=C33", "lenet5 has no row C33. Did you mean C3?"),
        ("digit/lenet5?row=S2&map=6", "S2 has no map 6 here: its maps are 0 to 5"),
        ("digit/lenet5?map=16", "C3 has no map 16 here: its maps are 0 to 15"),
        ("digit/lenet5?member=2", "lenet5 has no member 2: it is one network"),
        ("digit/boosted_lenet4?member=4", "has no member 4: its members are 1 to 3"),
        ("digit?pen=2", "pen is a whole number from 3 to 16, not 2"),
        ("digit?turn=91&box=x&noise=-1", "turn is a whole number from -90 to 90, not 91. box is"),
        ("digit?theme=pink", "theme is light or dark or left out, not pink"),
        ("digit?mode=words", "The pad has no mode words: it has digit and strip"),
        ("digit/lenet1?epoch=7", "no moment after 7 passes: it has 0, 0.05, 0.1"),
        ("digit/lenet5?epoch=1", "No training of lenet5 is replayed here"),
    ],
)
def test_what_the_page_has_not_is_said_above_what_it_shows(opened: Opened, place: str, said: str):
    page = opened.at(place)
    page.wait_for_selector("#unknown:not([hidden])")
    assert said in text(page, "#unknown")
    opened.at("networks/lenet1")
    page.wait_for_selector("#unknown", state="hidden")


@pytest.mark.slow
def test_only_what_was_asked_for_is_listed_and_the_pad_keeps_its_networks(
    chromium: object, tmp_path: Path
):
    path = tmp_path / "one.html"
    path.write_text(explorer((), "lenet1"), "utf-8")
    one = Opened(chromium, path)
    page = one.at("")
    listed = page.eval_on_selector_all("#list a", "all => all.map((one) => one.dataset.name)")
    assert listed and all(name.startswith("lenet1") for name in listed)
    assert page.title().startswith("lenet1 ")
    page = one.at("digit/boosted_lenet4")
    page.click("[aria-label='example 3']")
    page.wait_for_selector(".answer")
    assert text(page, ".answer").startswith("3")
    assert one.wrong == []
    one.context.close()


@pytest.mark.slow
def test_a_view_that_is_opened_from_another_begins_at_its_top(opened: Opened):
    page = opened.at("networks/lenet5")
    page.wait_for_selector("#drawing g.row")
    page.set_viewport_size({"width": 800, "height": 300})
    page.evaluate("scrollTo(0, 400)")
    assert page.evaluate("scrollY") > 100
    page.evaluate("location.hash = '#compare/lenet1/lenet5'")
    page.wait_for_selector("#compare .totals")
    assert page.evaluate("scrollY") == 0

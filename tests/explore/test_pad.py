"""The pad's strips and its replay in a browser: by mouse, by keys, by address."""

from __future__ import annotations

from pathlib import Path

import pytest
from explore_browser import Opened, text, until
from explore_page import browser

from papernets.explore import explorer

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
if browser() is None:
    pytest.skip("no Chromium is installed", allow_module_level=True)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explore") / "pad.html"
    path.write_text(explorer((), "lenet1"), "utf-8")
    return path


def answer(page: object) -> str:
    return text(page, ".read-whole").split()[0]


def test_strips_are_read_and_each_network_says_what_it_can(opened: Opened):
    """The examples by lenet5_scan; another network is warned of, and a committee refused."""
    page = opened.at("digit?mode=strip")
    page.wait_for_selector(".read")
    for name in ("90210", "1998", "31415", "2367"):
        page.click(f"[aria-label='example {name}']")
        until(page, f"document.querySelector('.read-whole').textContent.startsWith('{name} ')")
        assert page.locator(".read b").all_inner_texts() == list(name)
    strip, scores = (
        page.locator(f".track >> nth={at} >> canvas").evaluate("one => [one.width, one.height]")
        for at in (0, 1)
    )
    assert strip[1] == 28 and scores == [strip[0] + 1, 11]
    page.click("#digit-networks >> text=lenet4 >> nth=0")
    until(page, "location.hash.includes('digit/lenet4?mode=strip')")
    page.wait_for_selector("#scores .note")
    assert "Nobody taught lenet4 what a place without a digit" in text(page, "#scores .note")
    page.click("#digit-networks >> text=boosted_lenet4")
    page.wait_for_selector("#scores [role=alert]")
    assert "strips are read by a single network" in text(page, "#scores")
    page.click("#pad-mode >> text=one digit")
    page.wait_for_selector("#scores .bars")
    assert "mode" not in page.url and text(page, ".answer").startswith("4")


@pytest.mark.slow
def test_a_strip_is_written_by_keys(opened: Opened):
    """Two ones side by side: the cross goes over the whole of the pad, 3.5 times as wide."""
    page = opened.at("digit/lenet5_scan?mode=strip")
    page.wait_for_selector(".read")
    page.focus("#pad")
    page.keyboard.press("Delete")
    assert "Write some digits" in text(page, "#scores")
    for _ in range(2):
        for _ in range(15):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
        for _ in range(16):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        for _ in range(16):
            page.keyboard.press("ArrowUp")
    until(page, "document.querySelector('.read-whole')?.textContent.startsWith('11 ')")
    assert "lenet5_scan reads 1 1" in text(page, "#said")
    page.click("#pad-mode >> text=one digit")
    page.wait_for_selector("#scores .bars")
    page.click("#pad-mode >> text=several")
    page.wait_for_selector(".read")
    assert answer(page) == "11"  # what was written is there still


def test_a_training_is_replayed_by_keys(opened: Opened):
    """Weights change from moment to moment, and with them kernels, maps and scores."""
    page = opened.at("digit/lenet1")
    page.wait_for_selector("#replay-begin")
    pixels = "document.querySelector('.kernels canvas').toDataURL()"
    trained = page.evaluate(pixels)
    page.focus("#replay-begin")
    page.keyboard.press("Enter")
    until(page, f"location.hash.includes('epoch=0') && {pixels} !== {trained!r}")
    assert page.evaluate("document.activeElement.id") == "replay-at"
    assert "Before the first step: random weights" in text(page, "#replay-said")
    seen = {page.evaluate(pixels)}
    for moment in ("0.05", "0.1", "0.15"):
        before = page.evaluate(pixels)
        page.keyboard.press("ArrowRight")
        until(page, f"location.hash.includes('epoch={moment}') && {pixels} !== {before!r}")
        seen.add(page.evaluate(pixels))
    assert len(seen) == 4
    assert "after 0.15 passes" in (page.get_attribute("#replay-at", "aria-valuetext") or "")
    page.keyboard.press("End")
    until(page, "location.hash.includes('epoch=20')")
    assert "0.95 % of 10,000 test digits" in text(page, "#replay-said")
    page.click("#replay-back")
    until(page, "location.hash.includes('epoch=15')")
    page.click("#replay-end")
    until(page, f"!location.hash.includes('epoch') && {pixels} === {trained!r}")


@pytest.mark.slow
def test_the_replay_plays_and_pauses(opened: Opened):
    page = opened.at("digit/lenet1?epoch=11")
    page.wait_for_selector("#replay-play")
    page.wait_for_timeout(1500)
    assert "epoch=11" in page.url  # it does not begin by itself
    page.click("#replay-play")
    assert text(page, "#replay-play") == "Pause"
    until(page, "location.hash.includes('epoch=20')")
    until(page, "document.querySelector('#replay-play').textContent === 'Play'")
    page.click("#replay-play")  # from the beginning
    until(page, "location.hash.includes('epoch=0.05')")
    page.click("#replay-play")
    at = page.url
    page.wait_for_timeout(1500)
    assert page.url == at


@pytest.mark.slow
def test_nothing_moves_by_itself_where_motion_is_reduced(chromium: object, file: Path):
    one = Opened(chromium, file, reduced_motion="reduce")
    page = one.at("digit/lenet1?epoch=0.1")
    page.wait_for_selector("#replay-at")
    assert not page.is_visible("#replay-play") and page.is_visible("#replay-on")
    page.click("#replay-on")
    until(page, "location.hash.includes('epoch=0.15')")
    one.context.close()


def test_elements_stay_while_a_digit_is_drawn(opened: Opened):
    """Each move of the pen paints the maps anew, and makes none anew."""
    page = opened.at("digit/lenet5")
    page.wait_for_selector("#map-C1-0")
    page.evaluate("document.querySelectorAll('#at-work *').forEach((one) => (one.mine = true))")
    box = page.locator("#pad").bounding_box()
    pixels = "document.querySelector('#map-C1-0 canvas').toDataURL()"
    seen = set()
    for at in range(6):
        page.mouse.move(box["x"] + 60 + 20 * at, box["y"] + 60 + 15 * at)
        if at == 0:
            page.mouse.down()
        page.wait_for_timeout(60)
        seen.add(page.evaluate(pixels))
    page.mouse.up()
    assert len(seen) >= 4
    assert page.evaluate("[...document.querySelectorAll('#at-work *')].every((one) => one.mine)")


@pytest.mark.slow
def test_what_was_set_stays_where_a_map_is_chosen_and_while_it_learns(opened: Opened):
    """Whoever holds a way to go on asks the address as it is then."""
    page = opened.at("digit/lenet1?epoch=0.15")
    until(page, "!!document.querySelector('#at-work .map, #at-work .maps button')")
    page.evaluate("location.hash = '#digit/lenet1?epoch=0.15&noise=40&pen=14'")
    until(page, "document.getElementById('slide-noise').value === '40'")
    page.click("#at-work .maps button >> nth=1")
    until(page, "location.hash.includes('map=1')")
    for kept in ("epoch=0.15", "noise=40", "pen=14"):
        assert kept in page.url, page.url


@pytest.mark.slow
def test_another_button_draws_nothing_and_delete_ends_a_stroke(opened: Opened):
    page = opened.at("digit/lenet5")
    until(page, "!!document.querySelector('#at-work .maps')")
    box = page.locator("#pad").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("#scores .answer")
    before = text(page, "#scores")
    page.mouse.move(*middle)
    page.mouse.down(button="right")
    page.mouse.up(button="right")
    assert text(page, "#scores") == before
    page.mouse.down()
    until(page, f"document.getElementById('scores').innerText.trim() !== {before!r}")
    page.mouse.move(middle[0] + 20, middle[1] + 40)
    page.keyboard.press("Delete")
    page.mouse.move(middle[0] + 40, middle[1] + 60)
    page.mouse.up()
    assert "Draw a digit on the pad" in text(page, "#scores")


def drawn(page: object, *points: tuple[float, float]) -> None:
    """A stroke through points of the pad, in shares of its sides."""
    box = page.locator("#pad").bounding_box()
    for at, (x, y) in enumerate(points):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
        if at == 0:
            page.mouse.down()
    page.mouse.up()


def test_what_is_drawn_is_in_the_address(opened: Opened):
    """It is read again just so; Undo takes strokes back, and a stroke may begin beside the pad."""
    page = opened.at("digit/lenet5")
    page.wait_for_selector("#scores .bars")
    drawn(page, (-0.02, 0.2), (0.6, 0.25), (0.3, 0.8))
    until(page, "location.hash.includes('ink=')")
    one = page.url
    drawn(page, (0.3, 0.5), (0.7, 0.5))
    until(page, f"location.href !== {one!r}")
    assert len(page.url.partition("ink=")[2]) < 100
    whole, scores = page.url, page.inner_text("#scores .bars")
    page.click("#clear")
    until(page, "!location.hash.includes('ink=')")
    page.click("#undo")
    page.focus("#pad")
    until(page, f"location.href === {whole!r}")
    page.keyboard.press("Control+z")
    until(page, f"location.href === {one!r}")
    page.goto("about:blank")
    page.goto(whole)
    page.wait_for_selector("#scores .bars")
    assert page.inner_text("#scores .bars") == scores
    page.click("[aria-label='example 7']")
    assert "example=7" in page.url and "ink=" not in page.url
    page.click("#pad-mode >> text=several")
    until(page, "location.hash.includes('mode=strip') && !location.hash.includes('example')")
    page.click("#pad-mode >> text=one digit")
    until(page, "location.hash.includes('example=7')")


def test_sliders_have_names_and_values(opened: Opened):
    """As a screen reader is told them: the name alone, and the value in words."""
    page = opened.at("digit/lenet1?turn=20&noise=5")
    for name, value in (
        ("pen width", "9 per cent of the pad"),
        ("turned by", "20 degrees clockwise"),
        ("size", "20 pixels of 28; MNIST has 20"),
        ("noise", "5 levels of 255"),
    ):
        slider = page.get_by_role("slider", name=name, exact=True)
        assert slider.count() == 1 and slider.get_attribute("aria-valuetext") == value


def test_what_is_no_digit_gets_a_word(opened: Opened):
    """A dot is enlarged; a square is farther from every bitmap than nearly all digits are."""
    page = opened.at("digit/lenet5")
    page.wait_for_selector("#scores .bars")
    assert not page.is_visible("#remark")
    drawn(page, (0.5, 0.5), (0.51, 0.5))
    assert "What you drew is small: it is enlarged" in text(page, "#remark")
    page.click("#clear")
    drawn(page, (0.15, 0.15), (0.85, 0.15), (0.85, 0.85), (0.15, 0.85), (0.15, 0.15))
    assert "This may be no digit" in text(page, "#remark")


def test_a_pixel_is_looked_at_by_pointer_and_by_keys(opened: Opened):
    """The value under the pointer; window, kernel and sum of the one that is chosen."""
    page = opened.at("digit/lenet5")
    page.hover("#map-C1-2", position={"x": 38, "y": 38})
    until(
        page, "/map 2, row 1\\d, column 1\\d: /.test(document.querySelector('#at-work').innerText)"
    )
    page.click("#map-C3-6")
    page.wait_for_selector(".pixel")
    assert "row=C3" in page.url and "map=6" in page.url and "pixel=" in page.url
    assert page.locator(".windows li").count() == 4 and page.locator(".windows td").count() == 200
    page.focus("#pixel-map")
    for key in ("ArrowUp", "ArrowLeft"):
        before = page.url
        page.keyboard.press(key)
        until(page, f"location.href !== {before!r}")
    label = page.get_attribute("#pixel-map", "aria-label") or ""
    value = text(page, ".pixel h4 b")
    assert f": {value}. Arrow keys" in label and text(page, ".sum").endswith(f"= {value}")
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('.pixel')")
    assert page.evaluate("document.activeElement.id") == "map-C3-6"
    page.keyboard.press("Enter")
    page.wait_for_selector(".pixel")
    assert "pixel=5%2C5" in page.url


@pytest.mark.slow
def test_on_a_phone_the_reading_is_seen_while_one_draws(chromium: object, file: Path):
    one = Opened(chromium, file, viewport={"width": 375, "height": 667}, has_touch=True)
    page = one.at("digit/lenet5")
    page.wait_for_selector("#reading b")
    top, pad = (page.locator(where).bounding_box() for where in ("#reading", "#pad"))
    assert page.is_visible("#reading") and top["y"] > 0 and pad["y"] + pad["height"] < 667
    assert text(page, "#reading").startswith("reads 4 ")
    one.context.close()

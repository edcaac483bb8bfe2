"""Model cards, and where exports go: names are text, and a bundle's files stay."""

import shutil
from dataclasses import replace

import pytest

import papernets
from papernets.bundle.load import load_bundle
from papernets.deploy.card import card


def test_a_card_has_no_markdown_of_others(tmp_path):
    """Of a bundle's names and settings: no heading, no tag, no cell, nothing that is not seen."""
    bundle = load_bundle("lenet5")
    names = ["x\n## Licence\nMIT", "a|b`c`", "<script>alert(1)</script>", "\x1b[31m", "\u202e"]
    names += map(str, range(5))
    info = replace(bundle.info, classes=tuple(names), run={"loss": "a|b\n# c", "recipe": "<b>"})
    text = card(replace(bundle, info=info), "mit\n# y")
    assert [line for line in text.splitlines() if line.startswith("## Licence")] == ["## Licence"]
    assert (
        r"x\\n\#\# Licence\\nMIT, a\|b\`c\`, \<script\>alert(1)\</script\>, \\x1b\[31m, \\u202e"
        in text
    )
    assert r"| loss | a\|b\\n\# c |" in text and "\nmit\\\\n\\# y.\n" in text
    assert not {"\x1b", "\u202e"} & set(text)


def test_what_is_no_figure_is_left_out():
    bundle = load_bundle("lenet5")
    metrics = {"test_error": 0.5, "interval": ["x", 1], "test_images": True}
    text = card(replace(bundle, info=replace(bundle.info, metrics=metrics)))
    assert "Test error 50.00 % on the test set of mnist. One run, not a mean." in text


@pytest.mark.parametrize("name", ["weights.safetensors", "weights.py", "bundle.json"])
def test_an_export_is_not_written_over_a_bundle(name, tmp_path):
    """Not even by force, nor beside a file that is asked for: the bundle would be none any more."""
    copy = shutil.copytree(load_bundle("lenet5").folder, tmp_path / "copy")
    before = {path: path.read_bytes() for path in copy.iterdir()}
    to = {"bundle.json": "card"}.get(name, "")
    with pytest.raises(
        ValueError, match=r"is a bundle's own file, and stays as it is. Give another"
    ):
        papernets.export(copy, copy / name, to=to, force=True)
    assert {path: path.read_bytes() for path in copy.iterdir()} == before

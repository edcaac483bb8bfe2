"""What a notebook shows: networks, committees and comparisons, without torch, escaped."""

import subprocess
import sys

import pytest

import papernets
from papernets.compare.diff import diff
from papernets.nets import look_up
from papernets.spec import Conv, Net, chain


def test_a_network_shows_its_rows_and_totals():
    html = papernets.net("lenet5")._repr_html_()
    assert "<caption>LeNet-5, input 1x32x32</caption>" in html
    assert html.count("<tr>") == 1 + 8 and "60,000" in html and "326,520" in html
    assert "LeNet-5, input" in look_up("lenet5").net._repr_html_()


def test_a_committee_shows_its_member_and_the_totals_of_all():
    html = look_up("boosted_lenet4").net._repr_html_()
    assert "3 of these" in html and f"{3 * 16998:,}" in html


def test_a_comparison_shows_what_differs():
    html = diff(papernets.net("resnet50"), papernets.net("resnet50_v1.5"))._repr_html_()
    assert html.count("<table>") == 2 and "conv3_1.conv2" in html and "+231,211,008" in html


def test_a_long_network_shows_its_beginning_and_its_end():
    html = papernets.net("resnet1202")._repr_html_()
    assert html.count("<tr>") == 302 and " rows ..." in html
    assert '<th scope="row">fc</th>' in html


def test_names_are_escaped_and_what_cannot_be_is_said():
    net = Net("<script>", (1, 8, 8), 0, chain({"<b>": Conv(1, 3)}))
    html = net._repr_html_()
    assert "<script>" not in html and "<b>" not in html and "&lt;b&gt;" in html
    small = Net("small", (1, 2, 2), 0, chain({"c": Conv(1, 3)}))
    assert "c: a 3x3 window does not fit" in small._repr_html_()


def test_what_is_none_of_these_is_an_error():
    with pytest.raises(TypeError, match="not a list"):
        papernets.notebook([])


def test_torch_stays_out():
    code = (
        "import sys, papernets\n"
        "papernets.net('vgg16')._repr_html_(); papernets.explain('vgg16')._repr_html_()\n"
        "sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-W", "error", "-c", code], check=False).returncode == 0

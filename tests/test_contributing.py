"""The example in CONTRIBUTING.md is a network that works, as it stands there."""

import re
from pathlib import Path

from papernets.nets.registry import net
from papernets.said import verify
from papernets.spec import totals, walk

GUIDE = Path(__file__).resolve().parents[1] / "CONTRIBUTING.md"


def test_the_example_is_a_network_whose_published_numbers_agree(tmp_path: Path) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    file = tmp_path / "small_convnet.py"
    file.write_text(example, encoding="utf-8")

    found = net(f"{file}:small_convnet")
    checks = [check.verdict for check in verify(found)]
    assert checks.count("agrees") == 13  # as the guide says
    assert set(checks) == {"agrees", "measured"}
    assert totals(walk(found)).params == 104_202  # Chollet 2021, section 8.1


def test_the_example_takes_other_classes_and_sizes(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "small_convnet.py"
    file.write_text(example, encoding="utf-8")

    found = net(f"{file}:small_convnet", classes=3, channels=3, input=40)
    assert walk(found)[-1].out == (3, 1, 1)
    assert not found.facts

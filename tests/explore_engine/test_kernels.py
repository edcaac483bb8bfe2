"""The compiled kernels are those of their source, and import nothing but memory."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
from engine_judge import needs_node

ROOT = Path(__file__).parents[2]
CLANG = "14.0.6"
"""What compiled the file that is kept."""
KEPT = files("papernets.explore.engine") / "kernels.wasm"
IMPORTS = """
const module = new WebAssembly.Module(require("fs").readFileSync(process.argv[1]));
const {imports, exports} = WebAssembly.Module;
console.log(JSON.stringify([imports(module), exports(module)]));
"""


def test_the_same_compiler_makes_the_same_bytes(tmp_path):
    made = tmp_path / "kernels.wasm"
    for name in ("clang-14", "wasm-ld", "make"):
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not here")
    for name in ("clang-14", "wasm-ld"):
        said = subprocess.run(
            [name, "--version"], capture_output=True, text=True, check=True
        ).stdout
        if CLANG not in said:
            pytest.skip(f"another {name} than {CLANG}: its bytes may be others")
    done = subprocess.run(
        ["make", "-s", "kernels", f"KERNELS={made}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert made.read_bytes() == KEPT.read_bytes(), "make kernels, and keep what it writes"


@needs_node
def test_they_take_memory_and_give_what_javascript_has_too():
    words = ["node", "-e", IMPORTS, str(KEPT)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    taken, given = json.loads(done.stdout)
    assert taken == [{"module": "env", "name": "memory", "kind": "memory"}]
    plain = (files("papernets.explore.engine") / "plain.js").read_text("utf-8")
    (own,) = re.findall(r"return \{heap, (.*)\};", plain)
    assert {one["name"] for one in given if one["kind"] == "function"} == set(own.split(", "))

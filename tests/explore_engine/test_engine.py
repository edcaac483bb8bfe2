"""What the engine says where a program, its weights or the browser are not what it needs."""

from __future__ import annotations

from dataclasses import replace

import torch
from engine_judge import asked, needs_node, packed, task

from papernets.explore.engine import export
from papernets.explore.engine.page import script

pytestmark = needs_node


def changed(**more):
    """The shipped network with other words in its program."""
    made = export("resnet20")
    return replace(made, program={**made.program, **more})


def odd_step():
    made = export("resnet20")
    first, *others = made.program["steps"]
    return replace(made, program={**made.program, "steps": [{**first, "op": "fft"}, *others]})


def cut_short():
    made = export("resnet20")
    return replace(made, weights=made.weights[:-2])


WRONG = (
    (lambda: changed(format=7), "a program of format 7: this engine reads 1. Make the page again"),
    (odd_step, 'conv1: this engine has no layer "fft"'),
    (cut_short, "539462 bytes of weights, and 539464 are meant: the page is cut short"),
    (lambda: changed(input=[3, 90_000, 90_000]), "MB of memory, which the browser does not give:"),
)


def test_what_is_wrong_is_said(tmp_path):
    tasks = [task(make(), wasm=way) for make, _ in WRONG for way in (True, False)]
    answers = asked(tasks, tmp_path)
    for (_, words), *both in zip(WRONG, answers[::2], answers[1::2], strict=True):
        for answer in both:
            assert words in answer["error"]


def test_a_browser_without_vectors_computes_in_javascript(tmp_path):
    """Kernels that it does not compile are left out, as they are where it has no WebAssembly."""
    made, inputs = export("resnet20"), torch.randn(2, 3, 32, 32)
    other = {**task(made, inputs), "wasm": packed(bytearray(b"\0asm\1\0\0\0 no kernels"))}
    old, new = asked([other, task(made, inputs)], tmp_path)
    assert (old["kind"], new["kind"]) == ("javascript", "wasm")
    names = [[one["top"][0]["label"] for one in answer["answers"]] for answer in (old, new)]
    assert names[0] == names[1]


def test_the_script_defines_one_name_alone():
    """The page's other scripts stand beside it, with names of their own."""
    assert script().startswith("const Engine = (() => {") and script().endswith("})();\n")
    assert "</script" not in script().lower() and "<!--" not in script()
    assert "globalThis" not in script() and "window." not in script()

"""What lies beside a model card, and the code that uses it."""

from __future__ import annotations

import json
import shlex
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from ..bundle import INFO
from ..bundle.committee import Committee
from ..bundle.find import named, shipped
from ..bundle.load import Bundle
from ..evaluate.read import preprocessing_of
from ..files import unreadable
from ..texts import json_text
from .card_pictures import Lines, by_pillow, by_torch
from .card_text import code, line
from .facts import facts

SAME = ("network", "options", "classes", "input", "preprocessing")
"""Keys of metadata that are equal in all files of one network."""
TAIL, HEAD = 1 << 20, 1 << 12
"""Bytes at the end of an ONNX file in which its metadata stand; of a file of code its docstring."""
INSTALL = "```\npip install {}\n```\n"


def using(bundle: Bundle, folder: Path | None) -> Iterator[str]:
    """How each form of the network that lies in a folder is used; the bundle's own, where none."""
    found = [] if folder is None else [*_beside(bundle, folder)]
    yield from found or [_bundle(bundle, "")]


def _beside(bundle: Bundle, folder: Path) -> Iterator[str]:
    """A paragraph and its code for each file of this network in the folder, by their names.

    What takes a picture's file is first.
    """
    own = {key: value for key, value in facts(bundle).items() if key in SAME}
    paths = sorted(path for path in folder.iterdir() if not unreadable(path) and path.is_file())
    beside = [path.with_suffix(".safetensors") for path in paths if path.suffix == ".py"]
    for path in paths:
        weights = path.with_suffix(".safetensors")
        if path.suffix == ".py" and _by_us(path) and _has(weights, own, bundle):
            yield _python(bundle, path)
    if _is_bundle(folder / INFO, bundle):
        yield _bundle(bundle, ".")
    for path in paths:
        if path.suffix == ".onnx":
            tail = _end(path, TAIL)
            if all(value.encode() in tail for value in own.values()):
                yield _onnx(bundle, path, tail)
        elif path.suffix == ".pt2":
            held = _held(path)
            if own.items() <= held.items():
                yield _torch(bundle, path, held.get("preprocessing_in_graph") == "true")
        elif path.suffix == ".safetensors" and path not in beside and _has(path, own, bundle):
            yield _weights(bundle, path)


def _bundle(bundle: Bundle, folder: str) -> str:
    name = bundle.info.network
    where, note = folder or "model", "the folder of bundle.json and weights.safetensors"
    if not folder and shipped(name) == bundle.folder:
        where, note = name, "it comes with Papernets"
    return (
        f"As a bundle of Papernets, which reads pictures of any size and kind:\n\n"
        f"{INSTALL.format('papernets')}\n```python\nimport papernets\n\n"
        f"predictor = papernets.load({json_text(where)})  # {note}\n"
        'answer = predictor.predict("picture.png", top=3)\nprint(answer.top)\n```\n'
    )


def _python(bundle: Bundle, path: Path) -> str:
    own, arrays = path.stem, preprocessing_of(bundle).arrays is not None
    weights = code(f"{own}.safetensors")
    told = (
        f"As one file of plain PyTorch, {code(path.name)}, with {weights} beside it:\n\n"
        f"{INSTALL.format('torch safetensors numpy pillow')[:-4]}"
        f"python {shlex.quote(line(path.name))} picture.png\n```\n"
    )
    if not own.isidentifier():
        return told
    more, given = ("WEIGHTS, ", ", load_file(WEIGHTS)") if arrays else ("", "")
    best = "int(logits > 0)" if bundle.info.outputs == 1 else "int(logits.argmax())"
    return (
        f"{told}\n```python\nimport torch\nfrom PIL import Image\n"
        + ("from safetensors.torch import load_file\n" if arrays else "")
        + f"\nfrom {own} import CLASSES, {more}load, prepare\n\n"
        "with torch.inference_mode():\n"
        f'    logits = load()(prepare(Image.open("picture.png"){given}))\n'
        f"print(CLASSES[{best}])\n```\n"
    )


@dataclass(frozen=True)
class Graph:
    """Code around a file with a graph: what to install and import, opening it, and its answer."""

    packages: str
    imports: tuple[str, ...]
    opened: str
    answer: str


def _onnx(bundle: Bundle, path: Path, tail: bytes) -> str:
    prepares = tail.partition(b"preprocessing_in_graph")[2][2:6] == b"true"
    output = _output(prepares)
    graph = Graph(
        "onnxruntime numpy pillow",
        ("import numpy as np", "import onnxruntime"),
        f"session = onnxruntime.InferenceSession({json_text(path.name)})\n"
        'classes = json.loads(session.get_modelmeta().custom_metadata_map["classes"])\n',
        f'({output},) = session.run(None, {{"pictures": pictures}})\n',
    )
    head = f"With ONNX Runtime, {code(path.name)}, {_takes(prepares)}:"
    return _used(bundle, head, graph, by_pillow(preprocessing_of(bundle), prepares), output)


def _torch(bundle: Bundle, path: Path, prepares: bool) -> str:
    output = _output(prepares)
    graph = Graph(
        "torch numpy pillow",
        ("import torch",),
        'told = {"papernets.json": ""}\n'
        f"network = torch.export.load({json_text(path.name)}, extra_files=told).module()\n"
        'classes = json.loads(json.loads(told["papernets.json"])["classes"])\n',
        f"with torch.inference_mode():\n    {output} = network(pictures)\n",
    )
    head = f"With torch alone, {code(path.name)}, a file of torch.export, {_takes(prepares)}:"
    return _used(bundle, head, graph, by_torch(preprocessing_of(bundle), prepares), output)


def _output(prepares: bool) -> str:
    return "probabilities" if prepares else "logits"


def _takes(prepares: bool) -> str:
    if prepares:
        return "which takes stored pictures (uint8) and gives probabilities"
    return "which takes prepared pictures (float32) and gives logits"


def _used(bundle: Bundle, head: str, graph: Graph, lines: Lines | None, output: str) -> str:
    """The paragraph of a file with a graph, and code from a picture's file to a class's name."""
    told = f"{head}\n\n{INSTALL.format(graph.packages)}\n```python\n"
    if lines is None:
        return (
            f"{told}import json\n\n{_joined(graph.imports)}\n\n{graph.opened}```\n\n"
            "Its pictures lose a mean picture before, which is not in this file: one that is "
            "exported with --with-preprocessing has it, and takes stored pictures.\n"
        )
    best = f"int({output}[0].argmax())"
    if output == "logits" and bundle.info.outputs == 1:
        best = "int(logits[0, 0] > 0)"
    named = sorted(
        {*graph.imports, *lines.imports} - {"import math"},
        key=lambda one: (one.startswith("from"), one),
    )
    standard = [f"import {name}" for name in ("json", "math") if name == "json" or _math(lines)]
    functions = f"\n\n{lines.functions}\n" if lines.functions.startswith("def") else ""
    if lines.functions and not functions:
        functions = f"{lines.functions}\n"
    return (
        f"{told}{_joined(standard)}\n\n{_joined(named)}\n\n{graph.opened}{functions}\n{lines.made}"
        f"{graph.answer}print(classes[{best}])\n```\n"
    )


def _math(lines: Lines) -> bool:
    return "import math" in lines.imports


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _weights(bundle: Bundle, path: Path) -> str:
    """The weights alone; a network of ours takes them by its name."""
    info = bundle.info
    head = f"Weights alone, {code(path.name)}, by the names of the network's rows:\n\n"
    if isinstance(bundle.model, Committee) or not named(info.network) or info.arrays or info.net:
        return (
            f"{head}```python\nfrom safetensors.torch import load_file\n\n"
            f"tensors = load_file({json_text(path.name)})\n```\n"
        )
    channels, *size = info.input
    options = "".join(f", {key}={value!r}" for key, value in info.options.items())
    return (
        f"{head}{INSTALL.format('papernets')}\n```python\nimport papernets\n\n"
        f"network = papernets.create_model(\n    {json_text(info.network)}, "
        f"num_classes={info.classifies}, in_chans={channels}, input={tuple(size)},\n"
        f"    weights={json_text(path.name)}{options},\n).eval()\n```\n\n"
        "It takes pictures (N, channels, height, width), float32, prepared as the steps below "
        "say.\n"
    )


def _is_bundle(path: Path, bundle: Bundle) -> bool:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(held, dict) and held.get("network") == bundle.info.network


def _by_us(path: Path) -> bool:
    return b"Written by papernets" in _end(path, HEAD, first=True)


def _end(path: Path, most: int, first: bool = False) -> bytes:
    """The last bytes of a file, or its first; none of one that cannot be read."""
    try:
        with open(path, "rb") as file:
            if not first:
                file.seek(max(0, path.stat().st_size - most))
            return file.read(most)
    except OSError:
        return b""


def _held(path: Path) -> dict[str, str]:
    """What a file of torch.export that we wrote says of itself; nothing of another."""
    try:
        with zipfile.ZipFile(path) as file:
            names = [name for name in file.namelist() if name.endswith("papernets.json")]
            held = json.loads(file.read(names[0])) if names else {}
    except (OSError, ValueError, zipfile.BadZipFile):
        return {}
    return held if isinstance(held, dict) else {}


def _has(path: Path, own: Mapping[str, str], bundle: Bundle) -> bool:
    """Whether a safetensors file of ours holds this network's weights, by what it says of itself
    and by its first tensor."""
    try:
        with safe_open(path, "pt") as file:
            state = bundle.model.state_dict()
            held = set(file.keys())
            name = next(name for name in state if name in held)
            if not own.items() <= (file.metadata() or {}).items():
                return False
            return torch.equal(file.get_tensor(name), state[name].cpu())
    except (OSError, SafetensorError, StopIteration):
        return False

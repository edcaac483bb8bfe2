"""A trained network as one readable file of plain PyTorch, with its weights beside it."""

from __future__ import annotations

import textwrap
from pathlib import Path

from .. import __version__, rewrite
from ..bundle.committee import Committee
from ..bundle.load import Bundle
from ..data.names import known
from ..evaluate.read import preprocessing_of
from ..nets import beside
from ..numbers import is_number
from ..spec import Net, tensors
from ..texts import escaped
from ..words import percent, plural, short
from .code.calls import inside, number
from .code.helpers import HELPERS, needed
from .code.network import Classes, class_name, network_code, table_lines
from .code.prepare import preparing
from .facts import record_of
from .weights_file import write_weights

WIDTH = 96
MOST_LISTED = 100
"""Classes that are written into the file; more of them are read from the weights."""
SHOWN = '"".join(c if c.isprintable() else ascii(c)[1:-1] for c in CLASSES[place])'
"""A class as a terminal may be shown it."""
COMMITTEE = '''class {name}(nn.Module):
    """{title}: {count} networks whose outputs are added."""

    def __init__(self):
        super().__init__()
        self.members = nn.ModuleList({members}){votes}

    def forward(self, x):
        return {total}'''
EARLY = '''class {name}(nn.Module):
    """{title}: {count} networks whose outputs are added, or the first alone where it is sure.

    It is where its best class has a score more than {margin} above that of its second.
    """

    def __init__(self):
        super().__init__()
        self.members = nn.ModuleList({members}){votes}

    def forward(self, x):
        outputs = [member(x) for member in self.members]
        alone = {alone}outputs[0]
        best, second = alone.softmax(1).topk(2, 1).values.T
        unsure = (best - second <= {margin})[:, None]
        together = {outputs}
        return torch.where(unsure, together, alone)'''


def write_code(bundle: Bundle, path: Path, weights: str, **more: str) -> None:
    """Write the file of code, and beside it the weights that it loads, under that name.

    `NoCode`, a ValueError, names what cannot be written so.
    """
    path.write_text(code_of(bundle, weights), encoding="utf-8")
    write_weights(bundle, path.parent / weights, _kept(bundle), **more)


def code_of(bundle: Bundle, weights: str) -> str:
    """The file's text; `weights` is the name of the file beside it."""
    record, classes = record_of(bundle), Classes()
    title = record.title or short(bundle.info.network)
    model = bundle.model
    if isinstance(model, Committee):
        own = _committee(bundle, model, title, classes)
    else:
        own = network_code(_net(model), title, classes)
    eyes = preprocessing_of(bundle)
    prepared = preparing(eyes)
    body = "\n\n\n".join([*classes.code, prepared])
    helpers = [HELPERS[name] for name in needed(body)]
    parts = [
        *helpers,
        *classes.code,
        prepared,
        _loading(bundle, own, eyes.arrays is not None),
    ]
    text = "\n\n\n".join(parts)
    head = [
        _docstring(bundle, title, weights),
        "",
        *_imports(text, len(bundle.info.classes) > MOST_LISTED),
        "",
        *_names(bundle, weights),
    ]
    for name, table in classes.tables.items():
        row = name.removesuffix("_TABLE")
        head += [f"# The maps that each map of {row} sees.", *table_lines(name, table)]
    return "\n".join([*head, "", "", text, ""])


def _net(model: object) -> Net:
    net = model.net  # type: ignore[attr-defined]
    assert isinstance(net, Net)
    return rewrite.without_heads(net).net


def _kept(bundle: Bundle) -> list[str]:
    """The tensors that the code has places for: without auxiliary heads."""
    if isinstance(bundle.model, Committee):
        each = enumerate(bundle.model.members)
        return [f"members.{at}.{name}" for at, one in each for name in tensors(_net(one))]
    return list(tensors(_net(bundle.model)))


def _committee(bundle: Bundle, model: Committee, title: str, classes: Classes) -> str:
    """Write the members' classes and the committee's; the name of its own."""
    nets = [_net(one) for one in model.members]
    names: dict[object, str] = {}
    for net in nets:
        if net.body not in names:
            names[net.body] = network_code(
                net, beside(net).record.title or short(net.name), classes
            )
    each = [names[net.body] for net in nets]
    members = f"{each[0]}() for _ in range({len(each)})"
    if len(names) > 1:
        members = f"[{', '.join(f'{one}()' for one in each)}]"
    name = classes.name(class_name(short(bundle.info.network)))
    votes, outputs, total = "", "sum(outputs)", "sum(member(x) for member in self.members)"
    if any(weight != 1 for weight in model.weights):
        votes = f"\n        self.votes = {number(model.weights)}"
        outputs = "sum(vote * output for vote, output in zip(self.votes, outputs))"
        total = "sum(vote * member(x) for vote, member in zip(self.votes, self.members))"
    code = (COMMITTEE if model.margin is None else EARLY).format(
        name=name,
        title=inside(title),
        count=len(each),
        members=members,
        votes=votes,
        outputs=outputs,
        total=total,
        alone="" if model.alone == 1 else f"{model.alone!r} * ",
        margin=repr(model.margin),
    )
    classes.code.append(code)
    return name


def _docstring(bundle: Bundle, title: str, weights: str) -> str:
    info, record = bundle.info, record_of(bundle)
    own = weights.removesuffix(".safetensors")
    told = [f"{title}, with trained weights, in plain PyTorch."]
    if record.paper:
        told.append(str(record.paper))
    error, data = info.metrics.get("test_error"), known(info.run.get("data"))
    if is_number(error):
        count = info.metrics.get("test_images")
        seen = f" of {plural(count, 'picture')}" if isinstance(count, int) else ""
        told.append(f"Test error{f' on {data}' if data else ''}: {percent(error)}{seen}.")
    told.append(
        f"The names of layers are the paper's, and those of the tensors in {weights}, which "
        f"lies beside this file. Packages: torch, safetensors, numpy and Pillow."
    )
    told += [f"    python {own}.py PICTURE"]
    told.append(f"Written by papernets {__version__}; it does not need it.")
    told = [one[: len(one) - len(one.lstrip())] + escaped(" ".join(one.split())) for one in told]
    first, *rest = told
    text = [first if len(first) < WIDTH else textwrap.fill(first, WIDTH)]
    for one in rest:
        text += ["", one if one.startswith(" ") else textwrap.fill(one, WIDTH)]
    return '"""' + "\n".join(text).replace("\\", "\\\\").replace('"""', "'''") + '\n"""'


def _imports(text: str, reads: bool) -> list[str]:
    """The imports of a text; `reads`: the names of classes are read from the weights."""
    standard = [("import json", reads), ("import math", "math." in text), ("import sys", True)]
    lines = [line for line, wanted in standard if wanted]
    if "OrderedDict(" in text:
        lines.append("from collections import OrderedDict")
    lines.append("from pathlib import Path")
    lines += ["", "import numpy as np", "import torch", "from PIL import Image, ImageOps"]
    if reads:
        lines.append("from safetensors import safe_open")
    return [*lines, "from safetensors.torch import load_file", "from torch import nn"]


def _names(bundle: Bundle, weights: str) -> list[str]:
    """The classes' names, in lines."""
    classes = bundle.info.classes
    if len(classes) > MOST_LISTED:
        return [
            f"WEIGHTS = Path(__file__).with_name({number(weights)})",
            'with safe_open(WEIGHTS, "pt") as file:',
            '    CLASSES = json.loads(file.metadata()["classes"])',
        ]
    names = [number(name) for name in classes]
    at = f"WEIGHTS = Path(__file__).with_name({number(weights)})"
    single = f"CLASSES = ({', '.join(names)}{',' if len(names) == 1 else ''})"
    if len(single) <= WIDTH:
        return [at, single]
    lines, line = [at, "CLASSES = ("], "   "
    for name in names:
        if len(line) + len(name) + 2 > WIDTH and line.strip():
            lines.append(line)
            line = "   "
        line += f" {name},"
    return [*lines, line, ")"]


def _loading(bundle: Bundle, own: str, arrays: bool) -> str:
    scale = bundle.info.score_scale
    given = f"{scale!r} * " if scale != 1 else ""
    single = bundle.info.outputs == 1
    plain = all(name.isprintable() for name in bundle.info.classes)
    shown = "CLASSES[place]" if plain else "name"
    scores = f"torch.softmax({given}logits, 1)[0]"
    if single:
        scores = f"torch.softmax({given}torch.cat([torch.zeros_like(logits), logits], 1), 1)[0]"
    lines = [
        "def load():",
        '    """The network with its weights, ready to answer."""',
        "    weights = load_file(WEIGHTS)",
    ]
    if arrays:
        lines.append(
            '    weights = {n: w for n, w in weights.items() if not n.startswith("preprocessing.")}'
        )
    lines += [
        f"    network = {own}()",
        "    network.load_state_dict(weights)",
        "    return network.eval()",
        "",
        "",
        "def main():",
        '    """Print the three best classes of the picture that is named after this file."""',
        '    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):',
        '        print(f"usage: python {Path(sys.argv[0]).name} PICTURE", file=sys.stderr)',
        "        return 2",
        "    try:",
        "        with Image.open(sys.argv[1]) as picture:",
        f"            x = prepare(picture{', load_file(WEIGHTS)' if arrays else ''})",
        "    except Exception as error:  # decoders raise errors of every kind",
        '        why = getattr(error, "strerror", None) or error',
        '        print(f"{sys.argv[1]}: {why}", file=sys.stderr)',
        "        return 1",
        "    with torch.inference_mode():",
        "        logits = load()(x)",
        f"        scores = {scores}",
        "    for place in scores.argsort(descending=True)[:3].tolist():",
        "        share = 100 * scores[place].item()",
        "        sure = share >= 99.95 and scores.count_nonzero() > 1",
        '        text = ">99.9" if sure else "<0.1" if 0 < share < 0.05 else f"{share:.1f}"',
        *([] if plain else ["        name = " + SHOWN]),
        f'        print(f"{{{shown}}}: {{text}} %")',
        "    return 0",
        "",
        "",
        'if __name__ == "__main__":',
        "    sys.exit(main())",
    ]
    return "\n".join(lines)

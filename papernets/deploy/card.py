"""A model card: README.md with the metadata that hubs read, from what a bundle says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..bundle.load import Bundle
from ..evaluate.predictor import Predictor
from ..numbers import is_number, is_whole
from ..texts import escaped, json_text
from ..words import by, listed, percent, plural, short
from .facts import data_word, record_of, steps

UNKNOWN = "unknown"
TRAINED = {
    "epochs": "passes over the training set",
    "batch_size": "pictures a step",
    "optimizer": "optimiser",
    "learning_rate": "learning rate",
    "momentum": "momentum",
    "weight_decay": "weight decay",
    "schedule": "schedule",
    "loss": "loss",
    "label_smoothing": "label smoothing",
    "average": "averaged weights",
    "recipe": "recipe",
    "seed": "seed",
}
"""What a card says of how a network was trained, and in which words."""
MOST_NAMES = 20


def card(bundle: Bundle, licence: str = "") -> str:
    """The card's text, Markdown behind a block of YAML; a licence that nobody gives is unknown."""
    parts = [*_metadata(bundle, licence), "", *_text(bundle, licence)]
    return "\n".join(parts) + "\n"


def _metadata(bundle: Bundle, licence: str) -> Iterator[str]:
    info, data = bundle.info, data_word(bundle.info.run.get("data"))
    name = short(info.network)
    yield "---"
    yield f"license: {json_text(licence or UNKNOWN)}"
    yield "library_name: papernets"
    yield "pipeline_tag: image-classification"
    yield "tags:"
    for tag in ("image-classification", "convolutional-network", "papernets", name):
        yield f"- {json_text(tag)}"
    if data:
        yield f"datasets:\n- {json_text(data)}"
    yield "metrics:\n- accuracy"
    error = info.metrics.get("test_error")
    if is_number(error) and data:
        yield "model-index:"
        yield f"- name: {json_text(name)}"
        yield "  results:"
        yield "  - task:\n      type: image-classification"
        yield f"    dataset:\n      name: {json_text(data)}\n      type: {json_text(data)}"
        yield "      split: test"
        yield "    metrics:\n    - type: accuracy\n      name: Accuracy"
        yield f"      value: {1 - error:.6g}"
    yield "---"


def _text(bundle: Bundle, licence: str) -> Iterator[str]:
    info, record = bundle.info, record_of(bundle)
    title = record.title or short(info.network)
    yield f"# {_text_of(title)}\n"
    yield _what(bundle)
    if record.source:
        yield f"\nThe network is that of {_text_of(record.source)}"
    yield "\n## How good\n"
    yield from _good(bundle)
    if record.departures:
        yield "\n## Where it departs from its paper\n"
        yield from (
            f"- {_text_of(f'{one.what} ({one.where})' if one.where else one.what)}"
            for one in record.departures
        )
    yield "\n## How pictures are prepared\n"
    yield from (f"{at}. {step}" for at, step in enumerate(steps(bundle), 1))
    yield "\n## How it was trained\n"
    yield from _trained(info.run)
    yield "\n## Classes\n"
    names = listed(map(_text_of, info.classes), MOST_NAMES)
    yield f"{plural(len(info.classes), 'class', 'classes')}: {names}."
    yield "\n## How to use it\n"
    yield "```python\nimport papernets\n\npredictor = papernets.load(FOLDER)"
    yield 'predictor.predict("picture.png", top=3)\n```'
    yield "\n## Licence\n"
    if licence:
        yield f"{_text_of(licence)}."
    else:
        yield "Unknown: whoever published these weights did not say. The data may have terms, too."


def _what(bundle: Bundle) -> str:
    info, net = bundle.info, Predictor(bundle).net
    size = by(info.input)
    count = f"a committee of {net.count}" if net.count > 1 else "one network"
    weights = sum(p.numel() for p in bundle.model.parameters())
    return (
        f"{_code(short(info.network))}, {count}: pictures of {size} to "
        f"{plural(len(info.classes), 'class', 'classes')}, with {weights:,} trained parameters."
    )


def _good(bundle: Bundle) -> Iterator[str]:
    metrics, data = bundle.info.metrics, data_word(bundle.info.run.get("data"))
    error, interval = metrics.get("test_error"), metrics.get("interval")
    if not is_number(error):
        yield "No test error is kept with these weights. `papernets evaluate` measures one."
        return
    on = f" of {data}" if data else ""
    pictures = metrics.get("test_images")
    seen = f", {plural(pictures, 'picture')}" if is_whole(pictures, 1) else ""
    range_ = ""
    if isinstance(interval, list | tuple) and len(interval) == 2 and all(map(is_number, interval)):
        range_ = f" (95 % interval {percent(interval[0])} to {percent(interval[1])})"
    yield f"Test error {percent(error)}{range_} on the test set{on}{seen}. One run, not a mean."


def _trained(run: Mapping[str, Any]) -> Iterator[str]:
    data = data_word(run.get("data"))
    rows = [(word, run[key]) for key, word in TRAINED.items() if run.get(key) not in (None, "", 0)]
    if "sgd" not in str(run.get("optimizer")):
        rows = [row for row in rows if row[0] != TRAINED["momentum"]]
    converted = run.get("converted")
    if isinstance(converted, Mapping) and converted.get("from"):
        rows.append(("weights", f"{converted['from']}'s {converted.get('net', '')}".strip()))
    changes = run.get("augment")
    if isinstance(changes, Mapping) and changes:
        rows.append(("changes of its pictures", ", ".join(f"{k} {v}" for k, v in changes.items())))
    if not rows:
        yield "Nothing is kept of how these weights were trained."
        return
    if "converted" not in run:
        yield f"On {data or 'pictures of its own'}:\n"
    yield "| what | value |\n|---|---|"
    yield from (f"| {word} | {_text_of(value)} |" for word, value in rows)


def _text_of(value: object) -> str:
    """What a bundle says, on one line in which Markdown and a browser find nothing to set."""
    return re.sub(r"([\\`*_\[\]<>#|~$&!])", r"\\\1", _line(str(value)))


def _code(text: str) -> str:
    """A name as code, which nothing in it ends."""
    return f"`{_line(text).replace('`', chr(39))}`"


def _line(text: str) -> str:
    """Text on one line: what ends a line, as all that a terminal acts on, is written out."""
    return escaped(text).replace("\n", r"\n").replace("\t", r"\t")

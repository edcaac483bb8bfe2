"""A model card: README.md with the metadata that hubs read, from what a bundle says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..bundle.load import Bundle
from ..bundle.seen import BEFORE, TEST, TRAIN, VALIDATION, read_seen
from ..data.names import TITLES, known
from ..evaluate.predictor import Predictor
from ..evaluate.read import preprocessing_of
from ..numbers import is_number, is_whole
from ..said.bibtex import entry
from ..texts import json_text
from ..words import by, listed, percent, plural, short
from .card_text import code, text_of
from .card_training import procedure
from .card_use import using
from .facts import licence_of, record_of, steps

UNKNOWN = "unknown"
HUB = {
    "mnist": "ylecun/mnist",
    "fashion_mnist": "zalando-datasets/fashion_mnist",
    "cifar10": "uoft-cs/cifar10",
    "cifar100": "uoft-cs/cifar100",
}
"""What the Hugging Face hub calls data sets; it has none for scikit-learn's digits."""
SETS = {**TITLES, "digits": "scikit-learn's digits"}
"""Data sets as they are written where nobody knows whose `digits` are meant."""
MOST_NAMES = 20


def card(bundle: Bundle, licence: str = "", folder: Path | None = None) -> str:
    """The card's text, Markdown behind a block of YAML; a licence that nobody gives is unknown.

    That of weights which come with Papernets is known. It has code for what lies in `folder`,
    beside it.
    """
    licence = licence or licence_of(bundle)
    parts = [*_metadata(bundle, licence), "", *_text(bundle, licence, folder)]
    return "\n".join(parts) + "\n"


def _metadata(bundle: Bundle, licence: str) -> Iterator[str]:
    info, data = bundle.info, known(bundle.info.run.get("data"))
    name = short(info.network)
    yield "---"
    yield f"license: {json_text(licence or UNKNOWN)}"
    yield "library_name: papernets"
    yield "pipeline_tag: image-classification"
    yield "tags:"
    for tag in ("image-classification", "convolutional-network", "papernets", name):
        yield f"- {json_text(tag)}"
    if data in HUB:
        yield f"datasets:\n- {json_text(HUB[data])}"
    yield "metrics:\n- accuracy"
    error = info.metrics.get("test_error")
    if is_number(error) and data:
        yield "model-index:"
        yield f"- name: {json_text(name)}"
        yield "  results:"
        yield "  - task:\n      type: image-classification"
        yield f"    dataset:\n      name: {json_text(SETS[data])}"
        yield f"      type: {json_text(HUB.get(data, data))}"
        yield "      split: test"
        yield "    metrics:\n    - type: accuracy\n      name: Accuracy"
        yield f"      value: {1 - error:.6g}"
    yield "---"


def _text(bundle: Bundle, licence: str, folder: Path | None) -> Iterator[str]:
    info, record = bundle.info, record_of(bundle)
    yield f"# {text_of(_title(bundle))}\n"
    yield "## Model description\n"
    yield _what(bundle)
    if record.paper:
        arxiv = entry(record.paper).fields.get("eprint")
        link = f" [The paper](https://arxiv.org/abs/{arxiv})." if arxiv else ""
        yield f"\nThe network is that of {text_of(record.source)}{link}"
    names = listed(map(text_of, info.classes), MOST_NAMES)
    yield f"\nIts {plural(len(info.classes), 'class', 'classes')}: {names}."
    if record.departures:
        yield "\nWhere it departs from its paper:\n"
        yield from (
            f"- {text_of(f'{one.what} ({one.where})' if one.where else one.what)}"
            for one in record.departures
        )
    yield "\n## Intended uses and limits\n"
    yield from (f"- {one}" for one in _limits(bundle))
    yield "\n## How to use\n"
    yield from using(bundle, folder)
    yield "### How pictures are prepared\n"
    yield "Papernets and the file of Python code do this themselves.\n"
    yield from (f"{at}. {step}" for at, step in enumerate(steps(bundle), 1))
    yield "\n## Training data\n"
    yield _data(bundle)
    yield "\n## Training procedure\n"
    yield "\n".join(procedure(info.run, info.metrics.get("epoch")))
    yield "\n## Evaluation\n"
    yield from _good(bundle)
    yield "\n## Licence\n"
    if licence:
        yield f"The weights: {text_of(licence)}. The data that they learnt from may have own terms."
    else:
        yield "Unknown: whoever published these weights did not say. The data may have terms, too."
    if record.paper:
        yield "\n## Citation\n"
        yield f"```bibtex\n{entry(record.paper).text()}\n```"


def _title(bundle: Bundle) -> str:
    """The network's title, which is of its paper's data, or what it was trained for otherwise."""
    info, title = bundle.info, record_of(bundle).title
    if title and (known(info.run.get("data")) or not info.run.get("data")):
        return title
    return f"{short(info.network)}, trained on {plural(len(info.classes), 'class', 'classes')}"


def _what(bundle: Bundle) -> str:
    info, net = bundle.info, Predictor(bundle).net
    count = f"a committee of {net.count} convolutional networks" if net.count > 1 else ""
    weights = sum(p.numel() for p in bundle.model.parameters())
    return (
        f"{code(short(info.network))}, {count or 'a convolutional network'} that names one of "
        f"{plural(len(info.classes), 'class', 'classes')} for a picture. It sees "
        f"{by(info.input)} (channels, height, width) and has {weights:,} trained parameters."
    )


def _limits(bundle: Bundle) -> Iterator[str]:
    info, kind = bundle.info, preprocessing_of(bundle).kind
    classes = len(info.classes)
    shown = {"digit": "one digit, dark on light or light on dark", "garment": "one garment"}
    yield (
        f"It is for pictures of {shown.get(kind, 'its classes')} like those of "
        f"{_set(bundle)[0]}. How it answers others was not measured."
    )
    yield (
        "It always names one of its classes, also where a picture shows none of them, and a high "
        "score is no sign that it does."
    )
    error = info.metrics.get("test_error")
    if is_number(error) and classes > 1:
        yield (
            f"{percent(error)} of its answers on test pictures were wrong; of answers drawn at "
            f"random {percent(1 - 1 / classes)} would be, were all classes as frequent."
        )
    elif not is_number(error):
        yield "No test error is kept with these weights: measure one before you rely on them."


def _set(bundle: Bundle) -> tuple[str, bool]:
    """What the training pictures are called, and whether everybody knows them by that."""
    run = bundle.info.run
    data = known(run.get("data"))
    if data:
        return SETS[data], True
    return ("the set that it learnt from" if run else "its training set"), False


def _data(bundle: Bundle) -> str:
    """The data set, where everybody knows it, and how many pictures of it were for what."""
    seen = read_seen(bundle.folder) if bundle.folder.is_dir() else None
    counts = {} if seen is None else dict(seen.counts)
    name, public = _set(bundle)
    if not public:
        if not bundle.info.run.get("data"):
            return "Nothing is kept of the pictures that it learnt from."
        whole = sum(counts.get(one, 0) for one in (TRAIN, VALIDATION, TEST))
        some = f", {plural(whole, 'picture')}" if whole else ""
        name = f"A private set of pictures ({plural(len(bundle.info.classes), 'class', 'classes')}"
        name += f"{some})"
    words = ((TRAIN, "to learn from"), (VALIDATION, "to choose the pass by"), (TEST, "as the test"))
    told = [f"{counts[one]:,} {word}" for one, word in words if counts.get(one)]
    parts = f": {', '.join(told)}" if told else ""
    more = "" if not counts.get(BEFORE) else " Its first weights had learnt from others before."
    return f"{name}{parts}.{more}"


def _good(bundle: Bundle) -> Iterator[str]:
    metrics, data = bundle.info.metrics, known(bundle.info.run.get("data"))
    error, interval = metrics.get("test_error"), metrics.get("interval")
    if not is_number(error):
        yield "No test error is kept with these weights. `papernets evaluate` measures one."
        return
    on = f" of {SETS[data]}" if data else ""
    pictures = metrics.get("test_images")
    seen = f" ({plural(pictures, 'picture')})" if is_whole(pictures, 1) else ""
    between = flipped = ""
    if isinstance(interval, list | tuple) and len(interval) == 2 and all(map(is_number, interval)):
        low, high = interval
        between = f"{percent(low)} to {percent(high)}"
        flipped = f"{percent(1 - high)} to {percent(1 - low)}"
    yield f"On the test set{on}{seen}:\n"
    yield "| | value | 95 % interval |\n|---|--:|---|"
    yield f"| error | {percent(error)} | {between} |"
    yield f"| accuracy | {percent(1 - error)} | {flipped} |"
    yield "\nOne run, not a mean of several; the interval is that of the pictures alone."

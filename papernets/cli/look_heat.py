"""look saliency, guided, smooth and cam: what a class is seen by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..words import percent as in_words
from ..words import plural
from .look_given import Looked, Wanted
from .look_sheet import Sheet

if TYPE_CHECKING:
    from ..draw.panels import Line
    from ..inside import Attribution, ClassMap, Occlusion

ACROSS = 6
"""Pictures beside each other."""
METHODS = {
    "saliency": "Saliency: the gradient of the class's logit, its largest magnitude over colours "
    "(Simonyan et al. 2014).",
    "guided": "Guided backpropagation: at each ReLU only what is above 0 goes back; grey is 0 "
    "(Springenberg et al. 2015).",
    "smooth": "SmoothGrad: the mean gradient over noisy copies of the picture (Smilkov et al. "
    "2017).",
}


def percent(fraction: float) -> str:
    """As people read it, not to be broken before its sign."""
    return in_words(fraction).replace(" ", "\N{NO-BREAK SPACE}")


def said_of(looked: Looked, found: Attribution | ClassMap | Occlusion, at: int) -> str:
    """The class that a picture was asked for, its score, and the answer where it is another."""
    text = f"{found.classes[at]}, {percent(float(found.scores[at]))}"
    if found.answers[at] != found.classes[at]:
        text += f"\nanswer: {found.answers[at]}"
    truth = looked.truth(at)
    if truth not in ("", found.classes[at]):
        text += f"\ntrue class: {truth}"
    return text


def rows_of_class(looked: Looked, found: Any) -> list[dict[str, Any]]:
    """What `--json` prints of each picture and its class."""
    return [
        {
            "picture": name,
            "class": found.classes[at],
            "score": float(found.scores[at]),
            "answer": found.answers[at],
            **({"true_class": looked.truth(at)} if looked.truth(at) else {}),
        }
        for at, name in enumerate(looked.names)
    ]


Bar = tuple[str, str, str]
"""A colour map, and the words for its two ends."""


def bar_of(colours: str, low: float, high: float) -> Bar:
    """A colour bar with its numbers."""
    return colours, f"{low:.3g}", f"{high:.3g}"


def _lines(
    looked: Looked,
    words: Sequence[str],
    *rows: tuple[str, str, Sequence[tuple[Any, Bar]]],
) -> list[Line]:
    """Lines of pictures, below each some lines of what was made of them, as many as fit."""
    from ..draw.panels import Line, Panel

    shown, lines = looked.shown(), []
    for first in range(0, len(looked), ACROSS):
        some = range(first, min(first + ACROSS, len(looked)))
        panels = tuple(Panel(shown[at], f"{looked.names[at]}\n{words[at]}") for at in some)
        lines.append(Line("picture", "as the network sees it", panels, 1.7))
        for name, detail, pictures in rows:
            made = [Panel(pictures[at][0], bar=pictures[at][1]) for at in some]
            lines.append(Line(name, detail, tuple(made), 1.7))
    return lines


def gradient_sheet(kind: str, looked: Looked, wanted: Wanted) -> Sheet:
    """saliency, guided or smooth."""
    import numpy as np

    from .. import inside
    from ..draw.heat import about_grey, magnitude, top_of

    def bright(every: Any) -> list[tuple[Any, Bar]]:
        return [(magnitude(one), bar_of("gray", 0, top_of(one))) for one in every]

    subject, size = looked.subject, wanted.batch_size
    note = METHODS[kind]
    rows: tuple[tuple[str, str, list[tuple[Any, Bar]]], ...]
    if kind == "smooth":
        options = {"samples": wanted.option("samples"), "noise": wanted.option("noise")}
        given = {key: value for key, value in options.items() if value is not None}
        found = inside.smooth(
            subject,
            looked.images,
            wanted.class_ or None,
            seed=wanted.seed,
            batch_size=size,
            **given,
        )
        plain = inside.saliency(subject, looked.images, found.places.tolist(), batch_size=size)
        rows = (
            ("saliency", "without noise", bright(plain.heat)),
            ("smooth", "mean of gradients", bright(found.heat)),
        )
    else:
        method = inside.guided if kind == "guided" else inside.saliency
        found = method(subject, looked.images, wanted.class_ or None, batch_size=size)
        if kind == "saliency":
            rows = (("saliency", "", bright(found.heat)),)
        else:
            values = found.values[:, ::-1] if looked.bgr else found.values
            signed = []
            for one in values:
                top = top_of(np.abs(one)) or 1.0
                grey = about_grey(np.ascontiguousarray(one), top)
                signed.append((grey, bar_of("gray", -top, top)))
            rows = (("guided", "", signed),)
            if not _rectifies(subject.model):
                note = (
                    f"{subject.name} has no ReLU, so that nothing is guided: this is the plain "
                    f"gradient. {note}"
                )
    words = [said_of(looked, found, at) for at in range(len(looked))]
    title = f"{subject.name}: {kind}"
    alt = f"{plural(len(looked), 'picture')} and the {kind} map of each: {asked_of(looked, found)}."
    return Sheet(
        title, noted(looked, note), alt, _lines(looked, words, *rows), rows_of_class(looked, found)
    )


def _rectifies(model: Any) -> bool:
    from torch import nn

    return any(isinstance(module, nn.ReLU | nn.ReLU6) for module in model.modules())


def noted(looked: Looked, note: str) -> str:
    return f"{looked.data[:1].upper()}{looked.data[1:]}. {note}" if looked.data else note


def asked_of(looked: Looked, found: Any) -> str:
    """Each picture's name with the class that it was asked for."""
    return "; ".join(f"{n}: {c}" for n, c in zip(looked.names, found.classes, strict=True))


def cam_sheet(looked: Looked, wanted: Wanted) -> Sheet:
    """Class activation maps over the pictures."""
    from .. import inside
    from ..draw.heat import heat, over

    subject = looked.subject
    found = inside.cam(
        subject,
        looked.images,
        wanted.class_ or None,
        layer=wanted.layer[0] if wanted.layer else None,
        method=wanted.option("method") or "auto",
        batch_size=wanted.batch_size,
    )
    words = [said_of(looked, found, at) for at in range(len(looked))]
    shown, hot = looked.shown(), found.heat
    high, wide = found.values.shape[1:]
    called = "CAM" if found.method == "cam" else "Grad-CAM"
    if found.method == "cam":
        note = (
            f"CAM: the maps of {found.layer}, each times the weight that the class has for it "
            "(Zhou et al. 2016)."
        )
    else:
        note = (
            f"Grad-CAM: the maps of {found.layer}, each times the mean gradient of the class's "
            "logit over it (Selvaraju et al. 2017)."
        )
    note += (
        " Drawn is what speaks for the class, from nothing (darkest blue) to the most in "
        "that picture (dark red), over the picture and as the values themselves; the bar tells "
        "both."
    )
    alone, laid = [], []
    for picture, large, own in zip(shown, hot, found.values, strict=True):
        top = float(own.max())
        bar = bar_of("turbo", 0, top) if top > 0 else ("turbo", "0", "0: nothing")
        alone.append((heat(own.clip(0), 0.0, colours="turbo"), bar))
        laid.append((over(picture, large, top=max(top, 0.0)), bar))
    rows = (
        (called, "over the picture", laid),
        (called, f"{found.layer}, {high}x{wide}", alone),
    )
    title = f"{subject.name}: {called} at {found.layer}"
    alt = f"{plural(len(looked), 'picture')} under a class activation map: "
    alt += f"{asked_of(looked, found)}."
    facts = {"method": found.method, "layer": found.layer}
    lines = _lines(looked, words, *rows)
    return Sheet(title, noted(looked, note), alt, lines, rows_of_class(looked, found), facts)


def without_switches(model: Any, layers: Sequence[str]) -> str:
    """A sentence for projections of layers below which nothing is max pooled; else nothing."""
    from ..inside.layers import before, net_of
    from ..spec import Pool

    net = net_of(model, "deconv")
    if any(isinstance(row.layer, Pool) for name in layers for row in before(net, name)):
        return ""
    return (
        " On the way there is no max pooling: without switches a projection hardly depends on "
        "the picture (Springenberg et al. 2015)."
    )

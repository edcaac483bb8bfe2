"""look embedding: a set's pictures in the plane, by the last features, with what was wrong."""

from __future__ import annotations

from ..words import percent, plural
from .look_given import Looked, Wanted
from .look_heat import noted
from .look_sheet import Sheet


def embedding_sheet(looked: Looked, wanted: Wanted) -> Sheet:
    """The last features in the plane."""
    from .. import inside
    from ..draw.plane import plane_figure

    subject = looked.subject
    found = inside.embedding(
        subject,
        looked.images if looked.pictures is None else looked.pictures,
        method=wanted.option("method") or "tsne",
        seed=wanted.seed,
        batch_size=wanted.batch_size,
    )
    truth = found.labels
    labels = found.answers if truth is None else truth
    wrong = None if truth is None or not looked.known else truth != found.answers
    called = "t-SNE" if found.method == "tsne" else "PCA"
    of = "" if looked.pictures is None else f" of {looked.pictures.name}"
    title = f"{subject.name}: {plural(len(labels), 'picture')}{of} by their last features"
    count = found.features.shape[1]
    note = f"{called} of what {found.layer} is given, {plural(count, 'value')} a picture."
    if found.kept is not None:
        note += f" The plane keeps {percent(found.kept)} of the variance."
    note += " Colours: the answers." if truth is None else " Colours: the true classes"
    if truth is not None:
        note += "; rings: wrong answers." if wrong is not None else "."
    if wrong is not None:
        count_wrong = int(wrong.sum())
        note += f" Wrong: {count_wrong:,} of {len(wrong):,} ({percent(count_wrong / len(wrong))})."
    note += looked.learnt
    classes = subject.classes if truth is None else looked.classes
    numbers = [
        {
            "picture": looked.names[at],
            "x": float(found.points[at, 0]),
            "y": float(found.points[at, 1]),
            "answer": subject.classes[found.answers[at]],
            **({} if truth is None else {"true_class": classes[truth[at]]}),
        }
        for at in range(len(labels))
    ]
    facts = {"method": found.method, "layer": found.layer, "features": count}
    there = plural(len(set(labels)), "class", "classes")
    alt = f"{title}: points in the plane in the colours of {there}."
    below = noted(looked, note)
    return Sheet(
        title,
        below,
        alt,
        numbers=numbers,
        facts=facts,
        figure=lambda head, below: plane_figure(
            found.points, labels, classes, wrong, title=head, note=below
        ),
    )

"""The layers that tell the classes apart: found, left out, or made for other classes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..spec import (
    AdaptivePool,
    Aux,
    Chain,
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Identity,
    Layer,
    Net,
    Part,
    Pool,
    Row,
    each_part,
    rebuilt,
    smallest_input,
    tensors,
    walk,
)

POOLED = (Pool, AdaptivePool, GlobalPool, Flatten, Identity)
"""Behind the classifier these stay where it is left out: Network in Network averages its maps."""


@dataclass(frozen=True)
class End:
    """How a network, or one of its auxiliary heads, ends: its classifier's row and all after it."""

    rows: tuple[Row, ...]

    @property
    def classifier(self) -> Row:
        """The last row with multiply-adds, which gives a value, or a map, for each class."""
        return self.rows[0]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(row.name for row in self.rows)


def ends(net: Net) -> tuple[End, ...]:
    """The end of the network first, then those of its heads; none for what has no classes.

    ValueError where the network has classes and no layer that gives them.
    """
    if not net.classes:
        return ()
    rows = walk(net)
    heads = [name for name, part in each_part(net.body) if isinstance(part, Aux)]
    inside = {head: [r for r in rows if _within(r.name, head)] for head in heads}
    apart = {row.name for several in inside.values() for row in several}
    main = _end([row for row in rows if row.name not in apart], net.classes)
    if main is None:
        raise ValueError(
            f"{net.name} has no layer that classifies: none of its last rows with weights gives "
            f"its {net.classes} classes in a line with the output"
        )
    return (main, *filter(None, (_end(several, net.classes) for several in inside.values())))


def last_rows(net: Net) -> frozenset[str]:
    """The rows that classify and all after them, heads' too, even where heads do not fit the input.

    ValueError as `ends`.
    """
    try:
        walk(net)
    except ValueError:
        size = smallest_input(net)
        net = replace(net, input=(net.input[0], *size)) if size else net
    return frozenset(name for end in ends(net) for name in end.names)


def _within(name: str, block: str) -> bool:
    return name == block or name.startswith(f"{block}.")


def _end(rows: list[Row], classes: int) -> End | None:
    """The end of rows; None where their last layer with multiply-adds gives no classes."""
    last = next((at for at in reversed(range(len(rows))) if rows[at].macs), None)
    if last is None or rows[last].out[0] != classes:
        return None
    after = rows[last:]
    return End(tuple(after)) if all(isinstance(row.layer, Layer) for row in after) else None


def classifier(net: Net) -> str:
    """The row that classifies; ValueError where there is none."""
    found = ends(net)
    if not found:
        raise ValueError(f"{net.name} has no classes, and no layer that classifies")
    return found[0].classifier.name


def classifier_tensors(net: Net) -> tuple[str, ...]:
    """The tensors to which the number of classes gives their shape, those of heads too."""
    rows = {name for end in ends(net) for name in end.names}
    return tuple(name for name, tensor in tensors(net).items() if tensor.row in rows)


def without_classifier(net: Net) -> Net:
    """The network that gives features (N, F): up to the layer that classifies, without heads.

    In that layer's place stands an identity, for a classifier of one's own; what normalises,
    activates or drops out after it goes, pooling and flattening stay. Its classes are 0; a network
    of none is given back. ValueError where no layer classifies, or nothing comes before it.
    """
    if not net.classes:
        return net
    # first the heads: they may not fit where the input is small
    body = rebuilt(net.body, lambda name, part: None if isinstance(part, Aux) else part)
    assert isinstance(body, Chain)
    net = net.with_body(body)
    end = ends(net)[0]

    def change(name: str, part: Part) -> Part | None:
        if isinstance(part, Chain):
            return part if part.parts or not name else None
        if isinstance(part, Layer) and name in end.names:
            if name == end.classifier.name:
                return Identity()
            return part if isinstance(part, POOLED) else None
        return part

    bare = rebuilt(net.body, change)
    assert isinstance(bare, Chain)
    if walk(net)[0].name == end.classifier.name:
        raise ValueError(
            f"{net.name} has no features: before {end.classifier.name}, which classifies, there is "
            "no layer"
        )
    return replace(net, classes=0, body=bare)


def with_classes(net: Net, classes: int) -> Net:
    """The network for so many classes: its classifier, and its heads', give as many outputs.

    ValueError where a classifier is no convolution and no dense layer: codes are not made up.
    """
    found = {end.classifier.name for end in ends(net)}

    def change(name: str, part: Part) -> Part:
        if name not in found or not isinstance(part, Layer):
            return part
        if not isinstance(part, Conv | Dense):
            raise ValueError(
                f"{net.name}: {name} is a {part.kind} layer, made for its {net.classes} classes"
            )
        return replace(part, out=classes)

    body = rebuilt(net.body, change)
    assert isinstance(body, Chain)
    return replace(net, classes=classes, body=body)

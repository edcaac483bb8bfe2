"""Two networks, layer by layer: what differs, what that changes, and who says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..nets import Found, beside
from ..said import Departure
from ..spec import Committee, Net, Norm, Settings, phrases
from ..spec.walk import Row, plain, totals, walk
from .align import align

UNTOLD = {"table": "connections", "sources": "maps taken", "codes": "codes"}
"""Fields of layers that no setting tells: of them only that they differ is said."""


@dataclass(frozen=True)
class Change:
    """One thing that differs, and its value in either network; None where one has no such thing."""

    what: str
    a: object
    b: object

    def to_dict(self) -> dict[str, object]:
        """The change as `diff --json` prints it."""
        return {"what": self.what, "a": plain(self.a), "b": plain(self.b)}


@dataclass(frozen=True)
class Match:
    """A row of one network and its counterpart in the other; None where there is none.

    `changes` are the layer's own: kind, window, maps, settings. `effects` follow from these or from
    a layer before: sizes, counts, fields.
    """

    a: Row | None
    b: Row | None
    changes: tuple[Change, ...] = ()
    effects: tuple[Change, ...] = ()

    @property
    def verdict(self) -> str:
        """`same`, `renamed`, `changed`, `only_a` or `only_b`.

        A layer on another input, with other sizes and counts, is the same layer.
        """
        if self.a is None or self.b is None:
            return "only_b" if self.a is None else "only_a"
        alike = "same" if self.a.name == self.b.name else "renamed"
        return "changed" if self.changes else alike

    @property
    def row(self) -> Row:
        """The row, of the first network where it has one."""
        found = self.a or self.b
        assert found is not None
        return found


@dataclass(frozen=True)
class Diff:
    """Two networks compared."""

    a: Found
    b: Found
    totals: tuple[Change, ...]
    """All totals that either network has, equal ones too."""
    general: tuple[Change, ...]
    """What is of no layer: first weights, the loss's share of auxiliary heads, members."""
    matches: tuple[Match, ...]
    departures_a: tuple[Departure, ...] = ()
    """What only the first network says that it does otherwise than its paper."""
    departures_b: tuple[Departure, ...] = ()
    shared: tuple[Departure, ...] = ()

    @property
    def same_layers(self) -> bool:
        """True where all rows and all totals are equal."""
        return all(m.verdict == "same" and not m.effects for m in self.matches) and all(
            total.a == total.b for total in self.totals
        )

    @property
    def same(self) -> bool:
        """True where nothing differs but names and sources."""
        return self.same_layers and not (self.general or self.departures_a or self.departures_b)

    def to_dict(self) -> dict[str, object]:
        """The comparison as `diff --json` prints it."""
        return {
            "schema": 1,
            "a": _identity(self.a),
            "b": _identity(self.b),
            "same": self.same,
            "totals": [change.to_dict() for change in self.totals],
            "general": [change.to_dict() for change in self.general],
            "layers": [_layer(match) for match in self.matches],
            "departures": [
                {"of": of, **vars(departure)}
                for of, several in (("a", self.departures_a), ("b", self.departures_b))
                for departure in several
            ],
            "shared_departures": [vars(departure) for departure in self.shared],
        }

    def _repr_html_(self) -> str:
        from .. import notebook

        return notebook(self)


def diff(a: Net | Committee | Found, b: Net | Committee | Found) -> Diff:
    """Two networks compared; a committee by its member, with the totals of all members."""
    one, other = (net if isinstance(net, Found) else beside(net) for net in (a, b))
    rows, others = walk(one.net.member), walk(other.net.member)
    said = [found.record.departures for found in (one, other)]
    whats = [{departure.what for departure in several} for several in said]
    return Diff(
        one,
        other,
        _totals(one.net, rows, other.net, others),
        tuple(_general(one, other)),
        tuple(
            _match(rows[i] if i is not None else None, others[j] if j is not None else None)
            for i, j in align(rows, others)
        ),
        tuple(d for d in said[0] if d.what not in whats[1]),
        tuple(d for d in said[1] if d.what not in whats[0]),
        tuple(d for d in said[0] if d.what in whats[1]),
    )


def _identity(found: Found) -> dict[str, object]:
    base, record = found.net.member, found.record
    return {
        "name": found.name,
        "title": record.title,
        "paper": record.source,
        "input": list(base.input),
        "classes": base.classes,
    }


def _layer(match: Match) -> dict[str, object]:
    a, b = match.a, match.b
    return {
        "verdict": match.verdict,
        "a": a.name if a else None,
        "b": b.name if b else None,
        "kind": match.row.kind,
        "changes": [change.to_dict() for change in match.changes],
        "effects": [change.to_dict() for change in match.effects],
    }


def _totals(
    a: Net | Committee, rows: tuple[Row, ...], b: Net | Committee, others: tuple[Row, ...]
) -> tuple[Change, ...]:
    def of(net: Net | Committee, rows: tuple[Row, ...]) -> Mapping[str, object]:
        times, base, sums = getattr(net, "count", 1), net.member, totals(rows)
        seen = [row for row in rows if row.receptive_field and not row.aux]
        counts = {k: v * times for k, v in vars(sums).items()}
        return {
            "input": base.input,
            "classes": base.classes,
            "rows": len(rows),
            **counts,
            "receptive_field": seen[-1].receptive_field if seen else None,
            "field_stride": seen[-1].field_stride if seen else None,
        }

    one, other = of(a, rows), of(b, others)
    always = ("params", "macs")
    return tuple(
        Change(what, one[what], other[what])
        for what in one
        if what in always or one[what] or other[what]
    )


def _general(one: Found, other: Found) -> Iterator[Change]:
    inits = [found.initialisation for found in (one, other)]
    if inits[0].words() != inits[1].words():
        yield Change("first weights", *(f"{init.words()} ({init.source})" for init in inits))
    x, y = one.net.member.aux_weights, other.net.member.aux_weights
    if x != y:
        yield Change("share of the heads in the loss", x, y)
    members = [getattr(found.net, "count", 1) for found in (one, other)]
    if members[0] != members[1]:
        yield Change("members", *members)


def _match(a: Row | None, b: Row | None) -> Match:
    if a is None or b is None:
        return Match(a, b)
    return Match(a, b, tuple(_changes(a, b)), tuple(_effects(a, b)))


def _changes(a: Row, b: Row) -> Iterator[Change]:
    """What the two layers do otherwise, in words."""
    for what, x, y in (
        ("kind", a.kind, b.kind),
        ("kernel", a.kernel, b.kernel),
        ("stride", a.stride, b.stride),
        ("groups", a.groups, b.groups),
        ("maps", _maps(a), _maps(b)),
        ("activation", a.activation, b.activation),
        ("auxiliary", a.aux, b.aux),
    ):
        if x != y and (what != "maps" or (x and y)):
            yield Change(what, x, y)
    if a.kind != b.kind:  # it has other settings too
        x, y = (", ".join(phrases(row.settings).values()) for row in (a, b))
        if x != y:
            yield Change("settings", x or None, y or None)
        return
    here, there = a.settings, b.settings
    if isinstance(here.get("norm"), Norm) and isinstance(there.get("norm"), Norm):
        here, there = _flat(here), _flat(there)
    for what in dict.fromkeys((*here, *there)):
        if here.get(what) != there.get(what):
            yield Change(what, here.get(what), there.get(what))
    for name, what in UNTOLD.items():
        if getattr(a.layer, name, None) != getattr(b.layer, name, None):
            yield Change(what, "some", "others")


def _flat(settings: Settings) -> Settings:
    """The settings with normalisation's own in its place, so that each is compared by itself."""
    norm = settings["norm"]
    own = {"eps": norm.eps, "momentum": norm.momentum, "gamma": norm.scale}
    return {**{k: v for k, v in settings.items() if k != "norm"}, **own}


def _maps(row: Row) -> int | None:
    """How many maps or units a layer is told to give; None where they follow from its input."""
    out = getattr(row.layer, "out", None)
    return out if isinstance(out, int) else None


def _effects(a: Row, b: Row) -> Iterator[Change]:
    for what, x, y in (
        ("output", a.out, b.out),
        ("params", a.params, b.params),
        ("fixed_params", a.fixed_params, b.fixed_params),
        ("macs", a.macs, b.macs),
        ("receptive_field", a.receptive_field, b.receptive_field),
    ):
        if x != y:
            yield Change(what, x, y)

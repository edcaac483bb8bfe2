"""What is drawn: a network with its rows, walked once, or a part of one; and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..nets import Found, beside
from ..spec import Add, Aux, Chain, Committee, Concat, Layer, Net, Part
from ..spec.tree import each_part
from ..spec.walk import Row, totals, walk
from ..spec.window import Shape
from ..words import brief, did_you_mean, plural
from . import words
from .units import EVERYTHING, Stack, units_of


@dataclass(frozen=True)
class Subject:
    """A network, or a block of it, as it is drawn."""

    found: Found
    rows: tuple[Row, ...]
    """Of what is drawn."""
    body: Part
    name: str = ""
    """The block's; empty for a whole network."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """What a comparison says of rows, by their names."""

    @classmethod
    def of(cls, net: Net | Committee | Found) -> Subject:
        """A network; errors as `walk`'s."""
        found = net if isinstance(net, Found) else beside(net)
        return cls(found, walk(found.net.member), found.net.member.body)

    def block(self, name: str) -> Subject:
        """One block, or one layer; ValueError with the nearest name where there is none such."""
        parts = {full: part for full, part in reversed(list(each_part(self.body))) if full}
        if name not in parts:
            raise ValueError(
                f"{self.found.name} has no block or layer {brief(name)}."
                f"{did_you_mean(name, parts, loosely=True)} "
                f"All rows: papernets explain {self.found.name}"
            )
        rows = tuple(r for r in self.rows if r.name == name or r.name.startswith(f"{name}."))
        return replace(self, rows=rows, body=parts[name], name=name)

    @cached_property
    def by_name(self) -> dict[str, Row]:
        """The rows by their names."""
        return {row.name: row for row in self.rows}

    @cached_property
    def order(self) -> dict[str, int]:
        """Where each row stands, by its name."""
        return {row.name: at for at, row in enumerate(self.rows)}

    @cached_property
    def prefix(self) -> str:
        """What names begin with, and is not written: the block's that is drawn alone."""
        alone = isinstance(self.body, Layer | Concat | Add)
        return "" if alone else self.name

    @property
    def net(self) -> Net:
        """The network; a committee's member."""
        return self.found.net.member

    @property
    def times(self) -> int:
        """How many such networks there are: a committee's members."""
        return self.found.net.count

    @property
    def input(self) -> Shape:
        """What goes in."""
        return self.rows[0].input if self.name else self.net.input

    @property
    def output(self) -> Shape:
        """What comes out, heads apart."""
        return next(row.out for row in reversed(self.rows) if not row.aux or self.name)

    @property
    def title(self) -> str:
        """What it is called."""
        title = self.found.record.title or self.found.name
        return f"{self.name} of {title}" if self.name else title

    @property
    def paper(self) -> str:
        """Who printed it; empty where nobody did."""
        paper = self.found.record.paper
        return str(paper) if paper else ""

    @property
    def facts(self) -> str:
        """Input, classes, parameters and MACs, in one line."""
        sums, times = totals(self.rows), self.times
        parts = [f"input {words.size(self.input)}"]
        if self.name:
            parts.append(f"output {words.size(self.output)}")
            sums = totals(tuple(replace(row, aux=False) for row in self.rows))
        elif self.net.classes:
            parts.append(plural(self.net.classes, "class", "classes"))
        if times > 1:
            parts.append(f"{times} such networks, together")
        fixed = f" and {sums.fixed_params * times:,} fixed" if sums.fixed_params else ""
        parts.append(f"{plural(sums.params * times, 'parameter')}{fixed}")
        parts.append(f"{sums.macs * times:,} MACs")
        return " · ".join(parts)

    def units(self, depth: int = EVERYTHING) -> Stack:
        """What is drawn, blocks taken apart so many levels deep."""
        body = self.body.head if isinstance(self.body, Aux) else self.body
        part = body if isinstance(body, Chain) else Chain((("", body),))
        return units_of(part, self.by_name, depth + (1 if self.name else 0), self.name)

"""One network in a comparison: what it costs, and what was published of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..nets import Found, find
from ..spec import Net, Pair, Row, totals, walk
from .depth import depth
from .published import WHOLE, Published, choose, published, takes
from .results import Result
from .stages import Stage, stages

BYTES = 4  # of a value in single precision


@dataclass(frozen=True)
class Compared:
    """One network in a comparison; of a committee its members' costs are summed.

    `called` is what it was given as: a name, FILE.py:NAME, or the folder of a bundle or a run, of
    which `measured` is the result, and `further` what was measured by other protocols. `family` is
    the folder that its network comes from.
    """

    called: str
    found: Found
    measured: Result | None = None
    further: tuple[Result, ...] = ()

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the network, or of a committee's member."""
        return walk(self.net)

    @property
    def net(self) -> Net:
        """The network, or a committee's member."""
        return self.found.net.member

    @property
    def times(self) -> int:
        """How many networks it is."""
        return self.found.net.count

    @property
    def name(self) -> str:
        """The network's own name."""
        return self.found.name

    @cached_property
    def family(self) -> str:
        """The folder of its family: `vgg`; `own` for a network of somebody's own."""
        return ("" if ".py:" in self.called else _folder_of(self.name)) or "own"

    @cached_property
    def year(self) -> int | None:
        """The year of the first version of its paper; None where it has none."""
        if self.family != "own":
            return find(self.name).year
        paper = self.found.record.paper
        return paper.year if paper else None

    @cached_property
    def depth(self) -> int:
        """Layers with weights on the longest way, as papers count."""
        return depth(self.net, self.rows)

    def _sum(self, what: str) -> int:
        return self.times * int(getattr(totals(self.rows), what))

    @cached_property
    def params(self) -> int:
        """Trained parameters, auxiliary heads apart."""
        return self._sum("params")

    @cached_property
    def fixed_params(self) -> int:
        """Parameters that are never trained."""
        return self._sum("fixed_params")

    @cached_property
    def macs(self) -> int:
        """Multiply-adds for one picture."""
        return self._sum("macs")

    @cached_property
    def activations(self) -> int:
        """Output values of all layers for one picture."""
        return self._sum("activations")

    @property
    def bytes(self) -> int:
        """Bytes of the trained parameters in single precision."""
        return BYTES * self.params

    @property
    def memory(self) -> int:
        """Bytes of the outputs of all layers in single precision, for one picture."""
        return BYTES * self.activations

    @cached_property
    def receptive_field(self) -> Pair | None:
        """What one value of the last map sees, in pixels (height, width)."""
        seen = [row.receptive_field for row in self.rows if row.receptive_field and not row.aux]
        return seen[-1] if seen else None

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Where its cost lies."""
        return stages(self.rows, self.times)

    @cached_property
    def published(self) -> tuple[Published, ...]:
        """All measurements that were published of it as it is."""
        return published(self.found.claims)

    def same(self, other: Compared) -> bool:
        """True where both are one network, of which the same is said, or one run.

        Two runs of one network are two.
        """
        found, twin = self.found, other.found
        alike = found.net == twin.net and found.claims == twin.claims
        return alike and (self.called == other.called or not (self.measured or other.measured))

    def shown(self, protocol: str) -> Published | None:
        """The published error that a protocol chooses."""
        return choose(self.published, protocol)

    def ours(self, protocol: str) -> Result | None:
        """The measured error that stands beside the published one: by the same views, if there is.

        Else the first that the protocol takes, else that of the run.
        """
        several = [one for one in (self.measured, *self.further) if one and one.error is not None]
        shown = self.shown(protocol)
        alike = [one for one in several if shown is not None and same_way(one, shown)]
        taken = [one for one in several if takes(protocol, one.views, one.networks)]
        return next(iter((*alike, *taken)), self.measured)

    def to_dict(self, protocol: str = "plainest") -> dict[str, object]:
        """The network as `compare --json` prints it."""
        record, shown, ours = self.found.record, self.shown(protocol), self.ours(protocol)
        return {
            "name": self.called,
            "network": self.name,
            "title": record.title,
            "paper": record.source,
            "year": self.year,
            "family": self.family,
            "input": list(self.net.input),
            "classes": self.net.classes,
            "depth": self.depth,
            "params": self.params,
            "fixed_params": self.fixed_params,
            "macs": self.macs,
            "megabytes": round(self.bytes / 1e6, 6),
            "mebibytes": round(self.bytes / 2**20, 6),
            "activations": self.activations,
            "activation_bytes": self.memory,
            "receptive_field": list(self.receptive_field) if self.receptive_field else None,
            "stages": [stage.to_dict() for stage in self.stages],
            "top1_error": shown.top1 if shown else None,
            "top5_error": shown.top5 if shown else None,
            "protocol": shown.protocol if shown else None,
            "source": shown.source if shown else None,
            "by": shown.by if shown else None,
            "published": [one.to_dict() for one in self.published],
            "measured": {**ours.to_dict(), "protocol": ours.protocol} if ours else None,
        }


def same_way(one: Result, shown: Published) -> bool:
    """Whether an error was measured by the views of a published one, and as many networks.

    Small pictures are shown whole: that is their centre crop. A paper's crop of 299 is one crop.
    """
    own = {one.views, WHOLE} if one.views == "1 crop" else {one.views}
    if one.views == "several scales":
        own.add("dense, 3 scales")
    alike = shown.views in own or (one.views == "1 crop" and shown.views.startswith("1 crop of"))
    return alike and one.networks == shown.networks


def _folder_of(name: str) -> str:
    """The family's folder of a name of ours; empty where it is none."""
    try:
        return find(name).family.rpartition(".")[2]
    except ValueError:
        return ""

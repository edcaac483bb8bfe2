"""Until every family's claims stand apart: facts and errata in a network, made into a record."""

from __future__ import annotations

from dataclasses import dataclass

from .claims import Claim, Value
from .record import Record
from .sources import BY_HAND, NOTES, Code, Paper, Source

CODE = (
    *("torchvision", "timm", "Keras", "keras", "Caffe", "the Caffe", "TF-slim", "bvlc_"),
    *("the authors' release", "the authors' Caffe", "its PyTorch port", "KaimingHe/", "models/"),
)
SOME = Paper("", "", 0, "")


@dataclass(frozen=True)
class Fact:
    quantity: str
    value: Value
    source: str
    about: bool = False
    conditions: str = ""
    ours: Value | None = None
    below: bool = False


@dataclass(frozen=True)
class Erratum:
    quantity: str
    printed: Value
    source: str
    why: str
    ours: Value | None = None


def source_of(text: str) -> Source:
    origins = []
    for part in map(str.strip, text.split(";")):
        if part.startswith(("notes", "printed")) or part[:1].isdigit() or part.endswith("by hand"):
            origins.append(NOTES[0] if "notes 0" in part else BY_HAND)
        else:
            origins.append(Code("") if part.startswith(CODE) else SOME)
    if "notes 0" in text and not any(o is NOTES[0] for o in origins):
        origins.append(NOTES[0])
    return Source(tuple(origins), text)


def record_of(net) -> Record:
    claims = [
        Claim(f.quantity, f.value, source_of(f.source), "", f.about, f.below, f.conditions, f.ours)
        for f in net.facts
    ]
    claims += [
        Claim(e.quantity, e.printed, source_of(e.source), e.why, ours=e.ours) for e in net.errata
    ]
    ledger = getattr(net, "ledger_name", net.name)
    return Record(net.title, net.paper, tuple(claims), net.departures, ledger)


def errors(printed: str, conditions: str, source: str) -> tuple[Fact, ...]:
    return tuple(
        Fact("error", round(float(cell) / 100, 6), source, conditions=f"{conditions}, {which}")
        for cell, which in zip(printed.split("/"), ("top-1", "top-5"), strict=False)
    )

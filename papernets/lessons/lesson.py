"""A lesson: its question, its numbers, the example worked out, mistakes, and its exercises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from random import Random
from typing import Any, Self

from ..said import Source
from ..words import did_you_mean
from .answers import Answer
from .params import KEY, Param, default_of, params_of
from .pictures import Picture
from .values import Value, is_matrix, is_sizes, plain, same, with_unit

DRAWS = 2000
"""How often an exercise is drawn until its mistakes lead to answers of their own."""


@dataclass(frozen=True)
class Step:
    """A step of the worked example: what is done, the formula with its numbers, its value.

    The value comes from the arithmetic of the package; the formula is text that
    `formula.worked_out` works out to the same number, or empty.
    """

    text: str
    formula: str
    value: Value
    unit: str = ""

    @property
    def shown(self) -> str:
        """The value as people read it, with its unit."""
        return with_unit(self.value, self.unit)

    def to_dict(self) -> dict[str, object]:
        """The step as JSON has it."""
        unit = {"unit": self.unit} if self.unit else {}
        return {"text": self.text, "formula": self.formula, "value": plain(self.value), **unit}


@dataclass(frozen=True)
class Slip:
    """A usual mistake: the answer that it leads to, what was done, and why that is wrong."""

    value: Value
    did: str
    why: str


@dataclass(frozen=True)
class Worked:
    """An example worked out: its steps, answer, usual mistakes and picture; remarks at its end."""

    steps: tuple[Step, ...]
    answer: Answer
    slips: tuple[Slip, ...]
    picture: Picture
    remarks: tuple[str, ...] = ()

    def known_slips(self) -> tuple[Slip, ...]:
        """The mistakes that lead to another answer with these numbers, each answer once."""
        found: list[Slip] = []
        for slip in self.slips:
            others = [self.answer.value, *(one.value for one in found)]
            if not any(same(slip.value, other, 2 * self.answer.within) for other in others):
                found.append(slip)
        return tuple(found)

    def _repr_html_(self) -> str:
        from .fragments import worked

        return worked(self, styled=True)

    @property
    def clear(self) -> bool:
        """True where two mistakes or more each lead to an answer of their own."""
        return len(self.slips) >= 2 and len(self.known_slips()) == len(self.slips)


class Example(ABC):
    """The numbers of a lesson, and what follows from them: a frozen dataclass of `params`."""

    @abstractmethod
    def ask(self) -> str:
        """The task, with these numbers, in one or two sentences."""

    @abstractmethod
    def work(self) -> Worked:
        """The example worked out."""

    def given(self) -> Picture | None:
        """What the task gives, as a picture without its solution; None where words say it all."""
        return None

    def check(self) -> None:  # noqa: B027 - most numbers go together
        """Raise ValueError where these numbers do not go together."""

    @classmethod
    def draw(cls, random: Random) -> Self:
        """Other numbers for an exercise: one of each field's stops, or a matrix anew."""
        return cls(
            **{
                f.name: f.metadata[KEY].draw(random, default_of(f))
                for f in fields(cls)  # type: ignore[arg-type]
                if KEY in f.metadata
            }
        )


@dataclass(frozen=True)
class Lesson:
    """One idea: a question that makes curious, an example with numbers, and where they stand."""

    name: str
    chapter: str
    title: str
    question: str
    kind: type[Example]
    sources: tuple[Source | str, ...]

    @property
    def params(self) -> Mapping[str, Param]:
        """The numbers that may be changed, by name."""
        return params_of(self.kind)

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The numbers of the lesson's own example."""
        of: Any = self.kind
        return {f.name: default_of(f) for f in fields(of) if KEY in f.metadata}

    def example(self, **numbers: Any) -> Example:
        """The example with these numbers; ValueError, with what would work, for impossible ones."""
        return self._made(self.kind(), numbers)

    def parsed(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Numbers from texts, by name; ValueError for an unknown name or a wrong value."""
        return {name: self.param(name).parse(name, text) for name, text in texts.items()}

    def param(self, name: str) -> Param:
        """A number by its name; ValueError with the nearest name for one that there is not."""
        known = self.params
        if name not in known:
            listed = ", ".join(f"--{other}" for other in known) or "none"
            near = did_you_mean(name, known)
            raise ValueError(
                f"lesson {self.name} has no number --{name}.{near} Its numbers: {listed}"
            )
        return known[name]

    def drawn(self, seed: int, **numbers: Any) -> Exercise:
        """The exercise of a seed; 0 is the lesson's own example. `numbers` are not drawn.

        Every mistake leads to an answer of its own where the numbers let it.
        """
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**31:
            raise ValueError(f"--seed: a whole number from 0 to {2**31 - 1:,}, not {seed!r}"[:200])
        if seed == 0:
            return Exercise(self, seed, self.example(**numbers))
        random = Random(f"{self.name} {seed}")
        found = last = None
        for _ in range(DRAWS if not numbers else DRAWS // 20):
            try:
                one = self._made(self.kind.draw(random), numbers)
                worked = one.work()
            except ValueError as error:
                last = error
                continue
            found = found or one
            if worked.clear and (numbers or worked.answer != self.example().work().answer):
                return Exercise(self, seed, one)
        if found is None or not numbers:
            raise last or RuntimeError(f"lesson {self.name}: no numbers for seed {seed}")
        return Exercise(self, seed, found)

    def _made(self, base: Example, numbers: Mapping[str, Any]) -> Example:
        values = {name: getattr(base, name) for name in self.params}
        for name, value in numbers.items():
            param = self.param(name)
            values[name] = (
                param.parse(name, value) if isinstance(value, str) else param.check(name, value)
            )
        made = self.kind(**values)
        made.check()
        return made

    def numbers_of(self, example: Example) -> dict[str, object]:
        """An example's numbers as JSON has them."""
        return {name: jsonable(getattr(example, name)) for name in self.params}

    def typed(self, example: Example) -> dict[str, str]:
        """An example's numbers as they are typed."""
        return {name: p.text(getattr(example, name)) for name, p in self.params.items()}


@dataclass(frozen=True)
class Exercise:
    """An example that asks, and grades what is answered."""

    lesson: Lesson
    seed: int
    example: Example

    @property
    def question(self) -> str:
        """The task."""
        return self.example.ask()

    @property
    def told(self) -> str:
        """The task with all that it gives, in words alone."""
        given = self.example.given()
        return self.question + (f" {given.alt()}" if given else "")

    def worked(self) -> Worked:
        """Its solution."""
        return self.example.work()


def jsonable(value: Any) -> object:
    """A number of a lesson as JSON has it."""
    if isinstance(value, tuple):
        return [jsonable(inner) for inner in value]
    return value


__all__ = [
    "Answer",
    "Example",
    "Exercise",
    "Lesson",
    "Slip",
    "Step",
    "Worked",
    "is_matrix",
    "is_sizes",
]

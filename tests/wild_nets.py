"""Networks as nobody would write them: names at random, shapes at random, nesting at random."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from papernets.spec import (
    LRN,
    Add,
    Aux,
    BatchNorm,
    Chain,
    Concat,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Layer,
    Net,
    Norm,
    Pool,
)

NAMES = (
    "<script>alert(1)</script>", "\\input{/etc/passwd}", "$x_1^2$", "%&#~{}", "a" * 300, "W" * 40,
    "日本語の層", "שלום", "مرحبا", "🦆🦆🦆", "e\u0301\u0301\u0301", "tab\there", "line\nbreak",
    "]]>", "--><svg onload=x>", "&amp;", '"quoted"', "it's", "\u202eturned", "ﷺ", "İstanbul ß",
    "a b c d e f g", "１２３", "\u200b\u200b", "𝕄𝕒𝕥𝕙", "<!--", "%%EOF", "\\end{document}", " ",
)  # fmt: skip


def renamed(net: Net, seed: int = 0) -> Net:
    """The same network under other names: long ones, marks of every format, every script."""
    random = Random(f"{net.name} {seed}")
    count = iter(range(10**6))

    def name(old: str) -> str:
        return f"{random.choice(NAMES)}{next(count)}" if old else old

    def part(one):
        if isinstance(one, Chain):
            return Chain(tuple((name(n), part(p)) for n, p in one.parts))
        if isinstance(one, Concat | Add):
            return replace(one, branches=tuple((name(n), part(p)) for n, p in one.branches))
        return replace(one, head=part(one.head)) if isinstance(one, Aux) else one

    return replace(net, name=f"<{net.name}> \\input{{x}}", body=part(net.body))


def wild(seed: int) -> Net:
    """A network at random: chains, branches and sums within one another, heads, empty branches."""
    random = Random(seed)
    names = (f"{random.choice(('conv', 'block', 'x', 'Mixed_7'))}{at}" for at in range(10**6))
    channels = random.choice((1, 3, 12))
    size = random.choice((9, 33, 64)), random.choice((9, 33, 200))

    def layer(maps: int) -> Layer:
        kernel = random.choice((1, 3, (1, 5), (7, 1)))
        norm = random.choice((None, Norm()))
        return random.choice(
            (
                Conv(maps, kernel, padding="same", norm=norm, activation="relu"),
                Conv(maps, 1, groups=1),
                Pool("max", 3, 1, padding=1),
                BatchNorm(activation="relu"),
                LRN(5, k=2, alpha=1e-4, beta=0.75),
                Dropout(0.5),
                Identity(),
            )
        )

    def chain(depth: int, longest: int = 4) -> Chain:
        return Chain(tuple((next(names), part(depth)) for _ in range(random.randint(1, longest))))

    def fixed(part: object) -> Chain:
        return Chain(((next(names), part), (next(names), Conv(16, 1))))

    def part(depth: int):
        kind = random.random() if depth else 1.0
        if kind < 0.2:
            ends = [fixed(chain(depth - 1)) for _ in range(random.randint(1, 5))]
            if random.random() < 0.4:
                ends.append(Chain(()))
            return Concat(tuple((next(names), end) for end in ends))
        if kind < 0.45:
            lead = next(names)
            several = [fixed(chain(depth - 1)) for _ in range(random.randint(1, 3))]
            wires = [Identity(), Chain(())][: random.randint(0, 2)]
            sides = [fixed(Identity()) for _ in wires]
            summed = Add(tuple((next(names), end) for end in (*several, *wires, *sides)))
            return Chain(((lead, Conv(16, 3, padding=1)), (next(names), summed)))
        if kind < 0.55:
            head = Chain(
                ((next(names), Conv(4, 1)), (next(names), Flatten()), (next(names), Dense(5)))
            )
            return Aux(head, random.choice((0.3, 1.0)))
        if kind < 0.65:
            return chain(depth - 1)
        return layer(random.choice((8, 16, 64)))

    parts: list[tuple[str, object]] = []
    for _ in range(random.choice((1, 3, 8, 25))):
        one = part(random.randint(0, 3))
        parts.append((next(names), one))
        if random.random() < 0.3:
            parts += [
                (next(names), one) for _ in range(random.randint(1, 4)) if isinstance(one, Layer)
            ]
    if random.random() < 0.7:
        parts += [(next(names), GlobalPool()), (next(names), Flatten()), (next(names), Dense(10))]
    classes = 10 if isinstance(parts[-1][1], Dense) else 0
    return Net(f"wild{seed}", (channels, *size), classes, Chain(tuple(parts)))

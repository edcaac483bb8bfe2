"""Formulas as text: worked out, to hold each step to its value, and set for people."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

LONGEST = 20_000
FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "ln": math.log,
    "log10": math.log10,
    "tanh": math.tanh,
    "cos": math.cos,
    "abs": abs,
    "max": lambda *terms: max(terms),
    "min": lambda *terms: min(terms),
    "sum": lambda *terms: sum(terms),
    "mean": lambda *terms: sum(terms) / len(terms),
}
"""What a formula may call."""
NAMES = {"pi": math.pi}
_OPERATORS: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def worked_out(formula: str) -> int | float:
    """The value of a formula such as `(5*5*6 + 1)*16`; ValueError for what is none.

    `×` is `*` and `^` is a power.
    """
    text = formula.replace("×", "*").replace("^", "**").replace("−", "-")
    if len(text) > LONGEST:
        raise ValueError(f"a formula of {len(text):,} characters: at most {LONGEST:,} are read")
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, TypeError, ArithmeticError, RecursionError, MemoryError) as error:
        raise ValueError(f"{formula[:60]!r} cannot be worked out: {error}") from None


def _value(node: ast.expr) -> int | float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, power = _value(left), _value(right)
            if abs(power) > 64:
                raise ValueError(f"a power of {power} is too high")
            return float(base**power) if isinstance(power, float) else base**power
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
            return _OPERATORS[type(sign)](_value(left), _value(right))
        case ast.Call(func=ast.Name(id=name), args=terms, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](*map(_value, terms))
        case ast.Name(id=name) if name in NAMES:
            return NAMES[name]
    raise ValueError(f"{ast.unparse(node)[:40]!r} does not belong in a formula")


def pretty(formula: str) -> str:
    """A formula as people read it: `×` for `*`, and commas in long numbers."""
    text = re.sub(r"(?<![\d.])\d{5,}(?![\d.])", lambda found: f"{int(found[0]):,}", formula)
    return re.sub(r"\s*\*\s*", "×", text.replace("**", "^"))

"""evaluate."""


def evaluate() -> None:
    """evaluate."""

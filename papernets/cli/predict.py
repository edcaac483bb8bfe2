"""predict."""


def predict() -> None:
    """predict."""

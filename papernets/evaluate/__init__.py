"""Evaluation: figures from a network's outputs, with their uncertainty (`evaluate.metrics`)."""

from .. import called

called(__name__)  # papernets.evaluate(net, data, ...) tests: see papernets.verbs.evaluate

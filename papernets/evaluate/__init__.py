"""Evaluation: figures from a network's outputs, with their uncertainty (`evaluate.metrics`)."""

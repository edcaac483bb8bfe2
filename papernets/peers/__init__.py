"""Weights that others trained, for our networks."""

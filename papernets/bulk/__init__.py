"""Answers of a trained network for more pictures than memory, or one machine, holds."""

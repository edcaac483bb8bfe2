"""A lesson as one page that needs nothing else."""

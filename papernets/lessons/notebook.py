"""A lesson as a Jupyter notebook that works with papernets itself."""

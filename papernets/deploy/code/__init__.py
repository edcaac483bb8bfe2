"""A network as a file of plain PyTorch that a person would have written: blocks, loops, names."""

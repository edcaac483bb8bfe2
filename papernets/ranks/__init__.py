"""Several processes that do one work together, as torchrun starts them: ranks."""

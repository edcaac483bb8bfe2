"""A run whose batches several processes share, on one machine or many, as torchrun starts them."""

"""Any nn.Module explained: its real forward pass is followed once, on tensors without values."""

"""What leaves the house: files of a trained network that others read without Papernets."""

FORMATS = {
    "onnx": ".onnx",
    "torch-export": ".pt2",
    "python": ".py",
    "safetensors": ".safetensors",
    "card": ".md",
}
"""What `export --to` takes, and how each format's files end."""

"""A bundle: a folder with a trained network's weights, and what is to be known of them."""

INFO, WEIGHTS = "bundle.json", "weights.safetensors"

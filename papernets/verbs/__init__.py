"""What the command line does, as functions: `papernets.train` and `papernets.evaluate`."""

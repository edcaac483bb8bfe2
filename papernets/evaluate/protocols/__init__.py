"""How a picture is shown to a network when it is tested: one crop, ten, 144, or all of it."""

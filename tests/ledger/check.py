"""The ledger's totals, recomputed from its rows alone; nothing of the package is imported."""

NORM = {"none": 0, "affine": 2, "beta": 1}
"""Trained numbers of a normalisation, for each map."""


def recomputed(system):
    """(parameters, multiply-adds, connections) of a network; a row that is wrong is an error."""
    shapes, sums, repeated = {"input": system["input"]}, [0, 0, 0], {}
    for row in system["layers"]:
        sources = row["src"] if isinstance(row["src"], list) else [row["src"]]
        inputs = [shapes[name] for name in sources]
        out, params, macs, connections = computed(row, inputs)
        where = f"{system['name']} {row['n']}"
        assert out == row["out"], f"{where}: {out} is printed as {row['out']}"
        assert params == row["params"], f"{where}: {params} parameters, not {row['params']}"
        assert macs == row["macs"], f"{where}: {macs} multiply-adds, not {row['macs']}"
        shapes[row["n"]] = out
        times = row.get("x", 1)
        if times > 1:
            block = row["n"].split(".")[0]
            repeated[block] = (*repeated.get(block, (times, inputs[0]))[:2], out)
            assert repeated[block][0] == times, where
        one = (params, macs, connections)
        sums = [so_far + times * here for so_far, here in zip(sums, one, strict=True)]
    for block, (_, taken, handed_on) in repeated.items():
        assert taken == handed_on, f"{system['name']} {block} is repeated on another shape"
    return tuple(sums)


def computed(row, inputs):
    """A row's output, parameters, multiply-adds and connections, all of one instance."""
    (maps, height, width), kind = inputs[0], row["t"]
    weights = biases = norms = 0
    if kind in ("concat", "add"):
        assert len({tuple(shape[kind == "concat" :]) for shape in inputs}) == 1, row["n"]
        out = [sum(shape[0] for shape in inputs) if kind == "concat" else maps, height, width]
    elif kind in ("conv", "sparseconv"):
        groups = row.get("g", 1)
        assert maps == row["ci"] and maps % groups == row["co"] % groups == 0, row["n"]
        out = [row["co"], *window(row, height, width)]
        kernels = maps // groups * row["co"]
        if kind == "sparseconv":
            assert all(set(read) <= set(range(maps)) for read in row["table"]), row["n"]
            kernels = sum(len(set(read)) for read in row["table"])
        weights = row["k"][0] * row["k"][1] * kernels
        biases = row.get("b", 1) * row["co"]
        norms = NORM[row.get("bn", "none")] * row["co"]
    elif kind in ("fc", "rbf"):
        assert maps * height * width == row["ci"], row["n"]
        out, weights = [row["co"], 1, 1], row["ci"] * row["co"]
        biases = row["co"] * row["b"] if kind == "fc" else 0
    elif kind == "subsample":  # four values are added, times a coefficient, and a bias
        out = [maps, height // 2, width // 2]
        return out, 2 * maps, 0, 5 * maps * out[1] * out[2]
    elif kind in ("maxpool", "avgpool"):
        out = [maps, *window(row, height, width)]
    elif kind == "globalavgpool":
        out = [maps, 1, 1]
    elif kind == "flatten":
        out = [maps * height * width, 1, 1]
    elif kind == "padshortcut":
        out = [2 * maps, -(-height // 2), -(-width // 2)]
    else:
        assert kind in ("batchnorm", "lrn"), kind
        out = [maps, height, width]
        norms = NORM[row.get("bn", "none")] * maps
    places = out[1] * out[2]
    trained = 0 if kind == "rbf" else weights + biases + norms
    return out, trained, weights * places, (weights + biases) * places


def window(row, height, width):
    """Height and width after a convolution or a pooling."""
    if row["p"] == "same":
        return [-(-height // row["s"][0]), -(-width // row["s"][1])]
    return [
        places(*given, row.get("ceil", False))
        for given in zip((height, width), row["k"], row["s"], row["p"], strict=True)
    ]


def places(size, kernel, stride, padding, ceil):
    """Where a window fits; rounded up, the last one must begin on the picture or before it."""
    free = size + 2 * padding - kernel
    count = (-(-free // stride) if ceil else free // stride) + 1
    return count - 1 if ceil and (count - 1) * stride >= size + padding else count

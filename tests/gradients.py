"""Fields by gradients: what a unit depends on, found without any rule of ours."""

import torch


def positive(module):
    """The module in double precision with positive weights, so that no gradient cancels."""
    module = module.double().eval()
    with torch.no_grad():
        for tensor in module.parameters():
            tensor.uniform_(0.1, 1.0)
    return module


def extents(module, names, shape, reach=None):
    """For each of these modules ("" is all of it) the largest field of its units: (height, width).

    The extents of the gradients that are not zero, of one channel at a time: of the units on the
    diagonal, or of so many of them from the middle on.
    """
    found, kept = {}, {}
    handles = [
        module.get_submodule(name).register_forward_hook(
            lambda _, __, out, name=name: kept.__setitem__(name, out)
        )
        for name in names
        if name
    ]
    x = torch.rand(1, *shape, dtype=torch.double, requires_grad=True)
    kept[""] = module(x)
    for handle in handles:
        handle.remove()
    for name in names:
        out = kept[name]
        middle = [side // 2 for side in out.shape[2:]]
        largest = (0, 0)
        for channel in range(out.shape[1]):
            for at in range(reach or max(out.shape[2:])):
                start = middle if reach else (0, 0)
                i, j = (min(m + at, side - 1) for m, side in zip(start, out.shape[2:], strict=True))
                (grad,) = torch.autograd.grad(out[0, channel, i, j], x, retain_graph=True)
                size = tuple(
                    int(seen[-1] - seen[0] + 1) if len(seen) else 0
                    for seen in (
                        grad[0].abs().sum((0, other)).nonzero().flatten() for other in (2, 1)
                    )
                )
                largest = tuple(map(max, largest, size))
        found[name] = largest
    return found

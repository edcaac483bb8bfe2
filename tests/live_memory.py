"""How many bytes of tensors that operations made are alive at once: torch's dispatcher tells."""

import weakref

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter


class Live(TorchDispatchMode):
    """Counts the memory of tensors made while it is on, shared memory once, kernels' own not."""

    def __init__(self):
        super().__init__()
        self.now = self.most = 0
        self.holders = {}

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        given = {self._key(t) for t in tree_iter((args, kwargs)) if isinstance(t, torch.Tensor)}
        out = func(*args, **(kwargs or {}))
        for t in tree_iter(out):
            if isinstance(t, torch.Tensor):
                self._hold(t, given)
        return out

    @staticmethod
    def _key(tensor):
        return tensor.untyped_storage()._cdata

    def _hold(self, tensor, given):
        key = self._key(tensor)
        if key in given and key not in self.holders:
            return  # a view of what was there before
        size = tensor.untyped_storage().nbytes()
        if not self.holders.get(key):
            self.holders[key] = 0
            self.now += size
            self.most = max(self.most, self.now)
        self.holders[key] += 1
        weakref.finalize(tensor, self._drop, key, size)

    def _drop(self, key, size):
        self.holders[key] -= 1
        if not self.holders[key]:
            del self.holders[key]
            self.now -= size


def most_bytes(model, x):
    """The peak of a forward pass in evaluation, beside its pictures and parameters."""
    model.eval()
    with torch.no_grad(), Live() as live:
        model(x)
    return live.most

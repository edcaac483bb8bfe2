"""Every network by name: a folder a family, and the registry that looks a name up."""

from .registry import NETS, check_options, find, list_nets, net, sizes

__all__ = ["NETS", "check_options", "find", "list_nets", "net", "sizes"]

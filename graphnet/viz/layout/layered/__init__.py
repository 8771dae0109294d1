"""A layered layout of our own, for where Graphviz is missing."""

from graphnet.viz.layout.layered.layout import lay_out

__all__ = ["lay_out"]

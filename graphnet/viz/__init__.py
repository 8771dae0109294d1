"""Pictures of graphs."""

from graphnet.viz.draw import draw as draw

__all__ = ["draw"]

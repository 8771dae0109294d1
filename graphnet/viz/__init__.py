"""Pictures of graphs."""

from graphnet.viz.drawing import draw as draw

__all__ = ["draw"]

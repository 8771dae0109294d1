"""Pictures of graphs, plans and differences."""

from graphnet.viz.comparing.diff import Difference as Difference
from graphnet.viz.comparing.diff import diff as diff
from graphnet.viz.drawing import Drawing as Drawing
from graphnet.viz.drawing import draw as draw
from graphnet.viz.overlays.values import Overlay as Overlay

__all__ = ["Difference", "Drawing", "Overlay", "diff", "draw"]

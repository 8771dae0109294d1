"""Gaps: how far neighbors in a row, and rows, are from each other."""

from graphnet.viz.layout.layered.grid import Grid, Role
from graphnet.viz.layout.layered.pieces import Piece

__all__ = ["LABEL_MARGIN", "PAD", "frame_width", "separation"]

PAD = 12.0  # between a frame and what is in it
LABEL_MARGIN = 8.0  # between a frame and its label
_S, _L, _B, _LEFT, _RIGHT = Role
_GAPS: dict[tuple[int, int], float] = {
    (_S, _S): 26.0,
    (_S, _L): 14.0,
    (_S, _B): 16.0,
    (_L, _S): 14.0,
    (_L, _L): 14.0,
    (_L, _B): 12.0,
    (_B, _S): 16.0,
    (_B, _L): 12.0,
    (_B, _B): 12.0,
    (_LEFT, _LEFT): PAD,
    (_RIGHT, _RIGHT): PAD,
    (_RIGHT, _LEFT): 16.0,
    (_LEFT, _RIGHT): 2 * PAD,
    (_S, _LEFT): 18.0,
    (_RIGHT, _S): 18.0,
}


def separation(grid: Grid, left: int, right: int) -> float:
    """Give the least distance between two neighbors in a row."""
    gap = _GAPS.get((grid.role[left], grid.role[right]), PAD)
    return grid.east[left] + grid.west[right] + gap


def frame_width(piece: Piece, frame: int) -> float:
    """Give the least width of a frame, for its label."""
    return piece.frames[frame].width + 2 * LABEL_MARGIN

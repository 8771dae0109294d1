"""Overlays: values of nodes, shown by colors."""

__all__: list[str] = []

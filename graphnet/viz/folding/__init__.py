"""Folding: smaller scenes from scenes."""

__all__: list[str] = []

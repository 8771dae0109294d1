"""Layouts: places for the parts of a picture."""

__all__: list[str] = []

"""Comparing: what differs in two graphs, as text and as a scene."""

__all__: list[str] = []

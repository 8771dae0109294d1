"""Layout: passes and analyses that make a graph fit the way in which memory and NumPy work."""

__all__: list[str] = []

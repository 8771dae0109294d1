"""Plans: scenes of what runs, and the picture of its memory."""

__all__: list[str] = []

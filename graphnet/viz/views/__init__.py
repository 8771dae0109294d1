"""Views: from what users have in hand to scenes."""

__all__: list[str] = []

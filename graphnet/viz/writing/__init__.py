"""Writing: sizes, colors and forms of a scene, as SVG and in the DOT language."""

__all__: list[str] = []

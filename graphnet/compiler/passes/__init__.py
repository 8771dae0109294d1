"""The passes: functions from graph to graph, one module each."""

__all__: list[str] = []

"""The passes: functions from graph to graph, one module each."""

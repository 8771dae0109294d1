"""Sessions: what runs a graph and keeps its state."""

from graphnet.session.compiled import Compiled as Compiled
from graphnet.session.session import Session as Session
from graphnet.session.session import evaluate as evaluate

__all__ = ["Compiled", "Session", "evaluate"]

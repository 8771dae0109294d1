"""Every error that graphnet raises on purpose.

::

    GraphnetError
    ├── DefinitionError      an op, layer or rule is declared wrongly (import or build time)
    ├── GraphError           a graph cannot be built
    │   ├── ShapeError       specs do not fit an op; also a ValueError
    │   ├── DTypeError       dtypes do not fit an op; also a TypeError
    │   └── NameClashError   a name is taken or malformed
    ├── GradientError        not differentiable, or not connected
    ├── ArgumentError        an argument of a function is of no use
    ├── FeedError            missing, unknown or unfitting feeds
    ├── FetchError           something that cannot be fetched
    ├── ExecutionError       a kernel failed while running
    ├── DependencyError      an optional program or package is missing
    └── FormatError          the content of a file or text cannot be used

A message has up to four parts, and names things as the user did::

    matmul: inner dimensions differ, 784 and 512
      at train.py:15
      x  float32[None, 784]  placeholder 'x'        train.py:9
      y  float32[512, 10]    variable 'out/weight'  train.py:12
    hint: the second operand needs shape [784, ...]
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TypeAlias

__all__ = [
    "ArgumentError",
    "DTypeError",
    "DefinitionError",
    "DependencyError",
    "ExecutionError",
    "FeedError",
    "FetchError",
    "FormatError",
    "GradientError",
    "GraphError",
    "GraphnetError",
    "GraphnetWarning",
    "NameClashError",
    "ShapeError",
    "near_names",
]

Row: TypeAlias = Sequence[str]


class GraphnetError(Exception):
    """Base of all errors of graphnet.

    Args:
        headline: What was wrong, in one line.
        at: Where the user wrote it, as ``file:line``.
        rows: The things involved, one row each; columns are aligned when printed.
        hint: What would be right.

    Example:
        >>> print(GraphnetError("too big", rows=[("x", "float32[3]")], hint="use less"))
        too big
          x  float32[3]
        hint: use less
    """

    def __init__(
        self,
        headline: str,
        *,
        at: str | None = None,
        rows: Iterable[Row] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(headline)
        self.headline = headline
        self.at = at
        self.rows = list(rows)
        self.hint = hint

    def __str__(self) -> str:
        """Give the whole message, ready to print."""
        lines = [self.headline]
        if self.at:
            lines.append(f"  at {self.at}")
        lines += align(self.rows)
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


class DefinitionError(GraphnetError):
    """An op, layer or rule is declared wrongly; raised at import or build time."""


class GraphError(GraphnetError):
    """A graph cannot be built as written."""


class ShapeError(GraphError, ValueError):
    """The shapes of the operands do not fit the op."""


class DTypeError(GraphError, TypeError):
    """The dtypes of the operands do not fit the op."""


class NameClashError(GraphError):
    """A name is taken already, or is not a valid name."""


class ArgumentError(GraphnetError, ValueError, TypeError):
    """An argument of a function is of no use: of another kind, or out of range."""


class GradientError(GraphnetError):
    """A gradient does not exist: not differentiable, or not connected."""


class FeedError(GraphnetError, ValueError):
    """Feeds are missing, unknown, or do not fit their placeholders."""


class FetchError(GraphnetError, TypeError):
    """Something was asked for that a session cannot fetch."""


class ExecutionError(GraphnetError, RuntimeError):
    """A kernel failed while a plan ran; no variable was changed."""


class DependencyError(GraphnetError, RuntimeError):
    """An optional program or package is missing."""


class FormatError(GraphnetError, ValueError):
    """The content of a file or of a graph's text cannot be used."""


class GraphnetWarning(UserWarning):
    """Something is allowed but probably not meant."""


WIDEST = 60
"""Characters of a column; longer words push what is behind them in their row only."""


def align(rows: Sequence[Row]) -> list[str]:
    """Set rows of words in columns, two blanks apart and indented by two."""
    widths: list[int] = []
    for row in rows:
        widths += [0] * (len(row) - len(widths))
        for column, word in enumerate(row):
            widths[column] = max(widths[column], min(len(word), WIDEST))
    return ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def near_names(name: str, known: Iterable[str]) -> str | None:
    """Give a hint that lists the known names that look like ``name``, or None.

    Example:
        >>> near_names("wieght", ["weight", "bias"])
        "did you mean 'weight'?"
    """
    found = get_close_matches(name, list(known), n=3)
    if not found:
        return None
    return f"did you mean {' or '.join(repr(match) for match in found)}?"

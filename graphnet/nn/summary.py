"""``summary``: the layers of a model as a table."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from graphnet.ir.spec import Spec
from graphnet.nn.layer import Layer, parts
from graphnet.ops.sources import Variable

__all__ = ["Row", "Summary", "summary"]


class Row(NamedTuple):
    """What a summary says of one layer.

    Attributes:
        name: The label of the layer, with the scopes around it.
        kind: The name of its class.
        outputs: The specs of the results of its last call; None before the first.
        parameters: How many numbers its own variables hold; None before the first call.
        trainable: How many of them optimizers update; None before the first call.
        nbytes: How many bytes they take; None before the first call.

    Example:
        >>> import graphnet as gn
        >>> layer = gn.nn.Dense(2, name="hidden")
        >>> (row,) = gn.nn.summary(layer)
        >>> row.name, row.kind, row.parameters
        ('hidden', 'Dense', None)
    """

    name: str
    kind: str
    outputs: tuple[Spec, ...] | None
    parameters: int | None
    trainable: int | None
    nbytes: int | None


class Summary:
    """The layers of a model, one row each, to be printed or gone through.

    Args:
        rows: The rows.

    Attributes:
        rows: The rows.

    Example:
        >>> import graphnet as gn
        >>> found = gn.nn.summary(gn.nn.Sequential(gn.nn.Dense(2), gn.nn.ReLU()))
        >>> [row.kind for row in found]
        ['Dense', 'ReLU']
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(rows)

    def __iter__(self) -> Iterator[Row]:
        """Go through the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.rows)

    @property
    def parameters(self) -> int:
        """How many numbers all variables hold that are known."""
        return sum(row.parameters or 0 for row in self.rows)

    @property
    def trainable(self) -> int:
        """How many of these optimizers update."""
        return sum(row.trainable or 0 for row in self.rows)

    @property
    def nbytes(self) -> int:
        """How many bytes these variables take."""
        return sum(row.nbytes or 0 for row in self.rows)

    @property
    def uncalled(self) -> int:
        """How many layers have not been called, so that their variables are not known."""
        return sum(row.outputs is None for row in self.rows)

    def __str__(self) -> str:
        """Give the table."""
        head = ("layer", "kind", "output", "parameters", "trainable", "bytes")
        totals = ("total", "", "", *map(count, (self.parameters, self.trainable, self.nbytes)))
        lines = columns([head, *map(cells, self.rows), totals])
        rule = "-" * max(map(len, lines))
        text = [lines[0], rule, *lines[1:-1], rule, lines[-1]]
        if self.uncalled:
            text.append("? where a layer has not been called: its first call makes its variables")
        return "\n".join(text)

    __repr__ = __str__


def summary(model: Layer) -> Summary:
    """List the layers of a model: names, shapes of results, numbers of parameters, bytes.

    Each layer that the model holds has a row with its own variables, those that it shares with
    several others in the first one. A layer that only holds others, as ``Sequential``, has none.
    Functions without a layer around them, as ``gn.relu``, do not occur.

    Args:
        model: Any layer. What it has not been called on is not known yet.

    Returns:
        A table that can be printed, and gone through row by row.

    Example:
        >>> import graphnet as gn
        >>> model = gn.nn.Sequential(
        ...     gn.nn.Dense(100, gn.relu), gn.nn.BatchNorm(), gn.nn.Dense(10), name="model"
        ... )
        >>> logits = model(gn.placeholder((None, 784)), training=True)
        >>> print(gn.nn.summary(model))
        layer             kind       output              parameters  trainable    bytes
        -------------------------------------------------------------------------------
        model/dense       Dense      float32[None, 100]      78,500     78,500  314,000
        model/batch_norm  BatchNorm  float32[None, 100]         400        200    1,600
        model/dense_1     Dense      float32[None, 10]        1,010      1,010    4,040
        -------------------------------------------------------------------------------
        total                                                79,910     79,710  319,640
    """
    rows, counted = [], set[Variable]()
    for layer in parts(model):
        if isinstance(layer, Layer):
            held = [part for part in parts(layer) if isinstance(part, Layer)][1:]
            inner = {variable for part in held for variable in part.variables}
            own = [v for v in layer.variables if v not in inner and v not in counted]
            counted.update(own)
            if own or not held:
                rows.append(row_of(layer, own))
    return Summary(rows)


def row_of(layer: Layer, own: Sequence[Variable]) -> Row:
    """Give the row of a layer with these variables."""
    name, kind = layer.label, type(layer).__name__
    if layer.output_specs is None:
        return Row(name, kind, None, None, None, None)
    return Row(
        name,
        kind,
        layer.output_specs,
        sum(variable.spec.size or 0 for variable in own),
        sum(variable.spec.size or 0 for variable in own if variable.trainable),
        sum(variable.spec.nbytes or 0 for variable in own),
    )


def cells(row: Row) -> tuple[str, ...]:
    """Give the row as words."""
    outputs = "?" if row.outputs is None else ", ".join(map(str, row.outputs))
    return row.name, row.kind, outputs, *map(count, (row.parameters, row.trainable, row.nbytes))


def count(number: int | None) -> str:
    """Give a number with its digits in groups of three."""
    return "?" if number is None else f"{number:,}"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Set rows of words in columns: three to the left, the others, which are numbers, right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        padded = [
            word.ljust(width) if position < 3 else word.rjust(width)
            for position, (word, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(padded).rstrip())
    return lines

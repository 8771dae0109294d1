"""Which values of a batch are for which placeholders."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from graphnet.errors import FeedError
from graphnet.ir.graph import Graph, reach
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor, describe
from graphnet.session.batches import MappingReader, Reader, Row, TupleReader
from graphnet.session.feeds import feed_array, feed_key

__all__ = ["Constants", "constants_of", "keys_of", "needed", "reader_for", "used", "values_in"]

Constants: TypeAlias = Mapping[Tensor, Any]


class ValueReader:
    """Reads batches that are one value.

    Args:
        key: What it is for.
    """

    def __init__(self, key: Tensor) -> None:
        self.keys = (key,)

    def row(self, batch: Any) -> Row:
        """Give the value of one batch."""
        return (batch,)

    def rows(self, batches: Sequence[Any]) -> Sequence[Row]:
        """Give the values of all batches."""
        return [(batch,) for batch in batches]


def needed(
    graph: Graph, items: Sequence[Tensor | Node], constants: Iterable[Tensor]
) -> list[Tensor]:
    """Give the placeholders that must be fed beside constants, in the order of declaration."""
    fed = frozenset(constants)
    found = set(reach(items, fed))
    return [item for item in graph.placeholders if item.node in found]


def used(constants: Constants, items: Sequence[Tensor | Node]) -> Constants:
    """Give the constants that some fetches depend on."""
    found = set(reach(items, frozenset()))
    return {key: value for key, value in constants.items() if key.node in found}


def reader_for(first: Any, feeds: Iterable[Any] | None, open_ones: Sequence[Tensor]) -> Reader:
    """Give what reads batches like the first one.

    Args:
        first: The first batch: a dict by placeholder or name, a tuple, or a single value.
        feeds: What the values of a tuple are for, in order.
        open_ones: What they are for if that is not said: what is needed and not constant.

    Raises:
        FeedError: The batch does not fit.
    """
    if isinstance(first, Mapping):
        return MappingReader(first)
    keys = list(open_ones if feeds is None else feeds)
    if isinstance(first, tuple | list):
        if len(first) != len(keys):
            raise misfit(f"has {len(first)} values", keys, named=feeds is not None)
        return TupleReader(keys)
    if len(keys) != 1:
        error = misfit(f"is one {type(first).__name__}", keys, named=feeds is not None)
        error.hint = f"{error.hint}; gn.data.batches((inputs, labels), 32) makes batches of arrays"
        raise error
    return ValueReader(keys[0])


def misfit(what: str, keys: Sequence[Any], *, named: bool) -> FeedError:
    """Say that a batch has not one value for each placeholder."""
    return FeedError(
        f"a batch {what}, for {len(keys)} placeholder{'s' * (len(keys) != 1)}",
        rows=[describe(key) for key in keys],
        hint="a batch has one value for each of `feeds`, in this order"
        if named
        else "a batch is a tuple with one value for each placeholder that is needed, in the order "
        "of their declaration; `feeds` gives another order, a dict names them, and "
        "`constants` feeds what is the same for all batches",
    )


def keys_of(feeds: Any, graph: Graph) -> list[Tensor] | None:
    """Give the tensors that the values in a tuple are for."""
    if feeds is None:
        return None
    if isinstance(feeds, Tensor | str | Mapping) or not isinstance(feeds, Iterable):
        raise FeedError(
            f"feeds is a list of placeholders, not {type(feeds).__name__}",
            hint="list what the values of a batch are for, in order, as in [x, labels]",
        )
    return [feed_key(key, graph) for key in feeds]


def constants_of(constants: Mapping[Any, Any] | None, graph: Graph) -> Constants:
    """Give what is the same for all batches, by tensor.

    Raises:
        FeedError: A key is no tensor of the graph.
    """
    if not isinstance(constants, Mapping | None):
        raise FeedError(
            f"constants are a mapping, not {constants!r:.60}", hint="give {placeholder: value}"
        )
    return {feed_key(key, graph): value for key, value in (constants or {}).items()}


def values_in(epoch: int, constants: Constants) -> list[Any]:
    """Give the values of constants in an epoch, counted from 1, as arrays."""
    return [
        feed_array(tensor, value(epoch) if callable(value) else value)
        for tensor, value in constants.items()
    ]

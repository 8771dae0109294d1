"""Batches of ``run_steps``: dicts or tuples, read as rows of values in the order of the feeds."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import Any, Protocol, TypeAlias

from graphnet.errors import FeedError
from graphnet.ir.tensor import Tensor

__all__ = ["MappingReader", "Reader", "Row", "TupleReader"]

Row: TypeAlias = Sequence[Any]


class Reader(Protocol):
    """Makes rows of batches.

    Attributes:
        keys: What the values of a row are for: tensors, or their names.
    """

    keys: tuple[Any, ...]

    def row(self, batch: Any) -> Row:
        """Give the values of one batch.

        Raises:
            FeedError: It has another form.
        """

    def rows(self, batches: Sequence[Any]) -> Sequence[Row] | None:
        """Give the values of all batches at once; None if they must be looked at one by one."""


class MappingReader:
    """Reads dicts of feeds, which all have the keys of the first one.

    Args:
        first: The first batch.
    """

    def __init__(self, first: Any) -> None:
        self.keys = tuple(first) if isinstance(first, Mapping) else ()

    def row(self, batch: Any) -> Row:
        """Give the values of one batch."""
        if batch.__class__ is not dict and not isinstance(batch, Mapping):
            raise FeedError(
                f"a batch is a dict of feeds, not {type(batch).__name__}",
                hint="or say what the values of a tuple are for, as in "
                "session.run_steps(fetches, batches, [x, labels])",
            )
        try:
            if len(batch) == len(self.keys):
                return [batch[key] for key in self.keys]
        except KeyError:
            pass
        raise FeedError(
            f"fed are {show_keys(batch)}, by the first batch {show_keys(self.keys)}",
            hint="feed the same tensors in all steps of one call",
        )

    def rows(self, batches: Sequence[Any]) -> Sequence[Row] | None:
        """Give the values of all batches."""
        if {*map(type, batches)} == {dict} and {*map(len, batches)} == {len(self.keys)}:
            columns = (map(itemgetter(key), batches) for key in self.keys)
            with suppress(KeyError):
                return [*zip(*columns, strict=True)] if self.keys else [()] * len(batches)
        return None


class TupleReader:
    """Reads tuples of values.

    Args:
        keys: What the values are for, in order.
    """

    def __init__(self, keys: Iterable[Any]) -> None:
        self.keys = tuple(keys)

    def row(self, batch: Any) -> Row:
        """Give the values of one batch."""
        if not isinstance(batch, tuple | list):
            raise FeedError(
                f"a batch is a tuple with one value per feed, not {type(batch).__name__}",
                hint="leave the feeds out if batches are dicts; a single value is (value,)",
            )
        if len(batch) != len(self.keys):
            raise FeedError(
                f"a batch has one value per feed, {len(self.keys)}, not {len(batch)}",
                hint=f"its values are for {show_keys(self.keys)}",
            )
        return batch

    def rows(self, batches: Sequence[Any]) -> Sequence[Row] | None:
        """Give the values of all batches."""
        plain = {*map(type, batches)} <= {tuple, list}
        if plain and {*map(len, batches)} == {len(self.keys)}:
            return [*map(tuple, batches)]  # what is checked must not change any more
        return None


def show_keys(keys: Iterable[Any]) -> str:
    """Give keys of feeds as messages show them."""
    names = [repr(key.name if isinstance(key, Tensor) else key) for key in keys]
    return ", ".join(names) or "none"

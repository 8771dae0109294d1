"""Feeds: keys looked up, values made arrays, all of them checked before anything runs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.errors import FeedError, FetchError, GraphError, Row, near_names
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.spec import exported_name
from graphnet.ir.tensor import Tensor, describe
from graphnet.ir.traits import Effect
from graphnet.ir.ways import shortest_way
from graphnet.typing import Array

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "check_complete",
    "check_feeds",
    "check_listed",
    "check_writes",
    "feed_array",
    "feed_key",
]


def feed_key(key: Any, graph: Graph) -> Tensor:
    """Give the tensor that a key of a feed stands for.

    Raises:
        FeedError: It is neither a tensor of ``graph`` nor the name of one.
    """
    if isinstance(key, str):
        try:
            key = graph.named(key)
        except FetchError:
            known = [placeholder.name for placeholder in graph.placeholders]
            raise FeedError(
                f"cannot feed {key!r}: the graph has nothing of this name",
                hint=near_names(key, known) or f"placeholders are {', '.join(known) or 'none'}",
            ) from None
    if not isinstance(key, Tensor):
        raise FeedError(
            f"cannot feed {key!r:.60}: a key is a tensor or its name",
            hint="use the tensor that gn.placeholder returned",
        )
    if key.graph is not graph:
        raise FeedError(
            "cannot feed a tensor of another graph than the session's",
            rows=[describe(key)],
            hint="open the session with gn.Session(graph=tensor.graph)",
        )
    return key


def check_listed(keys: Any, method: str) -> None:
    """Check that the feeds given to a method are a list.

    Raises:
        FeedError: They are something else.
    """
    if isinstance(keys, Tensor | str | Mapping) or not isinstance(keys, Iterable):
        raise FeedError(
            f"session.{method} takes a list of feeds, not {type(keys).__name__}",
            hint="list the tensors that values are given for, as in [x, labels]",
        )


def check_feeds(keys: Sequence[Tensor], values: Iterable[Any]) -> dict[Tensor, Array]:
    """Give the arrays to be fed by tensor, each checked, and all against each other.

    Raises:
        FeedError: A value does not fit, a tensor is fed twice, or named extents disagree.
    """
    feeds = {key: feed_array(key, value) for key, value in zip(keys, values, strict=True)}
    if len(feeds) < len(keys):
        twice = next(key for key, count in Counter(keys).items() if count > 1)
        raise FeedError(f"{twice.name!r} is fed twice", rows=[describe(twice)])
    check_extents(feeds)
    return feeds


def feed_array(tensor: Tensor, value: Any) -> Array:
    """Give ``value`` as an array that fits ``tensor``; the array itself where it fits already.

    Python numbers, lists of them and NumPy scalars adapt to the dtype if they keep their value's
    kind; arrays are converted only where that is safe.

    Raises:
        FeedError: Shape or dtype do not fit.
    """
    if isinstance(value, Tensor):
        what = f"with the symbolic tensor {value.name!r}"
        raise unfit(tensor, what, "feed an array or a number; session.run(tensor) gives one")
    array = value if type(value) is np.ndarray else as_feed(tensor, value)
    if array.dtype != tensor.dtype:
        array = convert(tensor, array, weak=not isinstance(value, np.ndarray))
    if not tensor.spec.accepts_shape(array.shape):
        what = f"with an array of shape {list(array.shape)}"
        raise unfit(tensor, what, shape_hint(tensor, array))
    return array


def as_feed(tensor: Tensor, value: Any) -> Array:
    """Make an array of something that is none."""
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise unfit(tensor, f"with {value!r:.60}: {error}", "give rows of equal length") from None
    except GraphError:
        hint = "feed arrays and numbers; session.run(tensor) gives the array of a tensor"
        raise unfit(tensor, f"with {value!r:.60}", hint) from None
    if array.dtype.kind not in "biuf":
        hint = "feed an array, a number, or nested lists of numbers"
        raise unfit(tensor, f"with {value!r:.60}", hint)
    return array


def convert(tensor: Tensor, array: Array, *, weak: bool) -> Array:
    """Give ``array`` in the tensor's dtype where that is safe, or is meant by Python numbers."""
    if np.can_cast(array.dtype, tensor.dtype, "safe"):
        return array.astype(tensor.dtype)
    if weak and (tensor.dtype.kind == "f" or array.dtype.kind in "biu" or not array.size):
        with np.errstate(over="ignore"):
            converted = array.astype(tensor.dtype)
        kept = (
            np.isfinite(converted) == np.isfinite(array)
            if tensor.dtype.kind == "f"
            else (converted == array)
        )
        if np.all(kept):
            return converted
    if weak:
        hint = f"{tensor.dtype} cannot hold all of it; round or clip it first, or use another dtype"
        raise unfit(tensor, f"with {array.tolist()!r:.60}", hint)
    word = exported_name(tensor.dtype)
    hint = f"a conversion could change them; feed value.astype(gn.{word}) if that is meant"
    raise unfit(tensor, f"with {array.dtype} values", hint)


def unfit(tensor: Tensor, what: str, hint: str | None) -> FeedError:
    """Say that a value does not fit the tensor that it is fed for."""
    return FeedError(f"cannot feed {tensor.name!r} {what}", rows=[describe(tensor)], hint=hint)


def shape_hint(tensor: Tensor, array: Array) -> str:
    """Give the shape that would be right, and the way there where it is a common one."""
    wanted = f"the shape must be [{', '.join(map(str, tensor.shape))}]"
    if tensor.spec.accepts_shape((1, *array.shape)):
        return f"{wanted}; value[None] adds the missing first axis"
    if array.ndim > 1 and tensor.spec.accepts_shape(array.shape[::-1]):
        return f"{wanted}; did you mean value.T?"
    if array.ndim and array.shape[-1] == 1 and tensor.spec.accepts_shape(array.shape[:-1]):
        return f"{wanted}; value[..., 0] drops the last axis"
    return wanted


def check_extents(feeds: Mapping[Tensor, Array]) -> None:
    """Check that extents of one name are equal in all feeds.

    Raises:
        FeedError: Two feeds disagree.
    """
    known: dict[str, tuple[int, Tensor]] = {}
    for tensor, array in feeds.items():
        for name, extent in zip(tensor.shape, array.shape, strict=True):
            if not isinstance(name, str):
                continue
            first, owner = known.setdefault(name, (extent, tensor))
            if first != extent:
                raise FeedError(
                    f"extent {name!r} is {first} in {owner.name!r} and {extent} in {tensor.name!r}",
                    rows=[
                        (*describe(item), f"fed {list(feeds[item].shape)}")
                        for item in dict.fromkeys((owner, tensor))
                    ],
                    hint="feed arrays of equal extent",
                )


def check_complete(graph: Graph, fetches: Sequence[Tensor | Node], fed: Iterable[Tensor]) -> None:
    """Check that every placeholder that the fetches need is fed.

    Args:
        graph: What the fetches need, as ``Graph.subgraph`` gives it.
        fetches: What is fetched.
        fed: The names of fed tensors serve as hints.

    Raises:
        FeedError: Some are missing; the message lists them all, with the path to a fetch.
    """
    needed = set(graph.placeholders).difference(graph.inputs)
    if needed:
        order = dict.fromkeys((*fetches[0].graph.placeholders, *graph.placeholders))
        missing = [item.node for item in order if item in needed]
        named = {item.name if isinstance(item, Node) else item.node.name for item in fetches}
        ends = {node for node in graph.nodes if node.name in named}
        names = ", ".join(repr(node.name) for node in missing)
        fed_names = [tensor.name for tensor in fed]
        only = f"; fed were only {', '.join(map(repr, fed_names))}" if fed_names else ""
        one = len(missing) == 1
        raise FeedError(
            f"{'a placeholder is' if one else 'placeholders are'} not fed: {names}",
            rows=missing_rows(graph.dag, missing, ends),
            hint=f"add {'it' if one else 'them'} to the feeds{only}",
        )


def check_writes(graph: Graph) -> None:
    """Check that nothing is written to a variable that is fed.

    Args:
        graph: What the fetches need, as ``Graph.subgraph`` gives it.

    Raises:
        FeedError: A fed variable is written in the same run.
    """
    fed = set(graph.inputs)
    for node in graph.nodes:
        if node.op.effect is Effect.WRITES and not fed.isdisjoint(node.inputs[:1]):
            variable = node.inputs[0]
            raise FeedError(
                f"variable {variable.name!r} is fed and written in one run",
                rows=[
                    ("fed", str(variable.spec), repr(variable.name), str(variable.node.site)),
                    ("written", *describe(node.outputs[0])),
                ],
                hint="run gn.assign(variable, value) first, then the rest without the feed",
            )


def missing_rows(dag: "nx.DiGraph[Node]", missing: Sequence[Node], ends: set[Node]) -> list[Row]:
    """Give one row per missing placeholder, with the shortest path to a fetch."""
    rows: list[Row] = []
    for node in missing:
        names = [step.name for step in shortest_way(dag, node, ends)]
        if len(names) > 6:
            names = [*names[:3], "...", *names[-2:]]
        rows.append((*describe(node.outputs[0]), f"needed by {' -> '.join(names)}"))
    return rows

"""``Session``: what users run a graph with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from graphnet.errors import FeedError
from graphnet.ir.context import context
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.session.compiled import Compiled
from graphnet.session.entry import is_quick, quick_build, quick_key
from graphnet.session.feeds import check_complete, check_feeds, feed_key
from graphnet.session.location import located
from graphnet.session.runner import Runner
from graphnet.session.structure import leaves, take_apart
from graphnet.typing import Array

__all__ = ["Session", "evaluate"]


class Session(Runner):
    """Runs a graph, and keeps the values of its variables.

    A session may be used by several threads; runs take turns. A run that raises, whatever the
    reason, leaves every variable as it was; only Ctrl-C that arrives while the new values are being
    committed is raised after the last of them, so that they are never torn.

    Args:
        graph: What to run; by default the current graph.
        seed: Seed of initial values and random ops; by default another one each time.
        optimize: Whether graphs are optimised and memory is planned. Without it the results are
            equal but for rounding, and every step can be looked at. ``gn.compiler.Options``
            switches single steps.

    Attributes:
        graph: The graph.
        seed: The seed.
        step: How many runs have drawn random numbers.
        misses: One line per program that had to be made, with the reason; the last hundred.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((None,), name="x")
        >>> total = gn.Variable(0.0, name="total")
        >>> update = gn.assign_add(total, gn.sum(x))
        >>> with gn.Session() as session:
        ...     session.run(update, {x: [1, 2, 3]})
        ...     session.run({"total": total, "square": total * total})
        array(6., dtype=float32)
        {'total': array(6., dtype=float32), 'square': array(36., dtype=float32)}
    """

    def __enter__(self) -> Self:
        """Make the session's graph the current one."""
        with located:
            self.check_open()
        context.graphs.append(self.graph)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the session."""
        context.graphs.pop()
        self.close()

    def run(self, fetches: Any, feed_dict: Mapping[Any, Any] | None = None) -> Any:
        """Compute what is asked for.

        All feeds are checked before anything runs. Writes to variables are committed after the
        last step that can fail, and all reads see the values from before the run.

        Args:
            fetches: Any nesting of lists, tuples, named tuples, mappings and dataclasses of
                tensors, operations, variables and their names.
            feed_dict: Values by tensor, or by name; any tensor can be fed.

        Returns:
            The same structure with arrays, which the caller owns, in place of tensors, and None in
            place of operations.

        Raises:
            FetchError: Something cannot be fetched.
            FeedError: Feeds are missing, unknown, or do not fit; nothing has run.
            ExecutionError: A kernel failed; no variable has changed.
        """
        key = quick_key(fetches, feed_dict)
        with self.lock:
            entry = self.quick.get(key)
            if entry is None or len(self.graph.nodes) != self.growth.seen:
                with located:
                    return self.run_checked(key, fetches, feed_dict)
            self.programs.move_to_end(entry.key)
            arrays = () if feed_dict is None else feed_dict.values()
            return entry.hand_out(self.call(entry.program, arrays))

    def compile(self, fetches: Any, feeds: Sequence[Any] = ()) -> Compiled:
        """Give a function that does what ``run`` does, without its look-ups.

        Args:
            fetches: As for ``run``.
            feeds: The tensors, or their names, that the function takes values for, in order.

        Raises:
            FetchError: Something cannot be fetched.
            FeedError: Something cannot be fed, or a placeholder is not among the feeds.

        Example:
            >>> import graphnet as gn
            >>> x = gn.placeholder((None,), name="x")
            >>> with gn.Session() as session:
            ...     double = session.compile(x * 2, [x])
            ...     double([1.0, 2.0])
            array([2., 4.], dtype=float32)
        """
        with located:
            if isinstance(feeds, Tensor | str | Mapping) or not isinstance(feeds, Iterable):
                raise FeedError(
                    f"session.compile takes a list of feeds, not {type(feeds).__name__}",
                    hint="list the tensors that the function takes values for, as in [x, labels]",
                )
            keys = [feed_key(key, self.graph) for key in feeds]
            items, build = take_apart(fetches, self.graph)
            check_complete(self.graph.subgraph(items, keys), items, keys)
        return Compiled(self, build(list(items)), keys)

    def run_checked(self, key: Any, fetches: Any, feed_dict: Mapping[Any, Any] | None) -> Any:
        """Do what ``run`` does for a call that is not remembered, and remember it."""
        self.check_open()
        self.growth.check()
        feeds = self.checked_feeds(feed_dict)
        items, build = take_apart(fetches, self.graph)
        entry = self.entry(items, feeds, build)
        arrays = list(feeds.values())
        values = self.call(entry.program, arrays)
        if key is not None and is_quick(fetches, feed_dict, arrays):
            self.quick[key] = replace(entry, build=quick_build(fetches))
        return entry.hand_out(values)

    def checked_feeds(self, feed_dict: Mapping[Any, Any] | None) -> dict[Tensor, Array]:
        """Give the fed arrays by tensor, all checked."""
        if feed_dict is None:
            return {}
        if not isinstance(feed_dict, Mapping):
            kind = type(feed_dict).__name__
            raise FeedError(
                f"the second argument of run is feed_dict, a mapping, not {kind}",
                hint="fetch several things with a list: session.run([a, b], feed_dict)",
            )
        return check_feeds([feed_key(key, self.graph) for key in feed_dict], feed_dict.values())


def evaluate(fetches: Any, feed_dict: Mapping[Any, Any] | None = None, seed: int = 0) -> Any:
    """Compute something once, in a session of its own.

    Args:
        fetches: As for ``Session.run``.
        feed_dict: As for ``Session.run``.
        seed: Seed of initial values and random ops.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.constant([1.0, 2.0]) + 1)
        array([2., 3.], dtype=float32)
    """
    first = next((leaf for leaf in leaves(fetches) if isinstance(leaf, Tensor | Node)), None)
    with Session(None if first is None else first.graph, seed) as session:
        return session.run(fetches, feed_dict)

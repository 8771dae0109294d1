"""``Session``: what users run a graph with."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from graphnet.errors import FeedError
from graphnet.ir.context import context
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.session.compiled import Compiled
from graphnet.session.entry import MISSED
from graphnet.session.feeds import check_complete, check_listed, feed_key
from graphnet.session.location import located
from graphnet.session.runner import Runner
from graphnet.session.steps import Steps
from graphnet.session.structure import leaves, take_apart

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
        threads: On how many threads to run. NumPy's BLAS, which multiplies matrices, has one
            number for the whole process: it is set while something runs, and set back afterwards.
            Large elementwise work takes a second thread only where this is more than 1. None, the
            default, goes by what NumPy is set to, and sets nothing.

    Attributes:
        graph: The graph.
        seed: The seed.
        step: How many runs have drawn random numbers.
        misses: One line per program that had to be made, with the reason; the last hundred.
        threads: On how many threads it runs: as asked for, or as NumPy's BLAS was set when the
            session was opened.

    Raises:
        ArgumentError: ``graph`` is no graph, or ``threads`` is no positive integer.

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
        feeds = {} if feed_dict is None else feed_dict
        if len(self.graph.nodes) == self.growth.seen:
            results = self.again(self, fetches, feeds)
            if results is MISSED:
                results = self.run_known(fetches, feeds)
            if results is not MISSED:
                return results
        with self.lock, located:
            return self.run_checked(fetches, feeds)

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
            check_listed(feeds, "compile")
            keys = [feed_key(key, self.graph) for key in feeds]
            items, build = take_apart(fetches, self.graph)
            check_complete(self.graph.subgraph(items, keys), items, keys)
            snapshot = build(list(items))
            return Compiled(self, snapshot, self.asked(snapshot, keys))

    def run_steps(
        self, fetches: Any, batches: Iterable[Any], feeds: Sequence[Any] | None = None
    ) -> list[Any]:
        """Run one step per batch; the same as ``[run(fetches, batch) for batch in batches]``.

        Batches in a list or tuple are all checked before the first step, so that a mistake in any
        of them is found before anything has run, and the steps then cost little more than their
        programs. Batches from anywhere else, as from a generator or ``gn.data.batches``, are taken,
        checked and run one by one.

        A step that fails leaves the variables as the last whole step has left them, and the error
        names the batch; Ctrl-C leaves whole steps, too. Other threads may have their turn between
        steps.

        Args:
            fetches: As for ``run``.
            batches: One dict of feeds per step, with the same keys in all; or, with ``feeds``,
                tuples of values. Shapes may differ from batch to batch, where placeholders allow.
            feeds: The tensors, or their names, that the values in a tuple are for, in order.

        Returns:
            What ``run`` gives, for each step.

        Raises:
            FetchError: Something cannot be fetched.
            FeedError: A batch does not fit.
            ExecutionError: A kernel failed.

        Example:
            >>> import graphnet as gn
            >>> x = gn.placeholder((None,), name="x")
            >>> total = gn.Variable(0.0, name="total")
            >>> update = gn.assign_add(total, gn.sum(x))
            >>> with gn.Session() as session:
            ...     session.run_steps(update, [{x: [1.0, 2.0]}, {x: [3.0]}])
            ...     session.run_steps(update, [([4.0],), ([5.0],)], [x])
            [array(3., dtype=float32), array(6., dtype=float32)]
            [array(10., dtype=float32), array(15., dtype=float32)]
        """
        with located:
            self.check_open()
            self.check_growth()
            take_apart(fetches, self.graph)
            if feeds is not None:
                check_listed(feeds, "run_steps")
                feeds = [feed_key(key, self.graph) for key in feeds]
            if isinstance(batches, Mapping | Tensor) or not isinstance(batches, Iterable):
                raise FeedError(
                    f"session.run_steps takes many batches, not one {type(batches).__name__}",
                    hint="give a list of feeds, one per step, as in [{x: first}, {x: second}]",
                )
            return Steps(self, fetches, feeds).run(batches)

    def run_known(self, fetches: Any, feeds: Any) -> Any:
        """Do what ``run`` does for fetches and feeds that are remembered, or give MISSED."""
        request = self.recall(fetches, feeds) if feeds.__class__ is dict else None
        if request is None:
            return MISSED
        if request.run is self.again:  # which has missed, so that the shapes are others
            results = self.answer_other(request, feeds.values())
        else:
            results = self.answer(request, feeds.values())
        self.again = request.run
        return results

    def run_checked(self, fetches: Any, feed_dict: Any) -> Any:
        """Do what ``run`` does for fetches and feeds that are new, and remember them."""
        self.check_open()
        self.growth.check()
        if not isinstance(feed_dict, Mapping):
            kind = type(feed_dict).__name__
            raise FeedError(
                f"the second argument of run is feed_dict, a mapping, not {kind}",
                hint="fetch several things with a list: session.run([a, b], feed_dict)",
            )
        request = self.request(fetches, tuple(feed_dict))
        results = self.answer(request, feed_dict.values())
        self.again = request.run
        return results


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

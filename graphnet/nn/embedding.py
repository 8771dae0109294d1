"""``Embedding``: a row of a matrix for each id."""

from graphnet.errors import DTypeError
from graphnet.ir.context import creation_site
from graphnet.ir.tensor import Tensor, describe
from graphnet.nn.initializers import Initializer, normal
from graphnet.nn.layer import Layer
from graphnet.nn.numbers import check_count
from graphnet.nn.regularizers import Regularizer
from graphnet.ops.gather import gather
from graphnet.ops.guards import counted
from graphnet.ops.sources import Variable

__all__ = ["Embedding"]


class Embedding(Layer):
    """A row of a matrix for each id: vectors that stand for words, users or any other things.

    The variable is ``weight``, [count, size]. A negative id is none, and does not count from the
    end.

    Args:
        count: The number of ids; they are from 0 to ``count - 1``.
        size: The size of the vectors.
        name: Label of the layer's scope; by default ``embedding``.
        initializer: By default ``initializers.normal(1.0)``.
        regularizer: A penalty on the weight; none by default.

    Raises:
        DefinitionError: ``count`` or ``size`` is not an integer from 1 up.
        DTypeError: On a call, where the ids are not integers.
        ExecutionError: In a run, where an id is out of range.

    Example:
        >>> import graphnet as gn
        >>> embedding = gn.nn.Embedding(1000, 8)
        >>> embedding(gn.placeholder(("batch", 12), gn.int64))
        <tensor 'embedding/gather' float32[batch, 12, 8]>
        >>> embedding.weight
        <variable 'embedding/weight' float32[1000, 8]>
    """

    weight: Variable

    def __init__(
        self,
        count: int,
        size: int,
        name: str | None = None,
        *,
        initializer: Initializer | None = None,
        regularizer: Regularizer | None = None,
    ) -> None:
        super().__init__(name)
        self.count = check_count(count, "ids", self.label)
        self.size = check_count(size, "elements of a vector", self.label)
        self.initializer = initializer or normal(1.0)
        self.regularizer = regularizer

    def build(self, *_: Tensor) -> None:
        """Make the matrix."""
        shape = (self.count, self.size)
        self.weight = self.variable("weight", shape, self.initializer, regularizer=self.regularizer)

    def call(self, ids: Tensor) -> Tensor:
        """Declare the rows."""
        if ids.dtype.kind not in "iu":
            raise DTypeError(
                f"{self.label}: ids are integers, not {ids.dtype}",
                at=str(creation_site()),
                rows=[describe(ids, "ids")],
                hint="use gn.cast(ids, gn.int64)",
            )
        message = f"{self.label}: there is no id {{value}}, they are from 0 to {self.count - 1}"
        hint = "count is the number of ids, and the largest of them less than it"
        return gather(self.weight, counted(ids, self.count, message, hint))

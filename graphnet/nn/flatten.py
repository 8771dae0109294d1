"""``Flatten``: all axes but that of the batch made one."""

from graphnet.nn.lambda_ import Lambda
from graphnet.ops.shape import flatten

__all__ = ["Flatten"]


class Flatten(Lambda):
    """One axis made of all axes but the first, that of the batch; see ``gn.flatten``.

    Args:
        start: The first axis to be joined.
        name: Label of the layer's scope; by default ``flatten``.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.Flatten()(gn.placeholder((None, 28, 28)))
        <tensor 'flatten/flatten' float32[None, 784]>
    """

    def __init__(self, start: int = 1, name: str | None = None) -> None:
        super().__init__(flatten, name, start=start)

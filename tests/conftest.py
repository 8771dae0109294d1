"""Settings of the tests: hypothesis profiles, and nodes that refuse to change."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor

# No deadline: a test never depends on how fast the machine is.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def set_once(self: object, name: str, value: object) -> None:
    """Set an attribute that is not set yet."""
    assert not hasattr(self, name), f"{self!r}: {name} was changed after it had been made"
    object.__setattr__(self, name, value)


@pytest.fixture(autouse=True, scope="session")
def _frozen_nodes() -> Iterator[None]:
    """Make sure that nothing changes a node or a tensor after it was made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Node, "__setattr__", set_once, raising=False)
        patch.setattr(Tensor, "__setattr__", set_once, raising=False)
        yield

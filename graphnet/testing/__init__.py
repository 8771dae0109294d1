"""Checks for those who write ops, layers and functions of their own.

``graphnet.testing.strategies``, which needs hypothesis, is to be imported by itself.
"""

from graphnet.testing.compare import assert_close as assert_close
from graphnet.testing.contract import check_op as check_op
from graphnet.testing.gradcheck import check_gradients as check_gradients

__all__ = ["assert_close", "check_gradients", "check_op"]

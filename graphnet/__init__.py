"""graphnet: declare a graph, compile it, run it."""

from graphnet import errors as errors
from graphnet import ir as ir
from graphnet.autodiff import gradients as gradients
from graphnet.dtypes import bool_ as bool_
from graphnet.dtypes import float16 as float16
from graphnet.dtypes import float32 as float32
from graphnet.dtypes import float64 as float64
from graphnet.dtypes import int8 as int8
from graphnet.dtypes import int16 as int16
from graphnet.dtypes import int32 as int32
from graphnet.dtypes import int64 as int64
from graphnet.dtypes import uint8 as uint8
from graphnet.dtypes import uint16 as uint16
from graphnet.dtypes import uint32 as uint32
from graphnet.dtypes import uint64 as uint64
from graphnet.ir.control import control_dependencies as control_dependencies
from graphnet.ir.graph import Graph as Graph
from graphnet.ir.names import name_scope as name_scope
from graphnet.ir.tensor import Tensor as Tensor
from graphnet.ops import random as random
from graphnet.ops.arithmetic import add as add
from graphnet.ops.arithmetic import divide as divide
from graphnet.ops.arithmetic import multiply as multiply
from graphnet.ops.arithmetic import negative as negative
from graphnet.ops.arithmetic import subtract as subtract
from graphnet.ops.basic import cast as cast
from graphnet.ops.basic import identity as identity
from graphnet.ops.basic import stop_gradient as stop_gradient
from graphnet.ops.like import broadcast_like as broadcast_like
from graphnet.ops.like import full_like as full_like
from graphnet.ops.like import ones_like as ones_like
from graphnet.ops.like import reshape_like as reshape_like
from graphnet.ops.like import sum_like as sum_like
from graphnet.ops.like import zeros_like as zeros_like
from graphnet.ops.random import dropout as dropout
from graphnet.ops.sources import Variable as Variable
from graphnet.ops.sources import constant as constant
from graphnet.ops.sources import placeholder as placeholder
from graphnet.ops.state import assign as assign
from graphnet.ops.state import assign_add as assign_add
from graphnet.ops.state import assign_sub as assign_sub
from graphnet.ops.state import group as group
from graphnet.session import Session as Session
from graphnet.session import evaluate as evaluate

__version__ = "0.1.0"

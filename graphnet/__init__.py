"""graphnet: declare a graph, compile it, run it."""

from graphnet import compiler as compiler
from graphnet import data as data
from graphnet import errors as errors
from graphnet import ir as ir
from graphnet import metrics as metrics
from graphnet import nn as nn
from graphnet import optim as optim
from graphnet import plot as plot
from graphnet import testing as testing
from graphnet import train as train
from graphnet import viz as viz
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
from graphnet.kernels.blas import blas as blas
from graphnet.ops import random as random
from graphnet.ops.accumulate import cumsum as cumsum
from graphnet.ops.accumulate import recurrence as recurrence
from graphnet.ops.activations import gelu as gelu
from graphnet.ops.activations import sigmoid as sigmoid
from graphnet.ops.activations import silu as silu
from graphnet.ops.activations import softplus as softplus
from graphnet.ops.activations import softsign as softsign
from graphnet.ops.along_axis import add_along_axis as add_along_axis
from graphnet.ops.along_axis import take_along_axis as take_along_axis
from graphnet.ops.arithmetic import abs as abs
from graphnet.ops.arithmetic import add as add
from graphnet.ops.arithmetic import divide as divide
from graphnet.ops.arithmetic import floor_divide as floor_divide
from graphnet.ops.arithmetic import mod as mod
from graphnet.ops.arithmetic import multiply as multiply
from graphnet.ops.arithmetic import negative as negative
from graphnet.ops.arithmetic import sign as sign
from graphnet.ops.arithmetic import subtract as subtract
from graphnet.ops.basic import cast as cast
from graphnet.ops.basic import identity as identity
from graphnet.ops.basic import stop_gradient as stop_gradient
from graphnet.ops.call import py_call as py_call
from graphnet.ops.compare import equal as equal
from graphnet.ops.compare import greater as greater
from graphnet.ops.compare import greater_equal as greater_equal
from graphnet.ops.compare import isfinite as isfinite
from graphnet.ops.compare import isinf as isinf
from graphnet.ops.compare import isnan as isnan
from graphnet.ops.compare import less as less
from graphnet.ops.compare import less_equal as less_equal
from graphnet.ops.compare import not_equal as not_equal
from graphnet.ops.custom_gradient import custom_gradient as custom_gradient
from graphnet.ops.dropout import dropout as dropout
from graphnet.ops.einsum import einsum as einsum
from graphnet.ops.elementwise import cos as cos
from graphnet.ops.elementwise import erf as erf
from graphnet.ops.elementwise import exp as exp
from graphnet.ops.elementwise import expm1 as expm1
from graphnet.ops.elementwise import log as log
from graphnet.ops.elementwise import log1p as log1p
from graphnet.ops.elementwise import reciprocal as reciprocal
from graphnet.ops.elementwise import rsqrt as rsqrt
from graphnet.ops.elementwise import sin as sin
from graphnet.ops.elementwise import sqrt as sqrt
from graphnet.ops.elementwise import square as square
from graphnet.ops.elementwise import tanh as tanh
from graphnet.ops.extend import pad as pad
from graphnet.ops.extend import tile as tile
from graphnet.ops.extents import broadcast_to as broadcast_to
from graphnet.ops.extents import full as full
from graphnet.ops.extents import ones as ones
from graphnet.ops.extents import shape as shape
from graphnet.ops.extents import size as size
from graphnet.ops.extents import zeros as zeros
from graphnet.ops.gather import gather as gather
from graphnet.ops.gather import one_hot as one_hot
from graphnet.ops.gather import scatter_add as scatter_add
from graphnet.ops.hard_activations import hard_sigmoid as hard_sigmoid
from graphnet.ops.hard_activations import hard_swish as hard_swish
from graphnet.ops.hard_activations import hard_tanh as hard_tanh
from graphnet.ops.hard_activations import relu6 as relu6
from graphnet.ops.index import index as index
from graphnet.ops.index import place as place
from graphnet.ops.join import concat as concat
from graphnet.ops.join import split as split
from graphnet.ops.join import stack as stack
from graphnet.ops.labels import pick_class as pick_class
from graphnet.ops.labels import subtract_one_hot as subtract_one_hot
from graphnet.ops.like import broadcast_like as broadcast_like
from graphnet.ops.like import full_like as full_like
from graphnet.ops.like import ones_like as ones_like
from graphnet.ops.like import reshape_like as reshape_like
from graphnet.ops.like import sum_like as sum_like
from graphnet.ops.like import zeros_like as zeros_like
from graphnet.ops.linalg import matmul as matmul
from graphnet.ops.linalg import vdot as vdot
from graphnet.ops.logic import logical_and as logical_and
from graphnet.ops.logic import logical_not as logical_not
from graphnet.ops.logic import logical_or as logical_or
from graphnet.ops.logic import logical_xor as logical_xor
from graphnet.ops.normalize import log_softmax as log_softmax
from graphnet.ops.normalize import softmax as softmax
from graphnet.ops.power import power as power
from graphnet.ops.rectifiers import elu as elu
from graphnet.ops.rectifiers import leaky_relu as leaky_relu
from graphnet.ops.rectifiers import leaky_relu_gradient as leaky_relu_gradient
from graphnet.ops.rectifiers import relu as relu
from graphnet.ops.rectifiers import relu_gradient as relu_gradient
from graphnet.ops.rectifiers import selu as selu
from graphnet.ops.reduce import all as all
from graphnet.ops.reduce import any as any
from graphnet.ops.reduce import max as max
from graphnet.ops.reduce import min as min
from graphnet.ops.reduce import prod as prod
from graphnet.ops.reduce import sum as sum
from graphnet.ops.rounding import ceil as ceil
from graphnet.ops.rounding import floor as floor
from graphnet.ops.rounding import round as round
from graphnet.ops.search import argmax as argmax
from graphnet.ops.search import argmin as argmin
from graphnet.ops.search import top_k as top_k
from graphnet.ops.select import clip as clip
from graphnet.ops.select import maximum as maximum
from graphnet.ops.select import maximum_gradient as maximum_gradient
from graphnet.ops.select import minimum as minimum
from graphnet.ops.select import where as where
from graphnet.ops.shape import expand_dims as expand_dims
from graphnet.ops.shape import flatten as flatten
from graphnet.ops.shape import reshape as reshape
from graphnet.ops.shape import squeeze as squeeze
from graphnet.ops.shape import transpose as transpose
from graphnet.ops.sources import Variable as Variable
from graphnet.ops.sources import constant as constant
from graphnet.ops.sources import placeholder as placeholder
from graphnet.ops.state import assign as assign
from graphnet.ops.state import assign_add as assign_add
from graphnet.ops.state import assign_sub as assign_sub
from graphnet.ops.state import group as group
from graphnet.ops.state import initializer as initializer
from graphnet.ops.statistics import logsumexp as logsumexp
from graphnet.ops.statistics import mean as mean
from graphnet.ops.statistics import variance as variance
from graphnet.profiling import Profile as Profile
from graphnet.profiling import profile as profile
from graphnet.session import Session as Session
from graphnet.session import evaluate as evaluate
from graphnet.viz import diff as diff
from graphnet.viz import draw as draw

__all__ = [
    "Graph",
    "Profile",
    "Session",
    "Tensor",
    "Variable",
    "__version__",
    "abs",
    "add",
    "add_along_axis",
    "all",
    "any",
    "argmax",
    "argmin",
    "assign",
    "assign_add",
    "assign_sub",
    "blas",
    "bool_",
    "broadcast_like",
    "broadcast_to",
    "cast",
    "ceil",
    "clip",
    "compiler",
    "concat",
    "constant",
    "control_dependencies",
    "cos",
    "cumsum",
    "custom_gradient",
    "data",
    "diff",
    "divide",
    "draw",
    "dropout",
    "einsum",
    "elu",
    "equal",
    "erf",
    "errors",
    "evaluate",
    "exp",
    "expand_dims",
    "expm1",
    "flatten",
    "float16",
    "float32",
    "float64",
    "floor",
    "floor_divide",
    "full",
    "full_like",
    "gather",
    "gelu",
    "gradients",
    "greater",
    "greater_equal",
    "group",
    "hard_sigmoid",
    "hard_swish",
    "hard_tanh",
    "identity",
    "index",
    "initializer",
    "int8",
    "int16",
    "int32",
    "int64",
    "ir",
    "isfinite",
    "isinf",
    "isnan",
    "leaky_relu",
    "leaky_relu_gradient",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log_softmax",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logsumexp",
    "matmul",
    "max",
    "maximum",
    "maximum_gradient",
    "mean",
    "metrics",
    "min",
    "minimum",
    "mod",
    "multiply",
    "name_scope",
    "negative",
    "nn",
    "not_equal",
    "one_hot",
    "ones",
    "ones_like",
    "optim",
    "pad",
    "pick_class",
    "place",
    "placeholder",
    "plot",
    "power",
    "prod",
    "profile",
    "py_call",
    "random",
    "reciprocal",
    "recurrence",
    "relu",
    "relu6",
    "relu_gradient",
    "reshape",
    "reshape_like",
    "round",
    "rsqrt",
    "scatter_add",
    "selu",
    "shape",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "size",
    "softmax",
    "softplus",
    "softsign",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "stop_gradient",
    "subtract",
    "subtract_one_hot",
    "sum",
    "sum_like",
    "take_along_axis",
    "tanh",
    "testing",
    "tile",
    "top_k",
    "train",
    "transpose",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "variance",
    "vdot",
    "viz",
    "where",
    "zeros",
    "zeros_like",
]

__version__ = "0.1.0"

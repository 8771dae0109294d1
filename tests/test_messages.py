"""The whole messages of common mistakes: what was wrong, which lines and tensors, and a fix.

A line that a message should name carries a mark, as ``# <x>``; the mark stands in the message in
the place of file and line.
"""

import linecache
import re
from collections.abc import Callable
from textwrap import dedent

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import GraphnetError
from graphnet.ir.context import Site
from graphnet.session import growth
from graphnet.typing import Array

Mistake = Callable[[], object]

MISTAKES: dict[str, tuple[Mistake, str, str]] = {}
"""What is done, the kind of error, and its message; by name."""


def message(kind: str, text: str) -> Callable[[Mistake], Mistake]:
    """Enter a mistake, with the error that it should give."""

    def enter(mistake: Mistake) -> Mistake:
        MISTAKES[mistake.__name__] = mistake, kind, dedent(text).strip()
        return mistake

    return enter


def zeros(*shape: int) -> Array:
    """Give an array to feed."""
    return np.zeros(shape, np.float32)


def marked(text: str) -> str:
    """Put marks in the place of the lines of this file."""
    prefix = str(Site(__file__, 0)).removesuffix("0")

    def mark(match: re.Match[str]) -> str:
        words = linecache.getline(__file__, int(match[1]))
        return words.rpartition("# ")[2].strip() if "  # <" in words else match[0]

    return re.sub(rf"{re.escape(prefix)}(\d+)", mark, text)


# Declaring


@message(
    "ShapeError",
    """
    add: shapes [None, 3] and [4] do not broadcast together
      at <add>
      x  float32[None, 3]  placeholder 'x'  <x>
      y  float32[4]        variable 'bias'  <bias>
    hint: extents must be equal, or one of them 1; gn.expand_dims adds an axis of 1
    """,
)
def broadcasting() -> None:
    """Add a bias of another size."""
    x = gn.placeholder((None, 3), name="x")  # <x>
    bias = gn.Variable(zeros(4), name="bias")  # <bias>
    _ = x + bias  # <add>


@message(
    "ShapeError",
    """
    matmul: inner dimensions differ, 784 and 512
      at <matmul>
      x  float32[None, 784]  placeholder 'x'        <x>
      y  float32[512, 10]    variable 'out/weight'  <weight>
    hint: the second operand needs shape [784, ...]
    """,
)
def multiplying() -> None:
    """Multiply matrices that do not fit."""
    x = gn.placeholder((None, 784), name="x")  # <x>
    with gn.name_scope("out"):
        weight = gn.Variable(zeros(512, 10), name="weight")  # <weight>
    _ = x @ weight  # <matmul>


@message(
    "DTypeError",
    """
    assign: a value float32[] does not fit a variable int64[]
      at <assign>
      variable  int64[]    variable 'step'     <step>
      value     float32[]  placeholder 'rate'  <rate>
    hint: use gn.cast(value, gn.int64)
    """,
)
def assigning_another_dtype() -> None:
    """Write a float to a variable of integers."""
    step = gn.Variable(0, name="step")  # <step>
    rate = gn.placeholder((), name="rate")  # <rate>
    gn.assign(step, rate)  # <assign>


@message(
    "ShapeError",
    """
    assign: a value float32[3, 2] does not fit a variable float32[2, 3]
      at <assign>
      variable  float32[2, 3]  variable 'weight'    <weight>
      value     float32[3, 2]  placeholder 'value'  <value>
    hint: the shapes must be equal; reshape or broadcast_to makes them so
    """,
)
def assigning_another_shape() -> None:
    """Write a matrix where its transpose belongs."""
    weight = gn.Variable(zeros(2, 3), name="weight")  # <weight>
    value = gn.placeholder((3, 2), name="value")  # <value>
    gn.assign(weight, value)  # <assign>


@message(
    "GraphError",
    """
    assign: only a variable can be written
      at <assign>
      float32[2]  constant 'weight'  <weight>
    hint: declare it with gn.Variable(initial_value)
    """,
)
def assigning_a_constant() -> None:
    """Write to what cannot change."""
    weight = gn.constant([1.0, 2.0], name="weight")  # <weight>
    gn.assign(weight, [3.0, 4.0])  # type: ignore[arg-type]  # <assign>


@message(
    "GraphError",
    """
    the operands belong to two graphs
      at <add>
      float32[]  placeholder 'x'  <x>
      float32[]  constant 'y'     <y>
    hint: declare both inside the same `with graph:`
    """,
)
def mixing_graphs() -> None:
    """Add tensors of two graphs."""
    x = gn.placeholder((), name="x")  # <x>
    with gn.Graph():
        y = gn.constant(1.0, name="y")  # <y>
    _ = x + y  # <add>


@message(
    "GraphError",
    """
    a tensor is neither true nor false: 'greater' is symbolic and has no value before a session runs
      at <if>
      bool[]  greater 'greater'  <if>
    hint: use gn.where(condition, a, b) in the graph, or test what session.run(tensor) gives; \
to look for a tensor in a list, compare with `is`
    """,
)
def deciding_by_a_tensor() -> None:
    """Use a tensor as a condition."""
    loss = gn.placeholder((), name="loss")
    if loss > 1:  # <if>
        raise AssertionError


@message(
    "GraphError",
    """
    constant: the graph is finalized
      at <growing>
      finalized  <finalize>
    hint: declare all nodes before graph.finalize()
    """,
)
def growing_a_finalized_graph() -> None:
    """Declare a node too late."""
    x = gn.placeholder((), name="x")
    x.graph.finalize()  # <finalize>
    _ = x * 2  # <growing>


@message(
    "DTypeError",
    """
    add: str 'two' cannot be made an array of numbers
      at <add>
    hint: use numbers, nested lists of equal length, or NumPy arrays of numbers
    """,
)
def adding_text() -> None:
    """Add what is no number."""
    x = gn.placeholder((2,), gn.int64, name="x")
    _ = x + "two"  # <add>


# Gradients


@message(
    "GradientError",
    """
    gradients: x does not influence ys
      at <gradients>
      x  float32[3]  variable 'unused'  <unused>
      y  float32[]   sum 'sum'          <loss>
    hint: leave x out, or give allow_unused=True to get zeros
    """,
)
def gradient_of_nothing() -> None:
    """Ask for the gradient of what the loss does not depend on."""
    used = gn.Variable(zeros(3), name="used")
    unused = gn.Variable(zeros(3), name="unused")  # <unused>
    loss = gn.sum(used * 2)  # <loss>
    gn.gradients(loss, [used, unused])  # <gradients>


@message(
    "GradientError",
    """
    gradients: the op py_call has no gradient rule
      at <gradients>
          float32[3]  multiply 'multiply'  <double>
      ->  float32[3]  py_call 'wave'       <wave>
          float32[]   sum 'sum'            <loss>
    hint: give the op a `vjp` (gn.py_call: `gradient=`), or put gn.stop_gradient around its operands
    """,
)
def gradient_through_a_function() -> None:
    """Ask for the gradient through a function of NumPy's."""
    x = gn.placeholder((3,), name="x")
    double = x * 2  # <double>
    wave = gn.py_call(np.sin, [double], gn.float32, (3,), name="wave")  # <wave>
    loss = gn.sum(wave)  # <loss>
    gn.gradients(loss, [x])  # <gradients>


@message(
    "GradientError",
    """
    gradients: no derivative flows back through sign 'sign'
      at <gradients>
          float32[3]  multiply 'multiply'  <double>
      ->  float32[3]  sign 'sign'          <sign>
          float32[]   sum 'sum'            <loss>
    hint: sign is constant almost everywhere or takes no derivative; leave x out, or give \
allow_unused=True to get zeros
    """,
)
def gradient_through_a_step() -> None:
    """Ask for the gradient through an op that is flat."""
    x = gn.placeholder((3,), name="x")
    double = x * 2  # <double>
    sign = gn.sign(double)  # <sign>
    loss = gn.sum(sign)  # <loss>
    gn.gradients(loss, [x])  # <gradients>


# Feeding


@message(
    "FeedError",
    """
    placeholders are not fed: 'images', 'labels'
      at <run>
      float32[None, 3]  placeholder 'images'  <images>  needed by images -> exp -> \
sparse_softmax_cross_entropy -> multiply
      int64[None]       placeholder 'labels'  <labels>  needed by labels -> \
sparse_softmax_cross_entropy -> multiply
    hint: add them to the feeds; fed were only 'rate'
    """,
)
def missing_feeds() -> None:
    """Forget to feed two placeholders."""
    images = gn.placeholder((None, 3), name="images")  # <images>
    labels = gn.placeholder((None,), gn.int64, name="labels")  # <labels>
    rate = gn.placeholder((), name="rate")
    loss = gn.nn.sparse_softmax_cross_entropy(gn.exp(images), labels) * rate
    with gn.Session() as session:
        session.run(loss, {rate: 1.0})  # <run>


@message(
    "FeedError",
    """
    cannot feed 'image': the graph has nothing of this name
      at <run>
    hint: did you mean 'images'?
    """,
)
def misspelled_feed() -> None:
    """Feed by a name that nothing has."""
    images = gn.placeholder((None, 3), name="images")
    with gn.Session() as session:
        session.run(images * 2, {"image": zeros(2, 3)})  # <run>


@message(
    "FeedError",
    """
    cannot feed 'images' with an array of shape [3]
      at <run>
      float32[None, 3]  placeholder 'images'  <images>
    hint: the shape must be [None, 3]; value[None] adds the missing first axis
    """,
)
def feeding_another_shape() -> None:
    """Feed one example where a batch is expected."""
    images = gn.placeholder((None, 3), name="images")  # <images>
    with gn.Session() as session:
        session.run(images * 2, {images: zeros(3)})  # <run>


@message(
    "FeedError",
    """
    cannot feed 'images' with float64 values
      at <call>
      float32[None, 3]  placeholder 'images'  <images>
    hint: a conversion could change them; feed value.astype(gn.float32) if that is meant
    """,
)
def feeding_another_dtype() -> None:
    """Give a compiled function an array of NumPy's default dtype."""
    images = gn.placeholder((None, 3), name="images")  # <images>
    with gn.Session() as session:
        function = session.compile(images * 2, [images])
        function(np.zeros((2, 3)))  # <call>


@message(
    "FeedError",
    """
    cannot feed 'labels' with [1.0, 2.5]
      at <run>
      int64[None]  placeholder 'labels'  <labels>
    hint: int64 cannot hold all of it; round or clip it first, or use another dtype
    """,
)
def feeding_numbers_that_do_not_fit() -> None:
    """Feed a list with a fraction for integers."""
    labels = gn.placeholder((None,), gn.int64, name="labels")  # <labels>
    with gn.Session() as session:
        session.run(labels * 2, {labels: [1, 2.5]})  # <run>


@message(
    "FeedError",
    """
    extent 'batch' is 4 in 'images' and 5 in 'labels'
      at <run>
      float32[batch, 3]  placeholder 'images'  <images>  fed [4, 3]
      int64[batch]       placeholder 'labels'  <labels>  fed [5]
    hint: feed arrays of equal extent
    """,
)
def named_extents_that_differ() -> None:
    """Feed more labels than images."""
    images = gn.placeholder(("batch", 3), name="images")  # <images>
    labels = gn.placeholder(("batch",), gn.int64, name="labels")  # <labels>
    with gn.Session() as session:
        session.run([images, labels], {images: zeros(4, 3), labels: np.zeros(5, int)})  # <run>


@message(
    "FeedError",
    """
    the fed shapes do not fit together: add: shapes [2, 3] and [4, 3] do not broadcast together
      at <add>
      x    float32[2, 3]  multiply 'multiply'  <double>
      y    float32[4, 3]  placeholder 'b'      <b>
      fed  float32[2, 3]  placeholder 'a'      <a>
    hint: extents must be equal, or one of them 1; gn.expand_dims adds an axis of 1
    """,
)
def feeds_that_do_not_fit_each_other() -> None:
    """Feed batches of two sizes."""
    a = gn.placeholder((None, 3), name="a")  # <a>
    b = gn.placeholder((None, 3), name="b")  # <b>
    double = a * 2  # <double>
    total = double + b  # <add>
    with gn.Session() as session:
        session.run(total, {a: zeros(2, 3), b: zeros(4, 3)})


@message(
    "FeedError",
    """
    cannot feed 'x' with the symbolic tensor 'y'
      at <run>
      float32[]  placeholder 'x'  <x>
    hint: feed an array or a number; session.run(tensor) gives one
    """,
)
def feeding_a_tensor() -> None:
    """Feed a tensor in place of its value."""
    x = gn.placeholder((), name="x")  # <x>
    y = gn.constant(1.0, name="y")
    with gn.Session() as session:
        session.run(x * 2, {x: y})  # <run>


@message(
    "FeedError",
    """
    the second argument of run is feed_dict, a mapping, not Tensor
      at <run>
    hint: fetch several things with a list: session.run([a, b], feed_dict)
    """,
)
def fetching_two_things_without_a_list() -> None:
    """Forget the brackets around the fetches."""
    a, b = gn.constant(1.0), gn.constant(2.0)
    with gn.Session() as session:
        session.run(a, b)  # type: ignore[arg-type]  # <run>


@message(
    "FeedError",
    """
    the initial value of 'weight' depends on placeholder 'scale'
      at <run>
      float32[]  variable 'weight'    <weight>
      float32[]  placeholder 'scale'  <scale>
    hint: start from what is known before the first run, and write the variable in a run: \
gn.assign(variable, value)
    """,
)
def starting_from_a_placeholder() -> None:
    """Let a variable start from what is fed."""
    scale = gn.placeholder((), name="scale")  # <scale>
    weight = gn.Variable(scale * 2, name="weight")  # <weight>
    with gn.Session() as session:
        session.run(weight, {scale: 1.0})  # <run>


# Fetching and running


@message(
    "FetchError",
    """
    cannot fetch None
      at <run>
    hint: fetch tensors, operations, variables, their names, or nested containers of these; \
a function without a return statement gives None
    """,
)
def fetching_none() -> None:
    """Fetch what a function has forgotten to return."""
    step = gn.assign_add(gn.Variable(0), 1)
    train = [step, list[int]().append(1)]  # type: ignore[func-returns-value]
    with gn.Session() as session:
        session.run(train)  # <run>


@message(
    "FetchError",
    """
    'loss' belongs to another graph than the session
      at <run>
      'loss'  <loss>
    hint: open the session with gn.Session(graph=tensor.graph)
    """,
)
def fetching_from_another_graph() -> None:
    """Run a tensor in the session of another graph."""
    loss = gn.constant(1.0, name="loss")  # <loss>
    with gn.Graph(), gn.Session() as session:
        session.run(loss)  # <run>


@message(
    "GraphError",
    """
    two writes to variable 'count' in one run are not ordered
      at <run>
      'assign_add'  <more>
      'reset'       <reset>
    hint: put the second inside `with gn.control_dependencies([first]):`, or fetch only one
    """,
)
def unordered_writes() -> None:
    """Write to a variable twice in a run."""
    count = gn.Variable(0, name="count")
    more = gn.assign_add(count, 1)  # <more>
    reset = gn.assign(count, 0, name="reset")  # <reset>
    with gn.Session() as session:
        session.run([reset, more])  # <run>


@message(
    "ExecutionError",
    """
    label 3 at position [1] is out of range: there are 3 classes, 0 to 2
      at <loss>
      float32[2, 3]  placeholder 'logits'  <logits>
      int64[2]       placeholder 'labels'  <labels>
    hint: labels count from 0; the mask of a loss, as in mask=labels >= 0, hides examples that \
have none
    """,
)
def label_out_of_range() -> None:
    """Feed a label that is no class."""
    logits = gn.placeholder((None, 3), name="logits")  # <logits>
    labels = gn.placeholder((None,), gn.int64, name="labels")  # <labels>
    loss = gn.nn.sparse_softmax_cross_entropy(logits, labels)  # <loss>
    with gn.Session() as session:
        session.run(loss, {logits: zeros(2, 3), labels: [0, 3]})


@message(
    "ExecutionError",
    """
    py_call 'load' failed: FileNotFoundError: no such file
      at <load>
      int64[]  placeholder 'number'  <number>
    """,
)
def function_that_fails() -> None:
    """Call a function that raises."""

    def load(_: Array) -> Array:
        raise FileNotFoundError("no such file")

    number = gn.placeholder((), gn.int64, name="number")  # <number>
    image = gn.py_call(load, [number], gn.float32, (3,), name="load")  # <load>
    with gn.Session() as session:
        session.run(image, {number: 7})


@message(
    "ExecutionError",
    """
    'crop' gave float32[2], and float32[3] is declared
      at <crop>
      float32[3]  placeholder 'x'  <x>
    hint: let it return an array of that shape, or declare what it returns
    """,
)
def function_that_gives_something_else() -> None:
    """Call a function that does not give what is declared."""

    def crop(array: Array) -> Array:
        return array[:2]

    x = gn.placeholder((3,), name="x")  # <x>
    y = gn.py_call(crop, [x], gn.float32, (3,), name="crop")  # <crop>
    with gn.Session() as session:
        session.run(y, {x: zeros(3)})


@message(
    "GraphError",
    """
    the graph has grown between runs 2 times from one line
      at <run>
    hint: declare the expression once, before the loop, and run the same tensor again
    """,
)
def growing_in_a_loop() -> None:
    """Declare a new node in each round."""
    x = gn.placeholder((), name="x")
    with pytest.MonkeyPatch.context() as patch, gn.Session() as session:
        patch.setattr(growth, "LIMIT", 2)
        while True:
            session.run(-x, {x: 1.0})  # <run>


@message(
    "ArgumentError",
    """
    a session runs a graph, not 42
      at <session>
    hint: the seed is given by name, as in gn.Session(seed=42)
    """,
)
def seeding_a_session() -> None:
    """Give the seed where the graph belongs."""
    gn.Session(42)  # type: ignore[arg-type]  # <session>


@message(
    "GraphnetError",
    """
    the session is closed, and the values of its variables are gone
      at <run>
    hint: run inside the `with gn.Session()` block, or open a new session
    """,
)
def running_too_late() -> None:
    """Run after the block."""
    x = gn.constant(1.0)
    with gn.Session() as session:
        session.run(x)
    session.run(x)  # <run>


@pytest.mark.parametrize("name", MISTAKES)
def test_messages_are_whole(name: str) -> None:
    """Each mistake gives the error and the message that it should, word for word."""
    mistake, kind, text = MISTAKES[name]
    with pytest.raises(GraphnetError) as caught:
        mistake()
    assert marked(str(caught.value)) == text
    assert type(caught.value).__name__ == kind

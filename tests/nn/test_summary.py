"""``summary``: one row per layer, before and after the first call."""

import graphnet as gn


def model() -> gn.nn.Sequential:
    """Make a model of several kinds of layers, nested."""
    return gn.nn.Sequential(
        gn.nn.Dense(4),
        gn.nn.Sequential(gn.nn.BatchNorm(), gn.nn.ReLU(), name="inner"),
        gn.nn.Dense(2, use_bias=False),
        name="model",
    )


AFTER = """\
layer                   kind       output            parameters  trainable  bytes
---------------------------------------------------------------------------------
model/dense             Dense      float32[None, 4]          16         16     64
model/inner/batch_norm  BatchNorm  float32[None, 4]          16          8     64
model/inner/relu        ReLU       float32[None, 4]           0          0      0
model/dense_1           Dense      float32[None, 2]           8          8     32
---------------------------------------------------------------------------------
total                                                        40         32    160"""
BEFORE = """\
layer       kind       output  parameters  trainable  bytes
-----------------------------------------------------------
dense       Dense      ?                ?          ?      ?
batch_norm  BatchNorm  ?                ?          ?      ?
relu        ReLU       ?                ?          ?      ?
dense       Dense      ?                ?          ?      ?
-----------------------------------------------------------
total                                   0          0      0
? where a layer has not been called: its first call makes its variables"""


def test_the_table() -> None:
    """Before the first call it says what it does not know; afterwards it knows all."""
    made = model()
    assert str(gn.nn.summary(made)) == BEFORE
    made(gn.placeholder((None, 3)), training=True)
    assert str(gn.nn.summary(made)) == repr(gn.nn.summary(made)) == AFTER


def test_rows_can_be_gone_through() -> None:
    """The totals are those of the variables."""
    made = model()
    made(gn.placeholder((None, 3)))
    found = gn.nn.summary(made)
    assert len(found) == len(list(found)) == 4
    assert found.parameters == sum(variable.spec.size or 0 for variable in made.variables)
    assert found.trainable == sum(v.spec.size or 0 for v in made.trainable_variables)
    assert found.nbytes == 4 * found.parameters
    assert found.uncalled == 0


def test_what_is_shared_counts_once() -> None:
    """A layer in two places has one row; the variable of another layer counts there."""

    class Tied(gn.nn.Layer):
        """A layer that uses the weight of another, and one of its own."""

        def __init__(self, other: gn.nn.Dense) -> None:
            """Hold the variable's layer."""
            super().__init__()
            self.other = other

        def build(self, x: gn.Tensor) -> None:
            """Make a factor, and note the weight of the other."""
            self.factor = self.variable("factor", (), gn.nn.initializers.constant(2.0))
            self.weight = self.other.weight

        def call(self, x: gn.Tensor) -> gn.Tensor:
            """Multiply by the transposed weight."""
            return x @ self.weight.T * self.factor

    dense = gn.nn.Dense(3, use_bias=False)
    tied = gn.nn.Sequential(dense, Tied(dense), dense)
    tied(gn.placeholder((None, 5)))
    assert {row.kind: row.parameters for row in gn.nn.summary(tied)} == {"Dense": 15, "Tied": 1}


def test_the_latest_call_decides_on_shapes() -> None:
    """And all results of a layer are shown."""
    pieces = gn.nn.Lambda(gn.split, name="pieces", parts=2, axis=1)
    pieces(gn.placeholder((7, 4)))
    pieces(gn.placeholder(("batch", 6)))
    (row,) = gn.nn.summary(pieces)
    assert row.outputs is not None
    assert [spec.shape for spec in row.outputs] == [("batch", 3), ("batch", 3)]
    assert "float32[batch, 3], float32[batch, 3]" in str(gn.nn.summary(pieces))


def test_a_model_called_in_part() -> None:
    """What has been called is known, and the others are counted."""
    made = model()
    made[0](gn.placeholder((None, 3)))
    found = gn.nn.summary(made)
    assert [row.parameters for row in found] == [16, None, None, None]
    assert (found.parameters, found.uncalled) == (16, 3)

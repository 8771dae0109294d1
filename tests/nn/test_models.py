"""Models of several inputs and outputs, nested and residual: in training and in use."""

import numpy as np

import graphnet as gn
from graphnet.ops.attach import attached
from graphnet.typing import Array

RNG = np.random.default_rng(3)


def drawn(*shape: int) -> Array:
    """Draw normal numbers."""
    return RNG.standard_normal(shape, np.float32)


class Residual(gn.nn.Layer):
    """What a block gives, added to its input."""

    def __init__(self, *layers: gn.nn.Layer, name: str | None = None) -> None:
        """Hold the layers of the block."""
        super().__init__(name)
        self.block = gn.nn.Sequential(*layers, name="block")

    def call(self, x: gn.Tensor) -> gn.Tensor:
        """Add."""
        return x + self.block(x)


class TwoHeads(gn.nn.Layer):
    """A picture and a number in, classes and an estimate out."""

    def __init__(self) -> None:
        """Hold a trunk for both inputs, and a head for each output."""
        super().__init__("two_heads")
        self.trunk = gn.nn.Dense(8, gn.tanh, weight_regularizer=gn.nn.l2(0.01))
        self.drop = gn.nn.Dropout(0.5)
        self.classes = gn.nn.Dense(3)
        self.estimate = gn.nn.Dense(1)

    def call(self, picture: gn.Tensor, number: gn.Tensor) -> tuple[gn.Tensor, gn.Tensor]:
        """Join, and part again."""
        joined = gn.concat([gn.flatten(picture, 1), number], axis=-1)
        hidden = self.drop(self.trunk(joined))
        return self.classes(hidden), self.estimate(hidden)


def steps(loss: gn.Tensor, feeds: dict[gn.Tensor, Array], count: int) -> tuple[float, float]:
    """Give the loss before and after some steps."""
    step = gn.optim.SGD(0.1).minimize(loss)
    with gn.Session(seed=0) as session:
        first = session.run(loss, feeds)
        for _ in range(count):
            session.run(step, feeds)
        return float(first), float(session.run(loss, feeds))


def test_two_inputs_and_two_outputs() -> None:
    """Both losses train one trunk, whose penalty counts once."""
    picture, number = gn.placeholder((None, 2, 3)), gn.placeholder((None, 1))
    model = TwoHeads()
    logits, estimate = model(picture, number, training=True)
    assert (logits.shape, estimate.shape) == ((None, 3), (None, 1))
    loss = gn.nn.sparse_softmax_cross_entropy(logits, [0, 1, 2, 0]).mean()
    loss += gn.square(estimate).mean()
    assert attached(loss).penalties == list(model.trunk.penalties)
    feeds = {picture: drawn(4, 2, 3), number: drawn(4, 1)}
    before, after = steps(loss, feeds, 100)
    assert after < before / 2


def test_one_output_needs_only_its_head() -> None:
    """Fetching the classes alone computes no estimate, no penalty and no random number."""
    picture, number = gn.placeholder((None, 2, 3)), gn.placeholder((None, 1))
    logits, _ = TwoHeads()(picture, number, training=False)
    with gn.Session() as session:
        classify = session.compile(logits, [picture, number])
        classify(drawn(4, 2, 3), drawn(4, 1))
    ops = [node.op.name for node in classify.plan.graph.nodes]
    assert ops.count("matmul") == 2
    assert {"dropout_mask", "square", "penalize"}.isdisjoint(ops)


def test_a_tuple_goes_on_as_several_inputs() -> None:
    """From one part of a sequence to the next, and out of it."""
    swap = gn.nn.Lambda(lambda x, y: (y, x), name="swap")
    model = gn.nn.Sequential(swap, lambda x, y: (x - y, y), swap, name="model")
    first, second = model([5.0], [3.0])
    np.testing.assert_array_equal(gn.evaluate([first, second]), [[5.0], [-2.0]])
    joined = gn.nn.Sequential(model, gn.subtract)([5.0], [3.0])
    assert gn.evaluate(joined) == [7.0]


def test_a_residual_model() -> None:
    """Own layers take part in everything: modes, names, variables, summaries, training."""
    model = gn.nn.Sequential(
        gn.nn.Dense(6, name="inlet"),
        Residual(gn.nn.BatchNorm(), gn.nn.ReLU(), gn.nn.Dense(6)),
        Residual(gn.nn.BatchNorm(), gn.nn.ReLU(), gn.nn.Dropout(0.1), gn.nn.Dense(6)),
        gn.nn.Dense(1),
        name="model",
    )
    x, t = gn.placeholder((None, 3)), gn.placeholder((None, 1))
    y = model(x, training=True)
    loss = gn.nn.mean_squared_error(y, t).mean()
    assert len(attached(loss).averages) == 4
    assert not attached(loss).unsaid
    assert len(attached(model(x)).unsaid) == 3
    names = [variable.name for variable in model.variables]
    assert names[2] == "model/residual/block/batch_norm/gamma"
    assert len(names) == len(set(names)) == 16
    assert gn.nn.summary(model).parameters == sum(v.spec.size or 0 for v in model.variables)
    data = drawn(32, 3)
    before, after = steps(loss, {x: data, t: np.sin(data[:, :1])}, 100)
    assert after < before / 2


def test_sequences_in_sequences() -> None:
    """They compute what the flat one computes, and are found by position."""
    layers = [gn.nn.Dense(4, gn.tanh), gn.nn.Dense(3, gn.tanh), gn.nn.Dense(2)]
    nested = gn.nn.Sequential(layers[0], gn.nn.Sequential(*layers[1:]))
    x = gn.placeholder((None, 5))
    flat = gn.nn.Sequential(*layers)
    np.testing.assert_array_equal(*gn.evaluate([nested(x), flat(x)], {x: drawn(3, 5)}))
    assert nested[1][0] is layers[1]
    assert nested.variables == flat.variables


def test_training_moves_what_use_needs() -> None:
    """Steps on one batch bring the averages to its statistics, so that both forms agree."""
    data = 3 * drawn(40, 4) - 2
    x = gn.placeholder((None, 4))
    norm = gn.nn.BatchNorm(momentum=0.5)
    trained, used = norm(x, training=True), norm(x, training=False)
    step = gn.optim.SGD(0.0).minimize(gn.square(trained).mean())
    with gn.Session() as session:
        for _ in range(40):
            session.run(step, {x: data})
        averages = session.run([norm.moving_mean, norm.moving_variance])
        by_batch, by_averages = session.run([trained, used], {x: data})
    np.testing.assert_allclose(averages, [data.mean(0), data.var(0, ddof=1)], rtol=1e-4)
    np.testing.assert_allclose(by_averages, by_batch * np.sqrt(39 / 40), rtol=1e-3, atol=1e-5)

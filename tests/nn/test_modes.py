"""Training and inference: two graphs over the same variables."""

import re
import threading

import numpy as np
import pytest

import graphnet as gn
from graphnet.ops.attach import Unsaid, attached


class Ask(gn.nn.Layer):
    """A layer that notes the modes it is called in."""

    def __init__(self) -> None:
        """Note nothing yet."""
        super().__init__()
        self.seen: list[bool] = []

    def call(self, x: gn.Tensor) -> gn.Tensor:
        """Note the mode."""
        self.seen.append(self.training)
        return self.unsaid(x)


class Around(gn.nn.Layer):
    """A layer that calls another in three ways."""

    def __init__(self, inner: gn.nn.Layer) -> None:
        """Hold it."""
        super().__init__()
        self.inner = inner

    def call(self, x: gn.Tensor) -> gn.Tensor:
        """Call it as this one is called, and as it says itself."""
        return self.inner(x) + self.inner(x, training=True) + self.inner(x, training=False)


@pytest.mark.parametrize("said", [True, False, None])
def test_a_call_inside_means_what_the_call_around_says(said: bool | None) -> None:
    """Unless it is told otherwise."""
    ask = Ask()
    Around(ask)(gn.placeholder((2,)), training=said)
    assert ask.seen == [said is True, True, False]


def test_the_mode_ends_with_the_call() -> None:
    """Also where the call fails; the next one starts anew."""
    ask, x = Ask(), gn.placeholder((2,))

    def fail(x: gn.Tensor) -> gn.Tensor:
        raise ValueError(x.name)

    with pytest.raises(ValueError, match="placeholder"):
        gn.nn.Sequential(ask, fail)(x, training=True)
    ask(x)
    assert ask.seen == [True, False]


def test_threads_have_modes_of_their_own() -> None:
    """A call in one thread says nothing about calls in another."""
    ask = Ask()

    def elsewhere(x: gn.Tensor) -> gn.Tensor:
        thread = threading.Thread(target=ask, args=(x,))
        thread.start()
        thread.join()
        return x

    gn.nn.Sequential(elsewhere, ask)(gn.placeholder((2,)), training=True)
    assert ask.seen == [False, True]


@pytest.mark.parametrize(("said", "count"), [(None, 1), (False, 0)])
def test_what_nobody_has_said_is_attached(said: bool | None, count: int) -> None:
    """Once per layer that has two forms, with its label; what was said is not."""
    model = gn.nn.Sequential(gn.nn.Dense(2), gn.nn.Dropout(0.5), name="model")
    y = model(gn.placeholder((None, 3)), training=said)
    assert [node.op for node in attached(y).unsaid] == [Unsaid("model/dropout")] * count


def test_both_forms_share_all_variables() -> None:
    """The second call makes no more, whichever form it is of."""
    for first in (True, False, None):
        with gn.Graph() as graph:
            model = gn.nn.Sequential(gn.nn.Dense(4), gn.nn.BatchNorm(), gn.nn.Dropout(0.5))
            x = gn.placeholder((None, 3))
            model(x, training=first)
            variables = graph.variables()
            model(x, training=not first)
            assert graph.variables() == variables == model.variables


TENSOR = """\
dropout: training is <tensor 'is_training' bool[]>, neither True nor False
  at FILE:LINE
  bool[]  placeholder 'is_training'  FILE:LINE
hint: training and inference are two graphs over the same variables: call the layer twice, \
as in layer(x, training=True) and layer(x, training=False)"""


def test_the_mode_is_no_tensor() -> None:
    """The mistake of those who know other frameworks is answered."""
    is_training = gn.placeholder((), gn.bool_, name="is_training")
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.nn.Dropout(0.5)([1.0], training=is_training)  # type: ignore[arg-type]  # the mistake
    assert re.sub(r"\S+\.py:\d+", "FILE:LINE", str(caught.value)) == TENSOR


def test_a_layer_by_itself_has_no_mode() -> None:
    """It can be asked inside of a call only."""
    with pytest.raises(gn.errors.DefinitionError, match="neither in training nor in use") as caught:
        assert Ask().training
    assert "layer(x, training=True)" in str(caught.value)


def test_call_takes_no_mode() -> None:
    """A parameter that nobody gives would always have its default."""

    class Habit(gn.nn.Layer):
        """A layer as other frameworks have them."""

        def call(self, x: gn.Tensor, training: bool = False) -> gn.Tensor:
            """Never come here."""
            return x if training else -x

    with pytest.raises(gn.errors.DefinitionError, match="`call` takes `training`") as caught:
        Habit()([1.0])
    assert caught.value.hint == "leave the parameter out, and ask self.training"


def test_forms_differ_where_they_should() -> None:
    """The training form of dropout drops; the other gives what it gets."""
    layer = gn.nn.Dropout(0.5)
    x = gn.constant(np.ones(100, np.float32))
    trained, used = gn.evaluate([layer(x, training=True), layer(x, training=False)])
    assert set(np.unique(trained)) == {0.0, 2.0}
    np.testing.assert_array_equal(used, np.ones(100))


def test_the_mode_may_be_a_boolean_of_numpy() -> None:
    """As a comparison gives it."""
    ask = Ask()
    ask(gn.placeholder((2,)), training=np.bool_(1))  # type: ignore[arg-type]  # as it comes
    assert ask.seen == [True]


def test_the_mode_has_a_name() -> None:
    """The mistake of giving it by its place is answered."""
    with pytest.raises(gn.errors.DefinitionError, match="does not take 2 inputs") as caught:
        gn.nn.Dropout(0.5)([1.0], True)  # noqa: FBT003  # the mistake
    assert caught.value.hint == "the mode is given by its name, as in layer(x, training=True)"

"""Random draws: their distributions, and what their numbers depend on."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

import graphnet as gn
from graphnet.errors import DTypeError, GraphError, ShapeError
from graphnet.ir.tensor import Tensor
from graphnet.kernels import Key, orthogonal

MANY = (200, 100)
DRAWS: dict[str, Callable[..., Tensor]] = {
    "uniform": gn.random.uniform,
    "normal": gn.random.normal,
    "truncated_normal": gn.random.truncated_normal,
    "bernoulli": gn.random.bernoulli,
}
ALL = pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
FLOATING = pytest.mark.parametrize("draw", list(DRAWS.values())[:3], ids=list(DRAWS)[:3])


# Distributions


@pytest.mark.parametrize(
    ("draw", "distribution"),
    [
        (lambda: gn.random.uniform(MANY, -1, 3), stats.uniform(-1, 4)),
        (lambda: gn.random.normal(MANY, 2, 0.5), stats.norm(2, 0.5)),
        (lambda: gn.random.truncated_normal(MANY, 2, 0.5), stats.truncnorm(-2, 2, 2, 0.5)),
    ],
    ids=["uniform", "normal", "truncated_normal"],
)
def test_numbers_have_their_distribution(draw: Callable[[], Tensor], distribution: Any) -> None:
    """A goodness-of-fit test finds nothing against 20 000 numbers."""
    numbers = gn.evaluate(draw())
    assert numbers.shape == MANY
    assert stats.kstest(numbers.ravel(), distribution.cdf).pvalue > 0.01


@pytest.mark.parametrize("probability", [0, 0.1, 0.5, 1])
def test_true_has_its_probability(probability: float) -> None:
    """The share of True is within four standard deviations; never and always are exact."""
    share = gn.evaluate(gn.random.bernoulli(MANY, probability)).mean()
    deviation = np.sqrt(probability * (1 - probability) / np.prod(MANY))
    assert abs(share - probability) <= 4 * deviation


@FLOATING
def test_draws_have_the_dtype_asked_for(draw: Callable[..., Tensor]) -> None:
    """float32 unless float64 is asked for; other dtypes are refused with the way out."""
    assert gn.evaluate(draw((3,))).dtype == np.float32
    assert gn.evaluate(draw((3,), dtype=gn.float64)).dtype == np.float64
    with pytest.raises(DTypeError, match=r"gn\.cast\(\.\.\., gn\.float16\)"):
        draw((3,), dtype=gn.float16)


# What numbers depend on


@ALL
def test_numbers_depend_on_seed_and_step(draw: Callable[..., Tensor]) -> None:
    """Every run draws anew; a session of the same seed draws the same again."""
    y = draw((20,))

    def two_runs(seed: int) -> list[list[float]]:
        with gn.Session(seed=seed) as session:
            return [session.run(y).tolist(), session.run(y).tolist()]

    first, second = two_runs(1)
    assert first != second
    assert two_runs(1) == [first, second]
    assert first not in two_runs(2)


def test_a_new_draw_changes_no_other() -> None:
    """Numbers depend on the name, not on what else is declared, fetched or optimized away."""

    def noise(*, others: bool) -> list[float]:
        with gn.Graph() as graph:
            if others:
                gn.random.normal((5,), name="other")
            y = gn.random.normal((5,), name="noise") + 0
        with gn.Session(graph, seed=3, optimize=others) as session:
            numbers: list[float] = session.run(y).tolist()
            return numbers

    assert noise(others=True) == noise(others=False)


def test_draws_of_different_names_differ() -> None:
    """Two draws are never the same numbers, neither in different scopes nor side by side."""
    draws = [gn.random.uniform((3,)), gn.random.uniform((3,))]
    with gn.name_scope("layer"):
        draws.append(gn.random.uniform((3,)))
    assert [draw.name for draw in draws] == ["uniform", "uniform_1", "layer/uniform"]
    rows = gn.evaluate(draws)
    assert len({tuple(row) for row in rows}) == 3


def test_one_draw_is_one_value_in_a_run() -> None:
    """All that depends on a draw sees the same numbers."""
    x = gn.random.normal((3,))
    assert gn.evaluate(x - x).tolist() == [0, 0, 0]


# Shapes


@ALL
def test_a_draw_takes_the_shape_of_a_tensor(draw: Callable[..., Tensor]) -> None:
    """The shape may be unknown until the run, and no gradient flows to the tensor."""
    x = gn.placeholder(("batch", 3), gn.float64)
    y = draw(like=x)
    assert y.shape == ("batch", 3)
    assert gn.evaluate(y, {x: np.zeros((4, 3))}).shape == (4, 3)
    total = (gn.cast(y, gn.float64) * x).sum()
    (dx,) = gn.gradients(total, [x])
    found, expected = gn.evaluate([dx, y], {x: np.ones((2, 3))})
    assert found.tolist() == expected.tolist()


def test_a_shape_or_a_tensor_is_asked_for() -> None:
    """Exactly one of the two, and a shape is known."""
    with pytest.raises(ShapeError, match="normal: neither shape nor like are given"):
        gn.random.normal()
    with pytest.raises(ShapeError, match="normal: both shape and like are given"):
        gn.random.normal((3,), like=gn.constant(1.0))
    with pytest.raises(ShapeError, match=r"shape \[None, 3\] is not known(.|\n)*like=tensor"):
        gn.random.normal(gn.placeholder((None, 3)).shape)
    assert gn.random.normal(3).shape == (3,)
    assert gn.evaluate(gn.random.normal(())).shape == ()


# Parameters


IMPOSSIBLE: dict[str, Callable[[], Tensor]] = {
    r"no float32 in the interval \[3\.0, 1\.0\)": lambda: gn.random.uniform((2,), 3, 1),
    r"no float32 in the interval \[1\.0, 1\.0000": lambda: gn.random.uniform((2,), 1, 1 + 1e-12),
    r"no float32 in the interval \[0\.0, inf\)": lambda: gn.random.uniform((2,), 0, np.inf),
    "mean 0.0 and standard deviation -1.0": lambda: gn.random.normal((2,), 0, -1),
    "mean nan and standard deviation 1.0": lambda: gn.random.truncated_normal((2,), np.nan),
    "1.5 is not a probability": lambda: gn.random.bernoulli((2,), 1.5),
    "low must be a number, not a tensor": lambda: gn.random.uniform(
        (2,),
        gn.constant(1.0),  # type: ignore[arg-type]  # the mistake
    ),
}


@pytest.mark.parametrize("complaint", IMPOSSIBLE)
def test_impossible_parameters_are_refused(complaint: str) -> None:
    """The line that declares them raises, and is named."""
    with pytest.raises(GraphError, match=complaint) as caught:
        IMPOSSIBLE[complaint]()
    assert "test_random.py:" in str(caught.value)


# Orthogonal matrices


@pytest.mark.parametrize("shape", [(4, 4), (5, 3), (3, 5), (1, 4), (0, 3)])
@pytest.mark.parametrize("dtype", [gn.float32, gn.float64])
def test_orthogonal_matrices_are(shape: tuple[int, int], dtype: np.dtype[np.generic]) -> None:
    """The fewer of rows and columns are orthonormal, to the rounding of the dtype."""
    drawn = gn.evaluate(gn.random.orthogonal(shape, dtype))
    assert (drawn.shape, drawn.dtype) == (shape, dtype)
    matrix = drawn.astype(np.float64)
    square = matrix @ matrix.T if shape[0] < shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(square, np.eye(min(shape)), atol=4 * np.finfo(drawn.dtype).eps)


def test_orthogonal_matrices_are_drawn_evenly() -> None:
    """Of 2 x 2: the angle is uniform, and half of them are reflections."""
    keys = (Key(stream, 0) for stream in range(2000))
    matrices = np.array([orthogonal(key, (2, 2), np.dtype(np.float64)) for key in keys])
    angles = np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0])
    reflected = np.linalg.det(matrices) < 0
    assert abs(reflected.mean() - 0.5) < 4 * 0.5 / np.sqrt(2000)
    for part in (angles[reflected], angles[~reflected]):
        assert stats.kstest(part, stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 0.01


def test_orthogonal_matrices_depend_on_seed_and_name() -> None:
    """As all draws; a matrix may also take the shape of another."""
    x = gn.placeholder((None, 2))
    feeds = {x: np.zeros((3, 2), np.float32)}
    draws = [gn.random.orthogonal(like=x, name="first"), gn.random.orthogonal((3, 2))]
    with gn.Session(seed=1) as one, gn.Session(seed=1) as again, gn.Session(seed=2) as other:
        first, second = one.run(draws, feeds)
        np.testing.assert_array_equal(first, again.run(draws, feeds)[0])
        assert not np.allclose(first, second)
        assert not np.allclose(second, other.run(draws[1]))


def test_an_orthogonal_matrix_has_two_axes() -> None:
    """Other shapes are refused."""
    with pytest.raises(ShapeError, match=r"orthogonal: \[2, 2, 2\] is not the shape of a matrix"):
        gn.random.orthogonal((2, 2, 2))

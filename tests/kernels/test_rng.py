"""Keyed random numbers: frozen values, laws of the keys, and the distributions."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.kernels import (
    Key,
    bernoulli,
    keep_mask,
    normal,
    orthogonal,
    philox,
    stream,
    truncated_normal,
    uniform,
)
from graphnet.typing import Array, DType

F32, F64 = np.dtype(np.float32), np.dtype(np.float64)
KEY = Key(stream(0, "dense/weight"), 3)
MANY = 200_000

Draw = Callable[..., Array]


def drop(key: Key, shape: tuple[int, ...], dtype: DType, out: Array | None = None) -> Array:
    """Draw a dropout mask of rate 0.3."""
    return keep_mask(key, shape, dtype, 0.3, out)


def flip(key: Key, shape: tuple[int, ...], _: DType, out: Array | None = None) -> Array:
    """Draw booleans that are true with probability 0.3."""
    return bernoulli(key, shape, 0.3, out)


DRAWS: list[Draw] = [uniform, normal, truncated_normal, drop, flip]
FLOAT_DRAWS: list[Draw] = [uniform, normal, truncated_normal]
every_draw = pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw.__name__)
every_dtype = pytest.mark.parametrize("dtype", [F32, F64], ids=str)


def phi(x: Array) -> Array:
    """Give the normal distribution function."""
    shares = np.vectorize(lambda z: math.erfc(-z / math.sqrt(2)) / 2)(x.astype(np.float64))
    return np.asarray(shares)


def largest_gap(sample: Array, distribution: Callable[[Array], Array]) -> float:
    """Give Kolmogorov's statistic: exceeds 2 / sqrt(n) once in 1500 samples."""
    ranks = (np.arange(sample.size) + 0.5) / sample.size
    gap: float = np.max(np.abs(distribution(np.sort(sample)) - ranks))
    return gap * math.sqrt(sample.size)


# Bit for bit the same on every machine and with every NumPy: a change breaks every checkpoint.
FROZEN: list[tuple[Draw, DType, list[float]]] = [
    (uniform, F32, [0.6154730916023254, 0.36842185258865356, 0.17626875638961792]),
    (uniform, F64, [0.36842188299993817, 0.6769056923632204, 0.3289936155776674]),
    (normal, F32, [-1.1979249715805054, 1.1189621686935425, 0.45729026198387146]),
    (normal, F64, [1.1189622737071512, -0.9272218031859095, 0.9501958068872206]),
    (truncated_normal, F32, [-1.1124647855758667, 1.0435733795166016, 0.4350818395614624]),
    (truncated_normal, F64, [1.043573368077576, -0.8719912752517417, 0.8928241310710834]),
    (flip, F32, [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1]),
    (drop, F32, [1.4285714626312256, 1.4285714626312256, 1.4285714626312256]),
]
CHECKSUMS = {
    ("uniform", "float32"): 105277731384436,
    ("uniform", "float64"): 14846055095780390914,
    ("normal", "float32"): 213060941566098,
    ("normal", "float64"): 8960872064309740889,
    ("truncated_normal", "float32"): 212974472666257,
    ("truncated_normal", "float64"): 18061224932580550372,
}


def test_the_hash_is_frozen() -> None:
    """A seed and a name give the same stream forever."""
    assert stream(0, "dense/weight") == 4101689362184738491


@pytest.mark.parametrize(("draw", "dtype", "numbers"), FROZEN)
def test_the_numbers_are_frozen(draw: Draw, dtype: DType, numbers: list[float]) -> None:
    """A key gives the same numbers forever, to the last bit."""
    assert draw(KEY, (len(numbers),), dtype).tolist() == numbers


@pytest.mark.parametrize("draw", FLOAT_DRAWS)
@every_dtype
def test_many_numbers_are_frozen(draw: Draw, dtype: DType) -> None:
    """The sum of all bits of a long draw is frozen, so that no tail and no block is left out."""
    bits = draw(KEY, (100_000,), dtype).view(f"u{dtype.itemsize}")
    assert int(bits.sum(dtype=np.uint64)) == CHECKSUMS[draw.__name__, dtype.name]


def test_words_are_those_of_philox() -> None:
    """The words come from Philox with the stream as its key and the step in its counter."""
    generator = np.random.Philox(
        key=np.array([KEY.stream, 0], np.uint64), counter=np.array([0, 0, 3, 0], np.uint64)
    )
    expected = (generator.random_raw(5) >> 11) * 2.0**-53
    assert np.array_equal(uniform(KEY, (5,), F64), expected)


@every_draw
@every_dtype
def test_equal_keys_give_equal_numbers(draw: Draw, dtype: DType) -> None:
    """What is drawn in between, or at the same time on other threads, does not matter."""
    first = draw(KEY, (40_000,), dtype)
    normal(Key(1, 2), (7,), F32)
    assert np.array_equal(draw(KEY, (40_000,), dtype), first)
    with ThreadPoolExecutor(4) as pool:
        for again in pool.map(lambda _: draw(KEY, (40_000,), dtype), range(8)):
            assert np.array_equal(again, first)


@every_draw
@pytest.mark.parametrize(
    "other", [Key(KEY.stream, 4), Key(KEY.stream + 1, 3), Key(stream(1, "dense/weight"), 3)]
)
def test_other_keys_give_other_numbers(draw: Draw, other: Key) -> None:
    """A step, a stream or a seed further, the numbers are others."""
    assert not np.array_equal(draw(KEY, (100,), F32), draw(other, (100,), F32))


def test_streams_differ_by_seed_and_name() -> None:
    """No two of many seeds and names share a stream, however they are written."""
    pairs = [(seed, name) for seed in range(-3, 30) for name in ("", "a", "b", ":a", "1", "ä")]
    assert len({stream(*pair) for pair in pairs}) == len(pairs)
    assert all(0 <= stream(*pair) < 2**64 for pair in pairs)


def test_streams_and_steps_are_independent() -> None:
    """No pair among many streams and steps is correlated beyond chance."""
    keys = [Key(stream(0, f"node_{i}"), 0) for i in range(32)]
    keys += [Key(stream(0, "node"), step) for step in range(32)]
    correlation = np.corrcoef([uniform(key, (4096,), F64) for key in keys])
    assert np.abs(correlation - np.eye(64)).max() < 5 / math.sqrt(4096)


@every_dtype
@pytest.mark.parametrize("lag", [1, 2, 3, 4, 8, 1000])
def test_neighbors_are_independent(dtype: DType, lag: int) -> None:
    """Numbers of one draw are not correlated with those that follow."""
    numbers = normal(KEY, (MANY,), dtype).astype(np.float64)
    assert abs(np.mean(numbers[lag:] * numbers[:-lag])) < 5 / math.sqrt(MANY)


@every_draw
@every_dtype
@pytest.mark.parametrize("length", [1, 5, philox.BLOCK, philox.BLOCK + 3])
def test_a_larger_draw_begins_with_the_smaller(draw: Draw, dtype: DType, length: int) -> None:
    """An element depends on the key and its place alone, not on how many are drawn."""
    whole = draw(KEY, (3, philox.BLOCK), dtype).reshape(-1)
    assert np.array_equal(draw(KEY, (length,), dtype), whole[:length])


@every_draw
@every_dtype
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1,), (2, 3, 5)])
def test_any_shape(draw: Draw, dtype: DType, shape: tuple[int, ...]) -> None:
    """Draws without axes or without elements work, and the dtype is as asked for."""
    found = draw(KEY, shape, dtype)
    assert isinstance(found, np.ndarray)
    assert found.shape == shape
    assert found.dtype == (np.bool_ if draw is flip else dtype)


@every_draw
@every_dtype
def test_out_is_filled(draw: Draw, dtype: DType) -> None:
    """A given array is filled in C order, whatever its strides, and returned."""
    expected = draw(KEY, (20, 30), dtype)
    base = np.zeros((60, 40), expected.dtype)
    for out in (np.zeros_like(expected), np.zeros_like(expected, order="F"), base[::-2, ::2].T):
        assert draw(KEY, (20, 30), dtype, out=out) is out
        assert np.array_equal(out, expected)


@pytest.mark.parametrize("key", [Key(0, 0), Key(2**64 - 1, 2**64 - 1), Key(0, 2**64 - 1)])
def test_the_ends_of_the_key_space(key: Key) -> None:
    """The first and the last streams and steps work, and steps do not run into each other."""
    ahead = uniform(key, (64,), F64)
    behind = uniform(Key(key.stream, key.step ^ 1), (64,), F64)
    assert not np.isin(ahead, behind).any()


@pytest.mark.parametrize("key", [Key(0, 2**64), Key(0, -1), Key(2**64, 0), Key(-1, 0)])
def test_keys_do_not_wrap_around(key: Key) -> None:
    """A number that does not fit 64 bits is refused rather than cut."""
    with pytest.raises(OverflowError):
        uniform(key, (1,), F32)


@every_dtype
def test_uniform_is_even(dtype: DType) -> None:
    """Distribution, mean and variance are those of an even spread over [0, 1)."""
    numbers = uniform(KEY, (MANY,), dtype).astype(np.float64)
    assert largest_gap(numbers, lambda x: x) < 2
    assert numbers.mean() == pytest.approx(1 / 2, abs=5 * math.sqrt(1 / 12 / MANY))
    assert numbers.var() == pytest.approx(1 / 12, rel=0.01)


@given(
    st.sampled_from([F32, F64]),
    st.floats(-1e6, 1e6, width=32),
    st.floats(0, 1e6, width=32, exclude_min=True),
    st.integers(0, 2**64 - 1),
)
def test_uniform_stays_in_its_interval(dtype: DType, low: float, width: float, step: int) -> None:
    """The lower bound may be drawn, the upper one never, however short the interval is."""
    bounds = np.array([low, low + width], dtype)
    if bounds[0] < bounds[1]:
        numbers = uniform(Key(9, step), (50,), dtype, low, low + width)
        assert np.all((bounds[0] <= numbers) & (numbers < bounds[1]))


class Extreme:
    """Stands for Philox and gives one word over and over."""

    word = 0

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def random_raw(self, count: int) -> Array:
        """Give ``count`` times the word."""
        return np.full(count, self.word, np.uint64)


@pytest.fixture(params=[0, 2**64 - 1, 2**63 - 1, 2**63, 0x7FFFFFFF80000000, 0x800000007FFFFFFF])
def _extreme(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Let Philox give only the least or the greatest words, signed and unsigned."""
    monkeypatch.setattr(Extreme, "word", request.param)
    monkeypatch.setattr(philox, "Philox", Extreme)


@pytest.mark.usefixtures("_extreme")
@every_dtype
def test_extreme_words(dtype: DType) -> None:
    """The least and greatest words give numbers within the bounds, and finite ones."""
    for low, high in ((0.0, 1.0), (1.0, 1.0000002), (-1e30, 3.0), (16777216.0, 16777218.0)):
        numbers = uniform(KEY, (4,), dtype, low, high)
        assert np.all((dtype.type(low) <= numbers) & (numbers < dtype.type(high)))
    assert np.all(np.abs(normal(KEY, (4,), dtype)) < 8.3)
    assert np.all(np.abs(truncated_normal(KEY, (4,), dtype)) <= 2)
    assert not bernoulli(KEY, (4,), 0.0).any()
    assert bernoulli(KEY, (4,), 1.0).all()


@every_dtype
def test_normal_is_normal(dtype: DType) -> None:
    """Distribution, moments and tails are those of the normal distribution."""
    numbers = normal(KEY, (MANY,), dtype).astype(np.float64)
    assert largest_gap(numbers, phi) < 2
    assert abs(numbers.mean()) < 5 / math.sqrt(MANY)
    assert np.mean(numbers**2) == pytest.approx(1, abs=5 * math.sqrt(2 / MANY))
    assert np.mean(numbers**4) == pytest.approx(3, abs=5 * math.sqrt(96 / MANY))
    assert np.mean(np.abs(numbers) > 3) == pytest.approx(0.0027, abs=6e-4)
    assert 4 < np.abs(numbers).max() < 6


@every_dtype
def test_normal_is_shifted_and_scaled(dtype: DType) -> None:
    """Mean and standard deviation act on the standard numbers; zero deviation gives the mean."""
    scaled = normal(KEY, (100,), dtype, -2.0, 3.0)
    np.testing.assert_allclose(scaled, normal(KEY, (100,), dtype) * 3 - 2, rtol=1e-5)
    assert np.all(normal(KEY, (5,), dtype, 7.0, 0.0) == 7)


@every_dtype
def test_truncated_normal_is_cut_at_two_deviations(dtype: DType) -> None:
    """Nothing is beyond; within, the numbers are those of a normal distribution."""
    numbers = truncated_normal(KEY, (MANY,), dtype, 10.0, 2.0).astype(np.float64)
    assert 6 <= numbers.min() < 6.01
    assert 13.99 < numbers.max() <= 14
    inside = math.erf(math.sqrt(2))
    assert largest_gap((numbers - 10) / 2, lambda x: (phi(x) - 0.5) / inside + 0.5) < 2
    assert numbers.std() == pytest.approx(2 * 0.8796, rel=0.01)


@every_dtype
def test_orthogonal_is_what_gram_and_schmidt_make_of_normal_numbers(dtype: DType) -> None:
    """So the matrix is that of the frozen numbers, up to rounding, whatever LAPACK does."""
    columns = normal(KEY, (7, 4), F64).T
    basis: list[Array] = []
    for column in columns:
        rest = column - sum(direction * (direction @ column) for direction in basis)
        basis.append(rest / np.linalg.norm(rest))
    precision = 10 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(orthogonal(KEY, (7, 4), dtype), np.array(basis).T, atol=precision)
    np.testing.assert_allclose(orthogonal(KEY, (4, 7), dtype), np.array(basis), atol=precision)


@pytest.mark.parametrize("probability", [0.0, 1e-3, 0.25, 0.5, 0.9, 1.0])
def test_bernoulli_has_its_probability(probability: float) -> None:
    """The share of True is the probability, exactly so for 0 and 1."""
    share = bernoulli(KEY, (MANY,), probability).mean()
    spread = math.sqrt(probability * (1 - probability) / MANY)
    assert share == pytest.approx(probability, abs=5 * spread)


@every_dtype
@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.9])
def test_keep_mask_keeps_the_mean(dtype: DType, rate: float) -> None:
    """Factors are 0 or 1 / (1 - rate), kept where Bernoulli says so, and one on average."""
    mask = keep_mask(KEY, (MANY,), dtype, rate)
    assert np.array_equal(mask > 0, bernoulli(KEY, (MANY,), 1 - rate))
    assert set(np.unique(mask)) <= {dtype.type(0), dtype.type(1 / (1 - rate))}
    assert mask.mean(dtype=np.float64) == pytest.approx(
        1, abs=5 * math.sqrt(rate / (1 - rate) / MANY) + 1e-6
    )


@pytest.mark.parametrize("draw", FLOAT_DRAWS)
@pytest.mark.parametrize("dtype", ["float16", "int64", "complex64"])
def test_other_dtypes_are_refused(draw: Draw, dtype: str) -> None:
    """The error names the function and the dtype."""
    with pytest.raises(TypeError, match=rf"{draw.__name__}: .*found {dtype}"):
        draw(KEY, (3,), np.dtype(dtype))


@pytest.mark.parametrize(
    ("low", "high"),
    [(1, 1), (2, 1), (1, 1 + 1e-12), (0, math.inf), (math.nan, 1), (-3e38, 3e38), (0, 1e39)],
)
def test_uniform_needs_an_interval(low: float, high: float) -> None:
    """Bounds with no float32 between them, or too far apart, are refused."""
    with pytest.raises(ValueError, match="no float32 interval"):
        uniform(KEY, (3,), F32, low, high)


@pytest.mark.parametrize("deviation", [-1.0, math.nan])
def test_the_deviation_is_not_negative(deviation: float) -> None:
    """A negative standard deviation is refused in the name of the caller."""
    with pytest.raises(ValueError, match=r"^normal: negative"):
        normal(KEY, (3,), F32, 0.0, deviation)
    with pytest.raises(ValueError, match=r"^truncated_normal: negative"):
        truncated_normal(KEY, (3,), F32, 0.0, deviation)


@pytest.mark.parametrize("probability", [-0.1, 1.1, math.nan])
def test_a_probability_is_from_zero_to_one(probability: float) -> None:
    """Other numbers are refused."""
    with pytest.raises(ValueError, match="probability"):
        bernoulli(KEY, (3,), probability)
    with pytest.raises(ValueError, match="rate"):
        keep_mask(KEY, (3,), F32, probability)


def test_everything_cannot_be_dropped() -> None:
    """A dropout rate of one has no finite factor."""
    with pytest.raises(ValueError, match="rate 1"):
        keep_mask(KEY, (3,), F32, 1)


def test_orthogonal_matrices_are_float32_or_float64() -> None:
    """Other dtypes are refused in the name of the caller."""
    with pytest.raises(TypeError, match=r"^orthogonal: .*found float16"):
        orthogonal(KEY, (3, 3), np.dtype(np.float16))
